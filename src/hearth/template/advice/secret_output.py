"""An output that gives a secret away."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject, attribute, inside, parameter, resource
from hearth.template.nodes import Call


def look(subject: Subject) -> Iterator[Found]:
    """Outputs with a hidden parameter or a secret attribute in them."""
    for name, output in subject.template.outputs.items():
        for call in inside(output.value):
            what = _secret(call, subject)
            if what:
                yield Found(
                    f'the output "{name}" shows {what}',
                    call.span,
                    subject.template.path("outputs", name),
                    "whoever may see the stack may read it",
                )


def _secret(call: Call, subject: Subject) -> str | None:
    known = subject.template.parameters.get(parameter(call) or "")
    if known is not None and known.hidden:
        return f'the hidden parameter "{known.name}"'
    owner, name = resource(call) or "", attribute(call) or ""
    schema = subject.schemas.get(owner)
    declared = schema.attributes.get(name) if schema else None
    return f'the secret "{name}" of "{owner}"' if declared and declared.secret else None


RULE = Rule(
    "secret-output",
    Severity.WARNING,
    "Outputs are shown with the stack, in the clear.",
    look,
)
