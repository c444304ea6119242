"""JSON as it is written: its tokens and where they stand, which `json.loads` does not tell.

    for token in tokens(text): ...

Rules: the text is one that `json.loads` reads, so nothing is checked a second time; no recursion.
"""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined] # the stubs leave it out
from typing import Any, NamedTuple

from hearth.base.values import too_deep

_BETWEEN = re.compile(r"[\s,:]*")
_COLON = re.compile(r"\s*:")
_BARE = re.compile(r"[^\s,\]}]+")
_BREAK = re.compile(r"\r\n|\r|\n")


class Token(NamedTuple):
    """A bracket, a key or a value. kind: the bracket, "key" or "value". end is exclusive."""

    kind: str
    value: Any
    start: int
    end: int


def loaded(text: str) -> Any:
    """What a text says that is JSON, and no deeper than anything may be; None for another one."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if too_deep(data) else data


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text that is JSON, in their order."""
    at = _behind(_BETWEEN, text, 0)
    while at < len(text):
        sign = text[at]
        if sign in "{}[]":
            yield Token(sign, None, at, at + 1)
            end = at + 1
        elif sign == '"':
            value, end = scanstring(text, at + 1)
            yield Token("key" if _COLON.match(text, end) else "value", value, at, end)
        else:
            end = _behind(_BARE, text, at)
            yield Token("value", json.loads(text[at:end]), at, end)
        at = _behind(_BETWEEN, text, end)


def line_starts(text: str) -> list[int]:
    """Where the lines of a text begin, as JSON and editors take them: YAML knows more breaks."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
