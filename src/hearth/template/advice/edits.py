"""Changing a text by places, comments and all else left as they are."""

import re
from collections.abc import Iterable, Sequence

from hearth.base import Span
from hearth.template.advice.rule import Edit
from hearth.template.nodes import Mapping, Place


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; of two that touch the first one is made."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def index(line: int, column: int) -> int:
        return min(starts[min(line, len(starts)) - 1] + column - 1, len(text))

    done: list[str] = []
    end = 0
    for one in sorted(edits, key=lambda edit: (edit.at.line, edit.at.column)):
        start = index(one.at.line, one.at.column)
        if start >= end:
            done += [text[end:start], one.text]
            end = index(one.at.end_line, one.at.end_column)
    return "".join([*done, text[end:]])


def explained(edit: Edit, lines: Sequence[str]) -> bool:
    """Whether a comment belongs to what an edit takes away: inside it, or right above it.

    What only looks like a comment, in a text, is taken for one: then nothing is changed.
    """
    at = edit.at
    taken = list(lines[at.line - 1 : at.end_line])
    if at.end_line <= len(lines):
        taken[-1] = taken[-1][: at.end_column - 1]
    before = taken[0][: at.column - 1]
    taken[0] = taken[0][at.column - 1 :]
    above = lines[at.line - 2] if at.line > 1 and not edit.text and not before.strip(" -") else ""
    return above.lstrip().startswith("#") or any(map(_COMMENT.search, taken))


_COMMENT = re.compile(r"(?:^|\s)#")


def without(section: Mapping, key: str, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The edit that takes an entry out of a map whose entries have lines of their own."""
    begin = section.keys[key]
    value = section.entries[key].place
    others = [place for name, place in section.keys.items() if name != key]
    last = _last(value, begin)
    shared = any(begin[1] <= place[1] <= last for place in others)
    flow = lines[section.place[1]][section.place[2] :][:1] == "{"
    followed = not flow or lines[last].rstrip().endswith(",")
    if not others or shared or not followed or lines[begin[1]][: begin[2]].strip():
        return ()
    return (Edit(Span(begin[0], begin[1] + 1, 1, last + 2, 1), ""),)


def _last(value: Place, begin: Place) -> int:
    """The last line of a value; what ends at the start of a line ends in the one before."""
    last = value[3] - 1 if value[4] == 0 else value[3]
    return max(last, begin[1])
