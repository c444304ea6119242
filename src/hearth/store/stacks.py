"""Queries about stacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, or_, select

from hearth.stack import Action, StackRecord, Status
from hearth.store import paging, rows, tables
from hearth.store.database import Connection

_stack = tables.stacks.c
_tag = tables.stack_tags.c

_FIND = select(tables.stacks).where(_stack.id == bindparam("id"))
_NAMED = (
    select(tables.stacks)
    .where(
        _stack.project_id == bindparam("project"),
        _stack.name == bindparam("name"),
        _stack.deleted_at.is_(None),
    )
    .order_by(_stack.depth, _stack.created_at)
)

# A list shows neither outputs nor parameters, and they are the large part of a row.
_LISTED = [
    column for column in tables.stacks.columns if column.name not in {"outputs", "shown_parameters"}
]


@dataclass(frozen=True, slots=True)
class StackQuery:
    """Which stacks are listed, and in what order.

    project_id: None means those of all projects. filters: by upstream's names, each with the
    values that it may have; unknown names are ignored. sort_keys: `stack_name`, `stack_status`,
    `creation_time`, `updated_time`; others are ignored. marker: id of the last stack seen.
    tags: all of these; tags_any: some; not_tags: not all; not_tags_any: none.
    hidden_tags: stacks with one of these are left out, unless `show_hidden`.
    """

    project_id: str | None
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort_keys: Sequence[str] = ()
    sort_dir: str | None = None
    limit: int | None = None
    marker: str | None = None
    show_deleted: bool = False
    show_nested: bool = False
    show_hidden: bool = False
    hidden_tags: Sequence[str] = ()
    tags: Sequence[str] = ()
    tags_any: Sequence[str] = ()
    not_tags: Sequence[str] = ()
    not_tags_any: Sequence[str] = ()


def find(db: Connection, stack_id: str) -> StackRecord | None:
    """A stack by its id, deleted or not."""
    found = db.known(_FIND, id=stack_id)
    return rows.STACK.read(db.codec, found[0]) if found else None


def find_many(db: Connection, stack_ids: Iterable[str]) -> dict[str, StackRecord]:
    """Several stacks by their ids, without outputs and parameters."""
    found = select(*_LISTED).where(_stack.id.in_(list(stack_ids)))
    return {row["id"]: rows.STACK.read(db.codec, row) for row in db.all(found)}


def named(db: Connection, project_id: str, name: str) -> StackRecord | None:
    """The stack of that name that is not deleted; a root rather than a nested one."""
    found = db.known(_NAMED, project=project_id, name=name)
    return rows.STACK.read(db.codec, found[0]) if found else None


def reached(db: Connection, project_id: str, name: str) -> StackRecord | None:
    """A root that is not deleted by its name, for its project or for that of its users."""
    own = or_(_stack.project_id == project_id, _stack.stack_user_project_id == project_id)
    there = (_stack.name == name, _stack.deleted_at.is_(None), _stack.parent_id.is_(None))
    row = db.one(select(tables.stacks).where(own, *there))
    return None if row is None else rows.STACK.read(db.codec, row)


def projects_left(db: Connection, limit: int) -> list[StackRecord]:
    """Roots that are deleted and whose users' project is not, the oldest first.

    One that was let go of has left its project to who takes it over.
    """
    left = (
        _stack.deleted_at.is_not(None),
        _stack.abandoned_at.is_(None),
        _stack.stack_user_project_id.is_not(None),
    )
    found = select(*_LISTED).where(*left, _stack.parent_id.is_(None)).order_by(_stack.deleted_at)
    return [rows.STACK.read(db.codec, row) for row in db.all(found.limit(limit))]


def one_of_each_project(db: Connection, limit: int, after: str = "") -> list[StackRecord]:
    """Of each project that has stacks one root that has a trust, by the projects' ids."""
    chosen = (
        select(func.min(_stack.id).label("id"))
        .where(
            _stack.deleted_at.is_(None),
            _stack.parent_id.is_(None),
            _stack.credentials_id.is_not(None),
            _stack.project_id > after,
        )
        .group_by(_stack.project_id)
        .order_by(_stack.project_id)
        .limit(limit)
        .subquery()
    )
    found = select(*_LISTED).join(chosen, chosen.c.id == _stack.id).order_by(_stack.project_id)
    return [rows.STACK.read(db.codec, row) for row in db.all(found)]


def user_projects(db: Connection, project_ids: Iterable[str]) -> dict[str, bool]:
    """Which of these projects are, or were, of stacks' users; and whether all is settled there.

    A stack that is let go of leaves its users to another, which says with its run under way, row by
    row, whom it takes over.
    """
    project = _stack.stack_user_project_id
    unsettled = or_(_stack.run_id.is_not(None), _stack.abandoned_at.is_not(None))
    found = select(project, func.max(case((unsettled, 1), else_=0)))
    wanted = found.where(project.in_(list(project_ids))).group_by(project)
    return {str(ident): not moving for ident, moving in db.sql.execute(wanted)}


