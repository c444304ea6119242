"""A type that is deprecated, hidden or not supported."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.schema import Support
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import span_of

_WORDS = {
    "DEPRECATED": "is deprecated",
    "HIDDEN": "is kept for old templates only",
    "UNSUPPORTED": "is not supported",
}


def said(support: Support) -> str | None:
    """What is to be said of something by its support status; None if it is fine."""
    word = _WORDS.get(support.status)
    since = f" since {support.version}" if word and support.version else ""
    return f"{word}{since}" if word else None


def look(subject: Subject) -> Iterator[Found]:
    """Resources of such types."""
    for name, schema in subject.schemas.items():
        word = said(schema.support)
        definition = subject.template.resources[name]
        if word:
            yield Found(
                f"{definition.type} {word}",
                span_of(definition.type_place),
                subject.template.path("resources", name),
                schema.support.message,
            )


RULE = Rule("fading-type", Severity.WARNING, "It may not be there in a later version.", look)
