"""A condition that nothing depends on."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.edits import without
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import Mapping


def look(subject: Subject) -> Iterator[Found]:
    """Conditions without a use; taking them out changes nothing."""
    template = subject.template
    section = template.root.entries.get(template.dialect.sections.get("conditions", ""))
    if not isinstance(section, Mapping):
        return
    for name in template.conditions:
        if name not in subject.conditions_used:
            yield Found(
                f'the condition "{name}" is never used',
                section.key_span(name),
                template.path("conditions", name),
                edits=without(section, name, subject.lines),
            )


RULE = Rule(
    "unused-condition",
    Severity.WARNING,
    "It is worked out for nothing, and its reader looks for what depends on it.",
    look,
)
