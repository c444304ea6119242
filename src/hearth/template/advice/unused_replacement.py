"""A str_replace with a word that its text does not have."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import Call, Literal, Mapping


def look(subject: Subject) -> Iterator[Found]:
    """Such words; only where the text stands in the template. The strict ones are errors."""
    for call in subject.calls:
        if call.function.name == "str_replace" and isinstance(call.argument, Mapping):
            yield from _words(call)


def _words(call: Call) -> Iterator[Found]:
    assert isinstance(call.argument, Mapping)
    text = call.argument.entries.get("template")
    given = call.argument.entries.get("params")
    if not isinstance(text, Literal) or not isinstance(given, Mapping):
        return
    for word in given.entries:
        if word not in str(text.value):
            yield Found(f'the text does not have "{word}", so nothing is replaced',
                        given.key_span(word))  # fmt: skip


RULE = Rule(
    "unused-replacement",
    Severity.WARNING,
    "A word that is not in the text is mostly a word with a typing error.",
    look,
)
