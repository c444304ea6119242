"""Trusts: a user lets another act with some of its roles on a project."""

from hearth.sandbox.identity.kinds import listing
from hearth.sandbox.identity.state import Identity, forbidden, missing, objects
from hearth.sandbox.identity.tokens import FORM
from hearth.sandbox.lists import parsed, stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

DEPTH = 3
"""So often a trust may be handed on, as Keystone has it by default."""


def create(identity: Identity, call: Call) -> Answer:
    """Make a trust; only its trustor may, with roles that it has."""
    given = call.wrapped("trust")
    for name in ("trustor_user_id", "trustee_user_id", "impersonation"):
        if name not in given:
            raise Refusal(400, f"'{name}' is a required property")
    token = call.token
    if given["trustor_user_id"] != token.user_id:
        raise forbidden("identity:create_trust")
    if token.restricted:
        raise forbidden("identity:create_trust")
    above, left = _handed_on(identity, token.trust_id, given)
    if identity.users.get(str(given["trustee_user_id"])) is None:
        raise missing("user", str(given["trustee_user_id"]))
    project_id = given.get("project_id")
    roles = _roles(identity, call, given, project_id)
    if above is not None and not set(roles) <= set(above["role_ids"]):
        raise forbidden("identity:create_trust, some of the roles are not in the trust")
    expires = _end_of(given, above)
    trust = identity.trusts.add(
        {
            "id": identity.world.hex(),
            "trustor_user_id": token.user_id,
            "trustee_user_id": given["trustee_user_id"],
            "impersonation": bool(given["impersonation"]),
            "project_id": project_id,
            "role_ids": roles,
            "expires_at": expires,
            "remaining_uses": given.get("remaining_uses"),
            "redelegation_count": left,
            "redelegated_trust_id": above["id"] if above is not None else None,
            "created_at": call.now,
        }
    )
    return Answer(201, {"trust": _view(identity, trust)})


def _handed_on(
    identity: Identity, trust_id: str, given: dict[str, Json]
) -> tuple[Document | None, int]:
    """The trust that a token was made with, and how often the new one may be handed on.

    A trust may be made with another only as long as that one may be handed on.
    """
    above = identity.trusts.get(trust_id) if trust_id else None
    most = DEPTH
    if trust_id:
        if above is None or above["redelegation_count"] < 1:
            raise forbidden("identity:create_trust, the trust may not be delegated again")
        most = above["redelegation_count"] - 1
    if not given.get("allow_redelegation"):
        return above, 0
    asked = given.get("redelegation_count")
    return above, most if asked is None else min(int(asked), most)


def _end_of(given: dict[str, Json], above: Document | None) -> float | None:
    """When a trust ends: not after the one that it is made with."""
    asked = given.get("expires_at")
    ends = parsed(str(asked)) if asked else None
    if above is None or above["expires_at"] is None:
        return ends
    if ends is not None and ends > above["expires_at"]:
        raise forbidden("identity:create_trust, it would outlast the trust that it is made with")
    return ends or float(above["expires_at"])


def list_all(identity: Identity, call: Call) -> Answer:
    """Trusts of a trustor or for a trustee; all for administrators."""
    trustor, trustee = call.arg("trustor_user_id"), call.arg("trustee_user_id")
    if not call.admin and call.token.user_id not in (trustor, trustee):
        raise forbidden("identity:list_trusts")
    found = [
        one
        for one in identity.trusts
        if (trustor is None or one["trustor_user_id"] == trustor)
        and (trustee is None or one["trustee_user_id"] == trustee)
    ]
    shown = [_view(identity, one, roles=False) for one in found]
    return listing(identity, "/OS-TRUST/trusts", "trusts", shown)


def show(identity: Identity, call: Call) -> Answer:
    """A trust, to both its ends."""
    return Answer(200, {"trust": _view(identity, _find(identity, call))})


def delete(identity: Identity, call: Call) -> Answer:
    """End a trust, and the tokens made with it."""
    trust = _find(identity, call)
    if call.token.user_id != trust["trustor_user_id"] and not call.admin:
        raise forbidden("identity:delete_trust")
    _end(identity, trust)
    return Answer(204)


def _end(identity: Identity, trust: Document) -> None:
    """End a trust, its tokens, and the trusts that were made with it."""
    for below in list(identity.trusts):
        if below["redelegated_trust_id"] == trust["id"]:
            _end(identity, below)
    for token in identity.tokens.where("trust_id", trust["id"]):
        identity.tokens.remove(token["id"])
    identity.trusts.remove(trust["id"])


def list_roles(identity: Identity, call: Call) -> Answer:
    """The roles that a trust hands on."""
    trust = _find(identity, call)
    path = f"/OS-TRUST/trusts/{trust['id']}/roles"
    return listing(identity, path, "roles", _view(identity, trust)["roles"])


def show_role(identity: Identity, call: Call) -> Answer:
    """One of the roles that a trust hands on."""
    shown = _view(identity, _find(identity, call))["roles"]
    role = next((one for one in shown if one["id"] == call.params["role_id"]), None)
    if role is None:
        raise missing("role", call.params["role_id"])
    return Answer(200, {"role": role})


def _roles(identity: Identity, call: Call, given: Json, project_id: str | None) -> list[str]:
    """The roles asked for, each one that the trustor has on the project."""
    found = []
    held = identity.role_ids(call.token.user_id, project_id) if project_id else []
    for asked in objects(given, "roles"):
        role = identity.roles.get(str(asked.get("id"))) or identity.roles.first(
            "name", str(asked.get("name"))
        )
        if role is None:
            raise missing("role", str(asked.get("id") or asked.get("name")))
        if role["id"] not in held:
            raise forbidden("identity:create_trust, the trustor does not have the role")
        found.append(role["id"])
    if not found:
        raise Refusal(403, "At least one role should be specified.")
    return found


def _find(identity: Identity, call: Call) -> Document:
    trust = identity.trusts.get(call.params["key"])
    if trust is None or (trust["expires_at"] is not None and trust["expires_at"] <= call.now):
        raise missing("trust", call.params["key"])
    ends = (trust["trustor_user_id"], trust["trustee_user_id"])
    if call.token.user_id not in ends and not call.admin:
        raise forbidden("identity:get_trust")
    return trust


def _view(identity: Identity, trust: Document, *, roles: bool = True) -> dict[str, Json]:
    url = identity.world.url(f"/identity/v3/OS-TRUST/trusts/{trust['id']}")
    hidden = ("role_ids", "created_at", "expires_at")
    shown = {key: value for key, value in trust.items() if key not in hidden}
    shown["expires_at"] = stamp(trust["expires_at"], FORM)
    shown["deleted_at"] = None
    shown["links"] = {"self": url}
    if roles:
        found = [role for one in trust["role_ids"] if (role := identity.roles.get(one)) is not None]
        shown["roles"] = [{"id": one["id"], "name": one["name"]} for one in found]
        shown["roles_links"] = {"self": url + "/roles", "next": None, "previous": None}
    return shown


_BASE = "/v3/OS-TRUST/trusts"

ROUTES = (
    Route("POST", _BASE, create),
    Route("GET", _BASE, list_all),
    Route("GET", _BASE + "/{key}", show),
    Route("DELETE", _BASE + "/{key}", delete),
    Route("GET", _BASE + "/{key}/roles", list_roles),
    Route("GET", _BASE + "/{key}/roles/{role_id}", show_role),
)
