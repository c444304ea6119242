"""Queries about events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from hearth.stack import EventRecord
from hearth.store import paging, rows, stacks, tables
from hearth.store.database import Connection

_event = tables.events.c


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events of a stack are listed.

    nested_depth: so many levels of nested stacks too. filters: `resource_status`,
    `resource_action`, `resource_name`, `resource_type`, each with the values that it may have.
    sort_keys: `event_time`, `resource_type`; others are ignored. marker: id of the last event
    seen. after: only events numbered higher.
    """

    stack_id: str
    nested_depth: int = 0
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort_keys: Sequence[str] = ()
    sort_dir: str | None = None
    limit: int | None = None
    marker: str | None = None
    after: int | None = None


def listed(db: Connection, query: EventQuery) -> list[EventRecord]:
    """A page of events, without their properties. By default in the order of what happened."""
    order = [_SORT[key] for key in query.sort_keys if key in _SORT]
    if _event.number not in set(order):
        order.append(_event.number)
    found = select(*_LIGHT).where(*_wanted(db, query))
    marker = _event.id == query.marker if query.marker else None
    descending = query.sort_dir == "desc"
    found = paging.paged(db, found, order, descending=descending, marker=marker)
    if query.limit is not None:
        found = found.limit(query.limit)
    return [rows.EVENT.read(db.codec, row) for row in db.all(found)]


def counted(db: Connection, query: EventQuery) -> int:
    """How many events the query finds, all pages together."""
    count = select(func.count()).select_from(tables.events).where(*_wanted(db, query))
    return int(db.sql.execute(count).scalar_one())


def find(db: Connection, stack_id: str, event_id: str) -> EventRecord | None:
    """An event of a stack, with its properties."""
    own = (_event.stack_id == stack_id, _event.id == event_id)
    row = db.one(select(tables.events).where(*own))
    return None if row is None else rows.EVENT.read(db.codec, row)


def last_number(db: Connection, root_id: str) -> int:
    """The number of the newest event of a root stack and all below it."""
    counter = tables.event_counters.c
    found = db.sql.execute(select(counter.last).where(counter.root_id == root_id)).scalar()
    return int(found or 0)


def _wanted(db: Connection, query: EventQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]]
    if query.nested_depth:
        within = stacks.ids_below(db, query.stack_id, query.nested_depth)
        wanted = [_event.stack_id.in_(within)]
    else:
        wanted = [_event.stack_id == query.stack_id]
    if query.after is not None:
        wanted.append(_event.number > query.after)
    for name, values in query.filters.items():
        if name == "resource_status":
            wanted.append(or_(*(_status(value) for value in values)))
        elif name in _FILTERS:
            wanted.append(_FILTERS[name].in_(list(values)))
    return wanted


def _status(text: str) -> ColumnElement[bool]:
    """`COMPLETE`, or `CREATE_COMPLETE`."""
    action, _, status = text.partition("_")
    return or_(_event.status == text, and_(_event.action == action, _event.status == status))


_LIGHT = [column for column in tables.events.columns if column.name != "properties"]
# Time is told by the numbers: two events of one millisecond have an order all the same.
_SORT: dict[str, ColumnElement[Any]] = {
    "event_time": _event.number,
    "resource_type": _event.resource_type,
}
_FILTERS: dict[str, ColumnElement[Any]] = {
    "resource_action": _event.action,
    "resource_name": _event.resource_name,
    "resource_type": _event.resource_type,
}
