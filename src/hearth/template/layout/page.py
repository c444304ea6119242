"""The page that is printed: lines, comments and blank lines, in the order of the text."""

from bisect import bisect_left, bisect_right
from itertools import takewhile

from hearth.template.layout.pieces import List, Map, Mark, Remark


class Page:
    """The lines so far, and the comments that are still to come.

    starts: where entries begin in the text, sorted. opened: what was printed last opens a block,
    so that no blank line follows. kept: it ends with blank lines that are a part of a text.
    """

    def __init__(self, text: str, remarks: tuple[Remark, ...], starts: list[int]) -> None:
        self.remarks = list(remarks)
        self.points = [one.at.index for one in remarks]
        self.starts = starts
        self.size = len(text)
        self.source = text.split("\n")
        self.blank = [not line.strip() for line in self.source]
        self.out: list[str] = []
        self.opened = True
        self.kept = False
        self.remarked = False
        self.end = Mark(0, 0, 0)

    def before(self, at: Mark, indent: int, *, apart: bool = False) -> None:
        """What stands above an entry: comments, and one blank line where there was any."""
        self.flush(self.until(at), indent, apart=apart)
        if not self.remarked:
            self.space(at.line, apart=apart)

    def until(self, at: Mark) -> int:
        """How many of the comments left stand in lines above."""
        above = takewhile(
            lambda one: one.at.line < at.line and one.at.index < at.index, self.remarks
        )
        return sum(1 for _ in above)

    def between(self, start: int, end: int) -> bool:
        """Whether a comment stands between two points of the text."""
        return bisect_left(self.points, end) > bisect_right(self.points, start)

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
        return self.starts[found] if found < len(self.starts) else self.size

    def close(self, node: Map | List, indent: int) -> None:
        """The comments at the end of a block that belong to it."""
        if node.flow:
            inside = takewhile(lambda one: one.at.index < node.end.index, self.remarks)
            self.flush(sum(1 for _ in inside), indent)
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
