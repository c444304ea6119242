"""How a server is plugged in: making its ports, and changing its interfaces."""

from collections.abc import Mapping, Sequence
from typing import Any

from hearth.cloud import Conflict, Failing, NotFound, Service
from hearth.kit import Context, chosen, row_of
from hearth.kit.refs import REFS
from hearth.resources.nova.networks import Network, networks_of, port_body
from hearth.resources.nova.ports import PORTS, drop_ports, fits, made_ports, make_port

PORTED = "ported"
"""In a server's data: when a port was made for it the last time, or may have been."""


async def ports_for(
    ctx: Context, networks: Sequence[Network] | None, security_groups: Sequence[str]
) -> dict[int, str]:
    """The ports that are made for the server, by the place of their network; made if need be."""
    wanted = [(place, one) for place, one in enumerate(networks or ()) if one.made]
    if not wanted:
        return {}
    service = ctx.cloud["network"]
    existing = await made_ports(service, ctx.marker)
    groups = await group_ids(service, security_groups)
    found: dict[int, str] = {}
    for place, one in wanted:
        body = port_body(one, f"{ctx.name}-port-{place}", ctx.marker, groups)
        if not any(fits(port, body) for port in existing):
            # Durable before there is one: no property tells of what an update has tried in vain.
            ctx.data[PORTED] = ctx.clock.now()
            await ctx.keep()
        found[place] = await make_port(service, body, existing)
    return found


async def group_ids(network: Service, names: Sequence[str]) -> list[str]:
    """The ids of security groups, from names or ids."""
    if not names:
        return []
    ref = REFS["neutron.security_group"]
    listed = (await network.get(ref.path))[ref.key]
    return [chosen(ref, listed, name) for name in names]


async def unplug(ctx: Context, ident: str, port: str) -> None:
    """Take one interface out; its absence is fine."""
    try:
        await ctx.cloud["compute"].delete(f"/servers/{ident}/os-interface/{port}")
    except NotFound:
        return


async def free(ctx: Context, ident: str, networks: Sequence[Network]) -> None:
    """Let go of all ports and addresses that a replacement plugged in so is to have.

    A port that was made for the server being replaced goes; other resources' ports stay.
    Raises Conflict while Nova is still taking something out.
    """
    let_go: set[str] = set()
    network = ctx.cloud["network"]
    ports = await _ports_of(ctx, ident)
    given = {one.port for one in networks if one.port}
    addresses = {one.fixed_ip for one in networks if one.fixed_ip}
    for port in ports:
        made = _made(ctx, port)
        if (
            made
            or port["id"] in given
            or addresses & {ip["ip_address"] for ip in port["fixed_ips"]}
        ):
            await unplug(ctx, ident, str(port["id"]))
            let_go.add(str(port["id"]))
        if made:
            await drop_ports(network, [port])
    left = await _ports_of(ctx, ident) if let_go else []
    if any(port["id"] in let_go for port in left):
        words = f"Server {ident} has not let go of its ports yet."
        raise Conflict(Failing("network", "GET", PORTS, message=words))


async def plugged(ctx: Context, ident: str) -> list[dict[str, Any]]:
    """What the server, which the context's row replaces, is plugged into."""
    return [
        {
            "port": port["id"],
            "network": port["network_id"],
            "addresses": [ip["ip_address"] for ip in port["fixed_ips"]],
            "made": _made(ctx, port),
        }
        for port in await _ports_of(ctx, ident)
    ]


async def _ports_of(ctx: Context, ident: str) -> list[dict[str, Any]]:
    """The ports that a server has: none if it is gone.

    They are asked for one by one, since a list of ports need not show a fresh one yet.
    """
    found = []
    try:
        path = f"/servers/{ident}/os-interface"
        interfaces = (await ctx.cloud["compute"].get(path))["interfaceAttachments"]
    except NotFound:
        return []
    for one in interfaces:
        try:
            found.append((await ctx.cloud["network"].get(f"{PORTS}/{one['port_id']}"))["port"])
        except NotFound:
            continue
    return found


def _made(ctx: Context, port: Mapping[str, Any]) -> bool:
    owner = row_of(port.get("description"))
    return owner is not None and owner == ctx.record.replaces


async def replug(ctx: Context, ident: str, held: Sequence[Mapping[str, Any]]) -> None:
    """Plug the server into what it held and no longer has.

    Ports that were made for it are made again; one that Nova made, Nova makes again.
    """
    record, network = ctx.record, ctx.cloud["network"]
    groups = record.properties.get("security_groups") or ()
    made = await ports_for(ctx, networks_of(record), groups)
    ports = await _ports_of(ctx, ident)
    there = {str(port["id"]) for port in ports}
    taken = {ip["ip_address"] for port in ports for ip in port["fixed_ips"]}
    asked = [{"port_id": port} for port in made.values() if port not in there]
    asked += [
        await _socket(network, one)
        for one in held
        if not one["made"] and one["port"] not in there and not taken & {*one["addresses"]}
    ]
    path = f"/servers/{ident}/os-interface"
    for interface in asked:
        await ctx.cloud["compute"].post(path, {"interfaceAttachment": interface})


async def _socket(network: Service, one: Mapping[str, Any]) -> dict[str, Any]:
    """How to ask for what was held: the same port, or where it is gone another like it.

    Raises Conflict while another server has not let go of the port yet.
    """
    path = f"{PORTS}/{one['port']}"
    try:
        port = (await network.get(path))["port"]
    except NotFound:
        addresses = [{"ip_address": address} for address in one["addresses"][:1]]
        return {"net_id": one["network"], **({"fixed_ips": addresses} if addresses else {})}
    if port.get("device_id"):
        words = f"Port {one['port']} is still plugged in elsewhere."
        raise Conflict(Failing("network", "GET", path, message=words))
    return {"port_id": one["port"]}


def ported(ctx: Context) -> bool:
    """Whether ports may have been made for the server at any time."""
    return PORTED in ctx.data or any(one.made for one in networks_of(ctx.record))


async def own_ports(ctx: Context, ident: str) -> list[dict[str, Any]]:
    """Those of the ports that a server has that were made for it, however fresh they are."""
    if not ported(ctx):
        return []
    return [one for one in await _ports_of(ctx, ident) if one.get("description") == ctx.marker]


async def sweep(ctx: Context) -> None:
    """Delete the ports that were made for the server."""
    if not ctx.record.properties or ported(ctx):
        network = ctx.cloud["network"]
        await drop_ports(network, await made_ports(network, ctx.marker))


async def float_addresses(ctx: Context, ident: str, networks: Sequence[Network]) -> None:
    """Point each floating address at the server's port on its network."""
    if not any(one.floating_ip for one in networks):
        return
    network = ctx.cloud["network"]
    ports = (await network.get("/v2.0/ports", {"device_id": ident}))["ports"]
    for one in networks:
        port = next((port for port in ports if _on(port, one)), None)
        if one.floating_ip is None or port is None:
            continue
        path = f"/v2.0/floatingips/{one.floating_ip}"
        if (await network.get(path))["floatingip"]["port_id"] != port["id"]:
            await network.put(path, {"floatingip": {"port_id": port["id"]}})


def _on(port: dict[str, object], one: Network) -> bool:
    return port["id"] == one.port if one.port else port["network_id"] == one.network
