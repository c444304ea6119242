"""Attachments: what holds a volume, from the reservation to the letting go."""

from hearth.sandbox.store import Document
from hearth.sandbox.volume import documents
from hearth.sandbox.volume.finding import find, listed, mine
from hearth.sandbox.volume.state import Cinder
from hearth.sandbox.volume.volumes import invalid
from hearth.sandbox.web import Answer, Call, Refusal, Route


def reserve(cinder: Cinder, volume: Document, instance: str | None, owner: Document) -> Document:
    """Hold a volume for a server; `owner` carries the ids of project and user."""
    free = volume["status"] in ("available", "downloading")
    shared = volume["multiattach"] and volume["status"] in ("in-use", "reserved")
    if not free and not shared:
        raise invalid(
            "volume",
            f"Volume {volume['id']} status must be available or downloading "
            f"to reserve, but the current status is {volume['status']}",
        )
    if free:
        cinder.set(cinder.volumes, volume["id"], status="reserved")
    return cinder.attachments.add(
        {
            "id": cinder.world.ids.uuid(),
            "name": "",
            "project_id": owner["project_id"],
            "user_id": owner["user_id"],
            "volume_id": volume["id"],
            "instance": instance,
            "status": "reserved",
            "attach_mode": "rw",
            "connector": None,
            "host": None,
            "device": None,
            "attached_at": None,
            "created_at": cinder.world.now,
            "updated_at": None,
        }
    )


def complete(cinder: Cinder, attachment: Document, device: str | None, host: str | None) -> None:
    """The server has the volume."""
    cinder.set(
        cinder.attachments,
        attachment["id"],
        status="attached",
        device=device,
        host=host,
        attached_at=cinder.world.now,
        connector=attachment["connector"] or {},
    )
    volume = cinder.volumes.get(attachment["volume_id"])
    if volume is not None:
        cinder.set(cinder.volumes, volume["id"], status="in-use")


def release(cinder: Cinder, attachment: Document) -> None:
    """The server has let go; a volume that nobody holds is available again."""
    cinder.attachments.remove(attachment["id"])
    volume = cinder.volumes.get(attachment["volume_id"])
    if volume is None or volume["status"] not in ("in-use", "reserved", "attaching", "detaching"):
        return
    rest = cinder.attachments.where("volume_id", volume["id"])
    attached = any(one["status"] == "attached" for one in rest)
    status = "in-use" if attached else "reserved" if rest else "available"
    if status != volume["status"]:
        cinder.set(cinder.volumes, volume["id"], status=status)


def _list(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.attachments)
    call.query = {
        {"instance_id": "instance"}.get(name, name): value for name, value in call.query.items()
    }

    def show(row: Document) -> Document:
        names = ("id", "status", "instance", "volume_id")
        return {name: row[name] for name in names}

    return Answer(200, listed(cinder, call, rows, "attachments", show))


def _details(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.attachments)
    return Answer(200, listed(cinder, call, rows, "attachments", documents.attachment))


def _show(cinder: Cinder, call: Call) -> Answer:
    return _answer(find(call, cinder.attachments, call.params["id"], "Attachment"))


def _answer(row: Document) -> Answer:
    return Answer(200, {"attachment": documents.attachment(row)})


def _create(cinder: Cinder, call: Call) -> Answer:
    sent = call.wrapped("attachment")
    volume = find(call, cinder.volumes, str(sent.get("volume_uuid")), "Volume")
    instance = sent.get("instance_uuid")
    owner = {"project_id": call.project_id, "user_id": call.token.user_id}
    row = reserve(cinder, volume, instance, owner)
    if sent.get("connector"):
        row = _connect(cinder, row, sent["connector"])
    return _answer(row)


def _connect(cinder: Cinder, row: Document, connector: Document) -> Document:
    cinder.set(cinder.volumes, row["volume_id"], status="attaching")
    return cinder.set(
        cinder.attachments,
        row["id"],
        connector=connector,
        status="attaching",
        host=connector.get("host"),
        device=connector.get("mountpoint"),
    )


def _update(cinder: Cinder, call: Call) -> Answer:
    row = find(call, cinder.attachments, call.params["id"], "Attachment")
    connector = call.wrapped("attachment").get("connector")
    if not isinstance(connector, dict):
        raise Refusal(400, "Invalid input: 'connector' is a required property")
    return _answer(_connect(cinder, row, connector))


def _delete(cinder: Cinder, call: Call) -> Answer:
    row = find(call, cinder.attachments, call.params["id"], "Attachment")
    compute = cinder.world.neighbours.compute
    servant = compute is None or call.admin or row["status"] != "attached"
    if not servant and compute is not None and compute.server_name(row["instance"] or ""):
        raise Refusal(409, "Detach volume from instance using the Compute API.")
    release(cinder, row)
    return Answer(200, {"attachments": []})


def _act(cinder: Cinder, call: Call) -> Answer:
    row = find(call, cinder.attachments, call.params["id"], "Attachment")
    if "os-complete" not in call.document():
        raise Refusal(400, "There is no such action")
    complete(cinder, row, row["device"], row["host"])
    return Answer(204)


ROUTES = (
    Route("GET", "/attachments", _list),
    Route("POST", "/attachments", _create),
    Route("GET", "/attachments/detail", _details),
    Route("GET", "/attachments/{id}", _show),
    Route("PUT", "/attachments/{id}", _update),
    Route("DELETE", "/attachments/{id}", _delete),
    Route("POST", "/attachments/{id}/action", _act),
)
