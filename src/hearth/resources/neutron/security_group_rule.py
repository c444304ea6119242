"""OS::Neutron::SecurityGroupRule."""

from collections.abc import Iterable
from typing import Any

from hearth.kit import Context, Marker, Rest
from hearth.resources.neutron.base import NeutronType
from hearth.resources.neutron.protocols import PROTOCOLS
from hearth.resources.neutron.rules import same_rule
from hearth.schema import Record, prop, since


class SecurityGroupRule(NeutronType):
    """One thing that a security group lets through."""

    name = "OS::Neutron::SecurityGroupRule"
    support = since("7.0.0")
    rest = Rest(
        "network",
        "/v2.0/security-group-rules",
        wraps="security_group_rule",
        marker=Marker.DESCRIPTION,
    )

    class Properties(Record):
        description: str | None = prop("What it is for.")
        direction: str = prop(
            "Whether it is about what comes in or what goes out.",
            default="ingress",
            allowed=("ingress", "egress"),
        )
        ethertype: str = prop("The version of IP.", default="IPv4", allowed=("IPv4", "IPv6"))
        port_range_max: int | None = prop("The last port, or the ICMP code.", range=(0, 65535))
        port_range_min: int | None = prop("The first port, or the ICMP type.", range=(0, 65535))
        protocol: str = prop("The protocol, by name or number.", default="tcp", allowed=PROTOCOLS)
        remote_group: str | None = prop(
            "The security group at the other end, by name or id.",
            ref="neutron.security_group",
            wire="remote_group_id",
        )
        remote_ip_prefix: str | None = prop("The addresses at the other end.", check="net_cidr")
        security_group: str = prop(
            "The security group that it belongs to, by name or id.",
            ref="neutron.security_group",
            wire="security_group_id",
        )

    class Attributes(Record):
        """None beside `show`."""

    def problems(self, props: Any) -> Iterable[str]:
        if props.remote_group is not None and props.remote_ip_prefix is not None:
            yield "remote_group does not go with remote_ip_prefix."
        ports = (props.port_range_min, props.port_range_max)
        known = all(isinstance(port, int) for port in ports)
        if props.protocol in ("tcp", "udp") and known and ports[0] > ports[1]:
            yield "port_range_min must not be greater than port_range_max."

    async def find(self, ctx: Context, props: Any) -> str | None:
        """By what it lets through, since a group never has the same rule twice."""
        wanted = self.body(ctx, props)
        asked = {"security_group_id": wanted["security_group_id"]}
        listed = (await ctx.cloud["network"].get(self.at.path, asked))["security_group_rules"]
        found = [str(rule["id"]) for rule in listed if same_rule(rule, wanted)]
        taken = await ctx.taken(found)
        return next((ident for ident in found if ident not in taken), None)
