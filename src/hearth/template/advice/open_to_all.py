"""A security group's rule that lets the whole world in everywhere."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import Literal, Mapping, Sequence

_WORLD = frozenset({"0.0.0.0/0", "::/0"})
_PORTS = ("port_range_min", "port_range_max")


def look(subject: Subject) -> Iterator[Found]:
    """Rules for packets that come in, from anywhere, to any port."""
    for given in subject.given:
        if given.field.key != "rules" or not isinstance(given.node, Sequence):
            continue
        for index, rule in enumerate(given.node.items):
            if isinstance(rule, Mapping) and _open(rule):
                yield Found(
                    "this rule lets everybody in, at every port",
                    rule.span,
                    f"{given.path}[{index}]",
                    "name the ports, or where packets may come from",
                )


def _open(rule: Mapping) -> bool:
    def text(key: str) -> str:
        node = rule.entries.get(key)
        return str(node.value) if isinstance(node, Literal) else ""

    inward = text("direction") in {"", "ingress"}
    anywhere = text("remote_ip_prefix") in _WORLD
    protocol = text("protocol").lower() in {"tcp", "udp"}
    return inward and anywhere and protocol and not any(key in rule.entries for key in _PORTS)


RULE = Rule("open-to-all", Severity.WARNING, "What listens there is there for everybody.", look)
