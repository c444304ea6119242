"""What a command says, to people or, with `--json`, to programs.

JSON is newline-delimited: one document a line, each with `schema` and `kind`.
"""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

SCHEMA = "hearth/1"
_STYLES = {"COMPLETE": "green", "FAILED": "red", "IN_PROGRESS": "yellow"}
_PAINT = {"green": "32", "red": "31", "yellow": "33", "bold": "1", "dim": "2", "cyan": "36"}


class Unheard(Exception):
    """Nobody can hear what is said. gone: the reader has left, as `head` does."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        self.gone = isinstance(error, BrokenPipeError)


@dataclass(frozen=True, slots=True)
class Output:
    """Where words go. `live` is true on a terminal that can be redrawn."""

    as_json: bool = False
    colour: bool = False
    live: bool = False

    def document(self, kind: str, **content: Any) -> None:
        """One line of JSON; says nothing where people read."""
        if self.as_json:
            line = {"schema": SCHEMA, "kind": kind, **content}
            write(json.dumps(_strict(line), separators=(",", ":"), default=str, allow_nan=False))

    def line(self, text: str = "") -> None:
        """One line for people; says nothing where programs read."""
        if not self.as_json:
            write(text)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Columns as wide as what is in them."""
        if self.as_json:
            return
        cells = [[_cell(cell) for cell in row] for row in rows]
        widths = [max(len(line[at]) for line in [list(heads), *cells]) for at in range(len(heads))]
        self.line(self.paint(_joined(heads, widths).upper(), "dim"))
        for row in cells:
            self.line(self._coloured(_joined(row, widths)))

    def paint(self, text: str, style: str) -> str:
        """The text in a style, where colours are wanted."""
        return f"\x1b[{_PAINT[style]}m{text}\x1b[0m" if self.colour else text

    def status(self, status: str) -> str:
        """A status in its colour."""
        style = next((style for end, style in _STYLES.items() if status.endswith(end)), None)
        return self.paint(status, style) if style else status

    def _coloured(self, row: str) -> str:
        for word in row.split():
            if "_" in word and word.endswith(tuple(_STYLES)):
                return row.replace(word, self.status(word), 1)
        return row


def output(*, as_json: bool) -> Output:
    """The output that standard output and the environment call for (NO_COLOR is honoured)."""
    terminal = sys.stdout.isatty()
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Output(as_json, terminal and not plain and not as_json, terminal and not as_json)


def shown(value: Any) -> str:
    """A value on one line, as a template would write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return _flow(value)
    return json.dumps(value)


def seconds(duration: float) -> str:
    """A duration as people read it."""
    if duration < 60:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m" if hours else f"{minutes} m {rest:02} s"


def _strict(value: Any) -> Any:
    """The value as any reader of JSON takes it: numbers that JSON lacks (`NaN`) are texts."""
    if isinstance(value, float) and not isfinite(value):
        return json.dumps(value)
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    return value


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{key}: {_flow(item)}" for key, item in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def _cell(value: Any) -> str:
    return "" if value is None else shown(value).replace("\n", " ")


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return "  ".join(cell.ljust(width) for cell, width in pairs).rstrip()


def write(text: str) -> None:
    """A line on standard output, at once."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError as error:
        raise Unheard(error) from error
