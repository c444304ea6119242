"""A property that is deprecated, hidden or not supported."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.fading_type import said
from hearth.template.advice.rule import Edit, Found, Rule
from hearth.template.advice.subject import Given, Subject
from hearth.template.nodes import span_of


def look(subject: Subject) -> Iterator[Found]:
    """Such properties; one that only got another name can be called by that."""
    for given in subject.given:
        declared = given.field
        word = said(declared.support)
        if word:
            newer = f'call it "{declared.becomes}"' if declared.becomes else None
            yield Found(
                f'the property "{declared.key}" of {given.definition.type} {word}',
                span_of(given.key_place),
                given.path,
                declared.support.message or newer,
                tuple(_renamed(subject, given)),
            )


def _renamed(subject: Subject, given: Given) -> Iterator[Edit]:
    """The edit that gives a property its newer name, where both are alike."""
    target = given.among.get(given.field.becomes or "")
    _, line, column, *_ = given.key_place
    if target and target.kind is given.field.kind and target.key not in given.beside:
        quote = subject.lines[line][column]
        quote = quote if quote in "\"'" else ""
        yield Edit(span_of(given.key_place), f"{quote}{target.key}{quote}")


RULE = Rule("fading-property", Severity.WARNING, "It may not be there in a later version.", look)
