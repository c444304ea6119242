"""Pieces in, lines out: two columns a level, flow only where it fits, comments where they were."""

import re
from bisect import bisect_left
from collections.abc import Iterator

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
        self.remarks = list(pieces.remarks)
        self.blank = [not line.strip() for line in text.split("\n")]
        self.source = text.split("\n")
        self.starts = sorted(_starts(pieces.root)) if pieces.root else []
        self.out: list[str] = []
        self.opened = True
        self.kept = False
        self.end = Mark(0, 0, 0)

    def document(self) -> str:
        """All of it."""
        if self.pieces.marked:
            self.out.append("---")
        root = self.pieces.root
        if root is not None:
            if isinstance(root, Scalar) or self.flow(root, 0) is not None:
                self.before(root.start, 0)
                self.value("", root, 0)
            else:
                self.block(root, 0, None)
        self.flush(len(self.remarks), 0)
        return "\n".join(self.out) + "\n" if self.out else ""

    # -- comments and blank lines -----------------------------------------------------------

    def before(self, at: Mark, indent: int, *, apart: bool = False) -> None:
        """What stands above an entry: comments, and one blank line where there was any."""
        self.flush(self.until(at), indent, apart=apart)
        if not self.remarked:
            self.space(at.line, apart=apart)

    def until(self, at: Mark) -> int:
        """How many of the comments left stand in lines above."""
        return sum(1 for one in self.remarks if one.at.line < at.line and one.at.index < at.index)

    def flush(self, count: int, indent: int, *, apart: bool = False) -> None:
        """Print so many comments, each in a line of its own."""
        self.remarked = False
        for one in self.remarks[:count]:
            self.space(one.at.line, apart=apart and not self.remarked)
            self.line(" " * indent + one.text)
            self.remarked = True
            last = one.at.line
        del self.remarks[:count]
        if self.remarked and last + 1 < len(self.blank) and self.blank[last + 1]:
            self.remarked = False

    def space(self, line: int, *, apart: bool = False) -> None:
        """A blank line, if there was one above this line or there has to be one."""
        wanted = apart or (line > 0 and self.blank[line - 1])
        if wanted and not self.opened and not self.kept and self.out and self.out[-1]:
            self.out.append("")

    def line(self, text: str) -> None:
        self.out.append(text)
        self.opened = self.kept = False

    def trailing(self, end: Mark) -> None:
        """The comment behind what was printed last, if there is one."""
        self.end = end
        if not self.remarks:
            return
        one = self.remarks[0]
        if not one.alone and one.at.line == end.line and one.at.index < self.next(end):
            self.out[-1] += f"  {one.text}"
            del self.remarks[0]

    def next(self, at: Mark) -> int:
        """Where the next entry begins."""
        found = bisect_left(self.starts, at.index)
        return self.starts[found] if found < len(self.starts) else len(self.source) * WIDTH**2

    def close(self, node: Map | List, indent: int) -> None:
        """The comments at the end of a block that belong to it."""
        if node.flow:
            self.flush(sum(1 for one in self.remarks if one.at.index < node.end.index), indent)
            self.end = node.end
            return
        column, upto = self.column(node), self.next(self.end)
        count = 0
        for one in self.remarks:
            if one.at.index > upto or not one.alone or one.at.column < column:
                break
            count += 1
        self.flush(count, indent)

    def column(self, node: Map | List) -> int:
        """The column at which the entries of a block stand in the text."""
        if isinstance(node, Map):
            return node.pairs[0][0].start.column
        first = node.items[0].start
        found = self.source[first.line].rfind("-", 0, first.column)
        return found if found >= 0 else first.column

    # -- values -----------------------------------------------------------------------------

    def block(self, node: Map | List, indent: int, lead: str | None) -> None:
        """A map or list, an entry a line. lead: what the first line begins with."""
        if isinstance(node, Map):
            self.map_of(node, indent, lead)
        else:
            self.list_of(node, indent, lead)
        self.close(node, indent)

    def map_of(self, node: Map, indent: int, lead: str | None) -> None:
        tall = False
        for index, (key, value) in enumerate(node.pairs):
            first = lead is not None and index == 0
            head = (lead if first and lead else " " * indent) + key_text(key) + ":"
            deep = self.is_deep(value, len(head) + 1)
            apart = indent == 0 and index > 0 and (tall or deep)
            if not first:
                at = key.start if deep or _empty(value) else value.start
                self.before(Mark(key.start.index, at.line, 0), indent, apart=apart)
                self.space(key.start.line, apart=False) if at is not key.start else None
            self.entry(head, key.end, value, indent, deep=deep)
            tall = deep

    def list_of(self, node: List, indent: int, lead: str | None) -> None:
        for index, item in enumerate(node.items):
            first = lead is not None and index == 0
            head = (lead if first and lead else " " * indent) + "-"
            if not first:
                self.before(self.first(item), indent)
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
        return any(item.start.index < one.at.index < self.next_in(item) for one in self.remarks)

    def next_in(self, item: Map | List) -> int:
        first = item.pairs[0][0] if isinstance(item, Map) else item.items[0]
        return first.start.index

    def entry(self, head: str, at: Mark, value: Piece, indent: int, *, deep: bool) -> None:
        """A key or dash with its value. at: where the key ends."""
        if not deep or isinstance(value, Scalar):
            self.value(head, value, indent)
            return
        self.line(f"{head} {value.properties}" if value.properties else head)
        self.trailing(value.start if value.flow and value.start.line == at.line else at)
        self.opened = True
        self.block(value, indent + STEP, None)

    def value(self, head: str, value: Piece, indent: int) -> None:
        """A value that begins in the line of its key."""
        if not isinstance(value, Scalar):
            self.line(f"{head} {self.flow(value, 0)}".lstrip() if not head else
                      f"{head} {self.flow(value, len(head) + 1)}")  # fmt: skip
            self.trailing(value.end)
        elif value.block:
            self.below(head, value, indent)
        elif _empty(value):
            self.line(head)
            self.trailing(value.end)
        else:
            first, *rest = value.raw.split("\n")
            self.line(f"{head} {first if value.quoted else first.rstrip()}" if head else first)
            for line in rest:
                words = line.lstrip() if value.quoted else line.strip()
                self.line(" " * (indent + STEP) + words if words.strip() else "")
            self.trailing(value.end)

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
        self.line(f"{head} {header.rstrip()}".lstrip() if not head else f"{head} {header.rstrip()}")
        for line in lines:
            body = line[base:]
            self.line(" " * margin + body if body else "")
        self.kept = keep
        self.end = value.end

    # -- flow -------------------------------------------------------------------------------

    def is_deep(self, value: Piece, used: int) -> bool:
        """Whether a value takes lines of its own."""
        return not isinstance(value, Scalar) and self.flow(value, used) is None

    def flow(self, node: Map | List, used: int) -> str | None:
        """A map or list in one line; None if it was not written so, or does not fit."""
        if not node.flow and (node.pairs if isinstance(node, Map) else node.items):
            return None
        if any(node.start.index < one.at.index < node.end.index for one in self.remarks):
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
