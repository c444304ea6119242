"""Why a stack failed, and for what it waits."""

from typing import Any

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import cause, time_of
from hearth.api.heat.parts import Parts, Reply, stack_at
from hearth.plan import from_document
from hearth.stack import Action, Cause, ParkedRun, StackRecord, Status
from hearth.store import Connection, causes, parking, runs, snapshots, stacks

MOST = 50
"""So much of what waits is told of: the rest waits for the same."""


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET …/causes: why the last operation failed, the root cause first; of the whole tree.

    Of a nested stack: what failed in it and below, and only where that is nothing, elsewhere.
    """
    stack = await stack_at(parts, ask)
    deepest = parts.settings.max_nested_stack_depth
    found = await parts.store.read(_found, stack, deepest)
    if not found and stack.state.status is Status.FAILED:
        found = [_told(stack)]
    paused = await parts.store.read(_paused, stack)
    return Reply({"causes": [cause(one) for one in found], "waiting": paused})


def _paused(db: Connection, stack: StackRecord) -> list[dict[str, Any]]:
    """What of the tree waits for its credentials, since when, and who must act; the oldest first.

    A tree stands upon one trust: of a nested stack it is told what waits elsewhere, too.
    """
    found = sorted(parking.of_tree(db, stack.root_id), key=lambda one: one.since)
    return [told for one in found[:MOST] if (told := _waits(db, one)) is not None]


def _waits(db: Connection, parked: ParkedRun) -> dict[str, Any] | None:
    run = runs.find(db, parked.run_id)
    stack = stacks.find(db, run.stack_id) if run is not None else None
    if run is None or stack is None:
        return None
    snapshot = from_document(run.plan).aim.snapshot if run.action is Action.DELETE else None
    kept = snapshots.find(db, snapshot) if snapshot is not None else None
    return {
        "stack_id": stack.id,
        "stack_name": stack.name,
        "path": [one.name for one in causes.above(db, stack)],
        "action": run.action.value,
        "snapshot": snapshot,
        "since": time_of(parked.since),
        "until": time_of(run.deadline_at),
        "message": stack.reason if kept is None else kept.reason,
    }


def _found(db: Connection, stack: StackRecord, deepest: int) -> list[Cause]:
    operation = runs.last_operation(db, stack.id)
    if operation is None:
        return []
    every = causes.of_operation(db, stack.root_id, operation)
    if stack.parent_id is None:
        return every
    below = set(stacks.ids_below(db, stack.id, deepest))
    return [one for one in every if one.stack_id in below] or every


def _told(stack: StackRecord) -> Cause:
    """What a stack says of itself, where nothing more is known."""
    return Cause(
        run_id="",
        step="",
        root_id=stack.root_id,
        stack_id=stack.id,
        operation_id="",
        action=stack.state.action,
        at=stack.updated_at or stack.created_at,
        error="",
        message=stack.reason,
    )
