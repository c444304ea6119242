"""The rules of a security group: what is there against what is wanted. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

COMPARED = (
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
)
"""What makes two rules the same; a description does not."""

ANYWHERE = ("0.0.0.0/0", "::/0")

Key = tuple[str, ...]


def wanted_rules(group: str, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rules that the group is to have: as given, and Neutron's own if nothing goes out."""
    rules = [_rule(group, one) for one in given]
    if not any(rule["direction"] == "egress" for rule in rules):
        out = {"direction": "egress", "security_group_id": group}
        rules += [out | {"ethertype": version} for version in ("IPv4", "IPv6")]
    return rules


def _rule(group: str, given: Mapping[str, Any]) -> dict[str, Any]:
    rule = {key: value for key, value in given.items() if key != "mode" and value is not None}
    if given.get("mode") == "remote_group_id":
        rule.setdefault("remote_group_id", group)
    return rule | {"security_group_id": group}


def difference(
    now: Iterable[Mapping[str, Any]], wanted: Iterable[dict[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """The ids of the rules that are too many, and the rules that are missing."""
    left = {key_of(rule): str(rule["id"]) for rule in now}
    missing: dict[Key, dict[str, Any]] = {}
    kept: set[Key] = set()
    for rule in wanted:
        key = key_of(rule)
        if key in left:
            kept.add(key)
        else:
            missing.setdefault(key, rule)
    return [ident for key, ident in left.items() if key not in kept], list(missing.values())


def same_rule(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether they let the same through."""
    return key_of(one) == key_of(other)


def key_of(rule: Mapping[str, Any]) -> Key:
    """What tells rules apart. Neutron shows "anywhere" as no prefix at all, or as it was given."""
    found = {key: rule.get(key) for key in COMPARED}
    if found["remote_ip_prefix"] in ANYWHERE:
        found["remote_ip_prefix"] = None
    return tuple("" if value is None else str(value).lower() for value in found.values())
