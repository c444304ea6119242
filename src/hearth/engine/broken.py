"""A run that cannot even begin, or that met a fault of ours: its stack says so and is FAILED."""

import logging
from dataclasses import replace

from hearth.base.errors import HearthError
from hearth.engine.causes import cause_of_run
from hearth.engine.desk import Desk
from hearth.engine.ledger import Ledger
from hearth.engine.telling import kind, stack_event
from hearth.plan import from_document
from hearth.stack import EventRecord, RunRecord, RunStatus, State, Status
from hearth.store import (
    Change,
    DropHooks,
    DropParked,
    SetRun,
    SetSnapshot,
    SetStack,
    causes,
    snapshots,
    stacks,
)

log = logging.getLogger(__name__)


async def give_up(desk: Desk, ledger: Ledger, run: RunRecord, error: BaseException) -> None:
    """Record that the run has failed; where that cannot be, its lease's end brings it back."""
    try:
        await _given_up(desk, ledger, run, error)
    except HearthError as refused:
        log.warning("run %s could not be given up: %s", run.id, refused)


async def _given_up(desk: Desk, ledger: Ledger, run: RunRecord, error: BaseException) -> None:
    stack = await desk.store.read(stacks.find, run.stack_id)
    if stack is None:
        return
    ended = SetRun(run.id, {"status": RunStatus.FAILED})
    changes: list[Change] = [ended, DropHooks(run.id), DropParked(run.id)]
    reason = (
        error.sentence
        if isinstance(error, HearthError)
        else (f"Unexpected exit while IN_PROGRESS: {type(error).__name__}")
    )
    events: tuple[EventRecord, ...] = ()
    snapshot = from_document(run.plan).aim.snapshot
    if snapshot is not None and await desk.store.read(snapshots.find, snapshot) is not None:
        changes.append(SetSnapshot(snapshot, {"status": Status.FAILED, "reason": reason}))
    if stack.run_id == run.id:
        state = State(run.action, Status.FAILED)
        failed = replace(stack, state=state, reason=reason, run_id=None)
        changes.append(SetStack(stack.id, {"state": state, "reason": reason, "run_id": None}))
        told = error if isinstance(error, HearthError) else HearthError(reason, kind=kind(error))
        above = await desk.store.read(causes.above, stack)
        changes.append(cause_of_run(run, stack, above, told, desk.clock.now()))
        events = (stack_event(desk.ids.uuid(), failed, desk.clock.now(), run.operation_id),)
    await ledger.write(changes, events)
