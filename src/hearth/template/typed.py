"""Turning what was given for a parameter into what its type promises."""

import json

from hearth.base import DEEPEST, Value, too_deep
from hearth.schema.scalars import NotThis, number

TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})
FALSE = frozenset({"0", "f", "false", "off", "n", "no"})


class Untypable(Exception):
    """The value is not of the parameter's type; the text says why. said: the same for people."""

    def __init__(self, words: str, said: str = "") -> None:
        super().__init__(words)
        self.said = said or words


def typed(kind: str, given: Value) -> Value:
    """The value as the parameter's type; raises Untypable."""
    match kind:
        case "String":
            return given if isinstance(given, str) else str(given)
        case "Number":
            return _number(given)
        case "Boolean":
            return _boolean(given)
        case "Json":
            return _json(given)
        case _:
            return _list(given)


def _number(given: Value) -> Value:
    try:
        return number(given)
    except NotThis as wrong:
        raise Untypable(str(wrong), f"{_quoted(given)} is not a number") from None


def _boolean(given: Value) -> bool:
    word = str(given).strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    words = ", ".join(f"'{one}'" for one in sorted(TRUE | FALSE))
    told = f"acceptable values are: {words}"
    raise Untypable(
        f"Unrecognized value '{given}', {told}", f"{_quoted(given)} is not true or false; {told}"
    )


def _json(given: Value) -> Value:
    if isinstance(given, str) and given:
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as wrong:
            raise Untypable(f"Value must be valid JSON: {wrong}") from None
    if too_deep(given):
        raise Untypable(f"Value must be valid JSON: more than {DEEPEST} levels deep")
    return given


def _list(given: Value) -> list[str]:
    if isinstance(given, list | tuple):
        return [item if isinstance(item, str) else str(item) for item in given]
    if not isinstance(given, str):
        kind = type(given).__name__
        raise Untypable(
            f"Value must be a comma-delimited list string, not {kind!r}",
            f"{_quoted(given)} is no list, and no text with commas",
        )
    return given.split(",") if given else []


def _quoted(given: Value) -> str:
    """A value as it is written in JSON."""
    return json.dumps(given, ensure_ascii=False, default=str)


def shown(kind: str, value: Value) -> str:
    """A parameter's value as the API shows it."""
    match kind:
        case "Json":
            return json.dumps(value)
        case "CommaDelimitedList" if isinstance(value, list):
            return ",".join(value)
        case _:
            return str(value)
