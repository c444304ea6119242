"""Help for who writes a template: what may come next, what a word means, where it is declared.

    known = Known(outline(lines), types)
    offers(lines, line, column, known)
    meaning(lines, line, column, known)

Rules: pure functions of lines and places, counting from 0; a text that cannot be parsed, as it is
while it is written, is understood as far as its lines go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth.template.editing.cursor import Cursor, cursor_at, token_at
from hearth.template.editing.knowing import Known, expected
from hearth.template.editing.notes import Note
from hearth.template.editing.outline import Declared, Outline, outline


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may come next. writing: whether it would be a key or a value."""

    name: str
    kind: str
    note: Note
    writing: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word is. column: where it begins in its line."""

    name: str
    kind: str
    note: Note
    column: int


def offers(lines: Sequence[str], line: int, column: int, known: Known) -> list[Offer]:
    """What may come next at a place, each once, the likeliest first."""
    cursor = cursor_at(lines, line, column)
    if cursor is None:
        return []
    found: dict[str, Offer] = {}
    for one in expected(cursor, known):
        if one.kind in _NAMES and cursor.writing == "key":
            continue  # a name that is declared here is its writer's own
        for name, note in one.notes.items():
            if not note.hidden:
                found.setdefault(name, Offer(name, one.kind, note, cursor.writing))
    return list(found.values())


_NAMES = frozenset({"parameter", "resource", "output", "condition"})


def meaning(lines: Sequence[str], line: int, column: int, known: Known) -> Meaning | None:
    """What the word at a place is."""
    token = token_at(lines, line, column)
    if token is None:
        return None
    cursor, start = token
    for one in expected(cursor, known):
        note = one.notes.get(cursor.word)
        if note is not None:
            return Meaning(cursor.word, one.kind, note, start)
    return None


SECTION_OF = {"parameter": "parameters", "resource": "resources", "condition": "conditions"}


def declaration(found: Meaning, known: Known) -> Declared | None:
    """Where what a word names is declared in the same text."""
    return known.outline.of(SECTION_OF.get(found.kind, "")).get(found.name)


__all__ = [
    "Cursor",
    "Declared",
    "Known",
    "Meaning",
    "Note",
    "Offer",
    "Outline",
    "cursor_at",
    "declaration",
    "meaning",
    "offers",
    "outline",
    "token_at",
]
