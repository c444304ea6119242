"""How much a project may have, and has."""

from hearth.sandbox.compute.state import Nova, need_admin
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

DEFAULTS = {
    "instances": 100,
    "cores": 400,
    "ram": 1024000,
    "key_pairs": 100,
    "server_groups": 50,
    "server_group_members": 50,
    "metadata_items": 128,
    "injected_files": 5,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
}
_UNUSED = {"fixed_ips": -1, "floating_ips": -1, "security_groups": -1, "security_group_rules": -1}


def limits(nova: Nova, project_id: str) -> dict[str, int]:
    """What a project may have; -1 is without bound."""
    own = nova.quotas.get(project_id)
    settings = nova.world.settings.quotas
    found = {name: settings.get(name, value) for name, value in DEFAULTS.items()}
    return {**found, **(own["limits"] if own is not None else {})}


def usage(nova: Nova, project_id: str) -> Document:
    """What a project has."""
    found = nova.usage.get(project_id)
    return found or {"id": project_id, "instances": 0, "cores": 0, "ram": 0}


def claim(nova: Nova, project_id: str, flavor: Document, count: int = 1) -> None:
    """Take `count` servers of a flavor from the quota, or refuse."""
    deltas = {"instances": count, "cores": flavor["vcpus"] * count, "ram": flavor["ram"] * count}
    adjust(nova, project_id, deltas)


def yield_back(nova: Nova, project_id: str, flavor: Document) -> None:
    """Give a server's share back."""
    deltas = {"instances": -1, "cores": -flavor["vcpus"], "ram": -flavor["ram"]}
    adjust(nova, project_id, deltas)


def adjust(nova: Nova, project_id: str, deltas: dict[str, int]) -> None:
    """Change what a project has; more only within its limits."""
    used, most = usage(nova, project_id), limits(nova, project_id)
    over = [
        name for name, delta in deltas.items() if delta > 0 and 0 <= most[name] < used[name] + delta
    ]
    if over:
        asked = ", ".join(str(deltas[name]) for name in over)
        had = ", ".join(str(used[name]) for name in over)
        limit = ", ".join(str(most[name]) for name in over)
        names = ", ".join(over)
        message = (
            f"Quota exceeded for {names}: Requested {asked}, but already used {had} of {limit} "
            f"{names}"
        )
        raise Refusal(403, message)
    fields = {name: used[name] + delta for name, delta in deltas.items()}
    if nova.usage.get(project_id) is None:
        nova.usage.add({**used, **fields})
    else:
        nova.usage.change(project_id, **fields)


def counted(nova: Nova, project_id: str, name: str, used: int) -> None:
    """Refuse one more where the quota is used up."""
    most = limits(nova, project_id)[name]
    if 0 <= most <= used:
        raise Refusal(403, f"Quota exceeded, too many {name.replace('_', ' ')}.")


def show_limits(nova: Nova, call: Call) -> Answer:
    """Limits and use, together."""
    project_id = call.project_id
    if call.admin and call.arg("tenant_id"):
        project_id = str(call.arg("tenant_id"))
    most, used = limits(nova, project_id), usage(nova, project_id)
    absolute: dict[str, Json] = {
        "maxTotalInstances": most["instances"],
        "maxTotalCores": most["cores"],
        "maxTotalRAMSize": most["ram"],
        "maxTotalKeypairs": most["key_pairs"],
        "maxServerGroups": most["server_groups"],
        "maxServerGroupMembers": most["server_group_members"],
        "maxServerMeta": most["metadata_items"],
        "totalInstancesUsed": used["instances"],
        "totalCoresUsed": used["cores"],
        "totalRAMUsed": used["ram"],
        "totalServerGroupsUsed": len(nova.groups.where("project_id", project_id)),
    }
    if call.version < (2, 57):
        absolute["maxImageMeta"] = most["metadata_items"]
        absolute["maxPersonality"] = most["injected_files"]
        absolute["maxPersonalitySize"] = most["injected_file_content_bytes"]
    if call.version < (2, 36):
        absolute["maxSecurityGroups"] = absolute["maxSecurityGroupRules"] = -1
        absolute["maxTotalFloatingIps"] = -1
    return Answer(200, {"limits": {"rate": [], "absolute": absolute}})


def show_quota(nova: Nova, call: Call) -> Answer:
    """The limits of a project."""
    project_id = call.params["project_id"]
    if project_id != call.project_id:
        need_admin(call, "os_compute_api:os-quota-sets:show")
    return Answer(200, {"quota_set": {"id": project_id, **_set(nova, call, project_id)}})


def show_defaults(nova: Nova, call: Call) -> Answer:
    """The limits of a project that has none of its own."""
    project_id = call.params["project_id"]
    return Answer(200, {"quota_set": {"id": project_id, **_set(nova, call, "")}})


def show_detail(nova: Nova, call: Call) -> Answer:
    """Limits and use, name by name."""
    project_id = call.params["project_id"]
    if project_id != call.project_id:
        need_admin(call, "os_compute_api:os-quota-sets:detail")
    used = usage(nova, project_id)
    details = {
        name: {"limit": limit, "in_use": used.get(name, 0), "reserved": 0}
        for name, limit in _set(nova, call, project_id).items()
    }
    return Answer(200, {"quota_set": {"id": project_id, **details}})


def update_quota(nova: Nova, call: Call) -> Answer:
    """Set limits of a project."""
    need_admin(call, "os_compute_api:os-quota-sets:update")
    project_id, given = call.params["project_id"], call.wrapped("quota_set")
    own = nova.quotas.get(project_id) or {"id": project_id, "limits": {}}
    fresh = {}
    for name, value in given.items():
        if name not in DEFAULTS:
            continue
        if not str(value).removeprefix("-").isdigit() or int(value) < -1:
            raise Refusal(400, f"Invalid input for field/attribute {name}. Value: {value}.")
        fresh[name] = int(value)
    new = {"id": project_id, "limits": {**own["limits"], **fresh}}
    _replace(nova, project_id, new)
    return Answer(200, {"quota_set": _set(nova, call, project_id)})


def delete_quota(nova: Nova, call: Call) -> Answer:
    """Go back to the defaults."""
    need_admin(call, "os_compute_api:os-quota-sets:delete")
    nova.quotas.remove(call.params["project_id"])
    return Answer(202)


def _replace(nova: Nova, project_id: str, new: Document) -> None:
    if nova.quotas.get(project_id) is None:
        nova.quotas.add(new)
    else:
        nova.quotas.change(project_id, **new)


def _set(nova: Nova, call: Call, project_id: str) -> dict[str, int]:
    found = limits(nova, project_id)
    if call.version < (2, 36):
        found = {**found, **_UNUSED}
    if call.version >= (2, 57):
        found = {key: value for key, value in found.items() if not key.startswith("injected")}
    return found


_SET = "/v2.1/os-quota-sets/{project_id}"

ROUTES = (
    Route("GET", "/v2.1/limits", show_limits),
    Route("GET", _SET, show_quota),
    Route("GET", _SET + "/defaults", show_defaults),
    Route("GET", _SET + "/detail", show_detail),
    Route("PUT", _SET, update_quota),
    Route("DELETE", _SET, delete_quota),
)
