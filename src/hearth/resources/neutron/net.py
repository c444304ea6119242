"""OS::Neutron::Net."""

from typing import Any

from hearth.base import Value
from hearth.kit import Context, Marker, Rest, unmarked
from hearth.resources.neutron.base import STATUS, TAGS, VALUE_SPECS, NeutronType, serve_by
from hearth.schema import Record, attr, prop


class Net(NeutronType):
    """A virtual, isolated layer-2 network."""

    name = "OS::Neutron::Net"
    rest = Rest("network", "/v2.0/networks", wraps="network", marker=Marker.DESCRIPTION)
    phases = STATUS

    class Properties(Record):
        admin_state_up: bool = prop("Whether it is up.", default=True, update=True)
        availability_zone_hints: list[Any] | None = prop(
            "The zones to serve it from.", since="19.0.0"
        )
        dhcp_agent_ids: list[Any] | None = prop(
            "The DHCP agents to serve it; for administrators.", update=True, wire=None
        )
        dns_domain: str | None = prop(
            "The DNS domain of its ports.", update=True, check="dns_domain", since="7.0.0"
        )
        name: str | None = prop("A symbolic name; it need not be unique.", update=True)
        port_security_enabled: bool | None = prop(
            "Whether security groups and address checks apply to its ports.",
            update=True,
            since="5.0.0",
        )
        qos_policy: str | None = prop(
            "The QoS policy to attach, by name or id.",
            update=True,
            ref="neutron.qos_policy",
            since="6.0.0",
            wire="qos_policy_id",
        )
        shared: bool = prop("Whether all projects may use it.", default=False, update=True)
        tags: list[str] | None = TAGS
        tenant_id: str | None = prop("The project that shall own it; for administrators.")
        value_specs: dict[str, Any] = VALUE_SPECS

    class Attributes(Record):
        admin_state_up: str = attr("Whether it is up.")
        l2_adjacency: bool = attr(
            "Whether all its ports reach one another on layer 2.", since="9.0.0"
        )
        mtu: int = attr("The largest transmission unit, in bytes.", since="5.0.0")
        name: str = attr("Its name.")
        port_security_enabled: bool = attr(
            "Whether security groups and address checks apply to its ports.", since="5.0.0"
        )
        qos_policy_id: str = attr("The QoS policy attached.", since="6.0.0")
        segments: list[Any] = attr("Its segments.", since="11.0.0", live=True)
        status: str = attr("What Neutron says of its state.")
        subnets: list[Any] = attr("The ids of its subnets.")
        tenant_id: str = attr("The project that owns it.")

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        await super().configure(ctx, ident, props)
        await serve_by(
            ctx.cloud["network"], ident, props.dhcp_agent_ids, "networks", "dhcp-networks"
        )

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        if attribute != "segments":
            return await super().live(ctx, ident, attribute, path)
        reply = await ctx.cloud["network"].get("/v2.0/segments", {"network_id": ident})
        return [unmarked(segment) for segment in reply["segments"]]
