"""What is done to a volume by `POST …/volumes/{id}/action`."""

from collections.abc import Callable
from typing import Any

from hearth.sandbox.store import Document
from hearth.sandbox.volume import attachments
from hearth.sandbox.volume.finding import find, only_admin
from hearth.sandbox.volume.kinds import find_type, multiattaching
from hearth.sandbox.volume.state import Cinder
from hearth.sandbox.volume.volumes import invalid, remove_volume
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_STATUSES = (
    "available",
    "in-use",
    "error",
    "creating",
    "deleting",
    "attaching",
    "detaching",
    "error_deleting",
    "error_managing",
    "managing",
    "maintenance",
    "reserved",
    "downloading",
)

Action = Callable[[Cinder, Call, Document, Json], Answer]


def _extend(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    size = _number(sent.get("new_size"))
    online = call.version >= (3, 42) and volume["status"] == "in-use"
    if volume["status"] != "available" and not online:
        raise invalid(
            "volume",
            f"Volume {volume['id']} status must be available to extend, but "
            f"the current status is {volume['status']}",
        )
    if size <= volume["size"]:
        raise Refusal(
            400,
            f"Invalid input received: New size for extend must be greater than "
            f"current size. (current: {volume['size']}, extended: {size}).",
        )
    cinder.quotas.charge(call.project_id, gigabytes=size - volume["size"])
    goal = "error_extending" if call.doomed else volume["status"]
    _through(cinder, volume, "extending", goal, {} if call.doomed else {"size": size})
    return Answer(202)


def _retype(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    kind = find_type(cinder, call, str(sent.get("new_type")))
    if volume["status"] not in ("available", "in-use"):
        raise invalid("volume", "Volume status must be available or in-use to retype")
    if kind["id"] == volume["volume_type_id"]:
        raise Refusal(400, f"Invalid input received: New volume type is the same: {kind['name']}")
    if sent.get("migration_policy", "never") not in ("never", "on-demand"):
        raise Refusal(400, "migration_policy must be 'on-demand' or 'never'")
    _through(
        cinder,
        volume,
        "retyping",
        volume["status"],
        {
            "volume_type_id": kind["id"],
            "multiattach": multiattaching(kind),
        },
    )
    return Answer(202)


def _through(cinder: Cinder, volume: Document, status: str, goal: str, then: Document) -> None:
    """Through a status to another one, with changes at the end."""
    cinder.set(cinder.volumes, volume["id"], then=then)
    cinder.begin(cinder.volumes, volume["id"], status, goal, cinder.world.times.volume_change)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isdigit():
        raise Refusal(400, f"Invalid input for field/attribute new_size. Value: {value}.")
    return int(value)


def _read_only(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    if volume["status"] != "available":
        raise invalid(
            "volume",
            f"Volume {volume['id']} status must be available to update "
            f"readonly flag, but current status is: {volume['status']}",
        )
    cinder.set(cinder.volumes, volume["id"], readonly=_flag(sent.get("readonly")))
    return Answer(202)


def _bootable(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    cinder.set(cinder.volumes, volume["id"], bootable=_flag(sent.get("bootable")))
    return Answer(200)


def _flag(value: Any) -> bool:
    words = {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
    }
    found = words.get(str(value).lower())
    if found is None:
        raise Refusal(400, f"Invalid input: '{value}' is not a boolean")
    return found


def _reset(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    only_admin(call, "volume_extension:volume_admin_actions:reset_status")
    status = sent.get("status")
    if status is not None and status not in _STATUSES:
        raise Refusal(400, f"Invalid input: status must be one of {', '.join(_STATUSES)}")
    if sent.get("attach_status") == "detached":
        for one in cinder.attachments.where("volume_id", volume["id"]):
            cinder.attachments.remove(one["id"])
    if status is not None:
        cinder.set(cinder.volumes, volume["id"], status=status, due=None, goal=None, then=None)
    return Answer(202)


def _reserve(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    shared = volume["multiattach"] and volume["status"] == "in-use"
    if volume["status"] != "available" and not shared:
        raise invalid(
            "volume", f"Volume status must be available to reserve, but is {volume['status']}"
        )
    cinder.set(cinder.volumes, volume["id"], status="attaching")
    return Answer(202)


def _unreserve(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    if volume["status"] in ("attaching", "reserved"):
        cinder.set(cinder.volumes, volume["id"], status="available")
    return Answer(202)


def _attach(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    if volume["status"] == "attaching":
        volume = cinder.set(cinder.volumes, volume["id"], status="available")
    if sent.get("instance_uuid") is None and sent.get("host_name") is None:
        raise Refusal(400, "Invalid request to attach volume to an invalid target")
    owner = {"project_id": call.project_id, "user_id": call.token.user_id}
    row = attachments.reserve(cinder, volume, sent.get("instance_uuid"), owner)
    attachments.complete(cinder, row, sent.get("mountpoint"), sent.get("host_name"))
    return Answer(202)


def _detach(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    if volume["status"] not in ("in-use", "detaching"):
        raise invalid(
            "volume",
            f"Unable to detach volume. Volume status must be 'in-use' and "
            f"attach_status must be 'attached' to detach. Currently: status: "
            f"'{volume['status']}'",
        )
    rows = cinder.attachments.where("volume_id", volume["id"])
    wanted = (sent or {}).get("attachment_id")
    rows = [one for one in rows if wanted is None or one["id"] == wanted]
    if wanted is None and len(rows) > 1:
        raise invalid(
            "volume",
            "Detach volume failed: More than one attachment, but no attachment_id provided",
        )
    for row in rows:
        attachments.release(cinder, row)
    return Answer(202)


def _begin_detaching(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    if volume["status"] != "in-use":
        raise invalid(
            "volume",
            "Unable to detach volume. Volume status must be 'in-use' and "
            f"attach_status must be 'attached' to detach. Currently: status: "
            f"'{volume['status']}'",
        )
    cinder.set(cinder.volumes, volume["id"], status="detaching")
    return Answer(202)


def _roll_detaching(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    if volume["status"] == "detaching":
        cinder.set(cinder.volumes, volume["id"], status="in-use")
    return Answer(202)


def _upload(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    name = sent.get("image_name")
    if not isinstance(name, str) or not name:
        raise Refusal(400, "Invalid input: 'image_name' is a required property")
    forced = volume["status"] == "in-use" and sent.get("force") is True
    if volume["status"] != "available" and not forced:
        raise invalid(
            "volume",
            f"Volume {volume['id']} status must be available to upload, but "
            f"current status is: {volume['status']}",
        )
    glance = cinder.world.neighbours.image
    if glance is None:
        raise Refusal(500, "The image service does not answer")
    seconds = cinder.world.times.image_save
    image_id = glance.save(call.token, name, {}, seconds)
    cinder.begin(cinder.volumes, volume["id"], "uploading", volume["status"], seconds)
    return Answer(
        202,
        {
            "os-volume_upload_image": {
                "id": volume["id"],
                "image_id": image_id,
                "image_name": name,
                "status": "uploading",
                "size": volume["size"],
                "display_description": volume["description"],
                "container_format": sent.get("container_format", "bare"),
                "disk_format": sent.get("disk_format", "raw"),
                "volume_type": None,
                "updated_at": None,
            }
        },
    )


def _force_delete(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    only_admin(call, "volume_extension:volume_admin_actions:force_delete")
    for one in cinder.attachments.where("volume_id", volume["id"]):
        cinder.attachments.remove(one["id"])
    remove_volume(cinder, volume, force=True)
    return Answer(202)


def _set_image_metadata(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    merged = {**volume["image_metadata"], **(sent.get("metadata") or {})}
    cinder.set(cinder.volumes, volume["id"], image_metadata=merged)
    return Answer(200, {"metadata": merged})


def _unset_image_metadata(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    key = str(sent.get("key"))
    if key not in volume["image_metadata"]:
        raise Refusal(404, f"Metadata has no key {key}.")
    rest = {name: value for name, value in volume["image_metadata"].items() if name != key}
    cinder.set(cinder.volumes, volume["id"], image_metadata=rest)
    return Answer(200)


def _show_image_metadata(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    return Answer(200, {"metadata": volume["image_metadata"]})


def _connection(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    info = {"driver_volume_type": "iscsi", "data": {"volume_id": volume["id"], "target_lun": 1}}
    return Answer(200, {"connection_info": info})


def _disconnection(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    return Answer(202)


def _revert(cinder: Cinder, call: Call, volume: Document, sent: Json) -> Answer:
    key = str(sent.get("snapshot_id"))
    snapshot = find(call, cinder.snapshots, key, "Snapshot")
    latest = cinder.snapshots.where("volume_id", volume["id"])[-1:]
    if not latest or latest[0]["id"] != key:
        raise invalid("snapshot", f"Snapshot {key} is not the latest of volume {volume['id']}")
    if volume["status"] != "available" or snapshot["status"] != "available":
        raise invalid("volume", "Volume and snapshot must be available to revert")
    _through(cinder, volume, "reverting", "available", {"size": snapshot["size"]})
    return Answer(202)


_ACTIONS: dict[str, Action] = {
    "os-extend": _extend,
    "os-retype": _retype,
    "os-update_readonly_flag": _read_only,
    "os-set_bootable": _bootable,
    "os-reset_status": _reset,
    "os-reserve": _reserve,
    "os-unreserve": _unreserve,
    "os-attach": _attach,
    "os-detach": _detach,
    "os-force_detach": _detach,
    "os-begin_detaching": _begin_detaching,
    "os-roll_detaching": _roll_detaching,
    "os-volume_upload_image": _upload,
    "os-force_delete": _force_delete,
    "os-set_image_metadata": _set_image_metadata,
    "os-unset_image_metadata": _unset_image_metadata,
    "os-show_image_metadata": _show_image_metadata,
    "os-initialize_connection": _connection,
    "os-terminate_connection": _disconnection,
    "revert": _revert,
}


def _act(cinder: Cinder, call: Call) -> Answer:
    volume = find(call, cinder.volumes, call.params["id"], "Volume")
    document = call.document()
    name = next(iter(document), "")
    action = _ACTIONS.get(name)
    if action is None:
        raise Refusal(400, f"There is no such action: {name}")
    sent = document[name]
    return action(cinder, call, volume, sent if isinstance(sent, dict) else {})


ROUTES = (Route("POST", "/volumes/{id}/action", _act),)
