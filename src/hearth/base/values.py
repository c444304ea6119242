"""Values as evaluation sees them: JSON, plus what is not known yet and what must not be shown."""

from dataclasses import dataclass
from typing import Any

Value = Any
"""None, bool, int, float, str, list, dict with string keys, Unknown, or Secret; nested freely."""

MASK = "******"
KNOWN_AFTER = "(known after apply)"


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
