"""Snapshots of volumes."""

from hearth.sandbox.store import Document
from hearth.sandbox.volume import documents
from hearth.sandbox.volume.finding import find, inner, listed, mine, only_admin
from hearth.sandbox.volume.state import GONE, Cinder
from hearth.sandbox.volume.volumes import invalid, metadata_of, text_of
from hearth.sandbox.web import Answer, Call, Refusal, Route

_FREE = ("available", "error")


def create_snapshot(cinder: Cinder, call: Call, sent: Document) -> Document:
    """A new snapshot, `creating`; in time it is available."""
    volume = find(call, cinder.volumes, str(sent.get("volume_id")), "Volume")
    forced = str(sent.get("force", "")).lower() in ("true", "1") or call.version >= (3, 66)
    if volume["status"] != "available" and not (volume["status"] == "in-use" and forced):
        raise invalid(
            "volume",
            f"Volume {volume['id']} status must be available to create a "
            f"snapshot, but current status is: {volume['status']}",
        )
    cinder.quotas.charge(call.project_id, snapshots=1, gigabytes=volume["size"])
    return cinder.snapshots.add(
        {
            **cinder.fresh(call),
            "name": text_of(sent, "name"),
            "description": text_of(sent, "description"),
            "status": "creating",
            "goal": "error" if call.doomed else "available",
            "due": cinder.world.due(cinder.world.times.snapshot),
            "size": volume["size"],
            "volume_id": volume["id"],
            "metadata": metadata_of(sent.get("metadata")),
        }
    )


def _list(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.snapshots)
    names = ("id", "name", "description", "status", "size", "volume_id", "metadata")

    def show(row: Document) -> Document:
        shown = documents.snapshot(call, row)
        return {name: shown[name] for name in (*names, "created_at", "updated_at")}

    return Answer(200, listed(cinder, call, rows, "snapshots", show))


def _details(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.snapshots)
    return Answer(
        200, listed(cinder, call, rows, "snapshots", lambda row: documents.snapshot(call, row))
    )


def _create(cinder: Cinder, call: Call) -> Answer:
    row = create_snapshot(cinder, call, call.wrapped("snapshot"))
    return Answer(202, {"snapshot": documents.snapshot(call, row)})


def _found(cinder: Cinder, call: Call) -> Document:
    return find(call, cinder.snapshots, call.params["id"], "Snapshot")


def _show(cinder: Cinder, call: Call) -> Answer:
    return Answer(200, {"snapshot": documents.snapshot(call, _found(cinder, call))})


def _update(cinder: Cinder, call: Call) -> Answer:
    row, sent = _found(cinder, call), call.wrapped("snapshot")
    changes = {name: text_of(sent, name) for name in ("name", "description") if name in sent}
    row = cinder.set(cinder.snapshots, row["id"], **changes)
    return Answer(200, {"snapshot": documents.snapshot(call, row)})


def _delete(cinder: Cinder, call: Call) -> Answer:
    row = _found(cinder, call)
    if row["status"] == "deleting":
        return Answer(202)
    if row["status"] not in _FREE:
        raise invalid(
            "snapshot", f"Snapshot {row['id']} status must be available or error to be deleted"
        )
    _remove(cinder, row)
    return Answer(202)


def _remove(cinder: Cinder, row: Document) -> None:
    seconds = cinder.world.times.snapshot
    cinder.begin(cinder.snapshots, row["id"], "deleting", GONE, seconds)


def _act(cinder: Cinder, call: Call) -> Answer:
    row, sent = _found(cinder, call), call.document()
    if "os-reset_status" in sent:
        only_admin(call, "volume_extension:snapshot_admin_actions:reset_status")
        status = str(inner(sent, "os-reset_status").get("status"))
        cinder.set(cinder.snapshots, row["id"], status=status, due=None, goal=None)
    elif "os-force_delete" in sent:
        only_admin(call, "volume_extension:snapshot_admin_actions:force_delete")
        _remove(cinder, row)
    else:
        raise Refusal(400, "There is no such action")
    return Answer(202)


ROUTES = (
    Route("GET", "/snapshots", _list),
    Route("POST", "/snapshots", _create),
    Route("GET", "/snapshots/detail", _details),
    Route("GET", "/snapshots/{id}", _show),
    Route("PUT", "/snapshots/{id}", _update),
    Route("DELETE", "/snapshots/{id}", _delete),
    Route("POST", "/snapshots/{id}/action", _act),
)
