"""A depends_on that a reference implies already."""

from collections.abc import Iterator

from hearth.base import Severity, Span
from hearth.template.advice.edits import without
from hearth.template.advice.rule import Edit, Found, Rule
from hearth.template.advice.subject import Subject, inside, parts, resource
from hearth.template.model import Definition
from hearth.template.nodes import Literal, Mapping, Node, Sequence


def look(subject: Subject) -> Iterator[Found]:
    """Names in depends_on that the resource refers to; taking them out changes no order."""
    word = subject.template.dialect.resource["depends_on"]
    for definition in subject.template.resources.values():
        if not definition.depends_on:
            continue
        referred = _certain(definition)
        body = _body(subject, definition)
        node = body.entries.get(word) if body else None
        if body is None or node is None:
            continue
        items = node.items if isinstance(node, Sequence) else (node,)
        implied = [one for one in items if isinstance(one, Literal) and one.value in referred]
        for one in implied:
            yield Found(
                f'"{definition.name}" refers to "{one.value}", and so depends on it already',
                one.span,
                subject.template.path("resources", definition.name, word),
                edits=_taken(subject, body, word, implied, one),
            )


def _certain(definition: Definition) -> set[str]:
    """The resources that it refers to whatever conditions hold."""
    found = set()
    for node in parts(definition):
        choosing = [call for call in inside(node) if call.function.choose is not None]
        unsure = {id(inner) for call in choosing for inner in inside(call.argument)}
        found |= {resource(call) for call in inside(node) if id(call) not in unsure}
    return {name for name in found if name is not None}


def _body(subject: Subject, definition: Definition) -> Mapping | None:
    section = subject.template.root.entries.get(subject.template.dialect.sections["resources"])
    body = section.entries.get(definition.name) if isinstance(section, Mapping) else None
    return body if isinstance(body, Mapping) else None


def _taken(
    subject: Subject, body: Mapping, word: str, implied: list[Literal], one: Literal
) -> tuple[Edit, ...]:
    """The edit that takes a name out; with the last one goes the whole entry, told once."""
    node = body.entries[word]
    if not isinstance(node, Sequence) or len(implied) == len(node.items):
        return without(body, word, subject.lines) if one is implied[0] else ()
    at = node.items.index(one)
    flow = subject.lines[node.place[1]][node.place[2]] == "["
    return _from_flow(node, at) if flow else _from_block(node.items[at], subject)


def _from_flow(node: Sequence, at: int) -> tuple[Edit, ...]:
    here = node.items[at].span
    if at + 1 < len(node.items):
        after = node.items[at + 1].span
        span = Span(here.file, here.line, here.column, after.line, after.column)
    else:
        before = node.items[at - 1].span
        span = Span(here.file, before.end_line, before.end_column, here.end_line, here.end_column)
    return (Edit(span, ""),)


def _from_block(item: Node, subject: Subject) -> tuple[Edit, ...]:
    span = item.span
    if subject.lines[span.line - 1][: span.column - 1].strip() != "-":
        return ()
    return (Edit(Span(span.file, span.line, 1, span.line + 1, 1), ""),)


RULE = Rule(
    "implied-dependency",
    Severity.ADVICE,
    "A reference orders as depends_on does; saying it twice hides which ones are needed.",
    look,
)
