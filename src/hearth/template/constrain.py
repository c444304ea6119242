"""Checking a parameter's value against its constraints."""

from dataclasses import replace

from hearth.base import Value
from hearth.schema import Against, Allowed, Constraint, Custom, Matches, Pattern, fully_matches
from hearth.schema.constraints import Custom_
from hearth.template.model import ParameterDef
from hearth.template.typed import Untypable, typed


def check(
    parameter: ParameterDef,
    value: Value,
    custom: Custom_ | None,
    matches: Matches = fully_matches,
) -> Against | None:
    """What is wrong with a value of the parameter's type; the first constraint's words."""
    for one in parameter.constraints:
        wrong = _against(one, parameter.type, value, custom, matches)
        if wrong:
            found = wrong if isinstance(wrong, Against) else Against(wrong)
            return replace(found, words=one.description, sentence="") if one.description else found
    return None


def _against(
    one: Constraint,
    kind: str,
    value: Value,
    custom: Custom_ | None,
    matches: Matches,
) -> Against | str | None:
    match one:
        case Custom():
            return one.against(value, custom)
        case Pattern():
            return one.problem(value, matches)
        case Allowed():
            return one.problem(value) if not _allowed(one, kind, value) else None
        case _:
            return one.problem(value)


def _allowed(one: Allowed, kind: str, value: Value) -> bool:
    """Whether it is among the values, these read as the parameter's type."""
    if kind == "CommaDelimitedList":
        return set(value) <= set(map(str, one.values))
    for candidate in one.values:
        try:
            if typed(kind, candidate) == value:
                return True
        except Untypable:
            continue
    return False
