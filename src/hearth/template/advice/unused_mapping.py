"""A mapping of the CFN dialect that nothing looks into."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.edits import without
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject, first
from hearth.template.nodes import Mapping


def look(subject: Subject) -> Iterator[Found]:
    """Mappings without a use; none where their names are worked out."""
    template = subject.template
    section = template.root.entries.get(template.dialect.sections.get("mappings", ""))
    used = [first(call) for call in subject.calls if call.function.name == "Fn::FindInMap"]
    if not isinstance(section, Mapping) or None in used:
        return
    for name in template.mappings:
        if name not in used:
            yield Found(
                f'the mapping "{name}" is never used',
                section.key_span(name),
                template.path("mappings", name),
                edits=without(section, name, subject.lines),
            )


RULE = Rule("unused-mapping", Severity.WARNING, "It is a table that nobody reads.", look)
