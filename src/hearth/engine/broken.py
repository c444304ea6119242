"""A run that cannot even begin, or that met a fault of ours: its stack says so and is FAILED."""

import logging

from hearth.base.errors import HearthError
from hearth.engine.desk import Desk
from hearth.engine.telling import stack_event
from hearth.stack import RunRecord, RunStatus, State, Status
from hearth.store import Batch, Change, Fence, SetRun, SetStack, stacks
from dataclasses import replace

log = logging.getLogger(__name__)


async def give_up(desk: Desk, run: RunRecord, error: BaseException) -> None:
    """Record that the run has failed, under its fence, in whatever turn it is."""
    stack = await desk.store.read(stacks.find, run.stack_id)
    if stack is None:
        return
    changes: list[Change] = [SetRun(run.id, {"status": RunStatus.FAILED})]
    reason = error.sentence if isinstance(error, HearthError) else (
        f"Unexpected exit while IN_PROGRESS: {type(error).__name__}"
    )
    events = ()
    if stack.run_id == run.id:
        state = State(run.action, Status.FAILED)
        failed = replace(stack, state=state, reason=reason, run_id=None)
        changes.append(SetStack(stack.id, {"state": state, "reason": reason, "run_id": None}))
        events = (stack_event(desk.ids.uuid(), failed, desk.clock.now(), run.operation_id),)
    try:
        await desk.store.write(Batch(tuple(changes), events, Fence(run.id, run.fence), 0))
    except HearthError as refused:
        log.warning("run %s was given up by another first: %s", run.id, refused)
