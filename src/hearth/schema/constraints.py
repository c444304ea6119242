"""What a value may be, beyond its kind. Shared by parameters and properties.

A constraint says what is wrong with a value, as a sentence, or None. Regular expressions that
users wrote are matched through a function argument, so that the shell can bound them.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hearth.base import Value, hashable
from hearth.schema.scalars import NotThis, number

Matches = Callable[[str, str], bool]
"""Whether a regular expression matches a whole text; raises Unmatched if that was not found out."""


class Unmatched(Exception):
    """Matching was given up; the text says why."""


@dataclass(frozen=True, slots=True)
class Against:
    """What was answered against a value.

    words: as clients know it. sentence: the same for people, where that says more. hint: what
    was perhaps meant.
    """

    words: str
    sentence: str = ""
    hint: str | None = None


Custom_ = Callable[[str, Value], "Against | str | None"]
"""What a named custom constraint has against a value; None if nothing."""


def fully_matches(pattern: str, text: str) -> bool:
    """Whether the expression, matched from the start, consumes the whole text."""
    match = re.match(pattern, text)
    return match is not None and match.end() == len(text)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is, or how many entries a list or map has."""

    min: float | None = None
    max: float | None = None
    description: str | None = None

    def problem(self, value: Value) -> str | None:
        """What is wrong with it."""
        if not isinstance(value, str | list | dict):
            return None
        size = len(value)
        if _between(size, self.min, self.max):
            return None
        return f"length ({size}) is out of range (min: {self.min}, max: {self.max})"

    def document(self) -> dict[str, Any]:
        """As the REST API answers it."""
        return {"length": _bounds(self.min, self.max)}


@dataclass(frozen=True, slots=True)
class Range:
    """How large a number is."""

    min: float | None = None
    max: float | None = None
    description: str | None = None

    def problem(self, value: Value) -> str | None:
        """What is wrong with it."""
        try:
            amount = number(value) if isinstance(value, str) else value
        except NotThis as wrong:
            return str(wrong)
        if not isinstance(amount, int | float) or _between(amount, self.min, self.max):
            return None
        return f"{value} is out of range (min: {self.min}, max: {self.max})"

    def document(self) -> dict[str, Any]:
        """As the REST API answers it."""
        return {"range": _bounds(self.min, self.max)}


@dataclass(frozen=True, slots=True)
class Modulo:
    """A number is an offset plus a multiple of a step."""

    step: float
    offset: float = 0
    description: str | None = None

    def problem(self, value: Value) -> str | None:
        """What is wrong with it."""
        try:
            amount = number(value) if isinstance(value, str) else value
            if not isinstance(amount, int | float) or amount % self.step == self.offset:
                return None
        except NotThis as wrong:
            return str(wrong)
        except OverflowError:
            return f"{value} is too large"
        return f"{value} is not a multiple of {self.step} with an offset of {self.offset}"

    def document(self) -> dict[str, Any]:
        """As the REST API answers it."""
        return {"modulo": {"step": self.step, "offset": self.offset}}


@dataclass(frozen=True, slots=True)
class Allowed:
    """A value, or each entry of a list, is one of these."""

    values: tuple[Value, ...]
    description: str | None = None

    def problem(self, value: Value) -> str | None:
        """What is wrong with it."""
        given = value if isinstance(value, list) else [value]
        # In the language `1 == True` and `1 == 1.0`, and so they are here.
        allowed = set(map(hashable, self.values))
        if all(hashable(item) in allowed for item in given):
            return None
        return self.refusal(value)

    def refusal(self, value: Value) -> str:
        """That a value is none of these."""
        shown = json.dumps(value) if isinstance(value, list) else value
        return f'"{shown}" is not an allowed value {json.dumps(list(self.values))}'

    def document(self) -> dict[str, Any]:
        """As the REST API answers it."""
        return {"allowed_values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text matches a regular expression as a whole."""

    regex: str
    description: str | None = None

    def problem(self, value: Value, matches: Matches = fully_matches) -> str | None:
        """What is wrong with it."""
        try:
            if not isinstance(value, str) or matches(self.regex, value):
                return None
        except Unmatched as wrong:
            return f'"{value}" cannot be matched with the pattern "{self.regex}": {wrong}'
        return f'"{value}" does not match pattern "{self.regex}"'

    def document(self) -> dict[str, Any]:
        """As the REST API answers it."""
        return {"allowed_pattern": self.regex}


@dataclass(frozen=True, slots=True)
class Custom:
    """A check by name, answered from outside: an address, or something that a service knows."""

    name: str
    description: str | None = None

    def problem(self, value: Value, custom: Custom_ | None = None) -> str | None:
        """What is wrong with it, as far as the answers were gathered."""
        found = self.against(value, custom)
        return found.words if found is not None else None

    def against(self, value: Value, custom: Custom_ | None) -> Against | None:
        """The same with all that was answered; of several values, the first wrong one's."""
        if custom is None:
            return None
        for one in value if isinstance(value, list) else [value]:
            found = custom(self.name, one)
            if found:
                return found if isinstance(found, Against) else Against(found)
        return None

    def document(self) -> dict[str, Any]:
        """As the REST API answers it."""
        return {"custom_constraint": self.name}


Constraint = Length | Range | Modulo | Allowed | Pattern | Custom


def _between(size: float, low: float | None, high: float | None) -> bool:
    # What is no number at all is neither below nor above.
    return not ((low is not None and size < low) or (high is not None and size > high))


def _bounds(low: float | None, high: float | None) -> dict[str, float]:
    return {key: bound for key, bound in (("min", low), ("max", high)) if bound is not None}
