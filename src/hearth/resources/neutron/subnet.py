"""OS::Neutron::Subnet."""

from collections.abc import Iterable
from typing import Any

from hearth.kit import Context, Marker, Rest
from hearth.resources.neutron.base import TAGS, VALUE_SPECS, NeutronType
from hearth.schema import Record, Support, attr, fading, prop


class Pool(Record):
    """A range of addresses to give out."""

    end: str = prop("The last address.", check="ip_addr")
    start: str = prop("The first address.", check="ip_addr")


class Route(Record):
    """A route to announce."""

    destination: str = prop("Where it leads.", check="net_cidr")
    nexthop: str = prop("The next address on the way.", check="ip_addr")


class Subnet(NeutronType):
    """A range of addresses on a network."""

    name = "OS::Neutron::Subnet"
    rest = Rest("network", "/v2.0/subnets", wraps="subnet", marker=Marker.DESCRIPTION)

    class Properties(Record):
        allocation_pools: list[Pool] | None = prop(
            "The ranges of addresses to give out.", update=True
        )
        cidr: str | None = prop(
            "The addresses that it holds, such as 10.0.0.0/24.", check="net_cidr"
        )
        dns_nameservers: list[Any] = prop("The name servers to announce.", default=[], update=True)
        enable_dhcp: bool = prop(
            "Whether addresses are given out by DHCP.", default=True, update=True
        )
        gateway_ip: str | None = prop(
            "The gateway to announce; an empty text for none, by default Neutron chooses.",
            update=True,
            wire=None,
        )
        host_routes: list[Route] | None = prop("The routes to announce.", update=True)
        ip_version: int = prop("The version of IP.", default=4, allowed=(4, 6))
        ipv6_address_mode: str | None = prop(
            "How IPv6 addresses are made.",
            allowed=("dhcpv6-stateful", "dhcpv6-stateless", "slaac"),
            since="2015.1",
        )
        ipv6_ra_mode: str | None = prop(
            "How routers are announced.",
            allowed=("dhcpv6-stateful", "dhcpv6-stateless", "slaac"),
            since="2015.1",
        )
        name: str | None = prop("A symbolic name; it need not be unique.", update=True)
        network: str = prop(
            "The network that it belongs to, by name or id.",
            ref="neutron.network",
            since="2014.2",
            wire="network_id",
        )
        network_id: str | None = prop(
            "The network; use network instead.",
            ref="neutron.network",
            support=fading(deprecated="2014.2", hidden="5.0.0"),
            wire=None,
            becomes="network",
        )
        prefixlen: int | None = prop(
            "How long the prefix is that is taken from the pool.", range=(0, None), since="6.0.0"
        )
        segment: str | None = prop(
            "The segment of the network that it lies on, by name or id.",
            update=True,
            ref="neutron.segment",
            support=Support("SUPPORTED", "11.0.0", previous=Support("SUPPORTED", "9.0.0")),
            wire="segment_id",
        )
        subnetpool: str | None = prop(
            "The pool to take its addresses from, by name or id.",
            ref="neutron.subnetpool",
            since="6.0.0",
            wire="subnetpool_id",
        )
        tags: list[str] | None = TAGS
        tenant_id: str | None = prop("The project that shall own it; for administrators.")
        value_specs: dict[str, Any] = VALUE_SPECS

    class Attributes(Record):
        allocation_pools: list[Any] = attr("The ranges of addresses that it gives out.")
        cidr: str = attr("The addresses that it holds.")
        dns_nameservers: list[Any] = attr("The name servers that it announces.")
        enable_dhcp: str = attr("Whether addresses are given out by DHCP.")
        gateway_ip: str = attr("The gateway.")
        host_routes: list[Any] = attr("The routes that it announces.")
        ip_version: str = attr("The version of IP.")
        name: str = attr("Its name.")
        network_id: str = attr("The network that it belongs to.")
        tenant_id: str = attr("The project that owns it.")

    def problems(self, props: Any) -> Iterable[str]:
        yield from super().problems(props)
        if props.cidr is not None and (props.subnetpool or props.prefixlen is not None):
            yield "cidr does not go with subnetpool and prefixlen."
        if props.cidr is None and props.subnetpool is None:
            yield "Either cidr or subnetpool must be given."
        if (props.ipv6_ra_mode or props.ipv6_address_mode) and props.ip_version == 4:
            yield "ipv6_ra_mode and ipv6_address_mode are for ip_version 6."
        modes = (props.ipv6_ra_mode, props.ipv6_address_mode)
        if all(isinstance(mode, str) for mode in modes) and modes[0] != modes[1]:
            yield "When both ipv6_ra_mode and ipv6_address_mode are set, they must be equal."

    def sent(self, props: Any) -> dict[str, Any]:
        sent = super().sent(props)
        if props.gateway_ip is not None and props.gateway_ip != "auto":
            sent["gateway_ip"] = props.gateway_ip or None
        return sent

    def change(self, ctx: Context, props: Any, changed: frozenset[str]) -> dict[str, Any]:
        sent = super().change(ctx, props, changed)
        for key in ("allocation_pools", "host_routes"):
            if key in sent and sent[key] is None:
                sent[key] = []
        if "gateway_ip" in changed and props.gateway_ip not in (None, "auto"):
            sent["gateway_ip"] = props.gateway_ip or None
        return sent

    async def release(self, ctx: Context, ident: str) -> None:
        """A network has no range of addresses twice: what was never whole goes first."""

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """Nothing: what is whole lets go of nothing, since ports may stand upon it."""
        return None

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Nothing was taken."""

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """A segment may be set once, and never be changed."""
        moved = "segment" in changed and before.segment is not None
        return moved or super().replaces(before, after, changed)
