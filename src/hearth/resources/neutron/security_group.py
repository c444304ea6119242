"""OS::Neutron::SecurityGroup."""

from collections.abc import Iterable
from typing import Any

from hearth.cloud import Conflict, NotFound, Service
from hearth.kit import Context, Marker, Rest
from hearth.resources.neutron.base import NeutronType
from hearth.resources.neutron.protocols import PROTOCOLS
from hearth.resources.neutron.rules import difference, wanted_rules
from hearth.schema import Record, prop, since


class Rule(Record):
    """One thing that is let through."""

    description: str | None = prop("What it is for.", since="27.0.0")
    direction: str = prop(
        "Whether it is about what comes in or what goes out.",
        default="ingress",
        allowed=("ingress", "egress"),
    )
    ethertype: str = prop("The version of IP.", default="IPv4", allowed=("IPv4", "IPv6"))
    port_range_max: int | None = prop("The last port, or the ICMP code.", range=(0, 65535))
    port_range_min: int | None = prop("The first port, or the ICMP type.", range=(0, 65535))
    protocol: str | None = prop("The protocol, by name or number.", allowed=PROTOCOLS)
    remote_group_id: str | None = prop(
        "The security group at the other end, by name or id.", ref="neutron.security_group"
    )
    remote_ip_prefix: str | None = prop("The addresses at the other end.", check="net_cidr")
    remote_mode: str = prop(
        "Whether the other end is told by addresses or by a group; by default this one.",
        default="remote_ip_prefix",
        allowed=("remote_ip_prefix", "remote_group_id"),
        wire=None,
    )


class SecurityGroup(NeutronType):
    """What may reach the ports that it applies to, and what they may reach."""

    name = "OS::Neutron::SecurityGroup"
    support = since("2014.1")
    rest = Rest(
        "network", "/v2.0/security-groups", wraps="security_group", marker=Marker.DESCRIPTION
    )

    class Properties(Record):
        description: str | None = prop("What it is for.", update=True)
        name: str | None = prop(
            "A symbolic name; it need not be unique, but not default.", update=True
        )
        rules: list[Rule] = prop("What is let through.", default=[], update=True, wire=None)
        stateful: bool | None = prop(
            "Whether answers to what was let through are let through too.",
            update=True,
            since="27.0.0",
        )

    class Attributes(Record):
        """None beside `show`."""

    def problems(self, props: Any) -> Iterable[str]:
        if props.name == "default":
            yield 'Security groups cannot be assigned the name "default".'

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        """Bring the rules in line: what is there and wanted stays."""
        network = ctx.cloud["network"]
        path = "/v2.0/security-group-rules"
        now = (await network.get(path, {"security_group_id": ident}))["security_group_rules"]
        wanted = wanted_rules(
            ident, [rule.wire() | {"mode": rule.remote_mode} for rule in props.rules]
        )
        surplus, missing = difference(now, wanted)
        for rule in surplus:
            try:
                await network.delete(f"{path}/{rule}")
            except NotFound:
                continue
        if missing:
            await _add(network, path, missing)


async def _add(network: Service, path: str, rules: list[dict[str, Any]]) -> None:
    """Add rules. One that a lagging list did not show, or that an answer got lost of, is there."""
    try:
        await network.post(path, {"security_group_rules": rules})
    except Conflict:
        for rule in rules:
            try:
                await network.post(path, {"security_group_rule": rule})
            except Conflict:
                continue
