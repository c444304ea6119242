"""What Keystone keeps, and what the other services ask of it."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import ClassVar

from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Json, Refusal, Token
from hearth.sandbox.world import Service, World

_KNOWN_MAX = 4096
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Identity(Service):
    """The simulated Keystone."""

    name: ClassVar[str] = "identity"
    prefix: ClassVar[str] = "/identity"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        table = world.store.table
        self.domains: Table = table("identity.domains", indexes=("name",))
        self.projects: Table = table("identity.projects", indexes=("name", "domain_id"))
        self.users: Table = table("identity.users", indexes=("name", "domain_id"))
        self.groups: Table = table("identity.groups", indexes=("name", "domain_id"))
        self.roles: Table = table("identity.roles", indexes=("name",))
        self.grants: Table = table("identity.grants", indexes=("actor", "target"))
        self.regions: Table = table("identity.regions")
        self.services: Table = table("identity.services")
        self.endpoints: Table = table("identity.endpoints", indexes=("service_id",))
        self.trusts: Table = table("identity.trusts", indexes=("trustor_user_id",))
        self.credentials: Table = table("identity.credentials", indexes=("user_id",))
        self.application_credentials: Table = table(
            "identity.application_credentials", indexes=("user_id",)
        )
        self.tokens: Table = table("identity.tokens", indexes=("user_id", "trust_id"), listed=False)
        self._known: dict[str, tuple[Document, Token]] = {}

    def token(self, token_id: str, now: float) -> Token | None:
        """Who a token is for, None if it is no good."""
        document = self.tokens.get(token_id)
        if document is None or document["expires_at"] <= now:
            self._known.pop(token_id, None)
            return None
        known = self._known.get(token_id)
        if known is None or known[0] is not document:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            known = self._known[token_id] = document, self._token(document)
        return known[1]

    def project_ids(self) -> list[str]:
        """All projects that are there."""
        return [one["id"] for one in self.projects]

    def project_id(self, name: str) -> str | None:
        """A project of the Default domain by its name."""
        found = self.named(self.projects, name, "default")
        return found["id"] if found is not None else None

    def named(self, table: Table, name: str, domain_id: str) -> Document | None:
        """A user, project or group by name within a domain."""
        return next(
            (one for one in table.where("name", name) if one["domain_id"] == domain_id), None
        )

    def role_ids(self, user_id: str, target: str) -> list[str]:
        """Roles that a user has on a project or domain, those that they imply included."""
        actors = [user_id, *(one["id"] for one in self.groups if user_id in one["members"])]
        granted = [
            grant["role_id"]
            for actor in actors
            for grant in self.grants.where("actor", actor)
            if grant["target"] == target
        ]
        return self.with_implied(granted)

    def with_implied(self, role_ids: Iterable[str]) -> list[str]:
        """These roles and those that they imply, each once."""
        waiting, found = list(role_ids), dict[str, None]()
        while waiting:
            role_id = waiting.pop(0)
            role = self.roles.get(role_id)
            if role is not None and role_id not in found:
                found[role_id] = None
                waiting.extend(role["implies"])
        return list(found)

    def revoke(self, user_id: str, project_id: str | None = None) -> None:
        """End the tokens of a user, all or those for one project or domain."""
        for token in self.tokens.where("user_id", user_id):
            if project_id is None or project_id in (token["project_id"], token["domain_id"]):
                self.tokens.remove(token["id"])

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Keystone's error document."""
        title = _TITLES.get(refusal.status, "Error")
        error = {"code": refusal.status, "message": refusal.message, "title": title}
        return Answer(refusal.status, {"error": error}, refusal.headers)

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        """Tokens depend on the header that carries them."""
        headers["Vary"] = "X-Auth-Token"

    def _token(self, document: Document) -> Token:
        user = self.users.get(document["user_id"]) or {"name": "", "domain_id": ""}
        project = self.projects.get(document["project_id"]) or {"name": "", "domain_id": ""}
        names = tuple(
            role["name"] for one in document["roles"] if (role := self.roles.get(one)) is not None
        )
        return Token(
            id=document["id"],
            user_id=document["user_id"],
            user_name=user["name"],
            user_domain_id=user["domain_id"],
            roles=names,
            expires_at=document["expires_at"],
            project_id=document["project_id"],
            project_name=project["name"],
            project_domain_id=project["domain_id"],
            domain_id=document["domain_id"],
            trust_id=document["trust_id"],
            application_credential_id=document["application_credential_id"],
            restricted=document["restricted"],
        )


def sealed(password: str, salt: str) -> str:
    """A password as it is kept."""
    return blake2b(password.encode(), salt=salt.encode()[:16], digest_size=32).hexdigest()


def objects(given: Json, name: str) -> list[Json]:
    """A field that is a list of objects, empty where it is not given."""
    found = given.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Refusal(400, f"Invalid input for field '{name}': it is a list of objects")
    return found


def need_admin(call: Call, action: str) -> None:
    """Refuse all but administrators."""
    if not call.admin:
        raise forbidden(action)


def need_self(call: Call, user_id: str, action: str) -> None:
    """Refuse all but the user in question and administrators."""
    if call.token.user_id != user_id and not call.admin:
        raise forbidden(action)


def forbidden(action: str) -> Refusal:
    """The policy says no."""
    return Refusal(403, f"You are not authorized to perform the requested action: {action}.")


def missing(kind: str, key: str) -> Refusal:
    """There is no such object."""
    return Refusal(404, f"Could not find {kind}: {key}.")
