"""A key of an output that means nothing."""

from collections.abc import Iterator
from difflib import get_close_matches

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject
from hearth.template.nodes import Mapping


def look(subject: Subject) -> Iterator[Found]:
    """Keys of outputs that are passed over in silence."""
    template = subject.template
    section = template.root.entries.get(template.dialect.sections["outputs"])
    known = list(template.dialect.output.values())
    for name, node in section.entries.items() if isinstance(section, Mapping) else ():
        for key in node.entries if isinstance(node, Mapping) else ():
            if key not in known and isinstance(node, Mapping):
                near = get_close_matches(key, known, n=1)
                yield Found(
                    f'"{key}" means nothing in an output',
                    node.key_span(key),
                    template.path("outputs", name),
                    f'did you mean "{near[0]}"?' if near else None,
                )


RULE = Rule("unknown-output-key", Severity.WARNING, "It is passed over in silence.", look)
