"""A parameter that is in no group, where others are."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject


def look(subject: Subject) -> Iterator[Found]:
    """Such parameters."""
    template = subject.template
    grouped = {
        str(name)
        for group in template.groups
        if isinstance(group, dict)
        for name in group.get("parameters") or ()
    }
    for name, parameter in template.parameters.items():
        if grouped and name not in grouped:
            path = template.path("parameters", name)
            yield Found(f'the parameter "{name}" is in no group', parameter.span, path)


RULE = Rule(
    "ungrouped-parameter", Severity.ADVICE, "Forms show it apart from all the others.", look
)
