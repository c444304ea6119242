"""Values as evaluation sees them: JSON, plus what is not known yet and what must not be shown."""

from dataclasses import dataclass
from typing import Any

Value = Any
"""None, bool, int, float, str, list, dict with string keys, Unknown, or Secret; nested freely."""

MASK = "******"
KNOWN_AFTER = "(known after apply)"


DEEPEST = 120
"""Levels of maps and lists inside one another: more than people write, fewer than calls go deep."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that exists only after a creation; `source` says which, e.g. `server.id`."""

    source: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value derived from a hidden parameter or a secret attribute. Never nested in another."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(******)"


def unknown_in(value: Value) -> bool:
    """Whether anything inside is not known yet."""
    match value:
        case Unknown():
            return True
        case Secret():
            return unknown_in(value.value)
        case dict():
            return any(unknown_in(item) for item in value.values())
        case list() | tuple():
            return any(unknown_in(item) for item in value)
        case _:
            return False


def secret_in(value: Value) -> bool:
    """Whether anything inside is secret."""
    match value:
        case Secret():
            return True
        case dict():
            return any(secret_in(item) for item in value.values())
        case list() | tuple():
            return any(secret_in(item) for item in value)
        case _:
            return False


def plain(value: Value) -> Value:
    """The value with its secrets laid open: for a cloud's request body, never for people."""
    match value:
        case Secret():
            return plain(value.value)
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


def masked(value: Value) -> Value:
    """The value as people may see it: secrets masked, unknowns as words."""
    match value:
        case Secret():
            return MASK
        case Unknown():
            return KNOWN_AFTER
        case dict():
            return {key: masked(item) for key, item in value.items()}
        case list() | tuple():
            return [masked(item) for item in value]
        case _:
            return value


def too_deep(value: Value) -> bool:
    """Whether maps and lists are nested deeper than whoever walks them may go."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            return True
        inside: list[Value] = []
        for one in level:
            if isinstance(one, dict):
                inside += one.values()
            elif isinstance(one, list | tuple):
                inside += one
        level = inside
    return False


def hashable(value: Value) -> Any:
    """What is equal exactly where the values are, and can be looked up."""
    match value:
        case dict():
            return "map", frozenset((key, hashable(item)) for key, item in value.items())
        case list() | tuple():
            return "list", tuple(map(hashable, value))
        case Secret():
            return "secret", hashable(value.value)
        case _:
            return value
