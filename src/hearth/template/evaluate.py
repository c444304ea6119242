"""Carrying out a template's calls. Pure: all that is outside comes through the Scope."""

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Problem, Report, Secret, Severity, Unknown, Value, plain
from hearth.schema import Matches, fully_matches
from hearth.template.budget import ITEM, Budget, characters, entries
from hearth.template.nodes import Call, Function, Literal, Mapping, Node, Sequence, Wrong

GONE: Any = type("Gone", (), {"__repr__": lambda _: "GONE"})()
"""What `if` gives where there is nothing for the case: the entry around it vanishes."""


LONG = 1000
"""So many characters of a longer sentence are told from its beginning, and from its end."""
WRITTEN = 8
"""What a character of an output costs, to write and to send."""
UNQUOTED = "it does not work with what it is given, which is secret"


def no_reference(name: str) -> Value:
    """The reference of a resource that is not there yet."""
    return Unknown(name)


def no_attribute(name: str, path: tuple[Value, ...]) -> Value:
    """An attribute of a resource that is not there yet."""
    return Unknown(".".join(str(step) for step in (name, *path)))


def no_expressions(expression: str, data: Value) -> Value:
    """Where nobody evaluates expressions, their results are not known."""
    return Unknown(f"yaql {expression} of {type(data).__name__}")


def no_syntax(_expression: str) -> str | None:
    """Where nobody reads expressions, nothing is wrong with them."""
    return None


@dataclass(frozen=True, slots=True)
class Facade:
    """What a nested template may know of the resource that it is."""

    metadata: Value = None
    deletion_policy: Value = None
    update_policy: Value = None


@dataclass(slots=True)
class Scope:
    """All that an evaluation may use. Problems are added to its report.

    parameters: name → value. conditions: name → bool, or Unknown. files: name → content.
    resources: names that may be referred to; None if all may.
    references: get_resource; attributes: get_attr with its path; expressions: yaql.
    syntax: what is wrong with an expression as it is written. matches: users' patterns.
    zones: the compute zones, gathered beforehand. mappings: of the CFN dialect.
    path: where in the template this stands, for problems.
    work: what all functions together may still do; scopes made of one another share it.
    """

    parameters: MappingOf[str, Value] = field(default_factory=dict)
    conditions: MappingOf[str, bool | Unknown] = field(default_factory=dict)
    files: MappingOf[str, str] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    references: Callable[[str], Value] = no_reference
    attributes: Callable[[str, tuple[Value, ...]], Value] = no_attribute
    expressions: Callable[[str, Value], Value] = no_expressions
    syntax: Callable[[str], str | None] = no_syntax
    matches: Matches = fully_matches
    facade: Facade | None = None
    resources: frozenset[str] | None = None
    zones: tuple[str, ...] = ("nova",)
    mappings: MappingOf[str, Value] = field(default_factory=dict)
    path: str = ""
    budget: Budget = field(default_factory=Budget)
    severity: Severity = Severity.ERROR


def evaluate(node: Node | None, scope: Scope) -> Value:
    """The value of a node. What cannot be computed is reported, and Unknown."""
    found = _value(node, scope)
    return None if found is GONE else found


def given(node: Node, scope: Scope) -> Value:
    """The value of a node that is written out in full, as an output is: that costs as well."""
    found = evaluate(node, scope)
    try:
        scope.budget.spend(0, "value")
        scope.budget.spend(characters(found) * WRITTEN, "value")
    except Wrong as wrong:
        scope.report.add(problem(wrong, node, scope))
        return Unknown("too much")
    return found


def _value(node: Node | None, scope: Scope) -> Value:
    kind = type(node)
    if kind is Literal:
        return node.value  # type: ignore[union-attr]
    if kind is Mapping:
        return _map(node, scope)  # type: ignore[arg-type]
    if kind is Sequence:
        found = [_value(item, scope) for item in node.items]  # type: ignore[union-attr]
        return [item for item in found if item is not GONE]
    if kind is Call:
        return called(node, scope)  # type: ignore[arg-type]
    return None


