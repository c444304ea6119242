"""Pieces in, lines out: two columns a level, flow only where it fits, comments where they were."""

import re
from collections.abc import Iterator

from hearth.template.layout.page import Page
from hearth.template.layout.pieces import List, Map, Mark, Piece, Pieces, Remark, Scalar

WIDTH = 100
STEP = 2


def printed(pieces: Pieces, text: str) -> str:
    """The text laid out."""
    return _Printer(pieces, text).document()


class _Printer:
    """Walks the pieces in their order, with the comments beside it."""

    def __init__(self, pieces: Pieces, text: str) -> None:
        self.pieces = pieces
        starts = sorted(_starts(pieces.root)) if pieces.root else []
        self.page = Page(text, pieces.remarks, starts)

    def document(self) -> str:
        """All of it."""
        if self.pieces.marked:
            self.page.out.append("---")
        root = self.pieces.root
        if root is not None:
            if isinstance(root, Scalar) or self.flow(root, 0) is not None:
                self.page.before(root.start, 0)
                self.value("", root, 0)
            else:
                self.block(root, 0, None)
        self.page.flush(len(self.page.remarks), 0)
        return "\n".join(self.page.out) + "\n" if self.page.out else ""

    def block(self, node: Map | List, indent: int, lead: str | None) -> None:
        """A map or list, an entry a line. lead: what the first line begins with."""
        if isinstance(node, Map):
            self.map_of(node, indent, lead)
        else:
            self.list_of(node, indent, lead)
        self.page.close(node, indent)

    def map_of(self, node: Map, indent: int, lead: str | None) -> None:
        tall = False
        for index, (key, value) in enumerate(node.pairs):
            first = lead is not None and index == 0
            head = (lead if first and lead else " " * indent) + key_text(key) + ":"
            deep = self.is_deep(value, len(head) + 1)
            apart = indent == 0 and index > 0 and (tall or deep)
            if not first:
                at = key.start if deep or _empty(value) else value.start
                self.page.before(Mark(key.start.index, at.line, 0), indent, apart=apart)
                self.page.space(key.start.line, apart=False) if at is not key.start else None
            self.entry(head, key.end, value, indent, deep=deep)
            tall = deep

    def list_of(self, node: List, indent: int, lead: str | None) -> None:
        for index, item in enumerate(node.items):
            first = lead is not None and index == 0
            head = (lead if first and lead else " " * indent) + "-"
            if not first:
                self.page.before(self.first(item), indent)
            deep = self.is_deep(item, len(head) + 1)
            compact = deep and not isinstance(item, Scalar) and not item.properties
            if compact and not self.inside(item):
                assert not isinstance(item, Scalar)
                self.block(item, indent + STEP, head + " ")
            else:
                self.entry(head, item.start, item, indent, deep=deep)

    def first(self, item: Piece) -> Mark:
        """Where the first words of an entry stand, comments above them being above it."""
        if isinstance(item, Map) and item.pairs and not item.flow and not item.properties:
            key, value = item.pairs[0]
            deep = self.is_deep(value, 0)
            at = key.start if deep or _empty(value) else value.start
            return Mark(item.start.index, at.line, 0)
        if isinstance(item, List) and item.items and not item.flow and not item.properties:
            return self.first(item.items[0])
        return item.start

    def inside(self, item: Piece) -> bool:
        """Whether a comment stands between the opening of a flow and its first entry."""
        if isinstance(item, Scalar) or not item.flow:
            return False
        return self.page.between(item.start.index, self.next_in(item))

    def next_in(self, item: Map | List) -> int:
        first = item.pairs[0][0] if isinstance(item, Map) else item.items[0]
        return first.start.index

    def entry(self, head: str, at: Mark, value: Piece, indent: int, *, deep: bool) -> None:
        """A key or dash with its value. at: where the key ends."""
        if not deep or isinstance(value, Scalar):
            self.value(head, value, indent)
            return
        self.page.line(f"{head} {value.properties}" if value.properties else head)
        self.page.trailing(value.start if value.flow and value.start.line == at.line else at)
        self.page.opened = True
        self.block(value, indent + STEP, None)

    def value(self, head: str, value: Piece, indent: int) -> None:
        """A value that begins in the line of its key."""
        if not isinstance(value, Scalar):
            self.page.line(f"{head} {self.flow(value, 0)}".lstrip() if not head else
                      f"{head} {self.flow(value, len(head) + 1)}")  # fmt: skip
            self.page.trailing(value.end)
        elif value.block:
            self.below(head, value, indent)
        elif _empty(value):
            self.page.line(head)
            self.page.trailing(value.end)
        else:
            first, *rest = value.raw.split("\n")
            self.page.line(f"{head} {first if value.quoted else first.rstrip()}" if head else first)
            for line in rest:
                words = line.lstrip() if value.quoted else line.strip()
                self.page.line(" " * (indent + STEP) + words if words.strip() else "")
            self.page.trailing(value.end)

    def below(self, head: str, value: Scalar, indent: int) -> None:
        """A text that stands below its header, moved to where it belongs now."""
        header, *lines = value.raw.split("\n")
        explicit = re.search(r"[|>][+-]?([1-9])", header)
        keep = "+" in header.partition("#")[0]
        if not keep:
            while lines and not lines[-1].strip():
                lines.pop()
        elif lines and not lines[-1].strip():
            lines.pop()  # what follows the last line break
        base = _base(lines, value, explicit=explicit is not None)
        margin = indent + (int(explicit.group(1)) if explicit else STEP)
        if not head:
            margin = base
        self.page.line(
            f"{head} {header.rstrip()}".lstrip() if not head else f"{head} {header.rstrip()}"
        )
        for line in lines:
            body = line[base:]
            self.page.line(" " * margin + body if body else "")
        self.page.kept = keep
        self.page.end = value.end

    # -- flow -------------------------------------------------------------------------------

    def is_deep(self, value: Piece, used: int) -> bool:
        """Whether a value takes lines of its own."""
        return not isinstance(value, Scalar) and self.flow(value, used) is None

    def flow(self, node: Map | List, used: int) -> str | None:
        """A map or list in one line; None if it was not written so, or does not fit."""
        if not node.flow and (node.pairs if isinstance(node, Map) else node.items):
            return None
        if self.page.between(node.start.index, node.end.index):
            return None
        text = _flow(node)
        return text if text is not None and used + len(text) <= WIDTH else None


