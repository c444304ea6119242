"""A template without resources."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject


def look(subject: Subject) -> Iterator[Found]:
    """Whether there is nothing to make."""
    template = subject.template
    word = template.dialect.sections["resources"]
    if not template.resources and not template.unread("resources"):
        place = word if word in template.root.entries else template.dialect.key
        yield Found(
            "the template makes nothing: it has no resources", template.root.key_span(place)
        )


RULE = Rule("nothing-made", Severity.WARNING, "A stack of nothing is seldom meant.", look)
