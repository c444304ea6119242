"""Queries about hooks that steps have come to."""

from collections.abc import Iterable

from sqlalchemy import select

from hearth.stack import HookRecord
from hearth.store import rows, tables
from hearth.store.database import Connection

_hook = tables.hooks.c


def of_run(db: Connection, run_id: str) -> list[HookRecord]:
    """Where the steps of a run have stopped so far."""
    found = select(tables.hooks).where(_hook.run_id == run_id)
    found = found.order_by(_hook.at, _hook.resource_id, _hook.hook)
    return [rows.HOOK.read(db.codec, row) for row in db.all(found)]


def pending(db: Connection, resource_id: str, hook: str) -> HookRecord | None:
    """The hook at which a resource's step waits; None if it does not."""
    own = (_hook.resource_id == resource_id, _hook.hook == hook, ~_hook.cleared)
    row = db.one(select(tables.hooks).where(*own))
    return None if row is None else rows.HOOK.read(db.codec, row)


def cleared(db: Connection, run_ids: Iterable[str]) -> list[HookRecord]:
    """The hooks of these runs at which nobody needs to wait any more."""
    found = select(tables.hooks).where(_hook.run_id.in_(list(run_ids)), _hook.cleared)
    return [rows.HOOK.read(db.codec, row) for row in db.all(found)]
