"""Who asks for a token, and for what: methods and scopes of an authentication request."""

from dataclasses import dataclass, replace

from hearth.sandbox.identity.state import Identity, sealed
from hearth.sandbox.store import Document
from hearth.sandbox.web import Json, Refusal


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a token is issued upon."""

    user: Document
    methods: tuple[str, ...]
    project_id: str = ""
    domain_id: str = ""
    role_ids: tuple[str, ...] = ()
    trust: Document | None = None
    application_credential: Document | None = None
    expires_at: float | None = None
    """No later than this: the end of the token that it is made from."""


def grounds(identity: Identity, document: Json) -> Grounds:
    """Check an authentication request; 401 where it does not hold."""
    try:
        return _grounds(identity, document["auth"])
    except (KeyError, TypeError, AttributeError) as error:
        raise Refusal(400, f"Expecting to find {error} in auth.") from error


def _grounds(identity: Identity, auth: Json) -> Grounds:
    methods = auth["identity"]["methods"]
    found = None
    for method in methods:
        if method not in _METHODS:
            raise unauthorized()
        found = _METHODS[method](identity, auth["identity"][method])
    if found is None:
        raise Refusal(400, "Expecting to find methods in identity.")
    found = replace(found, methods=tuple(dict.fromkeys((*methods, *found.methods))))
    scope = auth.get("scope")
    if found.application_credential is None:
        return _scoped(identity, found, scope)
    if scope:
        raise unauthorized()
    return found


def unauthorized() -> Refusal:
    """The one answer to whatever was wrong."""
    words = "The request you have made requires authentication."
    return Refusal(401, words, headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def _by_password(identity: Identity, given: Json) -> Grounds:
    user = _user(identity, given["user"])
    if user is None or not user["enabled"] or not user["secret"]:
        raise unauthorized()
    if sealed(str(given["user"]["password"]), user["id"]) != user["secret"]:
        raise unauthorized()
    return Grounds(user, ())


def _by_token(identity: Identity, given: Json) -> Grounds:
    token = identity.tokens.get(str(given["id"]))
    if token is None or token["expires_at"] <= identity.world.now:
        raise unauthorized()
    if token["trust_id"] or token["application_credential_id"]:
        raise Refusal(403, "A token made from a trust or an application credential is final.")
    user = identity.users.get(token["user_id"])
    if user is None or not user["enabled"]:
        raise unauthorized()
    return Grounds(user, tuple(token["methods"]), expires_at=token["expires_at"])


def _by_application_credential(identity: Identity, given: Json) -> Grounds:
    credential = _application_credential(identity, given)
    now = identity.world.now
    if credential is None or (credential["expires_at"] and credential["expires_at"] <= now):
        raise unauthorized()
    user = identity.users.get(credential["user_id"])
    if user is None or not user["enabled"]:
        raise unauthorized()
    if sealed(str(given["secret"]), credential["id"]) != credential["hash"]:
        raise unauthorized()
    held = identity.role_ids(user["id"], credential["project_id"])
    roles = [one for one in credential["role_ids"] if one in held]
    if not roles:
        raise unauthorized()
    return Grounds(
        user,
        (),
        project_id=credential["project_id"],
        role_ids=tuple(identity.with_implied(roles)),
        application_credential=credential,
        expires_at=credential["expires_at"],
    )


_METHODS = {
    "password": _by_password,
    "token": _by_token,
    "application_credential": _by_application_credential,
}


def _application_credential(identity: Identity, given: Json) -> Document | None:
    if "id" in given:
        return identity.application_credentials.get(given["id"])
    user = _user(identity, given["user"])
    if user is None:
        return None
    mine = identity.application_credentials.where("user_id", user["id"])
    return next((one for one in mine if one["name"] == given["name"]), None)


def _user(identity: Identity, given: Json) -> Document | None:
    if "id" in given:
        return identity.users.get(given["id"])
    domain = _domain(identity, given["domain"])
    return identity.named(identity.users, given["name"], domain["id"]) if domain else None


def _domain(identity: Identity, given: Json) -> Document | None:
    if "id" in given:
        return identity.domains.get(given["id"])
    return identity.domains.first("name", given["name"])


def _scoped(identity: Identity, found: Grounds, scope: Json) -> Grounds:
    if scope and "unscoped" in scope:
        return found
    if not scope:
        default = found.user["default_project_id"]
        roles = identity.role_ids(found.user["id"], default) if default else []
        if not roles:
            return found
        return replace(found, project_id=default, role_ids=tuple(roles))
    if "OS-TRUST:trust" in scope:
        return _trusted(identity, found, str(scope["OS-TRUST:trust"].get("id")))
    if "system" in scope:
        raise unauthorized()
    kind = "project" if "project" in scope else "domain"
    target = (
        _project(identity, scope["project"])
        if kind == "project"
        else _domain(identity, scope["domain"])
    )
    if target is None or not target["enabled"]:
        raise unauthorized()
    roles = identity.role_ids(found.user["id"], target["id"])
    if not roles:
        raise unauthorized()
    if kind == "project":
        return replace(found, project_id=target["id"], role_ids=tuple(roles))
    return replace(found, domain_id=target["id"], role_ids=tuple(roles))


def _project(identity: Identity, given: Json) -> Document | None:
    if "id" in given:
        return identity.projects.get(given["id"])
    domain = _domain(identity, given.get("domain") or {"id": "default"})
    return identity.named(identity.projects, given["name"], domain["id"]) if domain else None


def _trusted(identity: Identity, found: Grounds, trust_id: str) -> Grounds:
    """A token by a trust: as the trustor where it impersonates, with no more than its roles."""
    trust = identity.trusts.get(trust_id)
    now = identity.world.now
    if trust is None or (trust["expires_at"] is not None and trust["expires_at"] <= now):
        raise unauthorized()
    if trust["trustee_user_id"] != found.user["id"]:
        raise Refusal(403, "User is not a trustee.")
    trustor = identity.users.get(trust["trustor_user_id"])
    project = identity.projects.get(trust["project_id"])
    if trustor is None or not trustor["enabled"] or project is None or not project["enabled"]:
        raise Refusal(403, "Trustor is disabled.")
    held = identity.role_ids(trustor["id"], trust["project_id"])
    if not set(trust["role_ids"]) <= set(held):
        raise forbidden_role()
    uses = trust["remaining_uses"]
    if uses is not None:
        if uses < 1:
            raise forbidden_role()
        identity.trusts.change(trust_id, remaining_uses=uses - 1)
    return replace(
        found,
        user=trustor if trust["impersonation"] else found.user,
        project_id=trust["project_id"],
        role_ids=tuple(identity.with_implied(trust["role_ids"])),
        trust=trust,
        expires_at=trust["expires_at"],
    )


def forbidden_role() -> Refusal:
    """The trustor does not have the trust's roles, or it is used up."""
    return Refusal(403, "The trust's roles are not held by its trustor, or it is used up.")
