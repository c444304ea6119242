"""OS::Neutron::Router."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.kit import Context, Marker, Rest
from hearth.resources.neutron import implicit as needs
from hearth.resources.neutron.base import (
    STATUS,
    TAGS,
    VALUE_SPECS,
    NeutronType,
    serve_by,
)
from hearth.schema import Record, attr, fading, prop


class GatewayIP(Record):
    """An address of the gateway."""

    ip_address: str | None = prop("The address.", check="ip_addr")
    subnet: str | None = prop(
        "The subnet to take it from, by name or id.", ref="neutron.subnet", wire="subnet_id"
    )


class Gateway(Record):
    """How it reaches the outside."""

    enable_snat: bool | None = prop(
        "Whether addresses inside are hidden behind the gateway's.", update=True
    )
    external_fixed_ips: list[GatewayIP] | None = prop(
        "The addresses of the gateway.", update=True, since="6.0.0"
    )
    network: str = prop(
        "The external network, by name or id.",
        update=True,
        resolve="neutron.network",
        wire="network_id",
    )


class Router(NeutronType):
    """A router between networks, and to the outside."""

    name = "OS::Neutron::Router"
    rest = Rest("network", "/v2.0/routers", wraps="router", marker=Marker.DESCRIPTION)
    phases = STATUS

    class Properties(Record):
        admin_state_up: bool = prop("Whether it is up.", default=True, update=True)
        availability_zone_hints: list[Any] | None = prop(
            "The zones to serve it from.", update=True, since="19.0.0"
        )
        distributed: bool | None = prop(
            "Whether it is spread over all hosts; for administrators.", since="2015.1"
        )
        external_gateway_info: Gateway | None = prop("How it reaches the outside.", update=True)
        ha: bool | None = prop("Whether it is kept twice; for administrators.", since="2015.1")
        l3_agent_id: str | None = prop(
            "The agent to serve it; use l3_agent_ids instead.",
            update=True,
            support=fading("2014.1", deprecated="2015.1", hidden="6.0.0"),
            wire=None,
            becomes="l3_agent_ids",
        )
        l3_agent_ids: list[str] | None = prop(
            "The agents to serve it; for administrators.", update=True, since="2015.1", wire=None
        )
        name: str | None = prop("A symbolic name; it need not be unique.", update=True)
        tags: list[str] | None = TAGS
        tenant_id: str | None = prop(
            "The project that shall own it; for administrators.", since="24.0.0"
        )
        value_specs: dict[str, Any] = VALUE_SPECS

    class Attributes(Record):
        admin_state_up: str = attr("Whether it is up.")
        external_gateway_info: dict[str, Any] = attr("How it reaches the outside.")
        name: str = attr("Its name.")
        status: str = attr("What Neutron says of its state.")
        tenant_id: str = attr("The project that owns it.")

    def problems(self, props: Any) -> Iterable[str]:
        yield from super().problems(props)
        if props.ha is True and props.distributed is True:
            yield "ha and distributed do not go together."

    def change(self, ctx: Context, props: Any, changed: frozenset[str]) -> dict[str, Any]:
        sent = super().change(ctx, props, changed)
        if "external_gateway_info" in sent:
            sent["external_gateway_info"] = sent["external_gateway_info"] or {}
        return sent

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        await super().configure(ctx, ident, props)
        await serve_by(ctx.cloud["network"], ident, props.l3_agent_ids, "routers", "l3-routers")

    def implicit(self, definition: Any, others: Mapping[str, Any]) -> Iterable[str]:
        return needs.subnets(needs.gateway_of(definition), others)
