"""A server as Nova shows it, microversion by microversion."""

from hashlib import sha224

from hearth.sandbox.compute.flavors import links as flavor_links
from hearth.sandbox.compute.state import Nova
from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Json

_PROGRESS = ("BUILD", "ACTIVE", "REBOOT", "REBUILD", "RESIZE", "VERIFY_RESIZE", "REVERT_RESIZE")


def short(nova: Nova, server: Document) -> Json:
    """A server by name."""
    return {"id": server["id"], "name": server["name"], "links": links(nova, server)}


def links(nova: Nova, server: Document) -> Json:
    """Where a server is found."""
    url = nova.world.url(f"/compute/v2.1/servers/{server['id']}")
    return [{"rel": "self", "href": url}, {"rel": "bookmark", "href": url.replace("/v2.1", "")}]


def full(nova: Nova, call: Call, server: Document) -> dict[str, Json]:
    """A server with all that the caller may see."""
    shown: dict[str, Json] = {
        "id": server["id"],
        "name": server["name"],
        "status": server["status"],
        "tenant_id": server["project_id"],
        "user_id": server["user_id"],
        "metadata": server["metadata"],
        "hostId": _host_id(server),
        "image": _image(nova, server),
        "flavor": _flavor(nova, call, server["flavor"]),
        "created": stamp(server["created_at"]),
        "updated": stamp(server["updated_at"]),
        "addresses": addresses(nova, server),
        "accessIPv4": server["access_ipv4"],
        "accessIPv6": server["access_ipv6"],
        "links": links(nova, server),
        "OS-DCF:diskConfig": server["disk_config"],
        "OS-EXT-AZ:availability_zone": server["zone"] if server["host"] else server["asked_zone"],
        "config_drive": "True" if server["config_drive"] else "",
        "key_name": server["key_name"],
        "OS-SRV-USG:launched_at": stamp(server["launched_at"], "%Y-%m-%dT%H:%M:%S.%f"),
        "OS-SRV-USG:terminated_at": stamp(server["terminated_at"], "%Y-%m-%dT%H:%M:%S.%f"),
        "OS-EXT-STS:task_state": server["task_state"],
        "OS-EXT-STS:vm_state": server["vm_state"],
        "OS-EXT-STS:power_state": server["power_state"],
        "os-extended-volumes:volumes_attached": _volumes(nova, call, server),
    }
    groups = security_groups(nova, server)
    if groups:
        shown["security_groups"] = groups
    if server["status"] in _PROGRESS:
        shown["progress"] = 100 if server["status"] == "ACTIVE" else 0
    if server["fault"] and server["status"] in ("ERROR", "DELETED"):
        shown["fault"] = _fault(call, server["fault"])
    shown.update(_by_version(call, server))
    if call.admin:
        shown.update(_for_admins(call, server))
    return shown


def addresses(nova: Nova, server: Document) -> dict[str, list[Json]]:
    """A server's addresses by network, floating ones after the fixed ones."""
    found: dict[str, list[Json]] = {}
    if nova.network is None:
        return found
    for vif in nova.network.vifs(server["id"]):
        mine = found.setdefault(vif.network_label, [])
        pairs = [(address, "fixed") for address, _ in vif.fixed]
        for address, kind in [*pairs, *((one, "floating") for one in vif.floating)]:
            mine.append(
                {
                    "version": 6 if ":" in address else 4,
                    "addr": address,
                    "OS-EXT-IPS:type": kind,
                    "OS-EXT-IPS-MAC:mac_addr": vif.mac,
                }
            )
    return found


def security_groups(nova: Nova, server: Document) -> list[Json]:
    """Names of the groups on a server's ports, or those asked for while it has none."""
    names = nova.network.groups(server["id"]) if nova.network is not None else []
    if not names and server["vm_state"] == "building":
        names = server["group_names"] or ["default"]
    return [{"name": name} for name in names]


def _by_version(call: Call, server: Document) -> dict[str, Json]:
    """Fields that came with a microversion."""
    fields: tuple[tuple[tuple[int, int], str, Json], ...] = (
        ((2, 9), "locked", server["locked"]),
        ((2, 19), "description", server["description"]),
        ((2, 26), "tags", server["tags"]),
        ((2, 63), "trusted_image_certificates", None),
        ((2, 71), "server_groups", [server["group_id"]] if server["group_id"] else []),
        ((2, 73), "locked_reason", server["locked_reason"]),
        ((2, 90), "OS-EXT-SRV-ATTR:hostname", server["hostname"]),
        ((2, 96), "pinned_availability_zone", server["asked_zone"] or None),
    )
    return {name: value for since, name, value in fields if call.version >= since}


def _for_admins(call: Call, server: Document) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "OS-EXT-SRV-ATTR:host": server["host"],
        "OS-EXT-SRV-ATTR:hypervisor_hostname": server["host"],
        "OS-EXT-SRV-ATTR:instance_name": "instance-" + server["id"][:8],
    }
    if call.version >= (2, 3):
        shown.update(
            {
                "OS-EXT-SRV-ATTR:reservation_id": server["reservation_id"],
                "OS-EXT-SRV-ATTR:launch_index": server["launch_index"],
                "OS-EXT-SRV-ATTR:hostname": server["hostname"],
                "OS-EXT-SRV-ATTR:kernel_id": "",
                "OS-EXT-SRV-ATTR:ramdisk_id": "",
                "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
                "OS-EXT-SRV-ATTR:user_data": server["user_data"],
            }
        )
    if call.version >= (2, 16):
        shown["host_status"] = "UP" if server["host"] else ""
    return shown


def _host_id(server: Document) -> str:
    if not server["host"]:
        return ""
    return sha224((server["project_id"] + server["host"]).encode()).hexdigest()


def _image(nova: Nova, server: Document) -> Json:
    image_id = server["image_id"]
    if image_id is None:
        return ""
    href = nova.world.url(f"/compute/images/{image_id}")
    return {"id": image_id, "links": [{"rel": "bookmark", "href": href}]}


def _flavor(nova: Nova, call: Call, flavor: Document) -> Json:
    if call.version < (2, 47):
        return {"id": flavor["id"], "links": flavor_links(nova, flavor)[1:]}
    shown = {
        "original_name": flavor["name"],
        "vcpus": flavor["vcpus"],
        "ram": flavor["ram"],
        "disk": flavor["disk"],
        "ephemeral": flavor["ephemeral"],
        "swap": flavor["swap"],
    }
    shown["extra_specs"] = flavor["extra_specs"]
    return shown


def _volumes(nova: Nova, call: Call, server: Document) -> list[Json]:
    found = nova.attachments.where("server_id", server["id"])
    if call.version < (2, 3):
        return [{"id": one["volume_id"]} for one in found]
    return [
        {"id": one["volume_id"], "delete_on_termination": one["delete_on_termination"]}
        for one in found
    ]


def _fault(call: Call, fault: Document) -> Json:
    return fault if call.admin else {key: fault[key] for key in fault if key != "details"}
