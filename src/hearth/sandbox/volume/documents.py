"""Volumes, snapshots, backups and attachments as the API shows them."""

from hearth.sandbox.store import Document
from hearth.sandbox.volume.state import HOST, Cinder, moment
from hearth.sandbox.web import Call


def links(cinder: Cinder, call: Call, kind: str, key: str) -> list[dict[str, str]]:
    """Where an object is."""
    path = f"/volume/v3/{call.project_id}/{kind}/{key}"
    return [
        {"rel": "self", "href": cinder.world.url(path)},
        {"rel": "bookmark", "href": cinder.world.url(path.replace("/v3/", "/"))},
    ]


def brief(cinder: Cinder, call: Call, kind: str, row: Document) -> Document:
    """An object in a list without details."""
    return {
        "id": row["id"],
        "name": row["name"],
        "links": links(cinder, call, kind, row["id"]),
    }


def volume(cinder: Cinder, call: Call, row: Document) -> Document:
    """A volume with all that the caller may see."""
    kind = cinder.types.get(row["volume_type_id"])
    names = (
        "id",
        "name",
        "description",
        "status",
        "size",
        "availability_zone",
        "metadata",
        "snapshot_id",
        "source_volid",
        "user_id",
        "multiattach",
        "encrypted",
    )
    shown = {
        **{name: row[name] for name in names},
        "bootable": "true" if row["bootable"] else "false",
        "volume_type": kind["name"] if kind is not None else None,
        "attachments": attached(cinder, call, row["id"]),
        "replication_status": None,
        "consistencygroup_id": None,
        "migration_status": None,
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "os-vol-tenant-attr:tenant_id": row["project_id"],
        "links": links(cinder, call, "volumes", row["id"]),
    }
    if row["image_metadata"]:
        shown["volume_image_metadata"] = row["image_metadata"]
    if call.admin:
        shown |= {
            "os-vol-host-attr:host": HOST,
            "os-vol-mig-status-attr:migstat": None,
            "os-vol-mig-status-attr:name_id": None,
        }
    newer = (
        ((3, 13), "group_id", None),
        ((3, 21), "provider_id", None),
        ((3, 48), "shared_targets", False),
        ((3, 48), "service_uuid", None),
        ((3, 63), "volume_type_id", row["volume_type_id"]),
        ((3, 65), "consumes_quota", True),
    )
    return shown | {name: value for since, name, value in newer if call.version >= since}


def attached(cinder: Cinder, call: Call, volume_id: str) -> list[Document]:
    """To what a volume is attached."""
    return [
        {
            "id": volume_id,
            "attachment_id": one["id"],
            "volume_id": volume_id,
            "server_id": one["instance"],
            "host_name": one["host"] if call.admin else None,
            "device": one["device"],
            "attached_at": moment(one["attached_at"]),
        }
        for one in cinder.attachments.where("volume_id", volume_id)
        if one["status"] == "attached"
    ]


def snapshot(call: Call, row: Document) -> Document:
    """A snapshot."""
    names = ("id", "name", "description", "status", "size", "volume_id", "metadata")
    shown = {
        **{name: row[name] for name in names},
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "os-extended-snapshot-attributes:progress": "100%"
        if row["status"] == "available"
        else "0%",
        "os-extended-snapshot-attributes:project_id": row["project_id"],
    }
    newer = (
        ((3, 14), "group_snapshot_id", None),
        ((3, 41), "user_id", row["user_id"]),
        ((3, 65), "consumes_quota", True),
    )
    return shown | {name: value for since, name, value in newer if call.version >= since}


def backup(cinder: Cinder, call: Call, row: Document) -> Document:
    """A backup."""
    names = (
        "id",
        "name",
        "description",
        "status",
        "size",
        "volume_id",
        "snapshot_id",
        "container",
        "is_incremental",
        "fail_reason",
        "object_count",
    )
    shown = {
        **{name: row[name] for name in names},
        "availability_zone": "nova",
        "has_dependent_backups": any(one["parent_id"] == row["id"] for one in cinder.backups),
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "data_timestamp": moment(row["created_at"]),
        "links": links(cinder, call, "backups", row["id"]),
    }
    if call.admin:
        shown["os-backup-project-attr:project_id"] = row["project_id"]
    newer = (
        ((3, 43), "metadata", row["metadata"]),
        ((3, 56), "user_id", row["user_id"]),
        ((3, 64), "encryption_key_id", None),
    )
    return shown | {name: value for since, name, value in newer if call.version >= since}


def attachment(row: Document) -> Document:
    """An attachment."""
    names = ("id", "status", "instance", "volume_id", "attach_mode")
    info = {
        "volume_id": row["volume_id"],
        "access_mode": "rw",
        "driver_volume_type": "iscsi",
        "attachment_id": row["id"],
    }
    return {
        **{name: row[name] for name in names},
        "connection_info": info if row["connector"] is not None else {},
        "attached_at": moment(row["attached_at"]) or "",
        "detached_at": "",
    }
