"""Ports of servers: list, attach, detach; and the security groups on them."""

from hearth.sandbox.compute import journal
from hearth.sandbox.compute.state import Nova, find_server
from hearth.sandbox.seams import NetworkSide, Nic, Vif
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_ABLE = ("active", "paused", "stopped")


def list_interfaces(nova: Nova, call: Call) -> Answer:
    """A server's ports."""
    server = find_server(nova, call)
    vifs = _network(nova).vifs(server["id"]) if nova.network is not None else []
    return Answer(200, {"interfaceAttachments": [_view(call, one) for one in vifs]})


def show_interface(nova: Nova, call: Call) -> Answer:
    """One of a server's ports."""
    return Answer(200, {"interfaceAttachment": _view(call, _find(nova, call)[1])})


def attach_interface(nova: Nova, call: Call) -> Answer:
    """Give a server a port, one that exists or a new one."""
    server, given = find_server(nova, call), call.wrapped("interfaceAttachment")
    _need_able(server, "attach_interface")
    port_id, network_id = given.get("port_id"), given.get("net_id")
    if port_id and (network_id or given.get("fixed_ips")):
        raise Refusal(400, "Must not input both network_id or fixed_ips and port_id")
    if given.get("fixed_ips") and not network_id:
        raise Refusal(400, "Must input network_id when request IP address")
    network = _network(nova)
    if not port_id and not network_id:
        usable = network.usable_networks(server["project_id"])
        if len(usable) != 1:
            raise Refusal(400, "Multiple possible networks found, use a Network ID.")
        network_id = usable[0]
    fixed = given.get("fixed_ips") or [{}]
    nic = Nic(port_id, network_id, fixed[0].get("ip_address"), given.get("tag"))
    before = {one.port_id for one in network.vifs(server["id"])}
    try:
        network.check_nic(call.token, nic)
        network.attach(call.token, nic, server["id"], [])
    except Refusal as refusal:
        status = 400 if refusal.kind in ("PortInUse", "FixedIpAlreadyInUse") else refusal.status
        raise Refusal(status, refusal.message, refusal.kind) from refusal
    journal.note(nova, call, server["id"], "attach_interface")
    vif = next(one for one in network.vifs(server["id"]) if one.port_id not in before)
    return Answer(200, {"interfaceAttachment": _view(call, vif)})


def detach_interface(nova: Nova, call: Call) -> Answer:
    """Take a port from a server, in a moment."""
    server, vif = _find(nova, call)
    _need_able(server, "detach_interface")
    if any(one["port_id"] == vif.port_id for one in nova.errands.where("server_id", server["id"])):
        return Answer(202)  # it is on its way out already
    nova.errands.add(
        {
            "id": nova.world.ids.uuid(),
            "server_id": server["id"],
            "port_id": vif.port_id,
            "due": nova.world.due(nova.world.times.server_action),
        }
    )
    journal.note(nova, call, server["id"], "detach_interface")
    return Answer(202)


def settle(nova: Nova, errand: Document) -> None:
    """A port leaves its server."""
    if nova.network is not None:
        mine = {one.port_id for one in nova.network.vifs(errand["server_id"])}
        if errand["port_id"] in mine:
            nova.network.detach(errand["port_id"])
    nova.errands.remove(errand["id"])


def change_group(nova: Nova, server: Document, name: str, *, present: bool) -> None:
    """Put a security group on a server's ports, or take it off."""
    network = _network(nova)
    group_id = network.group_id(server["project_id"], name)
    network.set_group(server["id"], group_id, present=present)


def _network(nova: Nova) -> NetworkSide:
    if nova.network is None:
        raise Refusal(503, "There is no network service.")
    return nova.network


def _find(nova: Nova, call: Call) -> tuple[Document, Vif]:
    server = find_server(nova, call)
    for vif in _network(nova).vifs(server["id"]):
        if vif.port_id == call.params["port_id"]:
            return server, vif
    raise Refusal(404, f"Instance {server['id']} does not have port {call.params['port_id']}")


def _need_able(server: Document, verb: str) -> None:
    state = server["vm_state"]
    if state not in _ABLE or server["task_state"] is not None:
        message = f"Cannot '{verb}' instance {server['id']} while it is in vm_state {state}"
        raise Refusal(409, message)


def _view(call: Call, vif: Vif) -> Json:
    fixed = [{"subnet_id": subnet, "ip_address": address} for address, subnet in vif.fixed]
    shown: dict[str, Json] = {
        "port_id": vif.port_id,
        "net_id": vif.network_id,
        "mac_addr": vif.mac,
        "port_state": vif.status,
        "fixed_ips": fixed,
    }
    if call.version >= (2, 70):
        shown["tag"] = None
    return shown


_BASE = "/v2.1/servers/{server_id}/os-interface"

ROUTES = (
    Route("GET", _BASE, list_interfaces),
    Route("POST", _BASE, attach_interface),
    Route("GET", _BASE + "/{port_id}", show_interface),
    Route("DELETE", _BASE + "/{port_id}", detach_interface),
)
