"""The id of something in one cloud, written into the template."""

import re
from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject, branches
from hearth.template.nodes import Literal

_ID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")


def look(subject: Subject) -> Iterator[Found]:
    """Ids given to properties that refer to something by name or id."""
    for given in subject.given:
        for branch in branches(given.node):
            text = branch.value if isinstance(branch, Literal) else None
            if given.field.ref and isinstance(text, str) and _ID.fullmatch(text):
                yield Found(
                    f'"{given.field.key}" is given an id that exists in one cloud only',
                    branch.span,
                    given.path,
                    "use a name or a parameter",
                )


RULE = Rule("hard-coded-id", Severity.ADVICE, "The template works nowhere else.", look)
