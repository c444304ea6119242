"""What is hidden stays hidden when it comes back: a cloud's answer echoes what it was told."""

import json
import re
from collections.abc import Iterator

from hearth.base.values import MASK, Secret, Unknown, Value, plain

TELLING = 4
"""A shorter text is hidden only where it is all that is said: it stands in many by chance."""


def hidden_in(value: Value) -> frozenset[str]:
    """Every text and number that stands inside a secret, as texts."""
    return frozenset(_hidden(value, inside=False))


def _hidden(value: Value, *, inside: bool) -> Iterator[str]:
    match value:
        case Secret():
            yield from _hidden(value.value, inside=True)
        case dict():
            for item in value.values():
                yield from _hidden(item, inside=inside)
        case list() | tuple():
            for item in value:
                yield from _hidden(item, inside=inside)
        case str() | int() | float() if inside and not isinstance(value, bool) and value != "":
            yield str(value)


def closed(value: Value, hidden: frozenset[str]) -> Value:
    """The value with all that tells of something hidden marked as a secret, as far in as it is."""
    if not hidden:
        return value
    match value:
        case Secret() | Unknown() | bool():
            return value
        case dict():
            if any(_tells(str(key), hidden) for key in value):
                return Secret(plain(value))
            return {key: closed(item, hidden) for key, item in value.items()}
        case list() | tuple():
            return [closed(item, hidden) for item in value]
        case str():
            return Secret(value) if _tells(value, hidden) else value
        case int() | float():
            return Secret(value) if str(value) in hidden else value
        case _:
            return value


def covered(text: str, hidden: frozenset[str]) -> str:
    """The text with all that is hidden put out of sight, for sentences in which it may stand."""
    # The longest first: one hidden text may be part of another.
    for one in sorted(hidden, key=len, reverse=True):
        if len(one) >= TELLING or text == one:
            text = text.replace(one, MASK)
    return text


def _tells(text: str, hidden: frozenset[str]) -> bool:
    return text in hidden or any(len(one) >= TELLING and one in text for one in hidden)


def hushed(words: str, *values: Value) -> str:
    """A sentence about values in which nothing stands that is secret in them, however it is spelt.

    Values are quoted in many ways: as they were given, read as their type, in small letters, one
    entry of several. A short one is looked for as a word, or it would be found everywhere.
    """
    spelt = {one for value in values for text in _texts(value, inside=False) for one in _ways(text)}
    for one in sorted(spelt, key=lambda text: (-len(text), text)):
        if one.lower() not in words.lower():
            continue  # of a long value hardly a piece is ever quoted
        exact = re.escape(one)
        edges = exact if len(one) >= TELLING else rf"(?<!\w){exact}(?!\w)"
        words = re.sub(edges, MASK, words, flags=re.IGNORECASE)
    return words


def _texts(value: Value, *, inside: bool) -> Iterator[str]:
    """What stands inside a secret, keys too."""
    match value:
        case Secret():
            yield from _texts(value.value, inside=True)
        case dict():
            for key, item in value.items():
                if inside:
                    yield str(key)
                yield from _texts(item, inside=inside)
        case list() | tuple():
            for item in value:
                yield from _texts(item, inside=inside)
        case str() | int() | float() if inside:
            yield str(value)


def _ways(text: str) -> Iterator[str]:
    """How a text may be quoted."""
    for part in (text, text.strip(), *(one.strip() for one in text.split(","))):
        yield from (one for one in (part, repr(part)[1:-1], json.dumps(part)[1:-1]) if one)
