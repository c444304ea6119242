"""Volume types: extra specs, who may use them, encryption."""

from typing import Any

from hearth.sandbox.store import Document
from hearth.sandbox.volume.finding import inner, listed, missing, only_admin
from hearth.sandbox.volume.state import DEFAULT_TYPE, Cinder
from hearth.sandbox.web import Answer, Call, Refusal, Route

_ENCRYPTION = ("provider", "control_location", "cipher", "key_size")


def find_type(cinder: Cinder, call: Call, name_or_id: str) -> Document:
    """A volume type that the caller may use."""
    row = cinder.types.get(name_or_id)
    if row is None or not _usable(call, row):
        named = (one for one in cinder.types if one["name"] == name_or_id and _usable(call, one))
        row = next(named, None)
    if row is None:
        raise missing("Volume type", name_or_id)
    return row


def default_type(cinder: Cinder) -> Document:
    """The type of a volume that names none."""
    for row in cinder.types:
        if row["name"] == DEFAULT_TYPE:
            return row
    raise missing("Volume type", DEFAULT_TYPE)


def multiattaching(kind: Document) -> bool:
    """Whether volumes of this type may be attached to several servers."""
    return str(kind["extra_specs"].get("multiattach", "")).lower().endswith("true")


def _usable(call: Call, row: Document) -> bool:
    return call.admin or row["is_public"] or call.project_id in row["access"]


def _shown(call: Call, row: Document) -> Document:
    hidden = () if call.admin else ("volume_backend_name",)
    shown = {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "is_public": row["is_public"],
        "os-volume-type-access:is_public": row["is_public"],
        "extra_specs": {
            key: value for key, value in row["extra_specs"].items() if key not in hidden
        },
    }
    return shown | ({"qos_specs_id": row["qos_specs_id"]} if call.admin else {})


def _list(cinder: Cinder, call: Call) -> Answer:
    public = (call.arg("is_public") or "").lower()
    rows = [
        row
        for row in cinder.types
        if _usable(call, row) and (public != "false" or not row["is_public"])
    ]
    call.query = {name: value for name, value in call.query.items() if name != "is_public"}
    return Answer(200, listed(cinder, call, rows, "volume_types", lambda row: _shown(call, row)))


