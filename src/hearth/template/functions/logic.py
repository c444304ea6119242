"""Choosing: `if`, and the functions of conditions."""

from collections.abc import Callable
from dataclasses import replace

from hearth.base import Report, Secret, Unknown, Value
from hearth.template.evaluate import GONE, Scope, evaluate
from hearth.template.functions.references import near
from hearth.template.nodes import (
    Call,
    Function,
    Literal,
    Mapping,
    Node,
    Sequence,
    Wrong,
    plain_of,
)


def truth(node: Node, scope: Scope) -> bool | Unknown:
    """Whether a condition holds: a name, a boolean, or a function of conditions."""
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return node.value
    if isinstance(node, Literal) and isinstance(node.value, str):
        return named(node.value, scope)
    if isinstance(node, Call):
        own = replace(scope, report=Report())
        found = evaluate(node, own)
        for one in own.report.errors:
            raise Wrong(one.sentence, code=one.code, kind=one.kind, hint=one.hint)
        found = found.value if isinstance(found, Secret) else found
        if isinstance(found, bool | Unknown):
            return found
        raise Wrong(f"The definition of condition is invalid: {found!r} is no boolean")
    raise invalid(plain_of(node))


def invalid(value: Value, hint: str | None = None) -> Wrong:
    """The error for what is no condition."""
    return Wrong(f'Invalid condition "{value}"', code="invalid-condition", hint=hint)


def named(name: str, scope: Scope) -> bool | Unknown:
    """Whether the condition of this name holds."""
    if name not in scope.conditions:
        raise invalid(name, near(name, list(scope.conditions)))
    return scope.conditions[name]


def if_form(name: str, *, two: bool) -> Callable[[Node], None]:
    """[condition, value if true, value if false]."""

    def form(node: Node) -> None:
        size = len(node.items) if isinstance(node, Sequence) else 0
        if size != 3 and not (two and size == 2):
            raise Wrong(
                f'The arguments of "{name}" must be of the form: '
                "[condition_name, value_if_true, value_if_false]"
            )

    return form


def chosen(argument: Node, scope: Scope) -> list[Node]:
    """The branches that matter: one, or both while the condition is not known."""
    assert isinstance(argument, Sequence)
    condition, *branches = argument.items
    if isinstance(condition, Literal) and condition.value is None:
        holds: bool | Unknown = True
    else:
        holds = truth(condition, scope)
    if isinstance(holds, Unknown):
        return branches
    return branches[:1] if holds else branches[1:2]


def choose(argument: Node, scope: Scope) -> Value:
    """One of two values, or nothing."""
    assert isinstance(argument, Sequence)
    found = chosen(argument, scope)
    if (
        len(found) == 1
        and len(argument.items) == 2
        and isinstance(truth(argument.items[0], scope), Unknown)
    ):
        return Unknown("if")
    if len(found) > 1:
        return Unknown("if")
    return evaluate(found[0], scope) if found else GONE


def equals_form(name: str) -> Callable[[Node], None]:
    """[value_1, value_2]."""

    def form(node: Node) -> None:
        if not isinstance(node, Sequence) or len(node.items) != 2:
            raise Wrong(f'The arguments of "{name}" must be of the form: [value_1, value_2]')

    return form


def equals(argument: Value, _scope: Scope) -> Value:
    """Whether both are the same, as the language compares."""
    return bool(argument[0] == argument[1])


def several_form(name: str) -> Callable[[Node], None]:
    """A list of at least two conditions."""

    def form(node: Node) -> None:
        if not isinstance(node, Sequence) or len(node.items) < 2:
            raise Wrong(
                f'The arguments of "{name}" must be of the form: [condition_1, condition_2, ...], '
                "with at least two conditions"
            )

    return form


def every(*, wanted: bool) -> Callable[[Node, Scope], Value]:
    """`and` (wanted True) and `or` (wanted False): as many operands as it takes to decide."""

    def run(argument: Node, scope: Scope) -> Value:
        assert isinstance(argument, Sequence)
        result: bool | Unknown = wanted
        for item in argument.items:
            found = truth(item, scope)
            if isinstance(found, Unknown):
                result = found
            elif found is not wanted:
                return found
        return result

    return run


def not_hot_form(node: Node) -> None:
    """A condition."""
    if isinstance(node, Mapping) or (
        isinstance(node, Literal) and not node.value and node.value is not False
    ):
        raise Wrong('The argument of "not" must be of the form: condition')


def negated(argument: Node, scope: Scope) -> Value:
    """The opposite."""
    found = truth(argument, scope)
    return found if isinstance(found, Unknown) else not found


def not_list_form(node: Node) -> None:
    """[condition]."""
    if not isinstance(node, Sequence) or len(node.items) != 1:
        raise Wrong('The argument of "Fn::Not" must be of the form: [condition]')


def negated_one(argument: Node, scope: Scope) -> Value:
    """The opposite of the one in the list."""
    assert isinstance(argument, Sequence)
    return negated(argument.items[0], scope)


def misplaced(name: str) -> Function:
    """A function that is known, but has no place here."""

    def form(_node: Node) -> None:
        raise Wrong(f'The function "{name}" is invalid in this context', code="misplaced-function")

    return Function(name, lambda _argument, _scope: None, form, lazy=True, refused=True)


INSTEAD = {
    "Ref": "get_param or get_resource",
    "Fn::GetAtt": "get_attr",
    "Fn::Join": "list_join",
    "Fn::Split": "str_split",
    "Fn::Replace": "str_replace",
    "Fn::If": "if",
    "Fn::Sub": "str_replace",
    "Fn::Select": "get_param or get_attr with the index behind the name",
    "Fn::Base64": "the text itself",
    "Fn::FindInMap": "get_param on a parameter of type json",
    "Fn::ImportValue": "a parameter",
}
"""What does in HOT what Amazon's functions do."""


def unsupported(name: str, dialect: str = "HOT") -> Function:
    """A function that this version refuses."""

    def form(_node: Node) -> None:
        raise Wrong(
            f"The function {name} is not supported in this version of {dialect}.",
            code="unsupported-function",
            kind="InvalidTemplateVersion",
            hint=f"in HOT it is {INSTEAD[name]}" if dialect == "HOT" and name in INSTEAD else None,
        )

    return Function(name, lambda _argument, _scope: None, form, lazy=True, refused=True)


IF = Function("if", choose, if_form("if", two=False), lazy=True, choose=chosen)
IF_TWO = Function("if", choose, if_form("if", two=True), lazy=True, choose=chosen)
EQUALS = Function("equals", equals, equals_form("equals"))
NOT = Function("not", negated, not_hot_form, lazy=True)
AND = Function("and", every(wanted=True), several_form("and"), lazy=True)
OR = Function("or", every(wanted=False), several_form("or"), lazy=True)
FN_IF = Function("Fn::If", choose, if_form("Fn::If", two=False), lazy=True, choose=chosen)
FN_EQUALS = Function("Fn::Equals", equals, equals_form("Fn::Equals"))
FN_NOT = Function("Fn::Not", negated_one, not_list_form, lazy=True)
FN_AND = Function("Fn::And", every(wanted=True), several_form("Fn::And"), lazy=True)
FN_OR = Function("Fn::Or", every(wanted=False), several_form("Fn::Or"), lazy=True)
