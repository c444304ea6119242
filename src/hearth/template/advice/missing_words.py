"""Parameters, outputs and templates that do not say what they are."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject


def parameters(subject: Subject) -> Iterator[Found]:
    """Parameters without a description."""
    for name, one in subject.template.parameters.items():
        if not one.description.strip():
            path = subject.template.path("parameters", name)
            yield Found(f'the parameter "{name}" has no description', one.span, path)


def outputs(subject: Subject) -> Iterator[Found]:
    """Outputs without a description."""
    for name, one in subject.template.outputs.items():
        if not one.description.strip():
            path = subject.template.path("outputs", name)
            yield Found(f'the output "{name}" has no description', one.span, path)


def template(subject: Subject) -> Iterator[Found]:
    """A template without a description."""
    word = subject.template.dialect.sections["description"]
    if word not in subject.template.root.entries:
        key = subject.template.root.key_span(subject.template.dialect.key)
        yield Found("the template has no description", key)


PARAMETERS = Rule(
    "undescribed-parameter",
    Severity.ADVICE,
    "Who is asked for a value wants to know what it is for.",
    parameters,
)
OUTPUTS = Rule(
    "undescribed-output",
    Severity.ADVICE,
    "Who reads an output wants to know what it is.",
    outputs,
)
TEMPLATE = Rule(
    "undescribed-template",
    Severity.ADVICE,
    "Lists of stacks show the description.",
    template,
)
