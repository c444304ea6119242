"""Credentials: those of type ec2 and others, and application credentials."""

from hashlib import sha256

import msgspec

from hearth.sandbox.identity.kinds import listing
from hearth.sandbox.identity.state import (
    Identity,
    forbidden,
    missing,
    need_self,
    objects,
    sealed,
)
from hearth.sandbox.identity.tokens import FORM
from hearth.sandbox.lists import parsed, stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, NotJson, Refusal, Route, from_json


def create(identity: Identity, call: Call) -> Answer:
    """Keep a credential; one of type ec2 is found by the hash of its access key."""
    _refuse_restricted(call)
    given = call.wrapped("credential")
    user_id = given.get("user_id") or call.token.user_id
    need_self(call, user_id, "identity:create_credential")
    kind = given.get("type")
    if not kind or "blob" not in given:
        raise Refusal(400, "'type' and 'blob' are required properties")
    blob = given["blob"] if isinstance(given["blob"], str) else _text(given["blob"])
    key = identity.world.hex()
    if kind == "ec2":
        key = _ec2_key(blob)
        if not given.get("project_id"):
            raise Refusal(400, "project_id is required for an ec2 credential")
    if identity.credentials.get(key) is not None:
        raise Refusal(409, "Conflict occurred attempting to store credential - Duplicate entry.")
    credential = _kept(identity, key, user_id, given.get("project_id"), kind, blob)
    return Answer(201, {"credential": _view(identity, credential)})


def list_all(identity: Identity, call: Call) -> Answer:
    """The caller's credentials, everybody's for administrators."""
    user_id, kind = call.arg("user_id"), call.arg("type")
    found = [
        _view(identity, one)
        for one in identity.credentials
        if (call.admin or one["user_id"] == call.token.user_id)
        and (user_id is None or one["user_id"] == user_id)
        and (kind is None or one["type"] == kind)
    ]
    return listing(identity, "/credentials", "credentials", found)


def show(identity: Identity, call: Call) -> Answer:
    """A credential."""
    return Answer(200, {"credential": _view(identity, _find(identity, call))})


def update(identity: Identity, call: Call) -> Answer:
    """Change a credential."""
    old, given = _find(identity, call), call.wrapped("credential")
    fields = {key: given[key] for key in ("blob", "type", "project_id") if key in given}
    return Answer(
        200, {"credential": _view(identity, identity.credentials.change(old["id"], **fields))}
    )


def delete(identity: Identity, call: Call) -> Answer:
    """Forget a credential."""
    identity.credentials.remove(_find(identity, call)["id"])
    return Answer(204)


def create_ec2(identity: Identity, call: Call) -> Answer:
    """Make an EC2 access key and secret for a user in a project."""
    _refuse_restricted(call)
    user_id = call.params["user_id"]
    need_self(call, user_id, "identity:ec2_create_credential")
    project_id = call.document().get("tenant_id")
    if identity.projects.get(str(project_id)) is None:
        raise missing("project", str(project_id))
    if not identity.role_ids(user_id, str(project_id)):
        raise Refusal(401, "The request you have made requires authentication.")
    blob = {
        "access": identity.world.hex(),
        "secret": identity.world.hex(),
        "trust_id": call.token.trust_id or None,
    }
    text = _text(blob)
    credential = _kept(identity, _ec2_key(text), user_id, str(project_id), "ec2", text)
    return Answer(201, {"credential": _ec2(identity, credential)})


def list_ec2(identity: Identity, call: Call) -> Answer:
    """A user's EC2 credentials."""
    user_id = call.params["user_id"]
    need_self(call, user_id, "identity:ec2_list_credentials")
    mine = identity.credentials.where("user_id", user_id)
    shown = [_ec2(identity, one) for one in mine if one["type"] == "ec2"]
    return listing(identity, f"/users/{user_id}/credentials/OS-EC2", "credentials", shown)


def show_ec2(identity: Identity, call: Call) -> Answer:
    """An EC2 credential by its access key."""
    return Answer(200, {"credential": _ec2(identity, _find_ec2(identity, call))})


def delete_ec2(identity: Identity, call: Call) -> Answer:
    """Forget an EC2 credential."""
    identity.credentials.remove(_find_ec2(identity, call)["id"])
    return Answer(204)


def create_application(identity: Identity, call: Call) -> Answer:
    """Make an application credential; its secret is shown this once."""
    _refuse_restricted(call)
    user_id, given = call.params["user_id"], call.wrapped("application_credential")
    if call.token.user_id != user_id:
        raise forbidden("identity:create_application_credential")
    name = given.get("name")
    mine = identity.application_credentials.where("user_id", user_id)
    if not name or any(one["name"] == name for one in mine):
        status = 409 if name else 400
        raise Refusal(status, f"An application credential cannot be named {name}.")
    held = identity.role_ids(user_id, call.project_id)
    asked = objects(given, "roles")
    roles = held if not asked else [_role_id(identity, one) for one in asked]
    if not set(roles) <= set(held):
        raise Refusal(400, "Invalid application credential: a role is not assigned to the user.")
    key, secret = identity.world.hex(), given.get("secret") or identity.world.ids.token(48)
    expires = given.get("expires_at")
    credential = identity.application_credentials.add(
        {
            "id": key,
            "name": name,
            "description": given.get("description"),
            "user_id": user_id,
            "project_id": call.project_id,
            "role_ids": roles,
            "unrestricted": bool(given.get("unrestricted")),
            "expires_at": parsed(str(expires)) if expires else None,
            "hash": sealed(secret, key),
            "created_at": call.now,
        }
    )
    shown = {**_application(identity, credential), "secret": secret}
    return Answer(201, {"application_credential": shown})


