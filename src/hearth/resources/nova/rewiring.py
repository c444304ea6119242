"""Changing what a server is plugged into, in place: take out, wait until it is out, plug in.

What is taken out is remembered in the resource's data before Nova is asked, for two reasons. Nova
takes its time, and shows the interface until then: whoever comes after a crash or a rollback must
not take it for one that serves. And who wants the network back shall get the same address again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hearth.cloud import BadRequest, Conflict
from hearth.kit import Context, NotYet
from hearth.resources.nova.networks import Network, Plug, rewired
from hearth.resources.nova.ports import PORTS, drop_ports, made_ports
from hearth.resources.nova.wiring import ports_for, unplug

UNPLUGGED = "unplugged"
REMEMBERED = 16
"""So many interfaces that were taken out are remembered, the latest first."""


async def rewire(
    ctx: Context, ident: str, networks: Sequence[Network], security_groups: Sequence[str]
) -> None:
    """Plug the server in as wanted; what is so already is left alone.

    Raises NotYet while Nova is still taking something out; another call goes on from there.
    """
    try:
        ports = await ports_for(ctx, networks, security_groups)
        await _rewire(ctx, ident, networks, ports)
    except Conflict as error:
        # The server is busy with something else, or a port is: that passes.
        raise NotYet(str(error)) from error
    made = await made_ports(ctx.cloud["network"], ctx.marker)
    await drop_ports(
        ctx.cloud["network"], [port for port in made if port["id"] not in ports.values()]
    )


async def _rewire(
    ctx: Context, ident: str, networks: Sequence[Network], ports: Mapping[int, str]
) -> None:
    compute, path = ctx.cloud["compute"], f"/servers/{ident}/os-interface"
    interfaces = (await compute.get(path))["interfaceAttachments"]
    difference = rewired(networks, ports, interfaces, _unplugged(ctx))
    if difference.detach:
        await _remember(ctx, [one for one in interfaces if one["port_id"] in difference.detach])
        for port in difference.detach:
            await unplug(ctx, ident, port)
        left = (await compute.get(path))["interfaceAttachments"]
        if any(one["port_id"] in difference.detach for one in left):
            raise NotYet(f"Server {ident} has not let go of its interfaces yet.")
    for plug in difference.attach:
        await _plug(ctx, ident, plug)


async def _plug(ctx: Context, ident: str, plug: Plug) -> None:
    """Plug the server in once more; with the address that it had, if it can be had."""
    if plug.port is not None:
        shown = (await ctx.cloud["network"].get(f"{PORTS}/{plug.port}"))["port"]
        if shown.get("device_id") not in (None, "", ident):
            raise NotYet(f"Port {plug.port} is still plugged in elsewhere.")
    compute, path = ctx.cloud["compute"], f"/servers/{ident}/os-interface"
    try:
        await compute.post(path, {"interfaceAttachment": plug.body(plug.address)})
    except BadRequest:
        if plug.again is None:
            raise
        # Somebody else has the address by now.
        await compute.post(path, {"interfaceAttachment": plug.body(None)})
    await _forget(ctx, {plug.port, plug.again})


def _unplugged(ctx: Context) -> list[dict[str, Any]]:
    """What was taken out before: `port`, `network`, `addresses`."""
    found = ctx.data.get(UNPLUGGED)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


async def _remember(ctx: Context, interfaces: Iterable[Mapping[str, Any]]) -> None:
    known = _unplugged(ctx)
    ports = {one["port"] for one in known}
    fresh = [
        {
            "port": one["port_id"],
            "network": one["net_id"],
            "addresses": [ip["ip_address"] for ip in one.get("fixed_ips") or ()],
        }
        for one in interfaces
        if one["port_id"] not in ports
    ]
    if fresh:
        ctx.data[UNPLUGGED] = [*fresh, *known][:REMEMBERED]
        await ctx.keep()


async def _forget(ctx: Context, ports: set[str | None]) -> None:
    left = [one for one in _unplugged(ctx) if one["port"] not in ports]
    if left != _unplugged(ctx):
        ctx.data[UNPLUGGED] = left
        await ctx.keep()
