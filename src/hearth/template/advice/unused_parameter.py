"""A parameter that nothing refers to."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject


def look(subject: Subject) -> Iterator[Found]:
    """Parameters without a use; none where names of parameters are worked out."""
    used = subject.parameters_used
    if used is None:
        return
    for name, parameter in subject.template.parameters.items():
        if name not in used:
            yield Found(
                f'the parameter "{name}" is never used',
                parameter.span,
                subject.template.path("parameters", name),
            )


RULE = Rule(
    "unused-parameter",
    Severity.WARNING,
    "Whoever gives a value for it expects that it does something.",
    look,
)
