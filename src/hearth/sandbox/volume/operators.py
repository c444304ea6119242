"""Quotas, limits, QoS specs, services, zones: what operators look at and set."""

from hearth.sandbox.store import Document
from hearth.sandbox.volume.finding import missing, only_admin
from hearth.sandbox.volume.state import HOST, ZONE, Cinder, moment
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_CONSUMERS = ("front-end", "back-end", "both")


def _quota(cinder: Cinder, project: str, limits: dict[str, int], *, usage: bool) -> Answer:
    found: Document = {"id": project, **limits}
    if usage:
        used = cinder.quotas.used(project)
        found |= {
            name: {"limit": limit, "in_use": used[name], "reserved": 0, "allocated": 0}
            for name, limit in limits.items()
        }
    return Answer(200, {"quota_set": found})


def _target(call: Call) -> str:
    target = call.params["id"]
    if target != call.project_id:
        only_admin(call, "volume_extension:quotas:show")
    return target


def _show_quota(cinder: Cinder, call: Call) -> Answer:
    target = _target(call)
    return _quota(cinder, target, cinder.quotas.limits(target), usage=call.flag("usage"))


def _default_quota(cinder: Cinder, call: Call) -> Answer:
    return _quota(cinder, _target(call), cinder.quotas.defaults(), usage=False)


