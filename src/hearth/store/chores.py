"""What one engine at a time does now and then: who may begin, by the database's clock.

All of them want a transaction that writes.
"""

from sqlalchemy import or_, select, update

from hearth.store import tables
from hearth.store.database import Connection
from hearth.store.dialects import InsertNew

_chore = tables.chores.c


def take(db: Connection, name: str, owner: str, every_s: float, hold_s: float) -> bool:
    """Begin, unless somebody is at it or it was done lately. Who dies at it loses it in time."""
    db.sql.execute(InsertNew(tables.chores), [{"name": name}])
    now = db.now()
    due = (
        or_(_chore.held_until.is_(None), _chore.held_until < now),
        or_(_chore.done_at.is_(None), _chore.done_at < now - every_s),
    )
    taken = update(tables.chores).where(_chore.name == name, *due)
    return bool(db.sql.execute(taken.values(owner=owner, held_until=now + hold_s)).rowcount)


def done(db: Connection, name: str, owner: str) -> None:
    """It is done; the next turn comes when its time has passed."""
    own = (_chore.name == name, _chore.owner == owner)
    ended = update(tables.chores).where(*own)
    db.sql.execute(ended.values(owner=None, held_until=None, done_at=db.now()))


def holder(db: Connection, name: str) -> str | None:
    """Who is at it."""
    return db.sql.execute(select(_chore.owner).where(_chore.name == name)).scalar()
