"""A constraint whose smallest value is above its largest one."""

from collections.abc import Iterator

from hearth.base import Severity, Span
from hearth.schema import Length, Range
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import Mapping, Sequence, at, plain_of


def look(subject: Subject) -> Iterator[Found]:
    """Such constraints of parameters: Heat takes them, and then no value."""
    for name, known in subject.template.parameters.items():
        for one in known.constraints:
            if not isinstance(one, Length | Range) or one.min is None or one.max is None:
                continue
            if one.min > one.max:
                word = "length" if isinstance(one, Length) else "range"
                yield Found(
                    f'no {word} is from {one.min} to {one.max}, so "{name}" can be given no value',
                    _place(subject, name, word) or known.span,
                    subject.template.path("parameters", name),
                )


def _place(subject: Subject, name: str, word: str) -> Span | None:
    """Where the bounds stand."""
    section = subject.template.dialect.sections["parameters"]
    listed = at(subject.template.root, (section, name, "constraints"))
    for one in listed.items if isinstance(listed, Sequence) else ():
        bounds = one.entries.get(word) if isinstance(one, Mapping) else None
        if isinstance(bounds, Mapping):
            found = plain_of(bounds)
            if isinstance(found, dict) and _turned(found.get("min"), found.get("max")):
                return bounds.span
    return None


def _turned(low: object, high: object) -> bool:
    try:
        return float(str(low)) > float(str(high))
    except ValueError:
        return False


RULE = Rule(
    "impossible-bounds",
    Severity.WARNING,
    "The least value is above the greatest one, so that every value is refused.",
    look,
)
