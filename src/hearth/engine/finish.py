"""The end of a run: the stack's state, its outputs, and what follows (a rollback, a parent)."""

from dataclasses import replace
from typing import Any

from hearth.base.errors import HearthError
from hearth.cloud import CloudError, delete_project, delete_trust
from hearth.engine.afresh import see_again
from hearth.engine.back import going_back
from hearth.engine.causes import Cancelled, cause_of_run, timed_out
from hearth.engine.desk import Desk
from hearth.engine.halting import WORDS
from hearth.engine.ledger import Draft, Ledger
from hearth.engine.loading import beside
from hearth.engine.machine import Finish, Halt
from hearth.engine.outputs import observe_again, outputs
from hearth.engine.snapshots import settle_snapshots
from hearth.engine.telling import (
    HALF_CHECKED,
    cancelled,
    completed,
    failed,
    stack_event,
)
from hearth.engine.upwards import tell_above
from hearth.engine.work import Work
from hearth.plan import Do
from hearth.stack import (
    Action,
    ResourceRecord,
    RunRecord,
    RunStatus,
    SpareTrust,
    StackRecord,
    State,
    Status,
)
from hearth.store import (
    Change,
    Connection,
    DropCredentials,
    DropHooks,
    DropParked,
    DropResources,
    PutResource,
    PutRun,
    PutSpareTrust,
    SetRun,
    SetStack,
    credentials,
    hearing,
    runs,
    stacks,
)

_ROLLED_BACK = frozenset({Action.CREATE, Action.UPDATE, Action.ADOPT})
_HOLDING = frozenset({Action.CREATE, Action.UPDATE, Action.ADOPT, Action.RESTORE})
"""Actions that make a template hold: what a later failure leads back to. A rollback holds nothing
new, and an action that changes no definition says nothing of the template."""


async def finish(desk: Desk, work: Work, ledger: Ledger, command: Finish) -> None:
    """Record how the run ended, and begin what follows from it."""
    superseded_by, stack, below = await desk.store.read(_now, work.run)
    draft = Draft()
    # What is stale below is evaluated when somebody asks; so long these outputs are stale too.
    stale = any(one.outputs_stale for one in below)
    work.stack = replace(work.stack, outputs_heard=stack.outputs_heard, outputs_stale=stale)
    if work.run.action is not Action.DELETE and stack.run_id == work.run.id:
        await see_again(desk, work, draft, below, work.rows.values())
    if work.hooks:
        draft.add(DropHooks(work.run.id))
    if work.in_vain:
        draft.add(DropParked(work.run.id))
    if stack.run_id != work.run.id:
        status = RunStatus.DONE if command.ok else RunStatus.SUPERSEDED
        draft.add(SetRun(work.run.id, {"status": status}))
        reason = _reason(work, command, stopped=not beside(work.run))
        await settle_snapshots(desk, work, draft, reason, ok=command.ok)
    elif command.ok:
        await _succeeded(desk, work, draft, stack)
        await tell_above(desk, work, draft, ok=True)
    else:
        await _failed(desk, work, draft, command, superseded_by)
        await tell_above(desk, work, draft, ok=False)
    # A command may have begun a newer run since the stack was read: then all of this is wrong.
    draft.changes[:] = [_if_still(change, stack) for change in draft.changes]
    await ledger.keep(draft)


def _if_still(change: Change, stack: StackRecord) -> Change:
    """The change, to be made only while the stack is as it was read."""
    if isinstance(change, SetStack) and change.id == stack.id:
        return replace(change, version=stack.version)
    return change


def _now(db: Connection, run: RunRecord) -> tuple[str | None, StackRecord, list[StackRecord]]:
    stack = stacks.find(db, run.stack_id)
    assert stack is not None, "a stack's row stays when it is deleted"
    # What is heard from here on is perhaps not in the outputs, and they will show it.
    heard = hearing.accounted(db, stack)
    superseded_by = runs.superseded(db, [run.id]).get(run.id)
    return superseded_by, replace(stack, outputs_heard=heard), stacks.children(db, stack.id)


async def _succeeded(desk: Desk, work: Work, draft: Draft, stack: StackRecord) -> None:
    action = work.run.action
    now = desk.clock.now()
    reason = completed(action) + await _half_checked(desk, work)
    values: dict[str, Any] = {
        "state": State(action, Status.COMPLETE), "reason": reason, "run_id": None,
    }  # fmt: skip
    if action is Action.DELETE:
        if stack.abandoned_at is None:  # else its users stay for who takes it over
            values |= await _forget_project(desk, work, stack)
        await _forget_trust(desk, work, draft, stack)
        draft.add(DropResources(work.stack.id))
        values |= {"deleted_at": now, "outputs": ()}
    else:
        await observe_again(desk, work, draft)
        values |= await _outputs(desk, work)
        if action in (Action.UPDATE, Action.ROLLBACK, Action.RESTORE):
            values |= {"updated_at": now}
        if action in _HOLDING:
            values |= {"previous_inputs_id": work.run.inputs_id}
    draft.add(work.restack(values), SetRun(work.run.id, {"status": RunStatus.DONE}))
    await settle_snapshots(desk, work, draft, reason, ok=True)
    _tell(desk, work, draft)