def listed(db: Connection, query: StackQuery) -> list[StackRecord]:
    """A page of stacks, without outputs and parameters."""
    keys = [_SORT[key] for key in query.sort_keys if key in _SORT]
    descending = query.sort_dir == "desc" if keys or query.sort_dir else True
    order = [*(keys or [_stack.created_at]), _stack.id]
    found = select(*_LISTED).where(*_wanted(query))
    marker = _stack.id == query.marker if query.marker else None
    found = paging.paged(db, found, order, descending=descending, marker=marker)
    if query.limit is not None:
        found = found.limit(query.limit)
    return [rows.STACK.read(db.codec, row) for row in db.all(found)]


def counted(db: Connection, query: StackQuery) -> int:
    """How many stacks the query finds, all pages together."""
    count = select(func.count()).select_from(tables.stacks).where(*_wanted(query))
    return int(db.sql.execute(count).scalar_one())


def counted_roots(db: Connection, project_id: str) -> int:
    """How many root stacks a project has: what `max_stacks_per_tenant` limits."""
    return counted(db, StackQuery(project_id, show_hidden=True))


def children(db: Connection, stack_id: str, *, deleted: bool = False) -> list[StackRecord]:
    """The stacks directly below."""
    return _many(db, _stack.parent_id == stack_id, deleted=deleted)


def tree(db: Connection, root_id: str, *, deleted: bool = False) -> list[StackRecord]:
    """A root stack and all below it, from the top."""
    return _many(db, _stack.root_id == root_id, deleted=deleted)


def ids_below(db: Connection, stack_id: str, depth: int) -> list[str]:
    """The ids of a stack and of those at most so many levels below it, deleted ones too."""
    found = level = [stack_id]
    for _level in range(depth):
        below = select(_stack.id).where(_stack.parent_id.in_(level)).order_by(_stack.id)
        level = list(db.sql.execute(below).scalars())
        if not level:
            break
        found = found + level
    return found


def _many(db: Connection, condition: ColumnElement[bool], *, deleted: bool) -> list[StackRecord]:
    found = select(tables.stacks).where(condition)
    if not deleted:
        found = found.where(_stack.deleted_at.is_(None))
    found = found.order_by(_stack.depth, _stack.created_at, _stack.id)
    return [rows.STACK.read(db.codec, row) for row in db.all(found)]


def _wanted(query: StackQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.project_id is not None:
        wanted.append(_stack.project_id == query.project_id)
    if not query.show_deleted:
        wanted.append(_stack.deleted_at.is_(None))
    if not query.show_nested:
        wanted.append(_stack.parent_id.is_(None))
    if query.tags:
        wanted.append(_with_all(query.tags))
    if query.tags_any:
        wanted.append(_with_some(query.tags_any))
    if query.not_tags:
        wanted.append(~_with_all(query.not_tags))
    if query.not_tags_any:
        wanted.append(~_with_some(query.not_tags_any))
    if query.hidden_tags and not query.show_hidden:
        wanted.append(~_with_some(query.hidden_tags))
    wanted += [_filter(name, values) for name, values in query.filters.items() if name in _FILTERS]
    return wanted


def _with_some(tags: Sequence[str]) -> ColumnElement[bool]:
    return _stack.id.in_(select(_tag.stack_id).where(_tag.tag.in_(list(tags))))


def _with_all(tags: Sequence[str]) -> ColumnElement[bool]:
    unique = set(tags)
    tagged = select(_tag.stack_id).where(_tag.tag.in_(sorted(unique))).group_by(_tag.stack_id)
    return _stack.id.in_(tagged.having(func.count() == len(unique)))


def _filter(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    if name in {"status", "stack_status"}:
        return or_(false(), *map(_status, values))
    column = _FILTERS[name]
    read = _READ.get(name, str)
    return column.in_([read(value) for value in values])


def _status(text: str) -> ColumnElement[bool]:
    """`COMPLETE`, or `CREATE_COMPLETE`."""
    for status in Status:
        action = text.removesuffix(f"_{status.value}")
        if text == status.value:
            return _stack.status == text
        if action != text and action in Action.__members__:
            return and_(_stack.action == action, _stack.status == status.value)
    return false()


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1


_SORT: dict[str, ColumnElement[Any]] = {
    "stack_name": _stack.name,
    "stack_status": _stack.status,
    "creation_time": _stack.created_at,
    "updated_time": func.coalesce(_stack.updated_at, 0.0),
}
_FILTERS: dict[str, ColumnElement[Any]] = {
    "id": _stack.id,
    "stack_identity": _stack.id,
    "name": _stack.name,
    "stack_name": _stack.name,
    "status": _stack.status,
    "stack_status": _stack.status,
    "action": _stack.action,
    "stack_action": _stack.action,
    "stack_status_reason": _stack.reason,
    "tenant": _stack.project_id,
    "username": _stack.username,
    "stack_owner": _stack.username,
    "owner_id": _stack.parent_id,
    "parent": _stack.parent_id,
    "disable_rollback": _stack.disable_rollback,
    "timeout_mins": _stack.timeout_mins,
    "stack_user_project_id": _stack.stack_user_project_id,
}
_READ: dict[str, Any] = {
    "disable_rollback": lambda text: str(text).lower() == "true",
    "timeout_mins": _number,
}
