"""Queries about runs that wait until their credentials work again."""

from sqlalchemy import select, update

from hearth.stack import ParkedRun
from hearth.store import rows, tables
from hearth.store.database import Connection

_parked = tables.parked.c
_lease = tables.leases.c


def find(db: Connection, run_id: str) -> ParkedRun | None:
    """Since when a run waits, None if it does not."""
    row = db.one(select(tables.parked).where(_parked.run_id == run_id))
    return None if row is None else rows.PARKED.read(db.codec, row)


def of_tree(db: Connection, root_id: str) -> list[ParkedRun]:
    """The runs of a tree of stacks that wait."""
    found = db.all(select(tables.parked).where(_parked.root_id == root_id))
    return [rows.PARKED.read(db.codec, row) for row in found]


def wake(db: Connection, root_id: str) -> int:
    """Let the waiting runs of a tree be claimed at once; how many. Wants a transaction."""
    waiting = select(_parked.run_id).where(_parked.root_id == root_id)
    own = (_lease.owner.is_(None), _lease.run_id.in_(waiting))
    return db.sql.execute(update(tables.leases).where(*own).values(lease_until=None)).rowcount
