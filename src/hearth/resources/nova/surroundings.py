"""What Nova does not say of a server itself: its ports' networks and subnets, its consoles."""

from collections.abc import Sequence
from typing import Any

from hearth.cloud import BadRequest, Conflict, Forbidden, NotFound, Service, among
from hearth.kit import Context, ResourceType, unmarked

AROUND = "hearth:around"
"""The key under which a server's document gets them; no service uses it."""

CONSOLES = {
    "novnc": "vnc",
    "xvpvnc": "vnc",
    "spice-html5": "spice",
    "rdp-html5": "rdp",
    "serial": "serial",
    "webmks": "mks",
}
"""The kinds of console, and the protocol of each."""


async def with_surroundings(
    _kind: ResourceType, ctx: Context, ident: str, shown: dict[str, Any]
) -> dict[str, Any]:
    """The verb `gather` of a server: its document, with what its attributes need beside it."""
    return shown | {AROUND: await surroundings(ctx, ident)}


async def surroundings(ctx: Context, ident: str) -> dict[str, Any]:
    """The server's ports, and their networks and subnets by id."""
    network = ctx.cloud["network"]
    ports = await among(network, "/v2.0/ports", "ports", "device_id", ident)
    networks = {str(port["network_id"]) for port in ports}
    subnets = {str(ip["subnet_id"]) for port in ports for ip in port["fixed_ips"]}
    return {
        "ports": [unmarked(dict(port)) for port in ports],
        "networks": await _by_id(network, "networks", networks),
        "subnets": await _by_id(network, "subnets", subnets),
    }


async def _by_id(network: Service, plural: str, idents: set[str]) -> dict[str, Any]:
    found = {}
    for ident in sorted(idents):
        for one in await among(network, f"/v2.0/{plural}", plural, "id", ident):
            found[ident] = unmarked(dict(one))
    return found


async def console(ctx: Context, ident: str, kinds: Sequence[str]) -> dict[str, str]:
    """The addresses of the server's consoles: of these kinds, or of all that it has.

    What cannot be had is told in place of the address, as users of this attribute expect.
    """
    found = {}
    for kind in kinds or CONSOLES:
        asked = {"protocol": CONSOLES.get(kind, kind), "type": kind}
        try:
            made = await ctx.cloud["compute"].post(
                f"/servers/{ident}/remote-consoles", {"remote_console": asked}
            )
            found[kind] = str(made["remote_console"]["url"])
        except (BadRequest, Conflict, Forbidden, NotFound) as error:
            found[kind] = error.message
    return found
