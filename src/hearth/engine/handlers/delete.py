"""Deleting a stack: at any time, whatever else is being done to it."""

from dataclasses import replace

from hearth.bus import DeleteStack, Done
from hearth.engine.announcing import durable
from hearth.engine.desk import Desk
from hearth.engine.handlers.finding import found
from hearth.engine.handlers.runs import begin_run, begun_event, kept, run_of, started
from hearth.engine.telling import begun
from hearth.plan import later
from hearth.stack import Action, State, Status
from hearth.store import Batch


async def delete(desk: Desk, command: DeleteStack) -> Done:
    """Begin to delete; what is under way is stopped first."""
    stack = await found(desk, command.caller, command.stack)
    answer = Done()
    if stack.state == State(Action.DELETE, Status.IN_PROGRESS) and stack.run_id is not None:
        await desk.store.write(Batch((kept(desk, command, answer),)))
        return answer
    plan = later(Action.DELETE, stack.run_id)
    run = run_of(desk, stack, Action.DELETE, command.caller.request_id, plan)
    changes = begin_run(stack, run, {})
    told = replace(stack, state=State(Action.DELETE, Status.IN_PROGRESS), reason=begun(run.action))
    event = begun_event(desk, told, run)
    await durable(desk.store, Batch((*changes, kept(desk, command, answer)), (event,)))
    started(desk, stack, run)
    return answer
