"""Queries about why something failed."""

from dataclasses import dataclass

from sqlalchemy import select

from hearth.stack import Cause, StackRecord
from hearth.store import rows, tables
from hearth.store.database import Connection

_cause = tables.causes.c
_stack = tables.stacks.c
_row = tables.resources.c


@dataclass(frozen=True, slots=True)
class Above:
    """A resource that a nested stack is: its name, its definition's place, what it is made of.

    made_of: the name of a type, or of a template.
    """

    name: str
    where: str
    made_of: str


def of_operation(db: Connection, root_id: str, operation_id: str) -> list[Cause]:
    """Why an operation failed: the root cause first, what only followed from it last.

    Of what failed at one moment the innermost comes first.
    """
    own = (_cause.root_id == root_id, _cause.operation_id == operation_id)
    found = db.all(select(tables.causes).where(*own).order_by(_cause.run_id, _cause.step))
    every = [rows.CAUSE.read(db.codec, row) for row in found]
    return sorted(every, key=lambda one: (one.follows, one.at, -len(one.path)))


def above(db: Connection, stack: StackRecord) -> tuple[Above, ...]:
    """The resources that a stack is nested in, from the root."""
    found: list[Above] = []
    ident, parent_id, name = stack.id, stack.parent_id, stack.parent_resource
    while parent_id is not None:
        own = (_row.stack_id == parent_id, _row.nested_id == ident)
        seen = db.sql.execute(select(_row.where, _row.type_resolved).where(*own)).first()
        where, made_of = (seen[0], seen[1]) if seen is not None else ("", "")
        found.append(Above(name or "", where, made_of))
        ident = parent_id
        parent = select(_stack.parent_id, _stack.parent_resource).where(_stack.id == parent_id)
        row = db.sql.execute(parent).first()
        parent_id, name = (row[0], row[1]) if row is not None else (None, None)
    return tuple(reversed(found))
