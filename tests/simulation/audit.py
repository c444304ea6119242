"""An audit of everything that is written, kept by triggers in the database itself.

Whoever writes, and however: each change of a state, a lease, a step or an event leaves a line
with the time and the process. The invariants are judged from these lines.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, func

from tests.simulation.loop import EPOCH, current

COLUMNS = "abcdefghij"

SCHEMA = f"""
CREATE TABLE sim_audit (
    seq INTEGER PRIMARY KEY, at TEXT, kind TEXT, {", ".join(COLUMNS)}
)
"""

TRIGGERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "stack": (
        "AFTER UPDATE OF action, status ON stacks",
        "",
        ("NEW.id", "NEW.name", "OLD.action", "OLD.status", "NEW.action", "NEW.status"),
    ),
    "stack_new": ("AFTER INSERT ON stacks", "", ("NEW.id", "NEW.name", "NEW.action", "NEW.status")),
    "resource": (
        "AFTER UPDATE OF action, status, physical_id ON resources",
        "",
        ("NEW.id", "NEW.stack_id", "NEW.name", "OLD.action", "OLD.status", "NEW.action",
         "NEW.status", "NEW.physical_id", "NEW.requires", "NEW.type"),
    ),
    "resource_new": (
        "AFTER INSERT ON resources",
        "",
        ("NEW.id", "NEW.stack_id", "NEW.name", "NULL", "NULL", "NEW.action", "NEW.status",
         "NEW.physical_id", "NEW.requires", "NEW.type"),
    ),
    "resource_gone": (
        "AFTER DELETE ON resources",
        "",
        ("OLD.id", "OLD.stack_id", "OLD.name", "OLD.action", "OLD.status"),
    ),
    "lease": (
        "AFTER UPDATE ON leases",
        "WHEN OLD.owner IS NOT NEW.owner OR OLD.fence IS NOT NEW.fence",
        ("NEW.run_id", "OLD.owner", "NEW.owner", "OLD.fence", "NEW.fence", "OLD.lease_until"),
    ),
    "step": (
        "AFTER UPDATE OF state ON steps",
        "",
        ("NEW.run_id", "NEW.key", "OLD.state", "NEW.state", "NEW.outcome",
         "(SELECT owner FROM leases WHERE run_id = NEW.run_id)"),
    ),
    "step_new": (
        "AFTER INSERT ON steps",
        "",
        ("NEW.run_id", "NEW.key", "NULL", "NEW.state", "NEW.outcome",
         "(SELECT owner FROM leases WHERE run_id = NEW.run_id)"),
    ),
    "heard": (
        "AFTER UPDATE ON heard",
        "",
        ("NEW.resource_id", "OLD.count", "NEW.count", "OLD.kept", "NEW.kept"),
    ),
    "run": (
        "AFTER UPDATE OF status ON runs",
        "",
        ("NEW.id", "NEW.stack_id", "OLD.status", "NEW.status", "NEW.action", "NEW.deadline_at"),
    ),
    "run_new": (
        "AFTER INSERT ON runs",
        "",
        ("NEW.id", "NEW.stack_id", "NULL", "NEW.status", "NEW.action", "NEW.deadline_at",
         "NEW.operation_id", "NEW.parent_run_id"),
    ),
    "event": (
        "AFTER INSERT ON events",
        "",
        ("NEW.root_id", "NEW.number", "NEW.stack_id", "NEW.resource_name", "NEW.action",
         "NEW.status", "NEW.reason", "NEW.properties"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what happened, when, by which process; the columns as `TRIGGERS` names them.

    tx: the transaction. Within one, the order of writing has no meaning.
    """

    tx: int
    at: float
    who: str
    kind: str
    cells: tuple[Any, ...]


def install(connection: sqlite3.Connection) -> None:
    """Make the table and its triggers."""
    connection.execute(SCHEMA)
    for kind, (event, when, cells) in TRIGGERS.items():
        names = ", ".join(COLUMNS[: len(cells)])
        connection.execute(
            f"CREATE TRIGGER sim_{kind} {event} {when} BEGIN"
            f" INSERT INTO sim_audit (at, kind, {names})"
            f" VALUES (sim_when(), '{kind}', {', '.join(cells)}); END"
        )


def lines(connection: sqlite3.Connection) -> Iterator[Line]:
    """All that was written, in order."""
    for row in connection.execute("SELECT * FROM sim_audit ORDER BY seq").fetchall():
        tx, at, who = row[1].split(" ", 2)
        yield Line(int(tx), float(at), who, row[2], row[3:])


class Unsaid(sqlite3.OperationalError):
    """As the driver's own error, of a kind that may pass."""

    sqlite_errorname = "SQLITE_BUSY"


class Audited(sqlite3.Connection):
    """A connection that knows the time and the process, and whose commits may go wrong."""

    now: Callable[[], float]
    strikes: Callable[[str], bool]
    away: Callable[[], bool]
    transactions: Counter[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.create_function("sim_when", 0, self._when)
        self.create_function("sim_epoch", 0, lambda: EPOCH + self.now())
        self._changes = self.total_changes

    def _when(self) -> str:
        """The transaction, the time and the process: one word, for each call costs its time."""
        process = current()
        who = process.name if process is not None else "-"
        return f"{self.transactions['begun']} {self.now()!r} {who}"

    def execute(self, *args: Any) -> sqlite3.Cursor:
        """What begins a transaction comes this way; nothing does while the database is away."""
        if self.away():
            raise Unsaid("the database is away, as asked for")
        return super().execute(*args)

    def commit(self) -> None:
        """Commit, unless fate will have it otherwise; fate leaves readers in peace."""
        self.transactions["begun"] += 1
        wrote, self._changes = self.total_changes != self._changes, self.total_changes
        if wrote and self.strikes("undone"):
            self.rollback()
            raise Unsaid("the commit failed, as asked for")
        super().commit()
        if wrote and self.strikes("unsaid"):
            raise Unsaid("the commit's answer is lost, as asked for")


def epoch() -> ColumnElement[float]:
    """What the time is, as the database of a world tells it: the same words in all worlds."""
    return func.sim_epoch(type_=Double())
