"""A parameter that becomes a property with constraints, and has none itself."""

from collections.abc import Iterator

from hearth.base import Severity
from hearth.schema import Custom, Field
from hearth.template.advice.rule import Found, Rule
from hearth.template.advice.subject import Subject, branches, parameter
from hearth.template.nodes import Call, Literal


def look(subject: Subject) -> Iterator[Found]:
    """Such parameters, each with the constraint that would find a wrong value at once."""
    if subject.template.dialect.name != "hot":
        return
    told: set[str] = set()
    for given in subject.given:
        for branch in branches(given.node):
            name = _whole(branch)
            known = subject.template.parameters.get(name or "")
            words = _constraint(given.field)
            if known and words and not known.constraints and known.name not in told:
                told.add(known.name)
                yield Found(
                    f'the parameter "{known.name}" has no constraint, but becomes '
                    f'"{given.field.key}" of "{given.definition.name}"',
                    known.span,
                    subject.template.path("parameters", known.name),
                    f"add the constraint {words}",
                )


def _whole(node: object) -> str | None:
    """The parameter whose whole value this is."""
    if isinstance(node, Call) and isinstance(node.argument, Literal):
        return parameter(node)
    return None


def _constraint(declared: Field) -> str | None:
    """The first constraint of a property that a parameter can have, as it is written."""
    for one in declared.constraints:
        if isinstance(one, Custom):
            return f"custom_constraint: {one.name}"
        document = one.document()
        if "allowed_values" in document:
            return f"allowed_values: {_flow(document['allowed_values'])}"
        if "range" in document:
            bounds = ", ".join(f"{key}: {value}" for key, value in document["range"].items())
            return f"range: {{{bounds}}}"
    return None


def _flow(values: list[object]) -> str:
    return f"[{', '.join(map(str, values))}]"


RULE = Rule(
    "unconstrained-parameter",
    Severity.ADVICE,
    "A constraint refuses a wrong value before anything is made, and lists serve as menus.",
    look,
)
