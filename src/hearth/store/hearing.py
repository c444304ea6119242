"""Queries about what signals have told resources."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from hearth.stack import HeardRecord, ResourceRecord, StackRecord
from hearth.store import resources, rows, tables
from hearth.store.database import Connection

_heard = tables.heard.c
_resource = tables.resources.c
_stack = tables.stacks.c


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


def total(db: Connection, stack: StackRecord) -> int:
    """How many signals the resources of a stack, and of those below it, have taken."""
    return totals(db, stack.root_id).get(stack.id, 0)


def totals(db: Connection, root_id: str) -> dict[str, int]:
    """The same of each stack of a tree; those that have heard nothing are left out."""
    tree = (_stack.root_id == root_id, _heard.stack_id == _stack.id)
    own = select(_stack.id, func.sum(_heard.count)).where(*tree).group_by(_stack.id)
    counts = {row[0]: int(row[1]) for row in db.sql.execute(own)}
    if counts.keys() <= {root_id}:
        return counts
    found = select(_stack.id, _stack.parent_id).where(_stack.root_id == root_id)
    parents = {row[0]: row[1] for row in db.sql.execute(found)}
    sums: dict[str, int] = {}
    for ident, count in counts.items():
        above: str | None = ident
        while above is not None:
            sums[above] = sums.get(above, 0) + count
            above = parents.get(above)
    return sums


def accounted(db: Connection, stack: StackRecord) -> int:
    """How many of them are in what is recorded: a stack's own, and those in outputs below it."""
    own = select(func.coalesce(func.sum(_heard.count), 0)).where(_heard.stack_id == stack.id)
    children = (_stack.parent_id == stack.id, _stack.deleted_at.is_(None))
    below = select(func.coalesce(func.sum(_stack.outputs_heard), 0)).where(*children)
    return int(db.sql.execute(own).scalar_one()) + int(db.sql.execute(below).scalar_one())
