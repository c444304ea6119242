"""Nested stacks: written in the transaction of the parent's step, run as runs of their own."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Any
from uuid import UUID

from hearth.base import Secret
from hearth.engine.adopting import told_of
from hearth.engine.desk import Desk
from hearth.engine.job import Ended, Job
from hearth.engine.ledger import Draft
from hearth.engine.lifting import lifted
from hearth.engine.sources import text_changes
from hearth.engine.telling import begun, inherited, stack_event
from hearth.engine.templated import ARN, Templated
from hearth.engine.work import Work
from hearth.kit import Context, Expansion, Member, Nested
from hearth.plan import BELOW, Aim, Wanted, later, to_document
from hearth.stack import (
    Action,
    Inputs,
    ResourceRecord,
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
from hearth.store import inputs as stored_inputs
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
    if action in (Action.CREATE, Action.ADOPT) or row.nested_id is None:
        stack = _new_stack(desk, work, job)
        draft.add(PutStack(stack))
        draft.add(work.change(row.id, {"nested_id": stack.id, "physical_id": stack.id}))
    else:
        stack = _at(desk, work, job, row.nested_id)
    values: dict[str, Any] = {}
    by: str | None = None
    if job.expansion is not None:
        by, inputs_id = _inputs(desk, work, job, job.expansion, draft)
        values = {"inputs_id": inputs_id}
        _kept(work, job, draft)
    state = State(action, Status.IN_PROGRESS)
    values |= {"state": state, "reason": begun(action), "run_id": job.child}
    draft.add(SetStack(stack.id, values, _version(work, row)))
    stack = replace(stack, **values)
    run = _run(desk, work, job, stack, action)
    draft.add(PutRun(replace(run, inputs_id=by) if by is not None else run))
    draft.tell(stack_event(desk.ids.uuid(), stack, desk.clock.now(), work.run.operation_id))
    job.row = work.rows[row.id]


def _kept(work: Work, job: Job, draft: Draft) -> None:
    """What the type noted for itself when it expanded, durable before its stack begins."""
    row = work.rows[job.row.id]
    data = {**row.data, **job.ctx.data}
    if data != row.data:
        draft.add(work.change(row.id, {"data": data}))


def _version(work: Work, row: ResourceRecord) -> int | None:
    """The version of the nested stack for which the type has expanded, if it looked at it.

    Who has changed the stack since has changed what the type went by: then nothing is written,
    the run is loaded anew, and the type expands again.
    """
    if row.id not in work.fresh:
        return None
    work.fresh.discard(row.id)
    return work.views[row.id].version


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


def _inputs(
    desk: Desk, work: Work, job: Job, expansion: Expansion, draft: Draft
) -> tuple[str, str]:
    """Ids of the inputs by which the run works, and of those that hold when it has ended."""
    held = given_for(desk, work, job.row.name, expansion, draft)
    if expansion.meanwhile is None:
        return held, held
    passing = stored(replace(expansion, template=expansion.meanwhile))
    return given_for(desk, work, job.row.name, passing, draft), held


def given_for(desk: Desk, work: Work, name: str, expansion: Expansion, draft: Draft) -> str:
    """Draft what the stack of the resource of that name is made from; its id."""
    assert work.blueprint is not None, "what expands has a blueprint"
    parent = work.blueprint.inputs
    template_hash, texts = text_changes(expansion.template)
    draft.add(*texts)
    if isinstance(expansion.template, str):
        draft.add(*desk.library.shown(template_hash, expansion.template))
    files_hash = parent.files_hash
    if expansion.files:
        files_hash, texts = text_changes({**work.blueprint.files, **expansion.files})
        draft.add(*texts)
    made = Inputs(
        id=desk.ids.uuid(),
        template_hash=template_hash,
        files_hash=files_hash,
        environment=work.blueprint.environment_below(name, expansion.environment),
        parameters=dict(expansion.parameters),
        timeout_s=expansion.timeout_s or parent.timeout_s,
        disable_rollback=True,
    )
    draft.add(PutInputs(made))
    return made.id


def expanded(desk: Desk, work: Work, ctx: Context, wanted: Wanted) -> Expansion:
    """The stack that a resource is; raises what the type has against it."""
    blueprint = work.blueprint
    assert blueprint is not None, "what expands has a blueprint"
    kind = blueprint.kind(wanted.name)
    if isinstance(kind, Templated):
        text = blueprint.files[wanted.resolved]
        ctx.data[ARN] = f"arn:openstack:heat::{ctx.stack.project_id}:stacks/{ctx.physical_name}"
        return Expansion(text, nested_parameters(wanted.properties))
    return stored(kind.expand(ctx, desk.record(kind, wanted.properties)))


def stored(expansion: Expansion) -> Expansion:
    """The expansion with nothing secret in the text that is kept of it."""
    if isinstance(expansion.template, str):
        return expansion
    document, values = lifted(expansion.template)
    return replace(expansion, template=document, parameters={**expansion.parameters, **values})


def _run(desk: Desk, work: Work, job: Job, stack: StackRecord, action: Action) -> RunRecord:
    now = desk.clock.now()
    waves = job.expansion.waves if job.expansion else None
    return RunRecord(
        id=job.child or "",
        stack_id=stack.id,
        root_id=stack.root_id,
        action=action,
        status=RunStatus.RUNNING,
        plan=to_document(later(action, waves=waves, aim=_aim(work, job))),
        started_at=now,
        deadline_at=work.run.deadline_at,
        inputs_id=stack.inputs_id,
        operation_id=work.run.operation_id,
        parent_run_id=work.run.id,
        parent_step=job.step.key,
        fence=1,
        owner=desk.worker,
    )


def _aim(work: Work, job: Job) -> Aim:
    """What the run below is about: what is kept is kept below, what is taken over is told of."""
    told = Secret(dict(told_of(work, job.row.name))) if job.action is Action.ADOPT else None
    return replace(work.aim, snapshot=None, adopted=told)


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
        noted: dict[str, Any] = {}
        if job.action is Action.CHECK:
            noted["data"] = {**job.row.data, BELOW: True}
        elif job.action in _EXPANDING:
            # What is there can be referred to, failed as it is.
            noted = _seen(job, await load_view(desk, nested_id), {"data": dict(job.ctx.data)})
        return Ended(job, noted, failure=inherited(job.row.name, stack.reason))
    if job.action is Action.DELETE:
        return Ended(job, drop=True)
    view = await load_view(desk, nested_id)
    work.views[job.row.id] = view
    fields: dict[str, Any] = {}
    if job.action in _EXPANDING:
        fields["data"] = dict(job.ctx.data)
    elif BELOW in job.row.data:
        fields["data"] = {key: value for key, value in job.row.data.items() if key != BELOW}
    fields = _seen(job, view, fields)
    if job.action in _EXPANDING:
        fields["metadata"] = job.kind.nested_metadata(job.ctx, job.props, view)
    outcome = "replaced" if job.action is Action.CREATE and job.step.do.value != "create" else ""
    return Ended(job, fields, outcome=outcome)


def _seen(job: Job, view: Nested, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of the row with what its stack shows, and what refers to it."""
    row = replace(job.row, **fields)
    found = job.kind.nested_attributes(view, row)
    reference = job.kind.reference(replace(row, attributes=found))
    return {**fields, "attributes": found, "reference": reference}


