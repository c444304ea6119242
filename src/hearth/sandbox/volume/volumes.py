"""Volumes: making, showing, changing and removing them."""

from typing import Any

from hearth.sandbox.store import Document
from hearth.sandbox.volume import documents
from hearth.sandbox.volume.finding import find, listed, mine
from hearth.sandbox.volume.kinds import default_type, find_type, multiattaching
from hearth.sandbox.volume.state import GONE, ZONE, Cinder
from hearth.sandbox.web import Answer, Call, Refusal, Route

_FREE = ("available", "error", "error_restoring", "error_extending", "error_managing")
_TEXT = 255
_GIB = 1 << 30


def create_volume(cinder: Cinder, call: Call, sent: Document) -> Document:
    """A new volume, `creating`; in time it is available."""
    source = _source(cinder, call, sent)
    size = _size(sent.get("size"), source)
    kind = _kind(cinder, call, sent, source)
    zone = sent.get("availability_zone") or ZONE
    if zone != ZONE:
        raise Refusal(400, f"Invalid input received: Availability zone '{zone}' is invalid.")
    cinder.quotas.charge(call.project_id, volumes=1, gigabytes=size)
    goal = "error" if call.doomed else "available"
    return cinder.volumes.add(
        {
            **cinder.fresh(call),
            "name": text_of(sent, "name"),
            "description": text_of(sent, "description"),
            "status": "creating",
            "goal": goal,
            "then": None,
            "due": cinder.world.due(cinder.world.times.volume_create),
            "size": size,
            "availability_zone": zone,
            "metadata": metadata_of(sent.get("metadata")),
            "volume_type_id": kind["id"],
            "multiattach": bool(sent.get("multiattach")) or multiattaching(kind),
            "encrypted": kind["encryption"] is not None,
            **_inherited(sent, source),
        }
    )


def _source(cinder: Cinder, call: Call, sent: Document) -> Document:
    """What the new volume is a copy of: a document with its `size` at least."""
    keys = [
        name
        for name in ("snapshot_id", "source_volid", "imageRef", "image_id", "backup_id")
        if sent.get(name)
    ]
    if len(keys) > 1 and set(keys) != {"imageRef", "image_id"}:
        raise Refusal(400, "May specify only one of snapshot, volume, image or backup as a source.")
    for name in keys:
        key = str(sent[name])
        match name:
            case "snapshot_id":
                snapshot = find(call, cinder.snapshots, key, "Snapshot")
                if snapshot["status"] != "available":
                    raise invalid("snapshot", "Originating snapshot status must be available")
                volume = cinder.volumes.get(snapshot["volume_id"]) or {}
                return {**volume, "size": snapshot["size"]}
            case "source_volid":
                volume = find(call, cinder.volumes, key, "Volume")
                if volume["status"] not in ("available", "in-use"):
                    raise invalid(
                        "source volume",
                        f"Unable to create a volume from a volume in status {volume['status']}",
                    )
                return volume
            case "backup_id":
                return {"size": find(call, cinder.backups, key, "Backup")["size"]}
            case _:
                return _image(cinder, call, key)
    return {}


