"""Suspend, resume, check, and cancelling an update."""

from dataclasses import replace
from typing import Any

from hearth.base.errors import Refused
from hearth.bus import Done, StackAction
from hearth.engine.announcing import durable
from hearth.engine.back import going_back
from hearth.engine.causes import Cancelled, cause_of_run
from hearth.engine.desk import Desk
from hearth.engine.halting import STOP
from hearth.engine.handlers.finding import at_rest, found
from hearth.engine.handlers.runs import begin_run, begun_event, kept, run_of, started
from hearth.engine.handlers.trusting import given, let_go_on, renewed, waits
from hearth.engine.telling import begun
from hearth.engine.worker import BELL
from hearth.stack import Action, EventRecord, RunRecord, StackRecord, State, Status
from hearth.store import Batch, Change, PutRun, SetRun, SetStack, runs

_RUNS = {"suspend": Action.SUSPEND, "resume": Action.RESUME, "check": Action.CHECK}


async def act(desk: Desk, command: StackAction) -> Done:
    """Do to a stack what the action's name says."""
    stack = await found(desk, command.caller, command.stack)
    if command.action in ("cancel_update", "cancel_without_rollback"):
        return await _cancel(desk, command, stack)
    action = _RUNS.get(command.action)
    if action is None:
        raise Refused(f"The action {command.action} is not known.", kind="HTTPBadRequest")
    answer = Done()
    if stack.state == State(action, Status.COMPLETE) and action is not Action.CHECK:
        await desk.store.write(Batch((kept(desk, command, answer),)))
        return answer
    if stack.state == State(action, Status.IN_PROGRESS) and await waits(desk, stack):
        await let_go_on(desk, command, stack, answer)
        return answer
    at_rest(stack)
    run = run_of(desk, stack, action, command.caller.request_id, None)
    told = replace(stack, state=State(action, Status.IN_PROGRESS), reason=begun(action))
    trust = await renewed(desk, command.caller, stack)
    made, fields = (trust.changes, trust.fields) if trust is not None else ((), {})
    changes = (*made, *begin_run(stack, run, fields), kept(desk, command, answer))
    async with given(desk, trust):
        await durable(desk.store, Batch(changes, (begun_event(desk, told, run),)))
    started(desk, stack, run)
    return answer


async def _cancel(desk: Desk, command: StackAction, stack: StackRecord) -> Done:
    back = command.action == "cancel_update"
    legal = {Action.UPDATE} if back else {Action.CREATE, Action.UPDATE}
    under_way = stack.state.status is Status.IN_PROGRESS
    if not under_way or stack.run_id is None or stack.state.action not in legal:
        what = "Cancelling update" if back else "Cancelling update without rollback"
        words = f"{what} when stack is {stack.state}"
        raise Refused(f"{words} is not supported.", kind="NotSupported")
    run = await desk.store.read(runs.find, stack.run_id)
    assert run is not None, "a stack's run outlives its being under way"
    trust = await renewed(desk, command.caller, stack)
    made, fields = (trust.changes, trust.fields) if trust is not None else ((), {})
    own, events = _return(desk, stack, run, fields) if back else _stop(stack, run, fields)
    answer = Done()
    async with given(desk, trust):
        await durable(desk.store, Batch((*made, *own, kept(desk, command, answer)), events))
    desk.bus.ring(BELL, run.id)
    return answer


def _stop(
    stack: StackRecord, run: RunRecord, fields: dict[str, Any]
) -> tuple[tuple[Change, ...], tuple[EventRecord, ...]]:
    """Have the run stop, which tells of its end itself."""
    own = (SetStack(stack.id, fields),) if fields else ()
    return (*own, SetRun(run.id, {"superseded_by": STOP})), ()


def _return(
    desk: Desk, stack: StackRecord, run: RunRecord, fields: dict[str, Any]
) -> tuple[tuple[Change, ...], tuple[EventRecord, ...]]:
    """Have a run go back that takes the place of the one under way.

    What that one has in hand comes to its end first, so that what changes in place is changed
    back in place. Why it was stopped is written here: what is superseded tells of no end.
    """
    back, values = going_back(desk, stack, run)
    error = Cancelled(f"{run.action.value} was cancelled")
    changes = (
        SetStack(stack.id, fields | values, stack.version),
        PutRun(back),
        SetRun(run.id, {"superseded_by": back.id}),
        cause_of_run(run, stack, (), error, back.started_at),
    )
    return changes, (begun_event(desk, replace(stack, **values), back),)