def key_text(key: Piece) -> str:
    """A key; after an alias the colon would be a part of its name."""
    assert isinstance(key, Scalar)
    return f"{key.raw} " if key.raw.startswith("*") else key.raw


def _flow(node: Piece) -> str | None:
    if isinstance(node, Scalar):
        return None if node.block or "\n" in node.raw or not node.raw else node.raw
    if isinstance(node, List):
        inner = [_flow(item) for item in node.items]
        body = None if None in inner else f"[{', '.join(map(str, inner))}]"
    else:
        pairs = [(key_text(key), _flow(value)) for key, value in node.pairs]
        known = all(value is not None for _, value in pairs)
        body = f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}" if known else None
    return body if body is None or not node.properties else f"{node.properties} {body}"


def _starts(node: Piece) -> Iterator[int]:
    """Where entries begin."""
    if isinstance(node, Map):
        for key, value in node.pairs:
            yield key.start.index
            yield from _starts(value)
    elif isinstance(node, List):
        for item in node.items:
            yield item.start.index
            yield from _starts(item)


def _empty(value: Piece) -> bool:
    return isinstance(value, Scalar) and not value.raw


def _base(lines: list[str], value: Scalar, *, explicit: bool) -> int:
    """How far a text below its header was moved to the right."""
    words = next((line for line in lines if line.strip()), "")
    left = len(words) - len(words.lstrip(" "))
    if not explicit:
        return left
    said = next((line for line in value.value.split("\n") if line.strip()), "")
    return left - (len(said) - len(said.lstrip(" ")))


def remark_texts(remarks: tuple[Remark, ...]) -> list[str]:
    """What the comments say."""
    return sorted(one.text for one in remarks)
