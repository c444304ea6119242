"""A map that looks like a call of a function, and is data."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.schema import Kind
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.meaning import meant
from hearth.template.nodes import Mapping, Node, children


def look(subject: Subject) -> Iterator[Found]:
    """Maps in outputs, and where any value may stand, that only look like calls."""
    template = subject.template
    for output in template.outputs.values():
        yield from _inside(subject, output.value, template.path("outputs", output.name))
    for one in subject.given:
        if one.field.kind in (Kind.MAP, Kind.ANY) and not one.field.fields:
            yield from _inside(subject, one.node, one.path)


def _inside(subject: Subject, node: Node, path: str) -> Iterator[Found]:
    hint = meant(node, subject.template.dialect)
    if hint is not None and isinstance(node, Mapping):
        key = next(iter(node.entries))
        yield Found(f'"{key}" calls no function: it is data', node.key_span(key), path, hint)
    for child in children(node):
        yield from _inside(subject, child, path)


RULE = Rule("no-call", Severity.WARNING, "It is data where a result was wanted.", look)