def _set_quota(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:quotas:update")
    target = call.params["id"]
    cinder.quotas.set(target, call.wrapped("quota_set"))
    return Answer(200, {"quota_set": cinder.quotas.limits(target)})


def _reset_quota(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:quotas:delete")
    cinder.quotas.table.remove(call.params["id"])
    return Answer(200)


def _quota_class(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:quota_classes:get")
    return Answer(200, {"quota_class_set": {"id": call.params["id"], **cinder.quotas.defaults()}})


def _limits(cinder: Cinder, call: Call) -> Answer:
    limits, used = cinder.quotas.limits(call.project_id), cinder.quotas.used(call.project_id)
    absolute = {
        "maxTotalVolumes": limits["volumes"],
        "maxTotalSnapshots": limits["snapshots"],
        "maxTotalVolumeGigabytes": limits["gigabytes"],
        "maxTotalBackups": limits["backups"],
        "maxTotalBackupGigabytes": limits["backup_gigabytes"],
        "totalVolumesUsed": used["volumes"],
        "totalSnapshotsUsed": used["snapshots"],
        "totalGigabytesUsed": used["gigabytes"],
        "totalBackupsUsed": used["backups"],
        "totalBackupGigabytesUsed": used["backup_gigabytes"],
    }
    return Answer(200, {"limits": {"rate": [], "absolute": absolute}})


def _services(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:services:index")
    found = [
        {
            "binary": binary,
            "host": host,
            "zone": ZONE,
            "status": "enabled",
            "state": "up",
            "updated_at": moment(cinder.world.now),
            "disabled_reason": None,
        }
        for binary, host in (
            ("cinder-scheduler", "sandbox"),
            ("cinder-volume", HOST.partition("#")[0]),
            ("cinder-backup", "sandbox"),
        )
    ]
    return Answer(200, {"services": found})


def _zones(cinder: Cinder, call: Call) -> Answer:
    zone = {"zoneName": ZONE, "zoneState": {"available": True}}
    return Answer(200, {"availabilityZoneInfo": [zone]})


def _pools(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "scheduler_extension:scheduler_stats:get_pools")
    pool: Json = {"name": HOST}
    if call.flag("detail"):
        pool["capabilities"] = {
            "volume_backend_name": "lvmdriver-1",
            "free_capacity_gb": "infinite",
            "total_capacity_gb": "infinite",
            "storage_protocol": "iSCSI",
            "vendor_name": "hearth",
        }
    return Answer(200, {"pools": [pool]})


def _extensions(cinder: Cinder, call: Call) -> Answer:
    aliases = (
        "os-quota-sets",
        "os-services",
        "os-volume-type-access",
        "qos-specs",
        "backups",
        "os-availability-zone",
        "scheduler-stats",
        "os-volume-actions",
    )
    return Answer(
        200,
        {
            "extensions": [
                {
                    "alias": one,
                    "name": one,
                    "description": one,
                    "links": [],
                    "updated": "2013-01-01T00:00:00+00:00",
                }
                for one in aliases
            ]
        },
    )


def _specs(row: Document) -> Document:
    return {name: row[name] for name in ("id", "name", "consumer", "specs")}


def _list_specs(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:qos_specs_manage:get_all")
    return Answer(200, {"qos_specs": [_specs(row) for row in cinder.qos]})


def _create_specs(cinder: Cinder, call: Call) -> Answer:
    only_admin(call, "volume_extension:qos_specs_manage:create")
    sent = dict(call.wrapped("qos_specs"))
    name, consumer = sent.pop("name", None), sent.pop("consumer", "back-end")
    if not name or consumer not in _CONSUMERS:
        raise Refusal(400, "Invalid qos specs: a name and a valid consumer are needed")
    if any(row["name"] == name for row in cinder.qos):
        raise Refusal(409, f"QoS specs {name} already exists.")
    row = cinder.qos.add(
        {
            "id": cinder.world.ids.uuid(),
            "name": name,
            "consumer": consumer,
            "specs": {key: str(value) for key, value in sent.items()},
        }
    )
    return Answer(200, {"qos_specs": _specs(row)})


def _found(cinder: Cinder, call: Call) -> Document:
    only_admin(call, "volume_extension:qos_specs_manage")
    row = cinder.qos.get(call.params["id"])
    if row is None:
        raise missing("QoS specs", call.params["id"])
    return row


def _show_specs(cinder: Cinder, call: Call) -> Answer:
    return Answer(200, {"qos_specs": _specs(_found(cinder, call))})


def _set_specs(cinder: Cinder, call: Call) -> Answer:
    row, sent = _found(cinder, call), dict(call.wrapped("qos_specs"))
    consumer = sent.pop("consumer", row["consumer"])
    given = {key: str(value) for key, value in sent.items()}
    cinder.qos.change(row["id"], consumer=consumer, specs={**row["specs"], **given})
    return Answer(200, {"qos_specs": given})


def _delete_specs(cinder: Cinder, call: Call) -> Answer:
    row = _found(cinder, call)
    users = [one for one in cinder.types if one["qos_specs_id"] == row["id"]]
    if users and not call.flag("force"):
        raise Refusal(400, f"QoS Specs {row['id']} is still associated with entities.")
    for one in users:
        cinder.types.change(one["id"], qos_specs_id=None)
    cinder.qos.remove(row["id"])
    return Answer(202)


def _delete_keys(cinder: Cinder, call: Call) -> Answer:
    row, keys = _found(cinder, call), call.document().get("keys") or []
    for key in keys:
        if key not in row["specs"]:
            raise missing(f"QoS specs {row['id']} key", str(key))
    rest = {key: value for key, value in row["specs"].items() if key not in keys}
    cinder.qos.change(row["id"], specs=rest)
    return Answer(202)


def _associations(cinder: Cinder, call: Call) -> Answer:
    row = _found(cinder, call)
    return Answer(
        200,
        {
            "qos_associations": [
                {"association_type": "volume_type", "name": one["name"], "id": one["id"]}
                for one in cinder.types
                if one["qos_specs_id"] == row["id"]
            ]
        },
    )


def _associate(cinder: Cinder, call: Call) -> Answer:
    row, key = _found(cinder, call), call.arg("vol_type_id") or ""
    kind = cinder.types.get(key)
    if kind is None:
        raise missing("Volume type", key)
    cinder.types.change(key, qos_specs_id=row["id"])
    return Answer(202)


def _disassociate(cinder: Cinder, call: Call) -> Answer:
    row, key = _found(cinder, call), call.arg("vol_type_id")
    for one in cinder.types:
        if one["qos_specs_id"] == row["id"] and key in (None, one["id"]):
            cinder.types.change(one["id"], qos_specs_id=None)
    return Answer(202)


ROUTES = (
    Route("GET", "/os-quota-sets/{id}", _show_quota),
    Route("PUT", "/os-quota-sets/{id}", _set_quota),
    Route("DELETE", "/os-quota-sets/{id}", _reset_quota),
    Route("GET", "/os-quota-sets/{id}/defaults", _default_quota),
    Route("GET", "/os-quota-class-sets/{id}", _quota_class),
    Route("GET", "/limits", _limits),
    Route("GET", "/os-services", _services),
    Route("GET", "/os-availability-zone", _zones),
    Route("GET", "/scheduler-stats/get_pools", _pools),
    Route("GET", "/extensions", _extensions),
    Route("GET", "/qos-specs", _list_specs),
    Route("POST", "/qos-specs", _create_specs),
    Route("GET", "/qos-specs/{id}", _show_specs),
    Route("PUT", "/qos-specs/{id}", _set_specs),
    Route("DELETE", "/qos-specs/{id}", _delete_specs),
    Route("PUT", "/qos-specs/{id}/delete_keys", _delete_keys),
    Route("GET", "/qos-specs/{id}/associations", _associations),
    Route("GET", "/qos-specs/{id}/associate", _associate),
    Route("GET", "/qos-specs/{id}/disassociate", _disassociate),
    Route("GET", "/qos-specs/{id}/disassociate_all", _disassociate),
)
