"""A parameter for a secret that is not hidden."""

from collections.abc import Iterator

from hearth.base import Severity, Span
from hearth.template.advice.rule import Edit, Found, Rule
from hearth.template.advice.secret_in_text import is_secret_name
from hearth.template.advice.subject import Subject
from hearth.template.model import ParameterDef
from hearth.template.nodes import Mapping


def look(subject: Subject) -> Iterator[Found]:
    """Parameters with the name of a secret, shown to whoever looks at the stack."""
    template = subject.template
    for name, parameter in template.parameters.items():
        if parameter.type == "String" and is_secret_name(name) and not parameter.hidden:
            yield Found(
                f'the parameter "{name}" is shown to all who see the stack',
                parameter.span,
                template.path("parameters", name),
                "make it hidden",
                tuple(_hidden(subject, parameter)),
            )


def _hidden(subject: Subject, parameter: ParameterDef) -> Iterator[Edit]:
    """The edit that hides it, in front of its first key."""
    template = subject.template
    section = template.root.entries[template.dialect.sections["parameters"]]
    node = section.entries[parameter.name] if isinstance(section, Mapping) else None
    if not isinstance(node, Mapping) or {"hidden", "NoEcho"} & node.entries.keys():
        return
    file, line, column, *_ = min(node.keys.values(), key=lambda place: place[1:3])
    key, value = ("hidden", "true") if template.dialect.name == "hot" else ("NoEcho", "true")
    flow = node.place[1:3] != (line, column)
    if flow and subject.lines[node.place[1]][node.place[2]] != "{":
        return
    quote = '"' if subject.lines[line][column] == '"' else ""
    separator = ", " if flow else "\n" + " " * column
    text = f"{quote}{key}{quote}: {value}{separator}"
    yield Edit(Span(file, line + 1, column + 1, line + 1, column + 1), text)


RULE = Rule(
    "secret-shown",
    Severity.WARNING,
    "The values of parameters are shown with the stack, unless they are hidden.",
    look,
)
