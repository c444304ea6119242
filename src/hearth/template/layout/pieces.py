"""A YAML text as it was written: its values as they stand, and the comments between them.

Values are slices of the text, so that whoever lays them out anew cannot change what they say.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from hearth.base.jsontext import line_starts, tokens

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROPERTIES = re.compile(r"(?:(?:&[^\s,\[\]{}]+|!\S*)\s*)+")
MAX_DEPTH = 120


class Unformattable(Exception):
    """Why a text cannot be laid out; its text is for the user."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the text; line and column count from 0."""

    index: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number or alias as it is written. block: it stands below its header."""

    raw: str
    value: str
    start: Mark
    end: Mark
    block: bool = False
    quoted: bool = False


@dataclass(slots=True)
class Map:
    """Keys and values in their order. properties: an anchor or tag."""

    start: Mark
    end: Mark
    flow: bool
    properties: str = ""
    pairs: list[tuple[Piece, Piece]] = field(default_factory=list)


@dataclass(slots=True)
class List:
    """Entries in their order. properties: an anchor or tag."""

    start: Mark
    end: Mark
    flow: bool
    properties: str = ""
    items: list[Piece] = field(default_factory=list)


Piece = Scalar | Map | List


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment. alone: nothing stands before it in its line."""

    text: str
    at: Mark
    alone: bool


@dataclass(frozen=True, slots=True)
class Pieces:
    """A whole text. marked: it begins with `---`."""

    root: Piece | None
    remarks: tuple[Remark, ...]
    marked: bool


def pieces(text: str) -> Pieces:
    """The pieces of a text; raises Unformattable."""
    try:
        # The builder first: it stops where a text is too deep, which is slow to scan.
        root, marked = _Builder(text).document()
        remarks = tuple(_remarks(text))
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise Unformattable(str(wrong.problem), mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as wrong:
        raise Unformattable(str(wrong)) from None
    except UnicodeEncodeError as wrong:
        line = text.count("\n", 0, wrong.start) + 1
        raise Unformattable("it has half of a character", line) from None
    return Pieces(root, remarks, marked)


def content(text: str) -> list[tuple[Any, ...]]:
    """What a text says, however it is laid out: equal for two texts that mean the same."""
    get = _LOADER(text).get_event
    found = []
    while not isinstance(event := get(), yaml.StreamEndEvent):
        parts = (getattr(event, name, None) for name in ("value", "tag", "anchor", "implicit"))
        found.append((type(event).__name__, *parts))
    return found


def _remarks(text: str) -> Iterator[Remark]:
    """The comments: what stands between two tokens behind a #."""
    breaks = [found.start() for found in re.finditer("\n", text)]
    end = 0
    for token in yaml.scan(text, Loader=_LOADER):
        yield from _between(text, end, token.start_mark.index, breaks)
        end = max(end, token.end_mark.index)
    yield from _between(text, end, len(text), breaks)


def _between(text: str, start: int, end: int, breaks: list[int]) -> Iterator[Remark]:
    if text.find("#", start, end) < 0:
        return
    for found in re.finditer(r"#[^\n]*", text[start:end]):
        index = start + found.start()
        line = bisect_left(breaks, index)
        begin = breaks[line - 1] + 1 if line else 0
        alone = not text[begin:index].strip()
        yield Remark(found.group().rstrip(), Mark(index, line, index - begin), alone)


def json_root(text: str) -> Piece:
    """The value of a text that is JSON; what it says as JSON, which YAML may not be able to."""
    outer: list[Map | List] = []
    keys: list[Scalar] = []
    starts = line_starts(text)
    for kind, _value, start, end in tokens(text):
        line = bisect_right(starts, start) - 1
        begin = Mark(start, line, start - starts[line])
        stop = Mark(end, line, end - starts[line])
        done: Piece
        if kind == "key":
            keys.append(Scalar(text[start:end], "", begin, stop, quoted=True))
            continue
        if kind in "{[":
            outer.append((Map if kind == "{" else List)(begin, begin, flow=True))
            continue
        if kind == "value":
            done = Scalar(text[start:end], "", begin, stop)
        else:
            done = outer.pop()
            done.end = stop
        if not outer:
            return done
        top = outer[-1]
        if isinstance(top, Map):
            top.pairs.append((keys.pop(), done))
        else:
            top.items.append(done)
    raise Unformattable("it has no value")


class _Builder:
    """Events in, pieces out."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.get: Callable[[], Any] = _LOADER(text).get_event

    def document(self) -> tuple[Piece | None, bool]:
        self.get()  # the stream's start
        event = self.get()
        if isinstance(event, yaml.StreamEndEvent):
            return None, False
        if event.version or event.tags:
            raise Unformattable("it has directives")
        marked = bool(event.explicit)
        root = self.piece(self.get(), 0)
        closing = self.get()
        last = self.get()
        if closing.explicit or not isinstance(last, yaml.StreamEndEvent):
            raise Unformattable("it has more than one document", last.start_mark.line + 1)
        return root, marked

    def piece(self, event: Any, depth: int) -> Piece:
        if depth > MAX_DEPTH:
            raise Unformattable(f"it is nested more than {MAX_DEPTH} levels deep")
        start, end = _mark(event.start_mark), _mark(event.end_mark)
        if isinstance(event, yaml.MappingStartEvent):
            flow = bool(event.flow_style)
            return self.map_of(Map(start, end, flow, self.properties(event)), depth)
        if isinstance(event, yaml.SequenceStartEvent):
            flow = bool(event.flow_style)
            return self.list_of(List(start, end, flow, self.properties(event)), depth)
        raw = self.text[start.index : end.index]
        if isinstance(event, yaml.AliasEvent):
            return Scalar(raw, raw, start, end)
        block, quoted = event.style in {"|", ">"}, event.style in {'"', "'"}
        return Scalar(raw, event.value, start, end, block=block, quoted=quoted)

    def map_of(self, made: Map, depth: int) -> Map:
        while not isinstance(event := self.get(), yaml.MappingEndEvent):
            key = self.piece(event, depth + 1)
            if not isinstance(key, Scalar) or "\n" in key.raw or not key.raw:
                raise Unformattable("it has a key that is no word", key.start.line + 1)
            made.pairs.append((key, self.piece(self.get(), depth + 1)))
        made.end = _mark(event.end_mark)
        return made

    def list_of(self, made: List, depth: int) -> List:
        while not isinstance(event := self.get(), yaml.SequenceEndEvent):
            made.items.append(self.piece(event, depth + 1))
        made.end = _mark(event.end_mark)
        return made

    def properties(self, event: Any) -> str:
        if event.anchor is None and event.tag is None:
            return ""
        found = _PROPERTIES.match(self.text, event.start_mark.index)
        return " ".join(found.group().split()) if found else ""


def _mark(mark: Any) -> Mark:
    return Mark(mark.index, mark.line, mark.column)
