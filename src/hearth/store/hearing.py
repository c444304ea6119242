"""Queries about what signals have told resources."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from hearth.stack import HeardRecord, ResourceRecord
from hearth.store import resources, rows, tables
from hearth.store.database import Connection

_heard = tables.heard.c
_resource = tables.resources.c


@dataclass(frozen=True, slots=True)
class Listener:
    """A resource, and what signals have told it."""

    resource: ResourceRecord
    heard: HeardRecord


def find(db: Connection, resource: ResourceRecord) -> HeardRecord:
    """What signals have told a resource; nothing, as long as none has come."""
    row = db.one(select(tables.heard).where(_heard.resource_id == resource.id))
    if row is None:
        return HeardRecord(resource.id, resource.stack_id)
    return rows.HEARD.read(db.codec, row)


def named(db: Connection, stack_id: str, name: str) -> Listener | None:
    """The resource of that name."""
    chosen = resources.named(db, stack_id, name)
    return None if chosen is None else Listener(chosen, find(db, chosen))


def near(db: Connection, stack_id: str, text: str) -> Listener | None:
    """The resource of a stack that goes by this text: its row, name, physical id or reference."""
    alike = or_(
        _resource.id == text,
        _resource.name == text,
        _resource.physical_id == text,
        _resource.reference == db.codec.text(text),
    )
    found = db.all(select(tables.resources).where(_resource.stack_id == stack_id, alike))
    records = [rows.RESOURCE.read(db.codec, row) for row in found]
    chosen = next((one for one in records if one.id == text), None)
    if chosen is None:
        chosen = next(iter(resources.shown(records).values()), None)
    return None if chosen is None else Listener(chosen, find(db, chosen))


def counts(db: Connection, stack_ids: Iterable[str]) -> dict[str, int]:
    """How many signals each resource of these stacks has taken, where it has taken any."""
    found = select(_heard.resource_id, _heard.count).where(_heard.stack_id.in_(list(stack_ids)))
    return {row[0]: row[1] for row in db.sql.execute(found)}


def total(db: Connection, stack_id: str) -> int:
    """How many signals the resources of a stack have taken."""
    count = select(func.coalesce(func.sum(_heard.count), 0)).where(_heard.stack_id == stack_id)
    return int(db.sql.execute(count).scalar_one())
