"""Nested stacks: written in the transaction of the parent's step, run as runs of their own."""

import hashlib
from dataclasses import replace
from typing import Any
from uuid import UUID

from hearth.base import Value
from hearth.engine.desk import Desk
from hearth.engine.job import Ended, Job
from hearth.engine.ledger import Draft
from hearth.engine.lifting import lifted
from hearth.engine.sources import text_changes
from hearth.engine.telling import begun, inherited, stack_event
from hearth.engine.templated import Templated
from hearth.engine.work import Work
from hearth.kit import Expansion, Member, Nested
from hearth.plan import BELOW, later, to_document
from hearth.stack import (
    Action,
    Inputs,
    RunRecord,
    RunStatus,
    StackRecord,
    State,
    Status,
    physical_name,
)
from hearth.store import (
    Batch,
    Connection,
    PutInputs,
    PutRun,
    PutStack,
    SetRun,
    SetStack,
    resources,
    runs,
    stacks,
)
from hearth.template import nested_parameters


def child_run_id(run_id: str, key: str) -> str:
    """The id of the run that a step waits for: the same whoever asks."""
    digest = hashlib.sha256(f"{run_id}/{key}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def begin_child(desk: Desk, work: Work, job: Job, action: Action, draft: Draft) -> None:
    """Draft what the nested stack of this step needs in order to run."""
    job.child = child_run_id(work.run.id, job.step.key)
    if job.again:
        return  # all of it became durable together with the step's beginning
    row = work.rows[job.row.id]
    if action is Action.CREATE or row.nested_id is None:
        stack = _new_stack(desk, work, job)
        draft.add(PutStack(stack))
        draft.add(work.change(row.id, {"nested_id": stack.id, "physical_id": stack.id}))
    else:
        stack = _at(desk, work, job, row.nested_id)
    if action in (Action.CREATE, Action.UPDATE):
        made = _inputs(desk, work, job, draft)
        values: dict[str, Any] = {"inputs_id": made.id}
    else:
        values = {}
    state = State(action, Status.IN_PROGRESS)
    values |= {"state": state, "reason": begun(action), "run_id": job.child}
    draft.add(SetStack(stack.id, values))
    stack = replace(stack, **values)
    draft.add(PutRun(_run(desk, work, job, stack, action)))
    draft.tell(stack_event(desk.ids.uuid(), stack, desk.clock.now(), work.run.operation_id))
    job.row = work.rows[row.id]


def _new_stack(desk: Desk, work: Work, job: Job) -> StackRecord:
    parent, row = work.stack, job.row
    ident = desk.ids.uuid()
    name = physical_name(parent.name, row.name, row.id)
    return StackRecord(
        id=ident,
        name=name,
        project_id=parent.project_id,
        state=State(Action.CREATE, Status.IN_PROGRESS),
        reason=begun(Action.CREATE),
        inputs_id="",
        created_at=desk.clock.now(),
        root_id=parent.root_id,
        user_id=parent.user_id,
        username=parent.username,
        parent_id=parent.id,
        parent_resource=row.name,
        depth=parent.depth + 1,
        timeout_mins=parent.timeout_mins,
        disable_rollback=True,
        stack_user_project_id=parent.stack_user_project_id,
    )


def _at(desk: Desk, work: Work, job: Job, ident: str) -> StackRecord:
    """As much of an existing nested stack as an event needs."""
    made = _new_stack(desk, work, job)
    return replace(made, id=ident)


def _inputs(desk: Desk, work: Work, job: Job, draft: Draft) -> Inputs:
    assert work.blueprint is not None, "what expands has a blueprint"
    expansion = expanded(work, job)
    parent = work.blueprint.inputs
    template_hash, texts = text_changes(expansion.template)
    draft.add(*texts)
    files_hash = parent.files_hash
    if expansion.files:
        files_hash, texts = text_changes({**work.blueprint.files, **expansion.files})
        draft.add(*texts)
    made = Inputs(
        id=desk.ids.uuid(),
        template_hash=template_hash,
        files_hash=files_hash,
        environment=work.blueprint.environment_below(job.row.name, expansion.environment),
        parameters=dict(expansion.parameters),
        timeout_s=expansion.timeout_s or parent.timeout_s,
        disable_rollback=True,
    )
    draft.add(PutInputs(made))
    return made


def expanded(work: Work, job: Job) -> Expansion:
    """The stack that a resource is."""
    if isinstance(job.kind, Templated):
        assert work.blueprint is not None, "what expands has a blueprint"
        text = work.blueprint.files[job.row.type_resolved]
        return Expansion(text, nested_parameters(job.properties))
    return stored(job.kind.expand(job.ctx, job.props))


def stored(expansion: Expansion) -> Expansion:
    """The expansion with nothing secret in the text that is kept of it."""
    if isinstance(expansion.template, str):
        return expansion
    document, values = lifted(expansion.template)
    return replace(expansion, template=document, parameters={**expansion.parameters, **values})


def _run(desk: Desk, work: Work, job: Job, stack: StackRecord, action: Action) -> RunRecord:
    now = desk.clock.now()
    return RunRecord(
        id=job.child or "",
        stack_id=stack.id,
        root_id=stack.root_id,
        action=action,
        status=RunStatus.RUNNING,
        plan=to_document(later(action)),
        started_at=now,
        deadline_at=work.run.deadline_at,
        inputs_id=stack.inputs_id,
        operation_id=work.run.operation_id,
        parent_run_id=work.run.id,
        parent_step=job.step.key,
        fence=1,
        owner=desk.worker,
    )


async def await_child(desk: Desk, work: Work, job: Job) -> Ended:
    """Wait for the nested stack's run; its end is the step's."""
    assert job.child is not None, "only a step with a child waits for one"
    if not job.again:
        run = await desk.store.read(runs.find, job.child)
        if run is not None and run.owner == desk.worker:
            desk.children.begin(run)
    await desk.children.finished(job.child)
    nested_id = job.row.nested_id or ""
    stack = await desk.store.read(stacks.find, nested_id)
    assert stack is not None, "a nested stack's row stays"
    if stack.state.status is Status.FAILED or stack.state.action is not job.action:
        noted = {"data": {**job.row.data, BELOW: True}} if job.action is Action.CHECK else {}
        return Ended(job, noted, failure=inherited(job.row.name, stack.reason))
    if job.action is Action.DELETE:
        return Ended(job, drop=True)
    view = await load_view(desk, nested_id)
    work.views[job.row.id] = view
    complete = replace(job.row, attributes=dict(view.outputs))
    fields: dict[str, Any] = {
        "attributes": dict(view.outputs),
        "reference": job.kind.reference(complete),
    }
    if job.action in (Action.CREATE, Action.UPDATE):
        fields["data"] = dict(job.ctx.data)
    elif BELOW in job.row.data:
        fields["data"] = {key: value for key, value in job.row.data.items() if key != BELOW}
    outcome = "replaced" if job.action is Action.CREATE and job.step.do.value != "create" else ""
    return Ended(job, fields, outcome=outcome)


async def cancel_child(desk: Desk, job: Job) -> None:
    """Ask the nested stack's run to stop; the step still waits for its end."""
    assert job.child is not None, "only a step with a child cancels one"
    await desk.store.write(Batch((SetRun(job.child, {"superseded_by": "cancel"}),)))
    desk.children.stop(job.child)


async def load_view(desk: Desk, nested_id: str) -> Nested:
    """A nested stack as its nesting resource sees it."""
    return await desk.store.read(_view, nested_id)


def _view(db: Connection, nested_id: str) -> Nested:
    stack = stacks.find(db, nested_id)
    if stack is None:
        return Nested(nested_id, "")
    outputs: dict[str, Value] = {one.key: one.value for one in stack.outputs}
    shown = resources.shown(resources.of(db, nested_id))
    members = tuple(
        Member(
            row.name, row.type, row.physical_id, row.reference, str(row.state),
            row.created_at, dict(row.attributes),
        )
        for row in shown.values()
    )  # fmt: skip
    return Nested(stack.id, stack.name, outputs, members)
