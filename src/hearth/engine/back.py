"""Going back: the run that makes a stack be as it was before another run."""

from typing import Any

from hearth.engine.desk import Desk
from hearth.engine.telling import begun
from hearth.plan import Aim, later, to_document
from hearth.stack import Action, RunRecord, RunStatus, StackRecord, State, Status


def going_back(desk: Desk, stack: StackRecord, run: RunRecord) -> tuple[RunRecord, dict[str, Any]]:
    """The run that undoes another, and what the stack's row says then.

    Its plan is made when it begins, from what is recorded then. It belongs to the same
    operation, so whatever went wrong in either is told as one.
    """
    now = desk.clock.now()
    inputs_id = stack.previous_inputs_id or stack.inputs_id
    aim = Aim(keeping=run.action is Action.ADOPT)
    back = RunRecord(
        id=desk.ids.uuid(),
        stack_id=stack.id,
        root_id=stack.root_id,
        action=Action.ROLLBACK,
        status=RunStatus.RUNNING,
        plan=to_document(later(Action.ROLLBACK, aim=aim)),
        started_at=now,
        deadline_at=now + (run.deadline_at - run.started_at),
        inputs_id=inputs_id,
        operation_id=run.operation_id,
    )
    values: dict[str, Any] = {
        "state": State(Action.ROLLBACK, Status.IN_PROGRESS),
        "reason": begun(Action.ROLLBACK),
        "run_id": back.id,
        "inputs_id": inputs_id,
    }
    return back, values
