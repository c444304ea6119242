"""Security groups and their rules."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, ClassVar

from hearth.sandbox.lists import stamp
from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import COMMON, Collection
from hearth.sandbox.network.fields import READ_ONLY, Field
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_PROTOCOLS = {
    "ah": 51,
    "dccp": 33,
    "egp": 8,
    "esp": 50,
    "gre": 47,
    "hopopt": 0,
    "icmp": 1,
    "icmpv6": 58,
    "igmp": 2,
    "ip": 0,
    "ipip": 4,
    "ipv6-encap": 41,
    "ipv6-frag": 44,
    "ipv6-icmp": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "ipv6-route": 43,
    "ospf": 89,
    "pgm": 113,
    "rsvp": 46,
    "sctp": 132,
    "tcp": 6,
    "udp": 17,
    "udplite": 136,
    "vrrp": 112,
}
_WITH_PORTS = frozenset({6, 17, 33, 132, 136})
_ICMP = frozenset({1, 58})
_MOST_PORT = 65535
_MOST_ICMP = 255
_DEFAULT = "default"
# What makes two rules the same one.
_CONTENT = (
    "security_group_id",
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "remote_address_group_id",
)


class SecurityGroups(Collection):
    """Named sets of rules. Each project has one called `default` from its first use on."""

    singular = "security_group"
    plural = "security_groups"
    missing = "SecurityGroupNotFound"
    quota = "security_group"
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": Field(f.text(255), ""),
        "stateful": Field(f.boolean, True),
        "shared": READ_ONLY,
        "security_group_rules": READ_ONLY,
    }

    def make(self, call: Call, values: Document) -> Document:
        self.default(values["project_id"])
        if values["name"].lower() == _DEFAULT:
            raise Refusal(
                409, "Default security group already exists.", "SecurityGroupDefaultAlreadyExists"
            )
        return self._with_egress(values)

    def default(self, project_id: str) -> Document:
        """The project's default group, made when it is first needed."""
        for group in self.table.where("project_id", project_id):
            if group["name"] == _DEFAULT:
                return group
        group = self._with_egress(
            {
                "name": _DEFAULT,
                "description": "Default security group",
                "stateful": True,
                "project_id": project_id,
            }
        )
        for ethertype in ("IPv4", "IPv6"):
            self._rule(group, "ingress", ethertype, group["id"])
        return group

    def before_list(self, call: Call) -> None:
        if call.project_id:
            self.default(call.project_id)

    def alter(self, call: Call, row: Document, values: Document) -> None:
        if row["name"] == _DEFAULT and values.get("name", _DEFAULT) != _DEFAULT:
            raise Refusal(
                409,
                "Updating default security group not allowed.",
                "SecurityGroupCannotUpdateDefault",
            )
        if values.get("stateful", row["stateful"]) != row["stateful"] and self._users(row):
            raise _in_use(row)
        super().alter(call, row, values)

    def unmake(self, call: Call, row: Document) -> None:
        if row["name"] == _DEFAULT and not call.admin:
            raise Refusal(
                409,
                "Insufficient rights for removing default security group.",
                "SecurityGroupCannotRemoveDefault",
            )
        if self._users(row):
            raise _in_use(row)
        for rule in self.shelf.rules.where("security_group_id", row["id"]):
            self.shelf.rules.remove(rule["id"])
        for rule in self.shelf.rules:
            if rule["remote_group_id"] == row["id"]:
                self.shelf.rules.remove(rule["id"])

    def show(self, call: Call, row: Document) -> Document:
        shown = super().show(call, row)
        shown["shared"] = self.shelf.granted(call, row["id"], self.share_action)
        shown["security_group_rules"] = [
            shown_rule(rule) for rule in self.shelf.rules.where("security_group_id", row["id"])
        ]
        return shown

    def _users(self, row: Document) -> bool:
        ports = self.shelf.ports
        mine = ports.where("project_id", row["project_id"])
        return any(row["id"] in port["security_groups"] for port in mine) or any(
            row["id"] in port["security_groups"] for port in ports
        )

    def _with_egress(self, values: Document) -> Document:
        group = self.add(values)
        for ethertype in ("IPv4", "IPv6"):
            self._rule(group, "egress", ethertype, None)
        return group

    def _rule(self, group: Document, direction: str, kind: str, remote: str | None) -> None:
        self.shelf.rules.add(
            {
                **self.shelf.fresh(),
                "tags": [],
                "description": "",
                "protocol": None,
                "project_id": group["project_id"],
                "security_group_id": group["id"],
                "direction": direction,
                "ethertype": kind,
                "port_range_min": None,
                "port_range_max": None,
                "remote_ip_prefix": None,
                "remote_group_id": remote,
                "remote_address_group_id": None,
            }
        )


