"""A request as a value, and the checks that reading it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hearth.api.heat.faults import BadRequest
from hearth.identity import Caller

LARGEST = 2**63 - 1
"""The largest number that a database compares with."""

LARGEST_STORED = 2**31 - 1
"""The largest number that a column keeps."""

_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Ask:
    """What a responder is given.

    path: what the route's placeholders matched. query: name → all its values, in order.
    query_text: the query as it came. body: the JSON object that was sent, None without one;
    where the route is free, any JSON.
    root: `http://host/v1`, where links begin.
    """

    caller: Caller
    root: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    query_text: str = ""
    body: Any = None

    @property
    def base(self) -> str:
        """`http://host/v1/<project>`."""
        return f"{self.root}/{self.caller.project_id}"

    def url(self, *parts: str) -> str:
        """An address below the project."""
        return "/".join([self.base, *(quote(part, safe="") for part in parts)])

    def one(self, name: str) -> str | None:
        """The last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else None

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a query parameter."""
        return tuple(self.query.get(name, ()))

    def listed(self, name: str) -> tuple[str, ...]:
        """The items of a query parameter that is a list with commas."""
        return tuple(item for value in self.many(name) for item in value.split(",") if item)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A query parameter that is true or false."""
        value = self.one(name)
        return default if value is None else boolean(name, value)

    def number(self, name: str) -> int | None:
        """A query parameter that is a whole number, not negative, and fits into 64 bits."""
        value = self.one(name)
        return None if value is None else whole(name, value, most=LARGEST)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """A query parameter that is one of a few words."""
        value = self.one(name)
        if value is not None and value not in allowed:
            words = ", ".join(allowed)
            raise BadRequest(f'"{value}" for "{name}" is not one of: {words}.')
        return value

    def given(self) -> dict[str, Any]:
        """The body, where there must be one."""
        if self.body is None:
            raise BadRequest("The request needs a body that is a JSON object.")
        body: dict[str, Any] = self.body
        return body


def text(name: str, value: Any) -> str | None:
    """A text, or nothing."""
    if value is not None and not isinstance(value, str):
        raise BadRequest(f'"{name}" must be a text.')
    return value


def boolean(name: str, value: Any) -> bool:
    """True or false, in any case of letters, as text or as JSON."""
    match str(value).lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise BadRequest(
                f'Unrecognized value "{value}" for "{name}", acceptable values are: true, false.'
            )


def whole(name: str, value: Any, most: int = LARGEST_STORED) -> int:
    """A whole number from 0 to the most that there is room for, as text or as JSON."""
    text = "" if isinstance(value, (bool, float)) else str(value).strip()
    if not text.isdecimal():
        raise BadRequest(f'"{value}" for "{name}" is not a whole number of 0 or more.')
    # By its length first: the interpreter does not read a number of thousands of digits.
    if len(text) > _DIGITS or int(text) > most:
        raise BadRequest(f'"{name}" is too large: it can be {most} at most.')
    return int(text)
