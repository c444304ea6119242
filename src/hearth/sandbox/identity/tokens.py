"""Tokens: issue, validate, revoke; and what a token opens: catalogue, projects, domains."""

from hearth.sandbox.identity.auth import Grounds, grounds
from hearth.sandbox.identity.state import Identity, forbidden
from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def issue(identity: Identity, call: Call) -> Answer:
    """Authenticate, and give a token."""
    found = grounds(identity, call.document())
    return answer(identity, found, 201, catalogue=not call.flag("nocatalog"))


def answer(identity: Identity, found: Grounds, status: int, *, catalogue: bool = True) -> Answer:
    """A new token upon these grounds."""
    token = identity.tokens.add(_kept(identity, found))
    return _answer(identity, token, status, catalogue=catalogue)


def validate(identity: Identity, call: Call) -> Answer:
    """Say what the subject's token is, to its owner and to services."""
    token = _subject(identity, call)
    return _answer(identity, token, 200, catalogue=not call.flag("nocatalog"))


def revoke(identity: Identity, call: Call) -> Answer:
    """End a token before its time."""
    identity.tokens.remove(_subject(identity, call)["id"])
    return Answer(204)


def _subject(identity: Identity, call: Call) -> Document:
    subject = call.headers.get("x-subject-token", "")
    token = identity.tokens.get(subject)
    mine = call.token.id == subject
    if token is not None and token["user_id"] == call.token.user_id:
        mine = True
    if not mine and not call.admin and "service" not in call.token.roles:
        raise forbidden("identity:validate_token")
    if token is None or token["expires_at"] <= call.now:
        raise Refusal(404, "Could not find token.")
    return token


def _kept(identity: Identity, found: Grounds) -> Document:
    world = identity.world
    end = world.now + world.settings.token_life_s
    if found.expires_at is not None:
        end = min(end, found.expires_at)
    credential = found.application_credential
    return {
        "id": "gAAAAA" + world.ids.token(48),
        "user_id": found.user["id"],
        "project_id": found.project_id,
        "domain_id": found.domain_id,
        "roles": list(found.role_ids),
        "methods": list(found.methods),
        "trust_id": found.trust["id"] if found.trust else "",
        "application_credential_id": credential["id"] if credential else "",
        "restricted": bool(credential) and not (credential or {})["unrestricted"],
        "audit_id": world.ids.token(16),
        "created_at": world.now,
        "expires_at": end,
        "due": end,
    }


def _answer(identity: Identity, token: Document, status: int, *, catalogue: bool) -> Answer:
    document = _shown(identity, token)
    if catalogue and (token["project_id"] or token["domain_id"]):
        document["catalog"] = catalog(identity, token["project_id"])
    return Answer(status, {"token": document}, {"X-Subject-Token": token["id"]})


def _shown(identity: Identity, token: Document) -> dict[str, Json]:
    user = identity.users.get(token["user_id"])
    if user is None:
        raise Refusal(404, "Could not find token.")
    document: dict[str, Json] = {
        "methods": token["methods"],
        "user": {**_reference(identity, user), "password_expires_at": None},
        "audit_ids": [token["audit_id"]],
        "issued_at": stamp(token["created_at"], FORM),
        "expires_at": stamp(token["expires_at"], FORM),
    }
    project = identity.projects.get(token["project_id"])
    if project is not None:
        document["project"] = _reference(identity, project)
        document["is_domain"] = False
    domain = identity.domains.get(token["domain_id"])
    if domain is not None:
        document["domain"] = {"id": domain["id"], "name": domain["name"]}
    if project is not None or domain is not None:
        document["roles"] = [
            {"id": role["id"], "name": role["name"]}
            for one in token["roles"]
            if (role := identity.roles.get(one)) is not None
        ]
    _origin(identity, token, document)
    return document


def _origin(identity: Identity, token: Document, document: dict[str, Json]) -> None:
    trust = identity.trusts.get(token["trust_id"])
    if trust is not None:
        document["OS-TRUST:trust"] = {
            "id": trust["id"],
            "impersonation": trust["impersonation"],
            "trustor_user": {"id": trust["trustor_user_id"]},
            "trustee_user": {"id": trust["trustee_user_id"]},
        }
    credential = identity.application_credentials.get(token["application_credential_id"])
    if credential is not None:
        document["application_credential"] = {
            "id": credential["id"],
            "name": credential["name"],
            "restricted": token["restricted"],
        }


def _reference(identity: Identity, document: Document) -> dict[str, Json]:
    domain = identity.domains.get(document["domain_id"]) or {"name": ""}
    return {
        "id": document["id"],
        "name": document["name"],
        "domain": {"id": document["domain_id"], "name": domain["name"]},
    }


def catalog(identity: Identity, project_id: str) -> list[Json]:
    """The endpoints of all services, for a project."""
    entries = []
    for service in identity.services:
        shown = [
            {
                "id": one["id"],
                "interface": one["interface"],
                "region": one["region"],
                "region_id": one["region_id"],
                "url": filled(one["url"], project_id),
            }
            for one in identity.endpoints.where("service_id", service["id"])
            if one["enabled"] and (project_id or "%(" not in one["url"])
        ]
        if service["enabled"] and shown:
            name, kind = service["name"], service["type"]
            entries.append({"id": service["id"], "name": name, "type": kind, "endpoints": shown})
    return entries


def filled(url: str, project_id: str) -> str:
    """An endpoint's URL with the project in it."""
    for word in ("%(tenant_id)s", "%(project_id)s", "$(tenant_id)s", "$(project_id)s"):
        url = url.replace(word, project_id)
    return url


def show_catalog(identity: Identity, call: Call) -> Answer:
    """The caller's catalogue."""
    links = {"self": identity.world.url("/identity/v3/auth/catalog"), "next": None}
    found = catalog(identity, call.project_id)
    return Answer(200, {"catalog": found, "links": {**links, "previous": None}})


def my_projects(identity: Identity, call: Call) -> Answer:
    """Projects that the caller may have a token for."""
    user = call.token.user_id
    mine = [one for one in identity.projects if identity.role_ids(user, one["id"])]
    shown = [{key: one[key] for key in _PROJECT} for one in mine if one["enabled"]]
    return Answer(200, {"projects": shown, "links": _links(identity, "/auth/projects")})


def my_domains(identity: Identity, call: Call) -> Answer:
    """Domains that the caller may have a token for."""
    user = call.token.user_id
    mine = [one for one in identity.domains if identity.role_ids(user, one["id"])]
    shown = [{key: one[key] for key in _DOMAIN} for one in mine if one["enabled"]]
    return Answer(200, {"domains": shown, "links": _links(identity, "/auth/domains")})


_DOMAIN = ("id", "name", "description", "enabled")
_PROJECT = (*_DOMAIN, "domain_id", "parent_id", "is_domain", "tags")


def _links(identity: Identity, path: str) -> Json:
    url = identity.world.url("/identity/v3" + path)
    return {"self": url, "next": None, "previous": None}


ROUTES = (
    Route("POST", "/v3/auth/tokens", issue, open=True),
    Route("GET", "/v3/auth/tokens", validate),
    Route("DELETE", "/v3/auth/tokens", revoke),
    Route("GET", "/v3/auth/catalog", show_catalog),
    Route("GET", "/v3/auth/projects", my_projects),
    Route("GET", "/v3/auth/domains", my_domains),
)
