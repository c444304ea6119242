"""Compute hosts: which one a server goes to, and what administrators see of them."""

from typing import Any

from hearth.sandbox.compute.state import Nova, need_admin
from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

ZONE = "nova"


class NoHost(Exception):
    """No valid host was found."""


def host_names(nova: Nova) -> list[str]:
    """All compute hosts."""
    return [f"compute-{number}" for number in range(1, nova.world.settings.hosts + 1)]


def chosen_host(nova: Nova, server: Document) -> str:
    """The host with the fewest servers among those that will do."""
    settings, flavor = nova.world.settings, server["flavor"]
    fits = (
        flavor["ram"] <= settings.host_memory_mb
        and flavor["vcpus"] <= settings.host_vcpus
        and flavor["disk"] <= settings.host_disk_gb
    )
    hosts = _by_group(nova, server) if fits else []
    asked = server["asked_host"]
    if asked:
        hosts = [one for one in hosts if one == asked]
    if not hosts:
        raise NoHost("No valid host was found. There are not enough hosts available.")
    return min(hosts, key=lambda name: nova.servers.count("host", name))


def _by_group(nova: Nova, server: Document) -> list[str]:
    hosts = host_names(nova)
    group = nova.groups.get(server["group_id"] or "")
    if group is None:
        return hosts
    others = [nova.servers.get(one) for one in group["members"] if one != server["id"]]
    taken = {one["host"] for one in others if one is not None and one["host"]}
    if group["policy"] == "anti-affinity":
        return [one for one in hosts if one not in taken]
    if group["policy"] == "affinity" and taken:
        return [one for one in hosts if one in taken]
    return hosts


def list_zones(nova: Nova, call: Call) -> Answer:
    """Availability zones; administrators may see their hosts."""
    detailed = call.path.endswith("/detail")
    if detailed:
        need_admin(call, "os_compute_api:os-availability-zone:detail")
    hosts: Json = None
    if detailed:
        state = {"nova-compute": {"available": True, "active": True, "updated_at": None}}
        hosts = dict.fromkeys(host_names(nova), state)
    zone = {"zoneName": ZONE, "zoneState": {"available": True}, "hosts": hosts}
    return Answer(200, {"availabilityZoneInfo": [zone]})


def list_hypervisors(nova: Nova, call: Call) -> Answer:
    """The hosts as hypervisors, with what they hold."""
    need_admin(call, "os_compute_api:os-hypervisors:list")
    detailed = call.path.endswith("/detail")
    shown = [_hypervisor(nova, call, name, detailed=detailed) for name in host_names(nova)]
    return Answer(200, {"hypervisors": shown})


def show_hypervisor(nova: Nova, call: Call) -> Answer:
    """One host as a hypervisor."""
    need_admin(call, "os_compute_api:os-hypervisors:show")
    found = [_hypervisor(nova, call, name, detailed=True) for name in host_names(nova)]
    wanted = call.params["hypervisor_id"]
    for one in found:
        if str(one["id"]) == wanted:
            return Answer(200, {"hypervisor": one})
    raise Refusal(404, f"Hypervisor with ID '{wanted}' could not be found.")


def list_services(nova: Nova, call: Call) -> Answer:
    """Nova's own daemons."""
    need_admin(call, "os_compute_api:os-services:list")
    daemons = [("nova-conductor", "control", "internal"), ("nova-scheduler", "control", "internal")]
    daemons += [("nova-compute", name, ZONE) for name in host_names(nova)]
    shown = [
        {
            "id": _service_id(call, index),
            "binary": binary,
            "host": host,
            "zone": zone,
            "status": "enabled",
            "state": "up",
            "updated_at": stamp(call.now, "%Y-%m-%dT%H:%M:%S.%f"),
            "disabled_reason": None,
            "forced_down": False,
        }
        for index, (binary, host, zone) in enumerate(daemons, 1)
        if call.arg("binary") in (None, binary) and call.arg("host") in (None, host)
    ]
    return Answer(200, {"services": shown})


def _service_id(call: Call, index: int) -> int | str:
    return index if call.version < (2, 53) else f"00000000-0000-4000-8000-{index:012x}"


def _hypervisor(nova: Nova, call: Call, name: str, *, detailed: bool) -> dict[str, Any]:
    settings = nova.world.settings
    index = int(name.rpartition("-")[2])
    short = {
        "id": _service_id(call, index),
        "hypervisor_hostname": name,
        "state": "up",
        "status": "enabled",
    }
    if not detailed:
        return short
    servers = nova.servers.where("host", name)
    used = {
        field: sum(one["flavor"][field] for one in servers) for field in ("ram", "vcpus", "disk")
    }
    shown = {
        **short,
        "host_ip": f"192.0.2.{index}",
        "hypervisor_type": "sandbox",
        "hypervisor_version": 1000,
        "service": {"host": name, "id": short["id"], "disabled_reason": None},
        "uptime": None,
    }
    if call.version < (2, 88):
        shown |= {
            "vcpus": settings.host_vcpus,
            "vcpus_used": used["vcpus"],
            "memory_mb": settings.host_memory_mb,
            "memory_mb_used": used["ram"],
            "free_ram_mb": settings.host_memory_mb - used["ram"],
            "local_gb": settings.host_disk_gb,
            "local_gb_used": used["disk"],
            "free_disk_gb": settings.host_disk_gb - used["disk"],
            "disk_available_least": settings.host_disk_gb - used["disk"],
            "current_workload": 0,
            "running_vms": len(servers),
            "cpu_info": "" if call.version < (2, 28) else {},
        }
    return shown


ROUTES = (
    Route("GET", "/v2.1/os-availability-zone", list_zones),
    Route("GET", "/v2.1/os-availability-zone/detail", list_zones),
    Route("GET", "/v2.1/os-hypervisors", list_hypervisors),
    Route("GET", "/v2.1/os-hypervisors/detail", list_hypervisors),
    Route("GET", "/v2.1/os-hypervisors/{hypervisor_id}", show_hypervisor),
    Route("GET", "/v2.1/os-services", list_services),
)
