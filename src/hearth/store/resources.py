"""Queries about resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from hearth.stack import Action, ResourceRecord, StackRecord, Status
from hearth.store import rows, stacks, tables
from hearth.store.database import Connection

_resource = tables.resources.c
_OF = (
    select(tables.resources)
    .where(_resource.stack_id == bindparam("stack"))
    .order_by(_resource.created_at, _resource.id)
)
_FIND = select(tables.resources).where(_resource.id == bindparam("id"))
_NESTING = select(tables.resources).where(_resource.nested_id == bindparam("id"))

_AT_ONCE = 500

# What a list without details leaves out.
_LARGE = {"properties", "attributes", "metadata", "data", "update_policy", "reference"}
_LIGHT = [column for column in tables.resources.columns if column.name not in _LARGE]


@dataclass(frozen=True, slots=True)
class ResourceQuery:
    """Which resources of a stack are listed, and down to which level of nested stacks.

    filters: `type`, `status` (`COMPLETE` or `CREATE_COMPLETE`), `name`, `action`, `id`,
    `physical_resource_id`, each with the values that it may have. detail: with properties,
    attributes, metadata and the rest that is large.
    """

    stack_id: str
    nested_depth: int = 0
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource and the stack it stands in (without outputs and parameters)."""

    resource: ResourceRecord
    stack: StackRecord


def of(db: Connection, stack_id: str) -> list[ResourceRecord]:
    """All rows of a stack, replaced ones too, in the order in which they were made."""
    return [rows.RESOURCE.read(db.codec, row) for row in db.known(_OF, stack=stack_id)]


def holding(db: Connection, kind: str, idents: Sequence[str]) -> list[ResourceRecord]:
    """The rows of a type, of whichever stack, that objects with these ids belong to."""
    found = select(tables.resources).where(
        _resource.type_resolved == kind, _resource.physical_id.in_(idents[:_AT_ONCE])
    )
    return [rows.RESOURCE.read(db.codec, row) for row in db.all(found)]


def shown(found: Iterable[ResourceRecord]) -> dict[str, ResourceRecord]:
    """By name, the incarnation that stands for the resource: not replaced, else the newest."""
    chosen: dict[str, ResourceRecord] = {}
    for record in found:
        rival = chosen.get(record.name)
        if rival is None or _rank(record) > _rank(rival):
            chosen[record.name] = record
    return chosen


def listed(db: Connection, query: ResourceQuery) -> list[Placed]:
    """The resources that a list shows, one of each name, level by level."""
    columns = list(tables.resources.columns) if query.detail else _LIGHT
    found: list[Placed] = []
    level = [query.stack_id]
    for _level in range(query.nested_depth + 1):
        if not level:
            break
        within = (
            select(*columns)
            .where(_resource.stack_id.in_(level))
            .order_by(_resource.created_at, _resource.id)
        )
        records = [rows.RESOURCE.read(db.codec, row) for row in db.all(within)]
        places = stacks.find_many(db, level)
        chosen = [
            record
            for stack_id in level
            for record in shown(r for r in records if r.stack_id == stack_id).values()
        ]
        found += [
            Placed(record, places[record.stack_id])
            for record in chosen
            if record.stack_id in places and _matches(record, query.filters)
        ]
        level = [record.nested_id for record in chosen if record.nested_id is not None]
    return found


def find(db: Connection, resource_id: str) -> ResourceRecord | None:
    """A row by its own id."""
    found = db.known(_FIND, id=resource_id)
    return rows.RESOURCE.read(db.codec, found[0]) if found else None


def named(db: Connection, stack_id: str, name: str) -> ResourceRecord | None:
    """The incarnation that stands for the resource of that name."""
    return next(iter(bearers(db, stack_id, name)), None)


def bearers(db: Connection, stack_id: str, name: str) -> list[ResourceRecord]:
    """The incarnations of the resource of that name, the one that stands for it first."""
    own = (_resource.stack_id == stack_id, _resource.name == name)
    found = db.all(select(tables.resources).where(*own))
    return sorted((rows.RESOURCE.read(db.codec, row) for row in found), key=_rank, reverse=True)


def identified(db: Connection, stack_id: str, text: str) -> list[ResourceRecord]:
    """The resources of a stack whose name, physical id or reference is this text."""
    reference = db.codec.text(text)
    alike = or_(
        _resource.name == text,
        _resource.physical_id == text,
        _resource.reference == reference,
    )
    found = db.all(select(tables.resources).where(_resource.stack_id == stack_id, alike))
    return list(shown(rows.RESOURCE.read(db.codec, row) for row in found).values())


def nesting(db: Connection, nested_id: str) -> ResourceRecord | None:
    """The resource that a nested stack is."""
    found = db.known(_NESTING, id=nested_id)
    return rows.RESOURCE.read(db.codec, found[0]) if found else None


def counted(db: Connection, root_id: str) -> int:
    """How many resources a root stack and all below it have: for `max_resources_per_stack`."""
    within = select(tables.stacks.c.id).where(tables.stacks.c.root_id == root_id)
    count = (
        select(func.count())
        .select_from(tables.resources)
        .where(_resource.stack_id.in_(within), _resource.replaced_by.is_(None))
    )
    return int(db.sql.execute(count).scalar_one())


def there(db: Connection, resource_ids: Iterable[str]) -> set[str]:
    """Which of these rows there are."""
    wanted = list(resource_ids)
    found: set[str] = set()
    for first in range(0, len(wanted), _AT_ONCE):
        some = _resource.id.in_(wanted[first : first + _AT_ONCE])
        found |= set(db.sql.execute(select(_resource.id).where(some)).scalars())
    return found


def any_of(db: Connection, root_id: str, types: Iterable[str]) -> bool:
    """Whether a root stack, or one below it, has a resource of one of these types."""
    within = select(tables.stacks.c.id).where(tables.stacks.c.root_id == root_id)
    mine = (_resource.stack_id.in_(within), _resource.type_resolved.in_(list(types)))
    return db.sql.execute(select(_resource.id).where(*mine).limit(1)).first() is not None


def ids(db: Connection, project_id: str) -> set[str]:
    """The ids of all resource rows of a project: for the sweeper of objects without a row."""
    within = select(tables.stacks.c.id).where(tables.stacks.c.project_id == project_id)
    return set(db.sql.execute(select(_resource.id).where(_resource.stack_id.in_(within))).scalars())


def _rank(record: ResourceRecord) -> tuple[bool, bool, float, str]:
    deleted = record.state.action is Action.DELETE and record.state.status is Status.COMPLETE
    return (record.replaced_by is None, not deleted, record.created_at, record.id)


def _matches(record: ResourceRecord, filters: Mapping[str, Sequence[str]]) -> bool:
    has: dict[str, set[Any]] = {
        "type": {record.type},
        "status": {record.state.status.value, str(record.state)},
        "name": {record.name},
        "action": {record.state.action.value},
        "id": {record.id},
        "physical_resource_id": {record.physical_id},
    }
    return all(has[name] & set(values) for name, values in filters.items() if name in has)
