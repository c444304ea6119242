"""An `if` whose outcome is always the same."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import Call, Literal, Node, Sequence, plain_of


def look(subject: Subject) -> Iterator[Found]:
    """Choices by a fixed condition, and choices between two like values."""
    for call in subject.calls:
        items = call.argument.items if isinstance(call.argument, Sequence) else ()
        if call.function.choose is None or len(items) < 2:
            continue
        holds = _fixed(items[0], subject)
        if holds is not None:
            yield Found(f"the condition of this choice is always {str(holds).lower()}", call.span)
        elif len(items) == 3 and plain_of(items[1]) == plain_of(items[2]):
            yield Found("both values of this choice are the same", call.span)


def _fixed(node: Node, subject: Subject) -> bool | None:
    if isinstance(node, Literal) and isinstance(node.value, str):
        named = subject.template.conditions.get(node.value)
        return _fixed(named, subject) if isinstance(named, Literal | Call) else None
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return node.value
    if isinstance(node, Call) and node.function.name in {"equals", "Fn::Equals"}:
        items = node.argument.items if isinstance(node.argument, Sequence) else ()
        if len(items) == 2 and all(isinstance(one, Literal) for one in items):
            return bool(plain_of(items[0]) == plain_of(items[1]))
    return None


RULE = Rule("fixed-choice", Severity.WARNING, "A choice that never differs is none.", look)