async def _failed(
    desk: Desk, work: Work, draft: Draft, command: Finish, superseded_by: str | None
) -> None:
    action = work.run.action
    stopped = superseded_by in WORDS
    values: dict[str, Any] = {
        "state": State(action, Status.FAILED),
        "reason": _reason(work, command, stopped=stopped) + await _half_checked(desk, work),
        "run_id": None,
    }
    if action is not Action.DELETE:
        draft.add(*_never_begun(desk, work))
        values |= await _outputs(desk, work)
    if action in (Action.UPDATE, Action.RESTORE):
        values |= {"updated_at": desk.clock.now()}
    draft.add(work.restack(values), SetRun(work.run.id, {"status": RunStatus.FAILED}))
    await settle_snapshots(desk, work, draft, work.stack.reason, ok=False)
    error = _as_a_whole(work, command, stopped=stopped)
    if error is not None:
        above = await work.placed(desk.store)
        draft.add(cause_of_run(work.run, work.stack, above, error, desk.clock.now()))
    _tell(desk, work, draft)
    wished = superseded_by is None and not work.stack.disable_rollback
    if wished and action in _ROLLED_BACK and work.stack.parent_id is None:
        _roll_back(desk, work, draft)


async def _outputs(desk: Desk, work: Work) -> dict[str, Any]:
    """The outputs as they are now, and up to which signal that is."""
    work.live.clear()
    return {
        "outputs": await outputs(desk, work),
        "outputs_stale": work.stack.outputs_stale,
        "outputs_heard": work.stack.outputs_heard,
    }


def _never_begun(desk: Desk, work: Work) -> list[PutResource]:
    """Rows of resources that never came to be created: users see what is missing."""
    blueprint = work.blueprint
    if blueprint is None:
        return []
    return [
        work.put(
            ResourceRecord(
                id=step.row,
                stack_id=work.stack.id,
                name=step.resource,
                type=step.type,
                state=State(Action.INIT, Status.COMPLETE),
                created_at=desk.clock.now(),
                type_resolved=blueprint.resolved(step.resource) or step.type,
                requires=blueprint.requires.get(step.resource, ()),
                required_by=blueprint.required_by(step.resource),
            )
        )
        for step in work.progress.steps.values()
        if step.do in (Do.CREATE, Do.ADOPT) and step.row not in work.rows
    ]


def _reason(work: Work, command: Finish, *, stopped: bool) -> str:
    action, reasons = work.run.action, work.progress.reasons
    if command.halt is Halt.TIMEOUT:
        return work.in_vain or "Timed out"
    if stopped or command.halt in (Halt.CANCELLED, Halt.SUPERSEDED):
        return cancelled(action)
    if action is Action.CHECK:
        steps = work.progress.steps.items()
        each = (f"{step.resource}: {reasons[key]}" for key, step in steps if key in reasons)
        return failed(action, "; ".join(each))
    first = next(iter(reasons), None)
    if first is None:
        return failed(action, "Unexpected exit while IN_PROGRESS.")
    return failed(_done(work, first), reasons[first])


def _done(work: Work, key: str) -> Action:
    """What was being done to the resource of a step that failed."""
    step = work.progress.steps[key]
    rows = (work.rows.get(ident) for ident in (step.new_row, step.row) if ident is not None)
    failed_rows = (row for row in rows if row is not None and row.state.status is Status.FAILED)
    row = next(failed_rows, None)
    told = row is not None and row.reason == work.progress.reasons[key]
    return row.state.action if row is not None and told else work.run.action


async def _half_checked(desk: Desk, work: Work) -> str:
    """What a check adds to its reason when some resource, however deep, cannot be looked at."""
    if work.run.action is not Action.CHECK:
        return ""
    if any(desk.kind_of(work, row).touches_nothing for row in work.rows.values()):
        return HALF_CHECKED
    below = await desk.store.read(stacks.children, work.stack.id)
    return HALF_CHECKED if any(one.reason.endswith(HALF_CHECKED) for one in below) else ""


def _as_a_whole(work: Work, command: Finish, *, stopped: bool) -> HearthError | None:
    """What ended the run beside the failures of its steps; being superseded is no failure."""
    if command.halt is Halt.TIMEOUT:
        return timed_out(work)
    if stopped:
        return Cancelled(f"{work.run.action.value} was cancelled")
    return None


def _roll_back(desk: Desk, work: Work, draft: Draft) -> None:
    """Begin to make things be as they were; its plan is made when it begins."""
    run, values = going_back(desk, work.stack, work.run)
    draft.add(PutRun(run), work.restack(values))
    _tell(desk, work, draft)


async def _forget_project(desk: Desk, work: Work, stack: StackRecord) -> dict[str, Any]:
    """Have the project of the tree's users gone; its users went with their resources."""
    if stack.stack_user_project_id is None or stack.parent_id is not None:
        return {}
    try:
        await delete_project(desk.patient, stack.stack_user_project_id, work.run.operation_id)
    except CloudError:
        return {}  # the stack is gone all the same; the sweeper tries again
    return {"stack_user_project_id": None}


async def _forget_trust(desk: Desk, work: Work, draft: Draft, stack: StackRecord) -> None:
    """Take the trust back. It is gone before its row is, so that none is left behind.

    stack: as it is now; a command may have given it another trust since the run was loaded.
    """
    kept_id = stack.credentials_id
    if kept_id is None or work.stack.parent_id is not None:
        return
    kept = await desk.store.read(credentials.find, kept_id)
    if kept is not None and kept.trust_id:
        try:
            await delete_trust(desk.patient, kept.trust_id, kept.project_id, work.run.operation_id)
        except CloudError:
            # The stack is gone all the same; the sweeper tries again.
            spare = SpareTrust(
                desk.ids.uuid(), kept.user_id, kept.project_id, desk.clock.now(), kept.trust_id
            )
            draft.add(PutSpareTrust(spare))
    draft.add(DropCredentials(kept_id))


def _tell(desk: Desk, work: Work, draft: Draft) -> None:
    draft.tell(stack_event(desk.ids.uuid(), work.stack, desk.clock.now(), work.run.operation_id))
