"""An attribute that is deprecated, hidden or not supported."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.fading_type import said
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject, attribute, resource


def look(subject: Subject) -> Iterator[Found]:
    """Calls for such attributes."""
    for call in subject.calls:
        schema = subject.schemas.get(resource(call) or "")
        declared = schema.attributes.get(attribute(call) or "") if schema else None
        word = said(declared.support) if declared else None
        if schema and declared and word:
            yield Found(
                f'the attribute "{declared.key}" of {schema.name} {word}',
                call.argument.span,
                hint=declared.support.message,
            )


RULE = Rule("fading-attribute", Severity.WARNING, "It may not be there in a later version.", look)
