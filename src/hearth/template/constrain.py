"""Checking a parameter's value against its constraints."""

from dataclasses import replace

from hearth.base import Value, hashable
from hearth.schema import (
    Against,
    Allowed,
    Constraint,
    Custom,
    Length,
    Matches,
    Pattern,
    fully_matches,
)
from hearth.schema.constraints import Custom_
from hearth.template.model import ParameterDef
from hearth.template.typed import Untypable, typed

QUOTE = "put it in quotes"


class Inapplicable(Exception):
    """A constraint asks for what a value does not have: the length of a number."""


def check(
    parameter: ParameterDef,
    value: Value,
    custom: Custom_ | None,
    matches: Matches = fully_matches,
) -> Against | None:
    """What is wrong with a parameter's value; the first constraint's words.

    value: lists and maps as read, all else as it was given: a number that was given for a text
    has no length, and matches no pattern. Raises Inapplicable.
    """
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
        case Custom() if kind == "String" and isinstance(value, list | dict):
            return one.against(str(value) if value else "", custom)
        case Custom():
            return one.against(value, custom)
        case Pattern() if not isinstance(value, str):
            raise Inapplicable(f"{value!r} is no text, which a pattern could match: {QUOTE}")
        case Pattern():
            return one.problem(value, matches)
        case Length() if not isinstance(value, str | list | dict):
            raise Inapplicable(f"{value!r} is no text, and has no length: {QUOTE}")
        case Allowed():
            return one.refusal(value) if not _allowed(one, kind, value) else None
        case _:
            return one.problem(value)


def _allowed(one: Allowed, kind: str, value: Value) -> bool:
    """Whether it is among the values, these read as the parameter's type; of a list, each is."""
    if isinstance(value, list):
        return set(map(hashable, value)) <= set(map(hashable, one.values))
    value = typed(kind, value)
    for candidate in one.values:
        try:
            if typed(kind, candidate) == value:
                return True
        except Untypable:
            continue
    return False
