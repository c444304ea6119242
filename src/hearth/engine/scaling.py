"""A signal that asks a group for more or fewer members: the run of the group's stack that follows.

The signal's answer, its event and the run become durable in one transaction, which holds only for
the group's stack as it was read: of two signals at once, or of a signal and an update, the
one that comes second looks again, at what the first has begun. How the run ends, and until when the
group rests, is recorded with the run's end (`engine.upwards`).
"""

from dataclasses import replace
from typing import Any

from hearth.base.errors import OverLimit
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.ledger import Draft
from hearth.engine.nested import given_for, load_view, stored
from hearth.engine.signalling import Taken
from hearth.engine.telling import begun, stack_event
from hearth.engine.work import Work
from hearth.kit import Expansion, Nested, NothingToDo, Scale, WrongSignal
from hearth.plan import SCALING, later, to_document
from hearth.stack import (
    Action,
    ResourceRecord,
    RunRecord,
    RunStatus,
    StackRecord,
    State,
    Status,
)
from hearth.store import PutRun, SetResource, SetStack, inputs, resources, stacks

SCALABLE = frozenset(Action) - {Action.INIT, Action.DELETE, Action.SUSPEND}
"""A group takes signals after these actions, when they are complete."""


async def scaled(desk: Desk, work: Work, told: Taken, scale: Scale) -> tuple[Taken, str | None]:
    """What the signal changes beside, and the run that it begins; nothing if nothing is to do."""
    try:
        row, view, expansion = await _resized(desk, work, scale)
    except NothingToDo:
        return Taken(), None
    stack = await desk.store.read(stacks.find, view.id)
    assert stack is not None, "a nested stack's row stays"
    draft = Draft(list(told.changes), list(told.events))
    run = _run(desk, work, stack, given_for(desk, work, row.name, expansion, draft))
    values: dict[str, Any] = {
        "state": State(Action.UPDATE, Status.IN_PROGRESS),
        "reason": begun(Action.UPDATE),
        "run_id": run.id,
        "inputs_id": run.inputs_id,
    }
    draft.add(SetStack(stack.id, values, view.version), PutRun(run), _noted(row, run, scale))
    stack = replace(stack, **values)
    draft.tell(stack_event(desk.ids.uuid(), stack, desk.clock.now(), run.operation_id))
    return Taken(tuple(draft.changes), tuple(draft.events)), run.id


async def _resized(
    desk: Desk, work: Work, scale: Scale
) -> tuple[ResourceRecord, Nested, Expansion]:
    """The group, its stack as it is, and what that is to be."""
    for one in await desk.store.read(resources.of, work.stack.id):
        work.keep(one)
    row = work.rows.get(scale.group)
    given = await desk.store.read(inputs.find, work.stack.inputs_id)
    kind = desk.kind_of(work, row) if row is not None else None
    if row is None or given is None or kind is None or kind.resize is None:
        raise WrongSignal("What the signal is to scale is no group that can be scaled.")
    whole = row.state.status is Status.COMPLETE and row.state.action in SCALABLE
    view = await load_view(desk, row.nested_id or "")
    if not whole or view.busy:
        raise NothingToDo
    work.blueprint = await desk.library.blueprint(desk.store, given, work.stack)
    work.views[row.id] = view
    ctx = context(desk, work, row, kind)
    props = desk.record(kind, row.properties)
    ctx.capacity = kind.resize(ctx, props, scale)
    more = int(ctx.capacity or 0) - len(view.members)
    await _room(desk, work, more)
    return row, view, stored(kind.expand(ctx, props))


async def _room(desk: Desk, work: Work, more: int) -> None:
    """Whether the tree may have so many resources more."""
    limit = desk.settings.max_resources_per_stack
    if limit == -1 or more <= 0:
        return
    if await desk.store.read(resources.counted, work.stack.root_id) + more > limit:
        words = f"Maximum resources per stack exceeded, {limit}."
        raise OverLimit(f"Request limit exceeded: {words}")


def _run(desk: Desk, work: Work, stack: StackRecord, inputs_id: str) -> RunRecord:
    now = desk.clock.now()
    assert work.blueprint is not None, "what expands has a blueprint"
    return RunRecord(
        id=desk.ids.uuid(),
        stack_id=stack.id,
        root_id=stack.root_id,
        action=Action.UPDATE,
        status=RunStatus.RUNNING,
        plan=to_document(later(Action.UPDATE)),
        started_at=now,
        deadline_at=now + work.blueprint.timeout_s,
        inputs_id=inputs_id,
        operation_id=work.run.operation_id,
    )


def _noted(row: ResourceRecord, run: RunRecord, scale: Scale) -> SetResource:
    """By what the group is being scaled, for the run's end."""
    noted = {"run": run.id, "cooldown_s": scale.cooldown_s, "words": scale.words}
    metadata = {**row.metadata, "scaling_in_progress": True}
    return SetResource(row.id, {"data": {**row.data, SCALING: noted}, "metadata": metadata})