class Rules(Collection):
    """What a security group lets through."""

    singular = "security_group_rule"
    plural = "security_group_rules"
    missing = "SecurityGroupRuleNotFound"
    quota = "security_group_rule"
    indexed = ("security_group_id",)
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "security_group_id": Field(f.identifier, put=False),
        "direction": Field(f.one_of("ingress", "egress"), put=False),
        "ethertype": Field(f.anything, "IPv4", put=False),
        "protocol": Field(f.anything, None, put=False),
        "port_range_min": Field(f.nullable(f.number(-1, _MOST_PORT)), None, put=False),
        "port_range_max": Field(f.nullable(f.number(-1, _MOST_PORT)), None, put=False),
        "remote_ip_prefix": Field(f.nullable(f.address_or_prefix), None, put=False),
        "remote_group_id": Field(f.nullable(f.identifier), None, put=False),
        "remote_address_group_id": Field(f.nullable(f.identifier), None, put=False),
        "belongs_to_default_sg": READ_ONLY,
    }

    def make(self, call: Call, values: Document) -> Document:
        groups = self.shelf.groups
        for name in ("security_group_id", "remote_group_id"):
            group = groups.get(values[name]) if values[name] else None
            if values[name] and (group is None or not self._reach(call, group)):
                message = f"Security group {values[name]} does not exist"
                raise Refusal(404, message, "SecurityGroupNotFound")
        values["ethertype"] = _ethertype(values["ethertype"])
        values["protocol"] = _protocol(values["protocol"])
        values["remote_ip_prefix"] = _prefix(values["remote_ip_prefix"], values["ethertype"])
        if values["remote_ip_prefix"] is not None and values["remote_group_id"] is not None:
            raise Refusal(
                400,
                "Only remote_ip_prefix or remote_group_id may be provided.",
                "SecurityGroupMultipleRemoteEntites",
            )
        _check_ports(values)
        for rule in self.table.where("security_group_id", values["security_group_id"]):
            if all(rule[name] == values[name] for name in _CONTENT):
                message = f"Security group rule already exists. Rule id is {rule['id']}."
                raise Refusal(409, message, "SecurityGroupRuleExists")
        return self.add(values)

    def show(self, call: Call, row: Document) -> Document:
        group = self.shelf.groups.get(row["security_group_id"])
        default = group is not None and group["name"] == _DEFAULT
        return {**shown_rule(row), "belongs_to_default_sg": default}

    def sees(self, call: Call, row: Document) -> bool:
        if super().sees(call, row):
            return True
        group = self.shelf.groups.get(row["security_group_id"])
        return group is not None and group["project_id"] == call.project_id

    def _reach(self, call: Call, group: Document) -> bool:
        return (
            call.admin
            or group["project_id"] == call.project_id
            or self.shelf.granted(call, group["id"], self.share_action)
        )


def shown_rule(row: Document) -> Document:
    """A rule as it is shown, by itself and inside its group."""
    return {
        **row,
        "tenant_id": row["project_id"],
        "normalized_cidr": row["remote_ip_prefix"],
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }


def _ethertype(value: Any) -> str:
    for known in ("IPv4", "IPv6"):
        if str(value).lower() == known.lower():
            return known
    message = f"Security group rule for ethertype '{value}' not supported."
    raise Refusal(400, message, "SecurityGroupRuleInvalidEtherType")


def _protocol(value: Any) -> str | None:
    if value is None or value == "any":
        return None
    name = str(value).lower()
    if name in _PROTOCOLS or (name.isdigit() and int(name) <= _MOST_ICMP):
        return name
    message = f"Security group rule protocol {value} not supported."
    raise Refusal(400, message, "SecurityGroupRuleInvalidProtocol")


def _prefix(value: str | None, ethertype: str) -> str | None:
    if value is None:
        return None
    net = ip_network(value)
    if f"IPv{net.version}" != ethertype:
        message = f"Conflicting value ethertype {ethertype} for CIDR {value}"
        raise Refusal(400, message, "SecurityGroupRuleParameterConflict")
    return str(net)


def _check_ports(values: Mapping[str, Any]) -> None:
    low, high = values["port_range_min"], values["port_range_max"]
    name = values["protocol"]
    number = _PROTOCOLS.get(name, -1) if not str(name).isdigit() else int(name)
    if number in _ICMP:
        if low is None and high is not None:
            raise Refusal(
                400,
                f"ICMP code (port-range-max) {high} is provided but ICMP type "
                "(port-range-min) is missing.",
                "SecurityGroupMissingIcmpType",
            )
        if any(one is not None and not 0 <= one <= _MOST_ICMP for one in (low, high)):
            raise Refusal(
                400, "Invalid value for ICMP type or code.", "SecurityGroupInvalidIcmpValue"
            )
        return
    if low is None and high is None:
        return
    if name is None:
        raise Refusal(
            400,
            "Must also specify protocol if port range is given.",
            "SecurityGroupProtocolRequiredWithPorts",
        )
    if number not in _WITH_PORTS:
        message = f"Port range cannot be specified for protocol {name}."
        raise Refusal(400, message, "SecurityGroupInvalidProtocolForPort")
    if low is None or high is None or not 0 <= low <= high:
        message = "For TCP/UDP protocols, port_range_min must be <= port_range_max"
        raise Refusal(400, message, "SecurityGroupInvalidPortRange")


def _in_use(row: Document) -> Refusal:
    return Refusal(409, f"Security Group {row['id']} in use.", "SecurityGroupInUse")
