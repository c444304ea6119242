"""Checking a parameter's value against its constraints."""

from collections.abc import Callable

from hearth.base import Value
from hearth.schema import Allowed, Constraint, Custom, Pattern, fully_matches
from hearth.template.model import ParameterDef
from hearth.template.typed import Untypable, typed

CustomCheck = Callable[[str, Value], str | None]
Matches = Callable[[str, str], bool]


def check(
    parameter: ParameterDef,
    value: Value,
    custom: CustomCheck | None,
    matches: Matches = fully_matches,
) -> str | None:
    """What is wrong with a value of the parameter's type; the first constraint's words."""
    for one in parameter.constraints:
        wrong = _against(one, parameter.type, value, custom, matches)
        if wrong:
            return one.description or wrong
    return None


def _against(
    one: Constraint,
    kind: str,
    value: Value,
    custom: CustomCheck | None,
    matches: Matches,
) -> str | None:
    match one:
        case Custom():
            return one.problem(value, custom)
        case Pattern():
            return one.problem(value, matches)
        case Allowed():
            return one.problem(value) if not _allowed(one, kind, value) else None
        case _:
            return one.problem(value)


def _allowed(one: Allowed, kind: str, value: Value) -> bool:
    """Whether it is among the values, these read as the parameter's type."""
    if kind == "CommaDelimitedList":
        return all(item in map(str, one.values) for item in value)
    for candidate in one.values:
        try:
            if typed(kind, candidate) == value:
                return True
        except Untypable:
            continue
    return False