def _create(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:type_create")
    sent = call.wrapped("volume_type")
    name = sent.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(400, "Volume type name can not be empty.")
    _check_name(cinder, name, None)
    row = cinder.types.add(
        {
            "id": cinder.world.ids.uuid(),
            "name": name,
            "description": sent.get("description"),
            "is_public": bool(sent.get("os-volume-type-access:is_public", True)),
            "extra_specs": _specs(sent.get("extra_specs") or {}),
            "qos_specs_id": None,
            "access": [],
            "encryption": None,
            "created_at": cinder.world.now,
        }
    )
    return Answer(200, {"volume_type": _shown(call, row)})


def _check_name(cinder: Cinder, name: str, own: str | None) -> None:
    if any(one["name"] == name and one["id"] != own for one in cinder.types):
        raise Refusal(409, f"Volume Type {name} already exists.")


def _show(cinder: Cinder, call: Call) -> Answer:
    key = call.params["id"]
    row = default_type(cinder) if key == "default" else _by_id(cinder, call)
    return Answer(200, {"volume_type": _shown(call, row)})


def _by_id(cinder: Cinder, call: Call) -> Document:
    row = cinder.types.get(call.params["id"])
    if row is None or not _usable(call, row):
        raise missing("Volume type", call.params["id"])
    return row


def _update(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:type_update")
    row, sent = _by_id(cinder, call), call.wrapped("volume_type")
    changes = {name: sent[name] for name in ("name", "description", "is_public") if name in sent}
    if "name" in changes:
        _check_name(cinder, changes["name"], row["id"])
    row = cinder.types.change(row["id"], **changes)
    return Answer(200, {"volume_type": _shown(call, row)})


def _delete(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:type_delete")
    row = _by_id(cinder, call)
    if any(volume["volume_type_id"] == row["id"] for volume in cinder.volumes):
        message = f"Target volume type is still in use: {row['id']}"
        raise Refusal(400, message)
    if row["name"] == DEFAULT_TYPE:
        raise Refusal(400, f"The volume type {row['id']} is the default and cannot be deleted.")
    cinder.types.remove(row["id"])
    return Answer(202)


def _specs(sent: Any) -> dict[str, str]:
    if not isinstance(sent, dict) or not all(isinstance(one, str | int) for one in sent.values()):
        raise Refusal(400, "Invalid input: extra_specs must be pairs of strings")
    return {key: str(value) for key, value in sent.items()}


def _list_specs(cinder: Cinder, call: Call) -> Answer:
    return Answer(200, {"extra_specs": _shown(call, _by_id(cinder, call))["extra_specs"]})


def _set_specs(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:types_extra_specs:create")
    row, sent = _by_id(cinder, call), _specs(call.wrapped("extra_specs"))
    cinder.types.change(row["id"], extra_specs={**row["extra_specs"], **sent})
    return Answer(200, {"extra_specs": sent})


def _show_spec(cinder: Cinder, call: Call) -> Answer:
    specs, key = _by_id(cinder, call)["extra_specs"], call.params["key"]
    if key not in specs:
        raise missing("Volume Type extra spec", key)
    return Answer(200, {key: specs[key]})


def _set_spec(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:types_extra_specs:update")
    row, sent = _by_id(cinder, call), _specs(call.document())
    if set(sent) != {call.params["key"]}:
        raise Refusal(400, "Request body and URI mismatch")
    cinder.types.change(row["id"], extra_specs={**row["extra_specs"], **sent})
    return Answer(200, sent)


def _delete_spec(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:types_extra_specs:delete")
    row, key = _by_id(cinder, call), call.params["key"]
    if key not in row["extra_specs"]:
        raise missing("Volume Type extra spec", key)
    rest = {name: value for name, value in row["extra_specs"].items() if name != key}
    cinder.types.change(row["id"], extra_specs=rest)
    return Answer(202)


def _access(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:volume_type_access")
    row = _by_id(cinder, call)
    if row["is_public"]:
        raise Refusal(404, "Access list not available for public volume types.")
    found = [{"volume_type_id": row["id"], "project_id": project} for project in row["access"]]
    return Answer(200, {"volume_type_access": found})


def _act(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:volume_type_access")
    row, sent = _by_id(cinder, call), call.document()
    action = next((one for one in ("addProjectAccess", "removeProjectAccess") if one in sent), None)
    if action is None:
        raise Refusal(400, "There is no such action")
    project = str(inner(sent, action).get("project"))
    present = project in row["access"]
    if row["is_public"] or (action == "addProjectAccess") is present:
        if action == "addProjectAccess":
            message = f"Volume type access for {row['id']} / {project} combination already exists."
            raise Refusal(409, message)
        raise missing("Volume type access for", f"{row['id']} / {project}")
    rest = [one for one in row["access"] if one != project]
    access = [*rest, project] if action == "addProjectAccess" else rest
    cinder.types.change(row["id"], access=access)
    return Answer(202)


def _encryption(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:volume_type_encryption")
    row = _by_id(cinder, call)
    return Answer(
        200,
        {**row["encryption"], "volume_type_id": row["id"], "deleted": False}
        if row["encryption"]
        else {},
    )


def _encrypt(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:volume_type_encryption")
    row, sent = _by_id(cinder, call), call.wrapped("encryption")
    made = call.method == "POST"
    if made and row["encryption"]:
        raise Refusal(400, f"Encryption type exists for type {row['id']}")
    if made and not sent.get("provider"):
        raise Refusal(400, "Invalid input: 'provider' is a required property")
    if any(volume["volume_type_id"] == row["id"] for volume in cinder.volumes):
        raise Refusal(400, "Cannot create encryption specs. Volume type in use.")
    before = row["encryption"] or {
        "encryption_id": cinder.world.ids.uuid(),
        "control_location": "front-end",
        "cipher": None,
        "key_size": None,
    }
    given = {name: sent[name] for name in _ENCRYPTION if name in sent}
    row = cinder.types.change(row["id"], encryption={**before, **given})
    body = {"volume_type_id": row["id"], **row["encryption"]} if made else given
    return Answer(200, {"encryption": body})


def _decrypt(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:volume_type_encryption")
    row = _by_id(cinder, call)
    if not row["encryption"]:
        raise missing("Volume type encryption for type", row["id"])
    if any(volume["volume_type_id"] == row["id"] for volume in cinder.volumes):
        raise Refusal(400, "Cannot delete encryption specs. Volume type in use.")
    cinder.types.change(row["id"], encryption=None)
    return Answer(202)


ROUTES = (
    Route("GET", "/types", _list),
    Route("POST", "/types", _create),
    Route("GET", "/types/{id}", _show),
    Route("PUT", "/types/{id}", _update),
    Route("DELETE", "/types/{id}", _delete),
    Route("POST", "/types/{id}/action", _act),
    Route("GET", "/types/{id}/os-volume-type-access", _access),
    Route("GET", "/types/{id}/extra_specs", _list_specs),
    Route("POST", "/types/{id}/extra_specs", _set_specs),
    Route("GET", "/types/{id}/extra_specs/{key}", _show_spec),
    Route("PUT", "/types/{id}/extra_specs/{key}", _set_spec),
    Route("DELETE", "/types/{id}/extra_specs/{key}", _delete_spec),
    Route("GET", "/types/{id}/encryption", _encryption),
    Route("POST", "/types/{id}/encryption", _encrypt),
    Route("PUT", "/types/{id}/encryption/{key}", _encrypt),
    Route("DELETE", "/types/{id}/encryption/{key}", _decrypt),
)
