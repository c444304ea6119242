"""QoS policies and the rules in them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import COMMON, Collection
from hearth.sandbox.network.fields import READ_ONLY, Field
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_DSCP = (0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56)
_RATE = Field(f.number(0, 2**31 - 1))
_ID = {"id": READ_ONLY}


class QosPolicies(Collection):
    """Named sets of QoS rules."""

    singular = "policy"
    plural = "policies"
    missing = "QosPolicyNotFound"
    fields: ClassVar[dict[str, Field]] = {
        **COMMON,
        "name": Field(f.text(255)),
        "shared": Field(f.boolean, False),
        "is_default": Field(f.boolean, False),
        "rules": READ_ONLY,
    }

    def make(self, call: Call, values: Document) -> Document:
        f.only_admin(call, "policy")
        return self.add(values)

    def own(self, call: Call, key: str) -> Document:
        row = self.find(call, key)
        f.only_admin(call, "policy")
        return row

    def unmake(self, call: Call, row: Document) -> None:
        for kind, table in (
            ("network", self.shelf.networks),
            ("port", self.shelf.ports),
            ("floatingip", self.shelf.floatingips),
        ):
            for user in table:
                if user.get("qos_policy_id") == row["id"]:
                    message = f"QoS Policy {row['id']} is used by {kind} {user['id']}."
                    raise Refusal(409, message, "QosPolicyInUse")
        for rule in self.shelf.qos_rules.where("policy_id", row["id"]):
            self.shelf.qos_rules.remove(rule["id"])

    def show(self, call: Call, row: Document) -> Document:
        rules = self.shelf.qos_rules.where("policy_id", row["id"])
        return {
            **super().show(call, row),
            "rules": [
                {**_shown(rule), "qos_policy_id": row["id"], "type": rule["type"]} for rule in rules
            ],
        }


class QosRules(Collection):
    """The rules of one type below their policies."""

    missing = "QosRuleNotFound"
    type: ClassVar[str]
    unique: ClassVar[tuple[str, ...]] = ("direction",)
    policies: QosPolicies

    def sees(self, call: Call, row: Document) -> bool:
        return bool(row["type"] == self.type)

    def begin(self, call: Call, policy_id: str, sent: Mapping[str, Any]) -> Document:
        """Make a rule in a policy."""
        policy = self.policies.own(call, policy_id)
        values = f.read_new(self.fields, sent, call)
        self._check(policy_id, values, None)
        self.policies.set(policy["id"])
        return self.table.add(
            {
                "id": self.shelf.world.ids.uuid(),
                "policy_id": policy_id,
                "type": self.type,
                "created_at": self.shelf.world.now,
                **values,
            }
        )

    def within(self, call: Call, policy_id: str) -> list[Document]:
        """The rules of this type in a policy."""
        self.policies.find(call, policy_id)
        return [row for row in self.table.where("policy_id", policy_id) if self.sees(call, row)]

    def update(self, call: Call, key: str, sent: Mapping[str, Any]) -> Document:
        row = self.find(call, key)
        self.policies.own(call, row["policy_id"])
        values = f.read_change(self.fields, sent, call)
        self._check(row["policy_id"], {**row, **values}, key)
        return self.table.change(key, **values)

    def delete(self, call: Call, key: str) -> None:
        row = self.find(call, key)
        self.policies.own(call, row["policy_id"])
        self.table.remove(key)

    def show(self, call: Call, row: Document) -> Document:
        return _shown(row)

    def _check(self, policy_id: str, values: Document, own: str | None) -> None:
        for other in self.table.where("policy_id", policy_id):
            same = all(other.get(name) == values.get(name) for name in self.unique)
            if other["id"] != own and other["type"] == self.type and same:
                message = f"Rule {self.type} already exists in QoS Policy {policy_id}."
                raise Refusal(409, message, "QoSRulesConflict")


def _shown(rule: Document) -> Document:
    return {key: rule[key] for key in rule if key not in ("policy_id", "type", "created_at")}


class BandwidthLimits(QosRules):
    """No more than so many kilobits a second."""

    type = "bandwidth_limit"
    singular = "bandwidth_limit_rule"
    plural = "bandwidth_limit_rules"
    fields: ClassVar[dict[str, Field]] = {
        **_ID,
        "max_kbps": _RATE,
        "max_burst_kbps": Field(f.number(0, 2**31 - 1), 0),
        "direction": Field(f.one_of("egress", "ingress"), "egress"),
    }


class DscpMarkings(QosRules):
    """A mark on every packet."""

    type = "dscp_marking"
    unique = ()
    singular = "dscp_marking_rule"
    plural = "dscp_marking_rules"
    fields: ClassVar[dict[str, Field]] = {**_ID, "dscp_mark": Field(f.one_of(*_DSCP))}


class MinimumBandwidths(QosRules):
    """At least so many kilobits a second."""

    type = "minimum_bandwidth"
    singular = "minimum_bandwidth_rule"
    plural = "minimum_bandwidth_rules"
    fields: ClassVar[dict[str, Field]] = {
        **_ID,
        "min_kbps": _RATE,
        "direction": Field(f.one_of("egress", "ingress"), "egress"),
    }


class MinimumPacketRates(QosRules):
    """At least so many thousand packets a second."""

    type = "minimum_packet_rate"
    singular = "minimum_packet_rate_rule"
    plural = "minimum_packet_rate_rules"
    fields: ClassVar[dict[str, Field]] = {
        **_ID,
        "min_kpps": _RATE,
        "direction": Field(f.one_of("egress", "ingress", "any"), "egress"),
    }


RULES: tuple[type[QosRules], ...] = (
    BandwidthLimits,
    DscpMarkings,
    MinimumBandwidths,
    MinimumPacketRates,
)
