"""Volumes of servers: those that it boots from, and those attached later."""

from hearth.sandbox.compute import journal
from hearth.sandbox.compute.state import Nova, as_owner, find_server
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def list_attachments(nova: Nova, call: Call) -> Answer:
    """A server's volumes."""
    server = find_server(nova, call)
    found = [_view(call, one) for one in nova.attachments.where("server_id", server["id"])]
    return Answer(200, {"volumeAttachments": found})


def show_attachment(nova: Nova, call: Call) -> Answer:
    """One of a server's volumes."""
    return Answer(200, {"volumeAttachment": _view(call, _find(nova, call))})


def attach_volume(nova: Nova, call: Call) -> Answer:
    """Hold a volume for the server, and attach it in a moment."""
    server, given = find_server(nova, call), call.wrapped("volumeAttachment")
    volume_id = str(given.get("volumeId") or "")
    if not volume_id:
        raise Refusal(400, "Invalid input: 'volumeId' is a required property")
    if server["vm_state"] not in ("active", "paused", "stopped", "resized", "shelved"):
        state = server["vm_state"]
        message = f"Cannot 'attach_volume' instance {server['id']} while it is in vm_state {state}"
        raise Refusal(409, message)
    if nova.volume is None:
        raise Refusal(404, f"Volume {volume_id} could not be found.")
    if nova.attachments.get(f"{server['id']}:{volume_id}") is not None:
        message = f"Invalid volume: volume {volume_id} is already attached to {server['id']}"
        raise Refusal(400, message)
    nova.volume.volume(server["project_id"], volume_id)
    nova.volume.reserve(server["project_id"], volume_id, server["id"])
    wish = {"device": given.get("device"), "tag": given.get("tag")}
    wish["delete_on_termination"] = call.version >= (2, 79) and bool(
        given.get("delete_on_termination")
    )
    attachment = record(nova, server, volume_id, wish, nova.world.times.server_action)
    journal.note(nova, call, server["id"], "attach_volume")
    return Answer(200, {"volumeAttachment": _view(call, attachment)})


def update_attachment(nova: Nova, call: Call) -> Answer:
    """Change what becomes of the volume when the server is deleted."""
    attachment, given = _find(nova, call), call.wrapped("volumeAttachment")
    if call.version < (2, 85) or given.get("volumeId") != attachment["volume_id"]:
        raise Refusal(409, "A volume cannot be swapped for another in this cloud.")
    end = bool(given.get("delete_on_termination"))
    nova.attachments.change(attachment["id"], delete_on_termination=end)
    return Answer(202)


def detach_volume(nova: Nova, call: Call) -> Answer:
    """Let go of a volume, in a moment."""
    attachment = _find(nova, call)
    if attachment["boot_index"] == 0:
        raise Refusal(400, "Cannot detach a root device volume")
    if attachment["state"] != "attached":
        message = (
            "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach "
            "status must be 'attached' to detach."
        )
        raise Refusal(400, message)
    due = nova.world.due(nova.world.times.server_action)
    if nova.volume is not None:
        nova.volume.begin_detaching(attachment["volume_id"], attachment["server_id"])
    nova.attachments.change(attachment["id"], state="detaching", due=due)
    journal.note(nova, call, attachment["server_id"], "detach_volume")
    return Answer(202)


def record(
    nova: Nova, server: Document, volume_id: str, wish: Document, seconds: float | None
) -> Document:
    """Note that a volume belongs to a server, to be attached after so many seconds.

    Where that is None, the server's build attaches it.
    """
    return nova.attachments.add(
        {
            "id": f"{server['id']}:{volume_id}",
            "uuid": nova.world.ids.uuid(),
            "server_id": server["id"],
            "volume_id": volume_id,
            "project_id": server["project_id"],
            "device": wish.get("device") or _device(nova, server),
            "tag": wish.get("tag"),
            "delete_on_termination": bool(wish.get("delete_on_termination")),
            "boot_index": wish.get("boot_index"),
            "state": "attaching",
            "created_at": nova.world.now,
            "due": None if seconds is None else nova.world.due(seconds),
        }
    )