def _map(node: Mapping, scope: Scope) -> dict[str, Value]:
    done: dict[str, Value] = {}
    for key, item in node.entries.items():
        found = _value(item, scope)
        if found is not GONE:
            done[key] = found
    return done


def called(call: Call, scope: Scope) -> Value:
    """The result of a call; a failure is one problem, at the call, however deep it stands."""
    function = call.function
    try:
        if scope.budget.left < 0:
            scope.budget.spend(0, function.name)
        if function.form is not None:
            function.form(call.argument)
        if function.lazy:
            return function.run(call.argument, scope)
        argument = _argument(call, scope)
        if type(argument) is list or type(argument) is dict:
            scope.budget.spend(entries(argument) * (ITEM + function.weight), function.name)
        if function.opaque:
            return function.run(argument, scope)
        unknown, secret = marks(argument)
        if unknown is not None:
            return unknown
        if secret:
            return _closed(_run_hidden(function, argument, scope))
        return function.run(argument, scope)
    except Wrong as wrong:
        scope.budget.left -= len(wrong.sentence)
        scope.report.add(problem(wrong, call, scope))
        return Unknown(f"{function.name} failed")


def _argument(call: Call, scope: Scope) -> Value:
    """What a function is given."""
    node = _looked_at(call)
    if call.function.apart and isinstance(node, Sequence):
        return [evaluate(item, scope) for item in node.items]
    if call.function.apart and isinstance(node, Mapping):
        return {key: evaluate(item, scope) for key, item in node.entries.items()}
    return evaluate(node, scope)


def _looked_at(call: Call) -> Node:
    """The argument, without what the function does not look at."""
    node = call.argument
    takes = call.function.takes
    if not takes or not isinstance(node, Mapping) or all(key in takes for key in node.entries):
        return node
    return Mapping({key: node.entries[key] for key in takes if key in node.entries}, node.place)


def _run_hidden(function: Function, argument: Value, scope: Scope) -> Value:
    """The result of a function that is given a secret: its complaints would quote it."""
    try:
        return function.run(plain(argument), scope)
    except Wrong as wrong:
        raise Wrong(f'"{function.name}": {UNQUOTED}', code=wrong.code, kind=wrong.kind) from None


def problem(wrong: Wrong, node: Node, scope: Scope) -> Problem:
    """What went wrong, where."""
    return Problem(
        code=wrong.code,
        sentence=shortened(wrong.said or wrong.sentence),
        upstream=shortened(wrong.sentence) if wrong.said else None,
        span=node.span,
        path=scope.path,
        kind=wrong.kind,
        hint=wrong.hint,
        severity=scope.severity,
    )


def shortened(sentence: str) -> str:
    """A sentence that may quote what the user gave, without the middle of what is long."""
    left_out = len(sentence) - 2 * LONG
    if left_out <= 0:
        return sentence
    return f"{sentence[:LONG]} … ({left_out} characters) … {sentence[-LONG:]}"


def marks(value: Value) -> tuple[Unknown | None, bool]:
    """The first Unknown inside, and whether a Secret is inside, in one walk."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return None, False
    if kind is Unknown:
        return value, False
    if kind is Secret:
        return marks(value.value)[0], True
    if kind is list:
        return _marks_of(value)
    if kind is dict:
        return _marks_of(list(value.values()))
    return None, False


def _marks_of(values: list[Value]) -> tuple[Unknown | None, bool]:
    secret = False
    for item in values:
        unknown, hidden = marks(item)
        if unknown is not None:
            return unknown, False
        secret = secret or hidden
    return None, secret


def _closed(value: Value) -> Value:
    return value if isinstance(value, Unknown | Secret) else Secret(value)


def walked(value: Value, path: tuple[Value, ...]) -> Value:
    """What stands at a path inside an attribute's value; null where there is nothing.

    Only an index is an index: the text "1" finds nothing in a list.
    """
    for index, step in enumerate(path):
        if isinstance(value, Secret):
            return _closed(walked(value.value, path[index:]))
        if isinstance(value, Unknown):
            return Unknown(f"{value.source}.{step}")
        if not isinstance(value, dict | list | str) or not isinstance(step, str | int):
            return None
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return value
