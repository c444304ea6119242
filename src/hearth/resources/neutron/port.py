"""OS::Neutron::Port."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import Value
from hearth.cloud import NotFound
from hearth.kit import Context, Marker, Rest, unmarked
from hearth.resources.neutron import implicit as needs
from hearth.resources.neutron.base import (
    STATUS,
    TAGS,
    VALUE_SPECS,
    NeutronType,
    group_ids,
)
from hearth.schema import Record, attr, fading, prop


class AddressPair(Record):
    """One more pair of addresses that may pass."""

    ip_address: str = prop("The address, or a range of them.", check="ip_or_cidr")
    mac_address: str | None = prop("The MAC address; the port's own by default.", check="mac_addr")


class FixedIP(Record):
    """An address to have."""

    ip_address: str | None = prop("The address; by default one is chosen.", check="ip_addr")
    subnet: str | None = prop(
        "The subnet to take it from, by name or id.",
        ref="neutron.subnet",
        since="2014.2",
        wire="subnet_id",
    )
    subnet_id: str | None = prop(
        "The subnet; use subnet instead.",
        ref="neutron.subnet",
        support=fading(deprecated="2014.2 ", hidden="5.0.0"),
        wire=None,
        becomes="subnet",
    )


class Port(NeutronType):
    """A place on a network for something to be plugged into."""

    name = "OS::Neutron::Port"
    rest = Rest("network", "/v2.0/ports", wraps="port", marker=Marker.DESCRIPTION)
    phases = STATUS

    class Properties(Record):
        admin_state_up: bool = prop("Whether it is up.", default=True, update=True)
        allowed_address_pairs: list[AddressPair] | None = prop(
            "More pairs of addresses that may pass.", update=True
        )
        binding_vnic_type: str = prop(
            "The kind of interface that it is plugged into.",
            default="normal",
            update=True,
            allowed=(
                "normal",
                "direct",
                "macvtap",
                "direct-physical",
                "baremetal",
                "virtio-forwarder",
                "smart-nic",
            ),
            since="2015.1",
            key="binding:vnic_type",
        )
        device_id: str = prop("The id of what uses it.", default="", update=True)
        device_owner: str = prop("What kind of thing uses it.", default="", update=True)
        dns_name: str | None = prop(
            "Its name in DNS.", update=True, check="dns_name", since="7.0.0"
        )
        fixed_ips: list[FixedIP] | None = prop("The addresses to have.", update=True)
        mac_address: str | None = prop("Its MAC address.", check="mac_addr")
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
        no_fixed_ips: bool = prop(
            "Whether it shall have no address.",
            default=False,
            update=True,
            since="16.0.0",
            wire=None,
        )
        port_security_enabled: bool | None = prop(
            "Whether security groups and address checks apply.", update=True, since="5.0.0"
        )
        propagate_uplink_status: bool | None = prop(
            "Whether the state of the uplink shows on it.", update=True, since="15.0.0"
        )
        qos_policy: str | None = prop(
            "The QoS policy to attach, by name or id.",
            update=True,
            ref="neutron.qos_policy",
            since="6.0.0",
            wire="qos_policy_id",
        )
        replacement_policy: str = prop(
            "When it is replaced; kept for old templates.",
            default="AUTO",
            update=True,
            allowed=("REPLACE_ALWAYS", "AUTO"),
            support=fading("2014.2", deprecated="6.0.0", hidden="9.0.0"),
            wire=None,
        )
        security_groups: list[Any] | None = prop(
            "The security groups that apply to it, by name or id.", update=True, wire=None
        )
        tags: list[str] | None = TAGS
        value_specs: dict[str, Any] = VALUE_SPECS

    class Attributes(Record):
        admin_state_up: str = attr("Whether it is up.")
        allowed_address_pairs: list[Any] = attr("More pairs of addresses that may pass.")
        device_id: str = attr("The id of what uses it.")
        device_owner: str = attr("What kind of thing uses it.")
        dns_assignment: dict[str, Any] = attr("Its names in DNS.", since="7.0.0")
        fixed_ips: list[Any] = attr("Its addresses.")
        mac_address: str = attr("Its MAC address.")
        name: str = attr("Its name.")
        network: dict[str, Any] = attr(
            "The network that it belongs to, with all that Neutron says of it.",
            since="11.0.0",
            live=True,
        )
        network_id: str = attr("The network that it belongs to.")
        port_security_enabled: bool = attr(
            "Whether security groups and address checks apply.", since="5.0.0"
        )
        propagate_uplink_status: bool = attr(
            "Whether the state of the uplink shows on it.", since="15.0.0"
        )
        qos_policy_id: str = attr("The QoS policy attached.", since="6.0.0")
        security_groups: list[Any] = attr("The ids of its security groups.")
        status: str = attr("What Neutron says of its state.")
        subnets: list[Any] = attr(
            "The subnets of its addresses, with all that Neutron says of them.", live=True
        )
        tenant_id: str = attr("The project that owns it.")

    def problems(self, props: Any) -> Iterable[str]:
        yield from super().problems(props)
        if props.no_fixed_ips is True and props.fixed_ips:
            yield "fixed_ips does not go with no_fixed_ips."

    def sent(self, props: Any) -> dict[str, Any]:
        sent = super().sent(props)
        return sent | {"fixed_ips": []} if props.no_fixed_ips else sent

    async def create(self, ctx: Context, props: Any) -> str:
        network = ctx.cloud["network"]
        body = self.body(ctx, props)
        if props.security_groups is not None:
            body["security_groups"] = await group_ids(network, props.security_groups)
        ctx.seen = (await network.post(self.at.path, {"port": body}))["port"]
        return str(ctx.seen["id"])

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        network, path = ctx.cloud["network"], f"{self.at.path}/{ident}"
        body = self.change(ctx, props, changed)
        if props.no_fixed_ips and "no_fixed_ips" in changed:
            body["fixed_ips"] = []
        elif "fixed_ips" in body and body["fixed_ips"] is None:
            del body["fixed_ips"]
        if "allowed_address_pairs" in body:
            body["allowed_address_pairs"] = body["allowed_address_pairs"] or []
        if "security_groups" in changed:
            wanted = ["default"] if props.security_groups is None else props.security_groups
            body["security_groups"] = await group_ids(network, wanted)
        if "binding:profile" in body:
            now = (await network.get(path))["port"].get("binding:profile") or {}
            body["binding:profile"] = now | body["binding:profile"]
        if body:
            await network.put(path, {"port": body})
        if "tags" in changed and props.tags is None:
            await network.put(f"{path}/tags", {"tags": []})

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        always = after.replacement_policy == "REPLACE_ALWAYS"
        return always or super().replaces(before, after, changed)

    async def release(self, ctx: Context, ident: str) -> None:
        """Let go of the addresses, which the replacement may want."""
        try:
            path = f"{self.at.path}/{ident}"
            await ctx.cloud["network"].put(path, {"port": {"fixed_ips": []}})
        except NotFound:
            return

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """Its addresses."""
        try:
            shown = (await ctx.cloud["network"].get(f"{self.at.path}/{ident}"))["port"]
        except NotFound:
            return None
        return {"fixed_ips": shown["fixed_ips"]}

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Take the addresses again."""
        network, path = ctx.cloud["network"], f"{self.at.path}/{ident}"
        if (await network.get(path))["port"]["fixed_ips"] != held["fixed_ips"]:
            await network.put(path, {"port": {"fixed_ips": held["fixed_ips"]}})

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        shown = await super().live(ctx, ident, attribute, path)
        network = ctx.cloud["network"]
        if attribute == "network":
            found = await network.get(f"/v2.0/networks/{shown['network_id']}")
            return unmarked(found["network"])
        if attribute == "subnets":
            idents = [("id", str(one["subnet_id"])) for one in shown["fixed_ips"]]
            listed = (await network.get("/v2.0/subnets", idents))["subnets"] if idents else []
            return [unmarked(subnet) for subnet in listed]
        return shown

    def implicit(self, definition: Any, others: Mapping[str, Any]) -> Iterable[str]:
        return needs.subnets(needs.network_of(definition), others)
