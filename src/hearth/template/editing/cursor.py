"""Where in a template somebody is writing, told from the lines alone.

A text that is being written is seldom one that can be parsed; so what is above and to the left
decides, by indentation, and brackets in the same value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Step = str | int
_ON = (",", "{", "[")
"""What a line ends with whose brackets go on below."""
FAR = 60
"""So many lines up a bracket that is still open is looked for."""

_KEY = r"""(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s"'\[\]{}#&*!|>%@`,-][^\n]*?)"""
_LINE = re.compile(rf"(?P<indent> *)(?P<dashes>(?:-(?: +|$))*)(?:(?P<key>{_KEY})\s*:(?=\s|$))?")
_WORD = re.compile(r"[\w:.$/-]*")
_BEFORE = re.compile(r"[\w:.$/-]*$")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place where something is written.

    path: the keys and indexes that lead there. writing: "key", "value", or "item" of a list that
    stands below, which may become a key. word: what is written so far. items: what stands before
    it in its list.
    """

    path: tuple[Step, ...]
    writing: str
    word: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block: its dashes' columns, its key, and what stands behind."""

    dashes: tuple[int, ...]
    column: int
    key: str | None
    rest: str


@dataclass(slots=True)
class _Frame:
    """A bracket that is open."""

    is_map: bool
    key: str | None = None
    items: list[str] = field(default_factory=list)


def line_of(text: str) -> Line:
    """A line taken apart."""
    found = _LINE.match(text)
    assert found is not None
    start = len(found["indent"])
    dashes = tuple(start + at for at, sign in enumerate(found["dashes"]) if sign == "-")
    column = start + len(found["dashes"])
    key = found["key"]
    return Line(dashes, column, unquoted(key) if key else None, text[found.end() :].strip())


def unquoted(text: str) -> str:
    """A word without its quotes."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def cursor_at(lines: Sequence[str], line: int, column: int) -> Cursor | None:
    """Where a place is, counting from 0; None in a comment or a text."""
    current = lines[line] if line < len(lines) else ""
    prefix = current[:column]
    if _commented(prefix):
        return None
    begin, joined = _opening(lines, line, prefix)
    here = line_of(joined if begin == line else lines[begin])
    above = _above(lines, begin, here)
    if above is None:
        return None
    path, items = above
    if begin != line:
        rest = joined[joined.index(lines[begin]) + _behind(lines[begin]) :]
        return _flowing((*path, *_own(here)), rest.lstrip())
    if here.key is not None:
        return _valued((*path, here.key), prefix[_behind(prefix) :].lstrip())
    word = prefix[here.column :]
    if word[:1] in {"{", "["}:
        return _flowing(path, word)
    return Cursor(path, "item" if here.dashes else "key", unquoted(word.strip()), items)


def token_at(lines: Sequence[str], line: int, column: int) -> tuple[Cursor, int] | None:
    """The place with the whole word that stands there, and the column where that begins."""
    current = lines[line] if line < len(lines) else ""
    after = _WORD.match(current, column)
    before = _BEFORE.search(current[:column])
    end = after.end() if after else column
    start = before.start() if before else column
    while end > start and current[end - 1] == ":":
        end -= 1
    found = cursor_at(lines, line, end)
    return (found, start) if found and end > start else None


def _own(here: Line) -> tuple[Step, ...]:
    return (here.key,) if here.key is not None else ()


def _behind(text: str) -> int:
    """Where the value of a line begins."""
    found = _LINE.match(text)
    return found.end() if found else 0


def _commented(prefix: str) -> bool:
    """Whether a comment has begun."""
    quote = ""
    for at, sign in enumerate(prefix):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#" and (at == 0 or prefix[at - 1] in " \t"):
            return True
    return False


def _opening(lines: Sequence[str], line: int, prefix: str) -> tuple[int, str]:
    """The line in which a value with brackets that are still open begins, and all since then."""
    joined = prefix
    best = (line, prefix)
    for at in range(line - 1, max(-1, line - 1 - FAR), -1):
        joined = f"{lines[at]}\n{joined}"
        start = lines[at][_behind(lines[at]) :].lstrip()
        if start[:1] in {"{", "["} and _frames(joined[_behind(joined) :].lstrip())[0]:
            best = (at, joined)
        above = line_of(lines[at])
        if (above.key is not None or above.dashes) and not lines[at].rstrip().endswith(_ON):
            break
    return best


def _above(
    lines: Sequence[str], at: int, here: Line
) -> tuple[tuple[Step, ...], tuple[str, ...]] | None:
    """The path of a line, and the entries before it in its list; None inside a text."""
    steps: list[Step] = []
    items: list[str] = []
    limit, dashed = here.column, False
    for column in reversed(here.dashes):
        steps.append(0)
        limit, dashed = column, True
    first = bool(here.dashes) and here.key is None
    for line in _upwards(lines, at):
        if first and not steps[1:] and line.dashes[:1] == (limit,):
            items.append(unquoted(line.rest) if line.key is None else line.key)
        near = line.column < limit or (dashed and line.column == limit and not line.dashes)
        if line.key is not None and near:
            if line.rest[:1] in {"|", ">"}:
                return None
            if line.rest and line.rest[:1] not in {"#", "&", "!"}:
                continue
            steps.append(line.key)
            limit, dashed = line.column, False
        inner = [column for column in line.dashes if column < limit]
        for column in reversed(inner):
            steps.append(0)
            limit, dashed = column, True
        if limit == 0 and not dashed:
            break
    items.reverse()
    if first and steps:
        steps[0] = len(items)
    return tuple(reversed(steps)), tuple(items)


def _upwards(lines: Sequence[str], at: int) -> Iterator[Line]:
    """The lines above that say something."""
    for text in reversed(lines[:at]):
        stripped = text.strip()
        if stripped and not stripped.startswith(("#", "---")):
            yield line_of(text)


def _valued(path: tuple[Step, ...], rest: str) -> Cursor | None:
    if rest[:1] in {"|", ">"}:
        return None
    if rest[:1] in {"{", "["}:
        return _flowing(path, rest)
    return Cursor(path, "value", unquoted(rest.strip()))


def _flowing(path: tuple[Step, ...], text: str) -> Cursor | None:
    """Inside brackets."""
    frames, word = _frames(text)
    if not frames:
        return None
    steps: list[Step] = []
    for frame in frames:
        if not frame.is_map:
            steps.append(len(frame.items))
        elif frame.key is not None:
            steps.append(frame.key)
    last = frames[-1]
    writing = "key" if last.is_map and last.key is None else "value"
    return Cursor((*path, *steps), writing, unquoted(word.strip()), tuple(last.items))


def _frames(text: str) -> tuple[list[_Frame], str]:
    """The brackets that are open at the end of a text, and the word there."""
    frames: list[_Frame] = []
    word, quote = "", ""
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
            word += sign
        elif sign in "\"'" and not word.strip():
            quote = sign
            word += sign
        elif sign in "{[":
            frames.append(_Frame(sign == "{"))
            word = ""
        elif sign in "}]":
            if frames:
                frames.pop()
            word = "…"
            if not frames:
                return [], ""
        elif sign == "," and frames:
            _next(frames[-1], word)
            word = ""
        elif sign == ":" and frames and frames[-1].is_map and _ends(text, at, word):
            frames[-1].key = unquoted(word.strip())
            word = ""
        else:
            word += sign
    return frames, word


def _next(frame: _Frame, word: str) -> None:
    if frame.is_map:
        frame.key = None
    else:
        frame.items.append(unquoted(word.strip()))


def _ends(text: str, at: int, word: str) -> bool:
    """Whether a colon ends a key."""
    after = text[at + 1 : at + 2]
    return after in {"", " ", "\n"} or word.strip().endswith(('"', "'"))
