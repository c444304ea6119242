"""Queries about snapshots of stacks."""

from sqlalchemy import func, select

from hearth.stack import SnapshotRecord
from hearth.store import rows, tables
from hearth.store.database import Connection

_snapshot = tables.snapshots.c


def of(db: Connection, stack_id: str) -> list[SnapshotRecord]:
    """All snapshots of a stack, the oldest first."""
    found = select(tables.snapshots).where(_snapshot.stack_id == stack_id)
    found = found.order_by(_snapshot.created_at, _snapshot.id)
    return [rows.SNAPSHOT.read(db.codec, row) for row in db.all(found)]


def find(db: Connection, snapshot_id: str) -> SnapshotRecord | None:
    """A snapshot by its id."""
    row = db.one(select(tables.snapshots).where(_snapshot.id == snapshot_id))
    return None if row is None else rows.SNAPSHOT.read(db.codec, row)


def counted(db: Connection, stack_id: str) -> int:
    """How many snapshots a stack has: what `max_snapshots_per_stack` limits."""
    own = _snapshot.stack_id == stack_id
    count = select(func.count()).select_from(tables.snapshots).where(own)
    return int(db.sql.execute(count).scalar_one())