def list_applications(identity: Identity, call: Call) -> Answer:
    """A user's application credentials."""
    user_id, name = call.params["user_id"], call.arg("name")
    need_self(call, user_id, "identity:list_application_credentials")
    mine = identity.application_credentials.where("user_id", user_id)
    shown = [_application(identity, one) for one in mine if name in (None, one["name"])]
    path = f"/users/{user_id}/application_credentials"
    return listing(identity, path, "application_credentials", shown)


def show_application(identity: Identity, call: Call) -> Answer:
    """An application credential, without its secret."""
    found = _find_application(identity, call)
    return Answer(200, {"application_credential": _application(identity, found)})


def delete_application(identity: Identity, call: Call) -> Answer:
    """End an application credential and its tokens."""
    _refuse_restricted(call)
    credential = _find_application(identity, call)
    for token in identity.tokens.where("user_id", credential["user_id"]):
        if token["application_credential_id"] == credential["id"]:
            identity.tokens.remove(token["id"])
    identity.application_credentials.remove(credential["id"])
    return Answer(204)


def _refuse_restricted(call: Call) -> None:
    if call.token.restricted:
        raise forbidden("a restricted application credential may not manage credentials")


def _ec2_key(blob: str) -> str:
    try:
        access = from_json(blob)["access"]
    except (NotJson, KeyError, TypeError) as error:
        raise Refusal(400, "Invalid blob in credential") from error
    return sha256(str(access).encode()).hexdigest()


def _text(document: Json) -> str:
    return msgspec.json.encode(document).decode()


def _kept(
    identity: Identity, key: str, user_id: str, project_id: str | None, kind: str, blob: str
) -> Document:
    return identity.credentials.add(
        {
            "id": key,
            "user_id": user_id,
            "project_id": project_id,
            "type": kind,
            "blob": blob,
            "created_at": identity.world.now,
        }
    )


def _find(identity: Identity, call: Call) -> Document:
    credential = identity.credentials.get(call.params["key"])
    if credential is None:
        raise missing("credential", call.params["key"])
    need_self(call, credential["user_id"], "identity:get_credential")
    return credential


def _find_ec2(identity: Identity, call: Call) -> Document:
    user_id, access = call.params["user_id"], call.params["access"]
    need_self(call, user_id, "identity:ec2_get_credential")
    credential = identity.credentials.get(sha256(access.encode()).hexdigest())
    if credential is None or credential["user_id"] != user_id:
        raise missing("credential", access)
    return credential


def _find_application(identity: Identity, call: Call) -> Document:
    user_id, key = call.params["user_id"], call.params["key"]
    need_self(call, user_id, "identity:get_application_credential")
    credential = identity.application_credentials.get(key)
    if credential is None or credential["user_id"] != user_id:
        raise missing("application credential", key)
    return credential


def _role_id(identity: Identity, asked: Json) -> str:
    role = identity.roles.get(str(asked.get("id"))) or identity.roles.first(
        "name", str(asked.get("name"))
    )
    if role is None:
        raise missing("role", str(asked.get("id") or asked.get("name")))
    return str(role["id"])


def _view(identity: Identity, credential: Document) -> Json:
    shown = {key: value for key, value in credential.items() if key != "created_at"}
    url = identity.world.url(f"/identity/v3/credentials/{credential['id']}")
    return {**shown, "links": {"self": url}}


def _ec2(identity: Identity, credential: Document) -> Json:
    blob = msgspec.json.decode(credential["blob"])
    user_id = credential["user_id"]
    path = f"/identity/v3/users/{user_id}/credentials/OS-EC2/{blob['access']}"
    return {
        "user_id": user_id,
        "tenant_id": credential["project_id"],
        "access": blob["access"],
        "secret": blob.get("secret"),
        "trust_id": blob.get("trust_id"),
        "links": {"self": identity.world.url(path)},
    }


def _application(identity: Identity, credential: Document) -> dict[str, Json]:
    roles = [identity.roles.get(one) for one in credential["role_ids"]]
    path = f"/identity/v3/users/{credential['user_id']}/application_credentials/{credential['id']}"
    return {
        "id": credential["id"],
        "name": credential["name"],
        "description": credential["description"],
        "user_id": credential["user_id"],
        "project_id": credential["project_id"],
        "unrestricted": credential["unrestricted"],
        "expires_at": stamp(credential["expires_at"], FORM),
        "roles": [
            {"id": one["id"], "name": one["name"], "domain_id": one["domain_id"]}
            for one in roles
            if one is not None
        ],
        "links": {"self": identity.world.url(path)},
    }


_EC2 = "/v3/users/{user_id}/credentials/OS-EC2"
_APPLICATIONS = "/v3/users/{user_id}/application_credentials"

ROUTES = (
    Route("POST", "/v3/credentials", create),
    Route("GET", "/v3/credentials", list_all),
    Route("GET", "/v3/credentials/{key}", show),
    Route("PATCH", "/v3/credentials/{key}", update),
    Route("DELETE", "/v3/credentials/{key}", delete),
    Route("POST", _EC2, create_ec2),
    Route("GET", _EC2, list_ec2),
    Route("GET", _EC2 + "/{access}", show_ec2),
    Route("DELETE", _EC2 + "/{access}", delete_ec2),
    Route("POST", _APPLICATIONS, create_application),
    Route("GET", _APPLICATIONS, list_applications),
    Route("GET", _APPLICATIONS + "/{key}", show_application),
    Route("DELETE", _APPLICATIONS + "/{key}", delete_application),
)