_EXPANDING = frozenset({Action.CREATE, Action.UPDATE, Action.ADOPT})
"""Actions for which the type says what its stack is to be."""


async def halt_child(desk: Desk, job: Job, word: str) -> None:
    """Tell the nested stack's run to stop, by one of the words; the step waits for its end."""
    assert job.child is not None, "only a step with a child stops one"
    await desk.store.write(Batch((SetRun(job.child, {"superseded_by": word}),)))
    desk.children.stop(job.child, word)


async def load_view(desk: Desk, nested_id: str) -> Nested:
    """A nested stack as its nesting resource sees it."""
    read = await desk.store.read(_read, nested_id)
    if read is None:
        return Nested(nested_id, "")
    stack, given, rows = read
    names: Iterable[str] | None = None
    if given is not None:
        names = (await desk.library.template(desk.store, given.template_hash)).resources
    return view_of(stack, resources.shown(rows), names)


def view_of(
    stack: StackRecord, rows: Mapping[str, ResourceRecord], names: Iterable[str] | None
) -> Nested:
    """A nested stack with the resources of these names, or with all that have a row."""
    members = tuple(_member(name, rows.get(name)) for name in (rows if names is None else names))
    outputs = {one.key: one.value for one in stack.outputs if one.error is None}
    busy = stack.state.status is Status.IN_PROGRESS
    return Nested(stack.id, stack.name, outputs, members, stack.version, busy)


def _member(name: str, row: ResourceRecord | None) -> Member:
    """One resource; without a row it is yet to be made, and goes by its name."""
    if row is None:
        return Member(name, "", None, name, failed=False, created_at=inf)
    failed = row.state.status is Status.FAILED
    return Member(
        name,
        row.type,
        row.physical_id,
        row.physical_id or name if failed and row.reference is None else row.reference,
        failed,
        row.created_at,
        dict(row.attributes),
    )


def _read(
    db: Connection, nested_id: str
) -> tuple[StackRecord, Inputs | None, list[ResourceRecord]] | None:
    stack = stacks.find(db, nested_id)
    if stack is None:
        return None
    return stack, stored_inputs.find(db, stack.inputs_id), resources.of(db, nested_id)