def _image(cinder: Cinder, call: Call, key: str) -> Document:
    glance = cinder.world.neighbours.image
    image = glance.image(call.token, key) if glance is not None else None
    if image is None:
        raise Refusal(400, f"Invalid image identifier or unable to access requested image: {key}")
    if image["status"] != "active":
        raise Refusal(400, f"Invalid input received: Image {key} is not active.")
    need = max(int(image["min_disk"] or 0), -(-int(image["size"] or 0) // _GIB))
    described = {
        "image_id": key,
        "image_name": image["name"] or "",
        "checksum": image.get("checksum") or "",
        "container_format": image.get("container_format") or "",
        "disk_format": image.get("disk_format") or "",
        "min_disk": str(image["min_disk"] or 0),
        "min_ram": str(image["min_ram"] or 0),
        "size": str(image["size"] or 0),
        **{name: str(value) for name, value in (image.get("properties") or {}).items()},
    }
    return {"least": need, "bootable": True, "image_metadata": described}


def _size(given: Any, source: Document) -> int:
    least = int(source.get("size") or source.get("least") or 0)
    if given is None and "size" in source:
        return int(source["size"])
    if isinstance(given, bool) or not str(given).isdigit() or int(given) < 1:
        raise Refusal(
            400,
            f"Invalid input received: Volume size '{given}' must be an integer and greater than 0",
        )
    if int(given) < least:
        raise Refusal(
            400,
            f"Invalid input received: Volume size '{given}'GB cannot be smaller "
            f"than the {least}GB that its source needs.",
        )
    return int(given)


def _kind(cinder: Cinder, call: Call, sent: Document, source: Document) -> Document:
    wanted = sent.get("volume_type")
    if wanted is not None:
        return find_type(cinder, call, str(wanted))
    inherited = cinder.types.get(source.get("volume_type_id") or "")
    return inherited or default_type(cinder)


def _inherited(sent: Document, source: Document) -> Document:
    return {
        "snapshot_id": sent.get("snapshot_id") or None,
        "source_volid": sent.get("source_volid") or None,
        "bootable": bool(source.get("bootable")),
        "image_metadata": source.get("image_metadata") or {},
        "readonly": False,
    }


def remove_volume(
    cinder: Cinder, volume: Document, *, cascade: bool = False, force: bool = False
) -> None:
    """Let a volume go in time, unless it is in use or has snapshots."""
    snapshots = cinder.snapshots.where("volume_id", volume["id"])
    if volume["status"] == "deleting":
        return
    used = bool(cinder.attachments.where("volume_id", volume["id"]))
    if used or (volume["status"] not in _FREE and not force) or (snapshots and not cascade):
        raise invalid(
            "volume",
            "Volume status must be available or error or error_restoring or "
            "error_extending or error_managing and must not be migrating, attached, "
            "belong to a group, have snapshots, awaiting a transfer",
        )
    seconds = cinder.world.times.volume_delete
    for snapshot in snapshots:
        cinder.begin(cinder.snapshots, snapshot["id"], "deleting", GONE, seconds)
    cinder.begin(cinder.volumes, volume["id"], "deleting", GONE, seconds)


def invalid(what: str, sentence: str) -> Refusal:
    """An object is not in a state for this."""
    return Refusal(400, f"Invalid {what}: {sentence}.", f"Invalid{what.title().replace(' ', '')}")


def text_of(sent: Document, name: str) -> str | None:
    """A name or description from a document, under its old name too."""
    value = sent.get(name, sent.get(f"display_{name}"))
    if value is not None and (not isinstance(value, str) or len(value) > _TEXT):
        raise Refusal(
            400,
            f"Invalid input for field/attribute {name}. Value: {value}. It must be "
            f"a string of at most {_TEXT} characters.",
        )
    return value.strip() if isinstance(value, str) else None


def metadata_of(sent: Any) -> dict[str, str]:
    """Metadata from a document: pairs of strings."""
    if sent is None:
        return {}
    if not isinstance(sent, dict) or not all(
        isinstance(value, str) and 0 < len(key) <= _TEXT and len(value) <= _TEXT
        for key, value in sent.items()
    ):
        raise Refusal(
            400,
            f"Invalid input for field/attribute metadata. Value: {sent}. Keys and "
            f"values must be strings of at most {_TEXT} characters.",
        )
    return dict(sent)


def _list(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.volumes)
    return Answer(
        200,
        listed(
            cinder, call, rows, "volumes", lambda row: documents.brief(cinder, call, "volumes", row)
        ),
    )


def _details(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.volumes)
    return Answer(
        200, listed(cinder, call, rows, "volumes", lambda row: documents.volume(cinder, call, row))
    )


def _summary(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.volumes)
    total = {"total_size": sum(row["size"] for row in rows), "total_count": len(rows)}
    return Answer(200, {"volume-summary": {**total, "metadata": {}}})


def _create(cinder: Cinder, call: Call) -> Answer:
    row = create_volume(cinder, call, call.wrapped("volume"))
    return Answer(202, {"volume": documents.volume(cinder, call, row)})


def _show(cinder: Cinder, call: Call) -> Answer:
    row = find(call, cinder.volumes, call.params["id"], "Volume")
    return Answer(200, {"volume": documents.volume(cinder, call, row)})


def _update(cinder: Cinder, call: Call) -> Answer:
    row = find(call, cinder.volumes, call.params["id"], "Volume")
    sent = call.wrapped("volume")
    changes: dict[str, Any] = {
        name: text_of(sent, name)
        for name in ("name", "description")
        if name in sent or f"display_{name}" in sent
    }
    if "metadata" in sent:
        changes["metadata"] = metadata_of(sent["metadata"])
    if not changes:
        raise Refusal(400, "Invalid input: at least one of name, description, metadata is needed")
    row = cinder.set(cinder.volumes, row["id"], **changes)
    return Answer(200, {"volume": documents.volume(cinder, call, row)})


def _delete(cinder: Cinder, call: Call) -> Answer:
    row = find(call, cinder.volumes, call.params["id"], "Volume")
    force = call.flag("force") and call.admin
    remove_volume(cinder, row, cascade=call.flag("cascade"), force=force)
    return Answer(202)


ROUTES = (
    Route("GET", "/volumes", _list),
    Route("POST", "/volumes", _create),
    Route("GET", "/volumes/detail", _details),
    Route("GET", "/volumes/summary", _summary),
    Route("GET", "/volumes/{id}", _show),
    Route("PUT", "/volumes/{id}", _update),
    Route("DELETE", "/volumes/{id}", _delete),
)
