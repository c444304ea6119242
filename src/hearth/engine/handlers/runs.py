"""Beginning a run for a stack: the row, and what it takes the place of."""

from typing import Any

from hearth.base.errors import Late
from hearth.bus import Answer, Command, encode
from hearth.engine.desk import Desk
from hearth.engine.telling import begun, stack_event
from hearth.engine.worker import BELL
from hearth.plan import Plan, later, to_document
from hearth.stack import (
    Action,
    CommandRecord,
    EventRecord,
    RunRecord,
    RunStatus,
    StackRecord,
    State,
    Status,
)
from hearth.store import Change, DropCauses, PutAnswer, PutRun, SetRun, SetStack


def timeout_of(desk: Desk, stack: StackRecord) -> float:
    """The time that an action on a stack has, in seconds."""
    return float((stack.timeout_mins or 0) * 60 or desk.settings.stack_action_timeout)


def run_of(
    desk: Desk, stack: StackRecord, action: Action, operation: str, plan: Plan | None
) -> RunRecord:
    """A new run of a stack; without a plan it is made when the run begins."""
    now = desk.clock.now()
    return RunRecord(
        id=desk.ids.uuid(),
        stack_id=stack.id,
        root_id=stack.root_id,
        action=action,
        status=RunStatus.RUNNING,
        plan=to_document(plan or later(action)),
        started_at=now,
        deadline_at=now + timeout_of(desk, stack),
        inputs_id=stack.inputs_id,
        operation_id=operation,
        fence=1,
        owner=desk.worker,
    )


def begin_run(stack: StackRecord, run: RunRecord, fields: dict[str, Any]) -> list[Change]:
    """The changes by which a run begins, taking the place of the one under way.

    They hold for the stack as it was read: one that has moved on may have another run by now.
    """
    values: dict[str, Any] = fields | {
        "state": State(run.action, Status.IN_PROGRESS),
        "reason": begun(run.action),
        "run_id": run.id,
    }
    if run.action is not Action.DELETE:
        values["abandoned_at"] = None  # what was let go of half-way is worked on again
    changes: list[Change] = [SetStack(stack.id, values, stack.version), PutRun(run)]
    if stack.parent_id is None:
        changes.append(DropCauses(stack.id))
    if stack.run_id is not None:
        changes.append(SetRun(stack.run_id, {"superseded_by": run.id}))
    return changes


def begun_event(desk: Desk, stack: StackRecord, run: RunRecord) -> EventRecord:
    """That it has begun."""
    return stack_event(desk.ids.uuid(), stack, run.started_at, run.operation_id)


def kept(desk: Desk, command: Command[Any], answer: Answer) -> PutAnswer:
    """The answer, stored with the effect; Late when nobody waits for it any more.

    Whoever asked was told that there is no answer, and may have asked anew: what takes effect so
    late may undo what was done since.
    """
    if command.deadline < desk.clock.now():
        raise Late(f"The command {command.id} was not carried out in time.")
    return PutAnswer(CommandRecord(command.id, encode(answer), desk.clock.now()))


def started(desk: Desk, stack: StackRecord, run: RunRecord) -> None:
    """Take the run up; wake whoever holds the one that it takes the place of."""
    desk.children.begin(run)
    if stack.run_id is not None:
        desk.bus.ring(BELL, stack.run_id)
