"""Backups of volumes, and restoring them."""

from hearth.sandbox.store import Document
from hearth.sandbox.volume import documents
from hearth.sandbox.volume.finding import find, inner, listed, mine, only_admin
from hearth.sandbox.volume.state import GONE, Cinder
from hearth.sandbox.volume.volumes import create_volume, invalid, metadata_of, text_of
from hearth.sandbox.web import Answer, Call, Refusal, Route

_CHUNK_GB = 1


def create_backup(cinder: Cinder, call: Call, sent: Document) -> Document:
    """A new backup, `creating`; in time it is available."""
    volume = find(call, cinder.volumes, str(sent.get("volume_id")), "Volume")
    snapshot_id = sent.get("snapshot_id")
    if snapshot_id is not None:
        snapshot = find(call, cinder.snapshots, str(snapshot_id), "Snapshot")
        if snapshot["status"] != "available" or snapshot["volume_id"] != volume["id"]:
            raise invalid("snapshot", "The snapshot to be backed up must be available")
    elif volume["status"] != "available" and not (
        volume["status"] == "in-use" and sent.get("force")
    ):
        raise invalid(
            "volume",
            "Volume to be backed up must be available or in-use, but the "
            f'current status is "{volume["status"]}"',
        )
    parent = _parent(cinder, volume) if sent.get("incremental") else None
    cinder.quotas.charge(call.project_id, backups=1, backup_gigabytes=volume["size"])
    seconds = cinder.world.times.backup
    if snapshot_id is None:
        cinder.begin(cinder.volumes, volume["id"], "backing-up", volume["status"], seconds)
    return cinder.backups.add(
        {
            **cinder.fresh(call),
            "name": text_of(sent, "name"),
            "description": text_of(sent, "description"),
            "status": "creating",
            "goal": "error" if call.doomed else "available",
            "due": cinder.world.due(seconds),
            "size": volume["size"],
            "volume_id": volume["id"],
            "snapshot_id": snapshot_id,
            "container": sent.get("container") or "volumebackups",
            "is_incremental": parent is not None,
            "parent_id": parent,
            "fail_reason": None,
            "object_count": volume["size"] // _CHUNK_GB,
            "metadata": metadata_of(sent.get("metadata")),
        }
    )


def _parent(cinder: Cinder, volume: Document) -> str:
    done = [
        one
        for one in cinder.backups.where("volume_id", volume["id"])
        if one["status"] == "available"
    ]
    if not done:
        raise invalid("backup", "No backups available to do an incremental backup")
    return str(done[-1]["id"])


def _list(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.backups)
    return Answer(
        200,
        listed(
            cinder, call, rows, "backups", lambda row: documents.brief(cinder, call, "backups", row)
        ),
    )


def _details(cinder: Cinder, call: Call) -> Answer:
    rows = mine(call, cinder.backups)
    return Answer(
        200, listed(cinder, call, rows, "backups", lambda row: documents.backup(cinder, call, row))
    )


def _create(cinder: Cinder, call: Call) -> Answer:
    row = create_backup(cinder, call, call.wrapped("backup"))
    return Answer(202, {"backup": documents.brief(cinder, call, "backups", row)})


def _found(cinder: Cinder, call: Call) -> Document:
    return find(call, cinder.backups, call.params["id"], "Backup")


def _show(cinder: Cinder, call: Call) -> Answer:
    return Answer(200, {"backup": documents.backup(cinder, call, _found(cinder, call))})


def _update(cinder: Cinder, call: Call) -> Answer:
    row, sent = _found(cinder, call), call.wrapped("backup")
    changes: Document = {
        name: text_of(sent, name) for name in ("name", "description") if name in sent
    }
    if "metadata" in sent:
        changes["metadata"] = metadata_of(sent["metadata"])
    row = cinder.set(cinder.backups, row["id"], **changes)
    return Answer(200, {"backup": documents.brief(cinder, call, "backups", row)})


def _delete(cinder: Cinder, call: Call) -> Answer:
    row = _found(cinder, call)
    if row["status"] not in ("available", "error"):
        raise invalid("backup", "Backup status must be available or error")
    if any(one["parent_id"] == row["id"] for one in cinder.backups):
        raise invalid("backup", "Incremental backups exist for this backup")
    cinder.begin(cinder.backups, row["id"], "deleting", GONE, cinder.world.times.backup)
    return Answer(202)


def _restore(cinder: Cinder, call: Call) -> Answer:
    row, sent = _found(cinder, call), call.wrapped("restore")
    if row["status"] != "available":
        raise invalid("backup", "Backup status must be available")
    if sent.get("volume_id") is None:
        name = sent.get("name") or f"restore_backup_{row['id']}"
        volume = create_volume(cinder, call, {"size": row["size"], "name": name})
    else:
        volume = find(call, cinder.volumes, str(sent["volume_id"]), "Volume")
        if volume["status"] != "available":
            raise invalid("volume", "Volume to be restored to must be available")
        if volume["size"] < row["size"]:
            raise invalid(
                "volume",
                f"Volume size {volume['size']} is too small to restore backup "
                f"of size {row['size']}",
            )
    seconds = cinder.world.times.backup
    goal = "error_restoring" if call.doomed else "available"
    cinder.begin(cinder.volumes, volume["id"], "restoring-backup", goal, seconds)
    cinder.begin(cinder.backups, row["id"], "restoring", "available", seconds)
    return Answer(
        202,
        {
            "restore": {
                "backup_id": row["id"],
                "volume_id": volume["id"],
                "volume_name": volume["name"],
            }
        },
    )


def _act(cinder: Cinder, call: Call) -> Answer:
    row, sent = _found(cinder, call), call.document()
    only_admin(call, "volume_extension:backup_admin_actions")
    if "os-reset_status" in sent:
        status = str(inner(sent, "os-reset_status").get("status"))
        cinder.set(cinder.backups, row["id"], status=status, due=None, goal=None)
    elif "os-force_delete" in sent:
        cinder.begin(cinder.backups, row["id"], "deleting", GONE, cinder.world.times.backup)
    else:
        raise Refusal(400, "There is no such action")
    return Answer(202)


ROUTES = (
    Route("GET", "/backups", _list),
    Route("POST", "/backups", _create),
    Route("GET", "/backups/detail", _details),
    Route("GET", "/backups/{id}", _show),
    Route("PUT", "/backups/{id}", _update),
    Route("DELETE", "/backups/{id}", _delete),
    Route("POST", "/backups/{id}/restore", _restore),
    Route("POST", "/backups/{id}/action", _act),
)
