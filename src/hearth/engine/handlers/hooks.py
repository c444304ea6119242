"""Telling a resource to go on past the hook that it stands at."""

from dataclasses import replace
from typing import Any

from hearth.base.errors import HearthError, Refused
from hearth.bus import Done, SignalResource
from hearth.engine.desk import Desk
from hearth.engine.handlers.runs import kept
from hearth.engine.telling import let_go, resource_event
from hearth.engine.worker import BELL
from hearth.stack import EventRecord, HookRecord, ResourceRecord, StackRecord
from hearth.store import Batch, ClearHook, Connection, Rejected, hooks, resources
from hearth.template.registry import HOOKS

Standing = tuple[HookRecord, ResourceRecord]
"""A hook at which somebody waits, and the row that does."""


async def unset(desk: Desk, command: SignalResource, stack: StackRecord) -> Done:
    """Clear a hook, and tell so; whoever carries the run out finds it cleared."""
    hook, name = command.details["unset_hook"], command.resource
    if hook not in HOOKS:
        words = f'Invalid hook type "{hook}" for the resource "{name}".'
        raise Refused(words, kind="InvalidBreakPointHook")
    standing = await desk.store.read(_standing, stack.id, name, hook)
    if not standing:
        raise _nothing_waits(name, hook)
    answer = Done()
    changes = [ClearHook(one.resource_id, one.hook) for one, _row in standing]
    events = tuple(_cleared(desk, command, stack, row, hook) for _one, row in standing)
    try:
        await desk.store.write(Batch((*changes, kept(desk, command, answer)), events))
    except Rejected as gone:  # the run has ended in the meantime
        raise _nothing_waits(name, hook) from gone
    for run_id in {one.run_id for one, _row in standing}:
        desk.bus.ring(BELL, run_id)
    return answer


def _standing(db: Connection, stack_id: str, name: str, hook: str) -> list[Standing]:
    """All that stands at a hook under a name: a deletion may have several rows of one."""
    rows = [row for row in resources.of(db, stack_id) if row.name == name]
    found = [(hooks.pending(db, row.id, hook), row) for row in rows]
    return [(one, row) for one, row in found if one is not None]


def _cleared(
    desk: Desk, command: SignalResource, stack: StackRecord, row: ResourceRecord, hook: str
) -> EventRecord:
    told = replace(row, reason=let_go(hook))
    now, operation = desk.clock.now(), command.caller.request_id
    return resource_event(desk.ids.uuid(), stack, told, now, operation)


def _nothing_waits(name: str, hook: Any) -> HearthError:
    """Why a hook cannot be let go of."""
    words = f'The "{hook}" hook is not defined on the resource "{name}".'
    return Refused(words, kind="InvalidBreakPointHook")
