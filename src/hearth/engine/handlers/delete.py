"""Deleting a stack: at any time, whatever else is being done to it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hearth.bus import Command, DeleteStack, Done
from hearth.engine.announcing import durable
from hearth.engine.desk import Desk
from hearth.engine.handlers.finding import found
from hearth.engine.handlers.runs import begin_run, begun_event, kept, run_of, started
from hearth.engine.handlers.trusting import given, let_go_on, renewed
from hearth.engine.telling import begun
from hearth.plan import Plan, later
from hearth.stack import Action, StackRecord, State, Status
from hearth.store import Batch, Moved


async def delete(desk: Desk, command: DeleteStack) -> Done:
    """Begin to delete; what is under way is stopped first."""
    stack = await found(desk, command.caller, command.stack)
    if stack.state == State(Action.DELETE, Status.IN_PROGRESS) and stack.run_id is not None:
        # Where it has moved on, it may be gone, and no trust may become its own any more.
        with suppress(Moved):
            await let_go_on(desk, command, stack, Done())
        return Done()
    return await _begin(desk, command, stack, later(Action.DELETE, stack.run_id))


async def _begin(desk: Desk, command: Command[Any], stack: StackRecord, plan: Plan) -> Done:
    trust = await renewed(desk, command.caller, stack)
    made = trust.changes if trust is not None else ()
    fields = trust.fields if trust is not None else {}
    run = run_of(desk, stack, Action.DELETE, command.caller.request_id, plan)
    changes = (*made, *begin_run(stack, run, fields))
    told = replace(stack, state=State(Action.DELETE, Status.IN_PROGRESS), reason=begun(run.action))
    event = begun_event(desk, told, run)
    async with given(desk, trust):
        await durable(desk.store, Batch((*changes, kept(desk, command, Done())), (event,)))
    started(desk, stack, run)
    return Done()
