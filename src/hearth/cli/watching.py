"""Following a stack at work: a live tree on a terminal, a line per event in a pipe."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hearth.cli.client import Heat, stack_path
from hearth.cli.errors import Exit, Stop, Unanswered
from hearth.cli.output import Output, seconds
from hearth.cli.why import TEMPLATE

_POLL_S = 0.4
_MOST_EVENTS = 1000
_PATIENCE_S = 30.0
"""For so long a server may be silent: one that is started again is soon there."""

_RESTING = frozenset({502, 503, 504})
"""What stands before a server says while that one is away."""

_MARKS = {"COMPLETE": ("✓", "green"), "FAILED": ("✗", "red"), "IN_PROGRESS": ("⋯", "yellow")}


@dataclass(slots=True)
class Watch:
    """One stack being watched: what was last seen of it, and when each resource began.

    template: what its template is called, where that is known. over: it was at rest before the
    watch began. patience_s: for how long nobody may answer.
    """

    heat: Heat
    out: Output
    stack_id: str
    name: str
    depth: int = 5
    since: float = field(default_factory=time.monotonic)
    marker: str | None = None
    start: str | None = None
    began: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    template: str = TEMPLATE
    over: bool = False
    patience_s: float = _PATIENCE_S

    def follow(self, timeout_s: float) -> dict[str, Any] | None:
        """Show the work until the stack rests; its last document, None when it is gone."""
        deadline, heard = self.since + timeout_s, time.monotonic()
        with _screen(self.out, self) as draw:
            while True:
                try:
                    stack = self._stack()
                    self._say_events()
                    draw(stack)
                except Stop as stop:
                    if not isinstance(stop, Unanswered) and stop.status not in _RESTING:
                        raise
                    if time.monotonic() > heard + self.patience_s:
                        raise self._left(f"{stop.sentence}; the work goes on") from stop
                else:
                    if stack is None or not stack["stack_status"].endswith("IN_PROGRESS"):
                        return stack
                    heard = time.monotonic()
                if time.monotonic() > deadline:
                    words = f"the wait for {self.name} timed out; the work goes on on the server"
                    raise self._left(words)
                time.sleep(_POLL_S)

    def _left(self, words: str) -> Stop:
        """How a wait ends that does not see the end of the work."""
        return Stop(words, Exit.STILL_RUNNING, next_command=f"heat watch {self.name}")

    def skip_events(self) -> None:
        """Only what happens from here on is told."""
        path = stack_path(self.name, self.stack_id, "events")
        latest = self.heat.get(path, limit=1, sort_dir="desc", nested_depth=self.depth)["events"]
        self.start = self.marker = latest[0]["id"] if latest else None

    def elapsed(self) -> float:
        """Seconds since the watch began."""
        return time.monotonic() - self.since

    def first_failure(self) -> dict[str, Any] | None:
        """The first failed event of what was done last, where the server tells no causes."""
        self.marker, first = self.start, None
        while told := self.events():
            for event in told:
                status = event["resource_status"]
                own = event["physical_resource_id"] == self.stack_id
                if own and status.endswith("IN_PROGRESS") and not status.startswith("ROLLBACK"):
                    first = None
                elif first is None and status.endswith("FAILED"):
                    first = event
        return first

    def resources(self) -> list[dict[str, Any]]:
        """Every resource of the tree."""
        path = stack_path(self.name, self.stack_id, "resources")
        found: list[dict[str, Any]] = self.heat.get(path, nested_depth=self.depth)["resources"]
        return found

    def _stack(self) -> dict[str, Any] | None:
        path = stack_path(self.name, self.stack_id)
        try:
            stack: dict[str, Any] = self.heat.get(path, resolve_outputs="false")["stack"]
        except Stop as stop:
            if stop.kind in {"EntityNotFound", "NotFound"}:
                return None
            raise
        return None if stack["stack_status"] == "DELETE_COMPLETE" else stack

    def _say_events(self) -> None:
        if self.out.live:
            return
        for event in self.events():
            status = self.out.status(event["resource_status"])
            reason = event.get("resource_status_reason") or ""
            told = "" if reason in {"state changed", ""} else f"  {reason}"
            self.out.line(f"{event['event_time']}  {event['resource_name']}  {status}{told}")
            self.out.document("event", event=event)

    def events(self) -> list[dict[str, Any]]:
        """What has happened since the last look; nothing, once the stack is gone."""
        path = stack_path(self.name, self.stack_id, "events")
        try:
            found: list[dict[str, Any]] = self.heat.get(
                path,
                sort_dir="asc",
                nested_depth=self.depth,
                marker=self.marker,
                limit=_MOST_EVENTS,
            )["events"]
        except Stop as stop:
            if stop.kind in {"EntityNotFound", "NotFound"}:
                return []
            raise
        if found:
            self.marker = found[-1]["id"]
        return found


@contextmanager
def _screen(out: Output, watch: Watch) -> Iterator[Callable[[dict[str, Any] | None], None]]:
    """A function that draws the tree in place; where nothing is redrawn, it draws nothing."""
    if not out.live:
        yield lambda _stack: None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(no_color=not out.colour, highlight=False)
    with Live(console=console, refresh_per_second=8) as live:

        def draw(stack: dict[str, Any] | None) -> None:
            lines = _tree(out, watch, stack, console.height - 2) if stack else ["deleted"]
            live.update(Text.from_ansi("\n".join(lines)))

        yield draw


def _tree(out: Output, watch: Watch, stack: dict[str, Any], most: int) -> list[str]:
    """The resources with their timers; what rests is left out first when space is short."""
    now = time.monotonic()
    rows = watch.resources()
    for row in rows:
        _time(watch, row, now)
    if len(rows) > most:
        rows = sorted(rows, key=lambda row: row["resource_status"].endswith("COMPLETE"))[:most]
    width = max((len(path_of(row)) for row in rows), default=0)
    head = f"{stack['stack_name']}  {out.status(stack['stack_status'])}  "
    return [head + seconds(now - watch.since), *(_row(out, watch, row, width) for row in rows)]


def path_of(row: dict[str, Any]) -> str:
    """A nested resource's name with those above it that are known."""
    parent = row.get("parent_resource")
    return f"{parent}/{row['resource_name']}" if parent else str(row["resource_name"])


def _key(row: dict[str, Any]) -> str:
    return next((link["href"] for link in row["links"] if link["rel"] == "self"), path_of(row))


def _time(watch: Watch, row: dict[str, Any], now: float) -> None:
    key, status = _key(row), row["resource_status"]
    if status.endswith("IN_PROGRESS"):
        watch.began.setdefault(key, now)
        watch.ended.pop(key, None)
    elif key in watch.began:
        watch.ended.setdefault(key, now)


def _row(out: Output, watch: Watch, row: dict[str, Any], width: int) -> str:
    status, key = row["resource_status"], _key(row)
    mark, style = next((mark for end, mark in _MARKS.items() if status.endswith(end)), ("·", "dim"))
    if status == "INIT_COMPLETE":
        mark, style = "·", "dim"
    began = watch.began.get(key)
    took = seconds(watch.ended.get(key, time.monotonic()) - began) if began else ""
    ident = str(row.get("physical_resource_id") or "")
    short = ident if len(ident) <= 36 else f"{ident[:33]}…"
    told = row.get("resource_status_reason") or ""
    detail = told if status.endswith("FAILED") else short
    return f"  {out.paint(mark, style)} {path_of(row).ljust(width)}  {took:>8}  {detail}"
