"""OS::Neutron::FloatingIP."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.kit import Context, Marker, Rest
from hearth.resources.neutron import implicit as needs
from hearth.resources.neutron.base import (
    NeutronType,
)
from hearth.schema import Record, attr, fading, prop


class FloatingIP(NeutronType):
    """An address of an external network, which leads to a port."""

    name = "OS::Neutron::FloatingIP"
    rest = Rest("network", "/v2.0/floatingips", wraps="floatingip", marker=Marker.DESCRIPTION)

    class Properties(Record):
        dns_domain: str | None = prop(
            "Its domain in DNS.", update=True, check="dns_domain", since="7.0.0"
        )
        dns_name: str | None = prop(
            "Its name in DNS.", update=True, check="rel_dns_name", since="7.0.0"
        )
        fixed_ip_address: str | None = prop(
            "Which of the port's addresses it leads to, if it has several.",
            update=True,
            check="ip_addr",
        )
        floating_ip_address: str | None = prop(
            "The address to have; for administrators.", check="ip_addr", since="5.0.0"
        )
        floating_network: str = prop(
            "The external network that it is taken from, by name or id.",
            ref="neutron.network",
            since="2014.2",
            wire="floating_network_id",
        )
        floating_network_id: str | None = prop(
            "The external network; use floating_network instead.",
            ref="neutron.network",
            support=fading(deprecated="2014.2", hidden="5.0.0"),
            wire=None,
            becomes="floating_network",
        )
        floating_subnet: str | None = prop(
            "The subnet of the external network that it is taken from, by name or id.",
            ref="neutron.subnet",
            since="9.0.0",
            wire="subnet_id",
        )
        port_id: str | None = prop(
            "The port that it leads to, by name or id.", update=True, ref="neutron.port"
        )
        value_specs: dict[str, Any] = prop(
            "More fields, as Neutron takes them.", default={}, wire=None
        )

    class Attributes(Record):
        fixed_ip_address: str = attr("The address inside that it leads to.", cached=False)
        floating_ip_address: str = attr("The address.")
        floating_network_id: str = attr("The external network that it was taken from.")
        port_id: str = attr("The port that it leads to.", cached=False)
        router_id: str = attr("The router that it goes through.")
        tenant_id: str = attr("The project that owns it.")

    def problems(self, props: Any) -> Iterable[str]:
        yield from super().problems(props)
        if props.fixed_ip_address is not None and props.port_id is None:
            yield "fixed_ip_address needs port_id."

    def change(self, ctx: Context, props: Any, changed: frozenset[str]) -> dict[str, Any]:
        """Where it leads is told as a whole: Neutron takes no address without its port."""
        sent = super().change(ctx, props, changed)
        if changed & {"port_id", "fixed_ip_address"}:
            sent |= {"port_id": props.port_id}
            if props.fixed_ip_address is not None:
                sent["fixed_ip_address"] = props.fixed_ip_address
            else:
                sent.pop("fixed_ip_address", None)
        return sent

    def implicit(self, definition: Any, others: Mapping[str, Any]) -> Iterable[str]:
        yield from needs.gateways(needs.floating_network_of(definition), others)
        yield from needs.interfaces(needs.port_of(definition), others)