def settle(nova: Nova, attachment: Document) -> None:
    """An attachment, or its end, is done."""
    if attachment["state"] == "detaching":
        _let_go(nova, attachment)
    elif attachment["state"] == "attaching":
        _attach(nova, attachment)


def boot_ready(nova: Nova, server: Document) -> bool:
    """Make and attach the volumes that a server is built with; False while they are not ready."""
    if nova.volume is None:
        return True
    if server["wanted_volumes"]:
        for wish in server["wanted_volumes"]:
            record(nova, server, _made(nova, server, wish), wish, None)
        nova.servers.change(server["id"], wanted_volumes=[])
    waiting = [
        one
        for one in nova.attachments.where("server_id", server["id"])
        if one["state"] == "attaching" and one["due"] is None
    ]
    for one in waiting:
        volume = nova.volume.volume(server["project_id"], one["volume_id"])
        if volume["status"] in ("creating", "downloading"):
            return False
        if volume["status"] == "error":
            message = f"Volume {one['volume_id']} did not finish being created: error"
            raise Refusal(500, message)
    for one in waiting:
        volume = nova.volume.volume(server["project_id"], one["volume_id"])
        if volume["status"] == "available":
            nova.volume.reserve(server["project_id"], one["volume_id"], server["id"])
        _attach(nova, one)
    return True


def release_all(nova: Nova, server: Document) -> None:
    """A server goes: its volumes are free again, or go with it."""
    for attachment in nova.attachments.where("server_id", server["id"]):
        _let_go(nova, attachment)
        if attachment["delete_on_termination"] and nova.volume is not None:
            nova.volume.remove(attachment["volume_id"])


def _attach(nova: Nova, attachment: Document) -> None:
    if nova.volume is not None:
        nova.volume.attach(attachment["volume_id"], attachment["server_id"], attachment["device"])
    nova.attachments.change(attachment["id"], state="attached")


def _let_go(nova: Nova, attachment: Document) -> None:
    if nova.volume is not None:
        nova.volume.detach(attachment["volume_id"], attachment["server_id"])
    nova.attachments.remove(attachment["id"])


def _made(nova: Nova, server: Document, wish: Document) -> str:
    if nova.volume is None:
        raise Refusal(500, "There is no volume service.")
    image, snapshot = wish.get("image_id"), wish.get("snapshot_id")
    return nova.volume.make(as_owner(server), wish["size"], image, snapshot, "")


def _device(nova: Nova, server: Document) -> str:
    taken = {one["device"] for one in nova.attachments.where("server_id", server["id"])}
    start = 0 if server["image_id"] is None else 1
    free = (f"/dev/vd{one}" for one in _LETTERS[start:])
    return next((one for one in free if one not in taken), "/dev/vdzz")


def _find(nova: Nova, call: Call) -> Document:
    server, volume_id = find_server(nova, call), call.params["volume_id"]
    attachment = nova.attachments.get(f"{server['id']}:{volume_id}")
    if attachment is None:
        message = f"volume_id not found: {volume_id}"
        raise Refusal(404, message)
    return attachment


def _view(call: Call, attachment: Document) -> Json:
    shown = {
        "serverId": attachment["server_id"],
        "volumeId": attachment["volume_id"],
        "device": attachment["device"],
    }
    if call.version < (2, 89):
        shown["id"] = attachment["volume_id"]
    else:
        shown["attachment_id"] = shown["bdm_uuid"] = attachment["uuid"]
    if call.version >= (2, 70):
        shown["tag"] = attachment["tag"]
    if call.version >= (2, 79):
        shown["delete_on_termination"] = attachment["delete_on_termination"]
    return shown


_BASE = "/v2.1/servers/{server_id}/os-volume_attachments"

ROUTES = (
    Route("GET", _BASE, list_attachments),
    Route("POST", _BASE, attach_volume),
    Route("GET", _BASE + "/{volume_id}", show_attachment),
    Route("PUT", _BASE + "/{volume_id}", update_attachment),
    Route("DELETE", _BASE + "/{volume_id}", detach_volume),
)
