"""Snapshots: kept of a stack, deleted, and gone back to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hearth.base import plain
from hearth.base.errors import Clash, Missing, OverLimit, Refused
from hearth.bus import (
    Accepted,
    DeleteSnapshot,
    Document,
    Done,
    RestoreSnapshot,
    SnapshotStack,
)
from hearth.engine.announcing import durable
from hearth.engine.blueprint import Blueprint
from hearth.engine.desk import Desk
from hearth.engine.handlers.finding import at_rest, found
from hearth.engine.handlers.runs import begin_run, begun_event, kept, run_of, started
from hearth.engine.handlers.trusting import given, let_go_on, renewed, waits
from hearth.engine.sources import text_changes
from hearth.engine.telling import begun
from hearth.plan import Aim, Plan, forgetting, from_document, later
from hearth.stack import Action, Inputs, SnapshotRecord, StackRecord, State, Status
from hearth.store import (
    Batch,
    Change,
    PutInputs,
    PutRun,
    PutSnapshot,
    SetSnapshot,
    SetStack,
    inputs,
    resources,
    runs,
    snapshots,
)


async def snapshot(desk: Desk, command: SnapshotStack) -> Document:
    """Begin to keep a snapshot of a stack at rest."""
    stack = await found(desk, command.caller, command.stack)
    if (under_way := await _under_way(desk, stack)) is not None:
        answer = Document({"id": under_way})
        await let_go_on(desk, command, stack, answer)
        return answer
    at_rest(stack)
    limit = desk.settings.max_snapshots_per_stack
    if limit != -1 and await desk.store.read(snapshots.counted, stack.id) >= limit:
        raise OverLimit(
            "Request limit exceeded: You have reached the maximum snapshots per stack,"
            f" {limit}. Please delete some snapshots."
        )
    made = SnapshotRecord(
        desk.ids.uuid(), stack.id, command.name, desk.clock.now(), stack.inputs_id
    )
    plan = later(Action.SNAPSHOT, aim=Aim(made.id))
    run = run_of(desk, stack, Action.SNAPSHOT, command.caller.request_id, plan)
    told = replace(stack, state=State(run.action, Status.IN_PROGRESS), reason=begun(run.action))
    answer = Document({"id": made.id})
    trust = await renewed(desk, command.caller, stack)
    by_trust, fields = (trust.changes, trust.fields) if trust is not None else ((), {})
    begins = (*by_trust, *begin_run(stack, run, fields))
    changes = (*begins, PutSnapshot(made), kept(desk, command, answer))
    async with given(desk, trust):
        await durable(desk.store, Batch(changes, (begun_event(desk, told, run),)))
    started(desk, stack, run)
    return answer


async def delete_snapshot(desk: Desk, command: DeleteSnapshot) -> Done:
    """Begin to delete a snapshot, beside whatever else is done to the stack."""
    stack = await found(desk, command.caller, command.stack)
    known = await _named(desk, stack, command.snapshot_id)
    answer = Done()
    if known.status is Status.IN_PROGRESS and known.action is Action.DELETE:
        await let_go_on(desk, command, stack, answer)
        return answer
    if known.status is Status.IN_PROGRESS:
        words = "Deleting in-progress snapshot is not supported."
        raise Refused(words, kind="NotSupported")
    if stack.state in (_RESTORING, _DELETING):
        action = stack.state.action.value
        raise Clash(f"Stack {stack.name} already has an action ({action}) in progress.")
    copies = await desk.store.read(resources.of, known.id)
    plan = Plan(Action.DELETE, forgetting(copies), aim=Aim(known.id))
    run = run_of(desk, stack, Action.DELETE, command.caller.request_id, plan)
    going = {"action": Action.DELETE, "status": Status.IN_PROGRESS, "reason": ""}
    trust = await renewed(desk, command.caller, stack)
    by_trust, fields = (trust.changes, trust.fields) if trust is not None else ((), {})
    changes: tuple[Change, ...] = (
        *by_trust,
        SetStack(stack.id, fields, stack.version),  # of two deletions at once, one looks again
        SetSnapshot(known.id, going),
        PutRun(run),
        kept(desk, command, answer),
    )
    async with given(desk, trust):
        await desk.store.write(Batch(changes))
    desk.children.begin(run)
    return answer


async def restore(desk: Desk, command: RestoreSnapshot) -> Accepted:
    """Begin to make a stack be what it was; what is under way is superseded."""
    stack = await found(desk, command.caller, command.stack)
    known = await _named(desk, stack, command.snapshot_id)
    if known.status is not Status.COMPLETE:
        state = f"{known.action.value}_{known.status.value}"
        words = f"Restoring a snapshot that is {state} is not supported."
        raise Refused(words, kind="NotSupported")
    if stack.state.action is Action.DELETE:
        words = "Restoring a stack when it is deleting is not supported."
        raise Refused(words, kind="NotSupported")
    made_of, blueprint, changes = await _made_of(desk, stack, known)
    fields: dict[str, Any] = {
        "inputs_id": made_of.id,
        "description": str(blueprint.template.description or ""),
        "shown_parameters": blueprint.parameters.shown(),
    }
    plan = later(Action.RESTORE, stack.run_id)
    restored = replace(stack, inputs_id=made_of.id)
    run = run_of(desk, restored, Action.RESTORE, command.caller.request_id, plan)
    told = replace(stack, state=State(run.action, Status.IN_PROGRESS), reason=begun(run.action))
    answer = Accepted(stack.id, stack.name, stack.version + 1)
    trust = await renewed(desk, command.caller, stack)
    if trust is not None:
        changes += trust.changes
        fields |= trust.fields
    changes = [*changes, *begin_run(stack, run, fields), kept(desk, command, answer)]
    async with given(desk, trust):
        await durable(desk.store, Batch(tuple(changes), (begun_event(desk, told, run),)))
    started(desk, stack, run)
    return answer


async def _under_way(desk: Desk, stack: StackRecord) -> str | None:
    """The snapshot that is being made and waits for its credentials; None if none does."""
    if stack.state != State(Action.SNAPSHOT, Status.IN_PROGRESS) or stack.run_id is None:
        return None
    run = await desk.store.read(runs.find, stack.run_id)
    if run is None or not await waits(desk, stack):
        return None
    return from_document(run.plan).aim.snapshot


_RESTORING = State(Action.RESTORE, Status.IN_PROGRESS)
_DELETING = State(Action.DELETE, Status.IN_PROGRESS)


async def _named(desk: Desk, stack: StackRecord, snapshot_id: str) -> SnapshotRecord:
    known = await desk.store.read(snapshots.find, snapshot_id)
    if known is None or known.stack_id != stack.id:
        words = f"The Snapshot ({snapshot_id}) for Stack ({stack.name}) could not be found."
        raise Missing(words, kind="SnapshotNotFound")
    return known


async def _made_of(
    desk: Desk, stack: StackRecord, known: SnapshotRecord
) -> tuple[Inputs, Blueprint, list[Change]]:
    """What the stack was made from then, with what was copied in the place of what it was."""
    before = await desk.store.read(inputs.find, known.inputs_id)
    if before is None:
        raise Clash(f"What Stack {stack.name} was made from is not kept any more.")
    blueprint = await desk.library.blueprint(desk.store, before, stack)
    document = _restored(blueprint, plain(known.data.get("resources", {})))
    if document is None:
        return before, blueprint, []
    digest, texts = text_changes(document)
    made = replace(before, id=desk.ids.uuid(), template_hash=digest)
    return made, blueprint, [*texts, PutInputs(made)]


def _restored(blueprint: Blueprint, kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """The template with the copies in it; None where there are none."""
    template = blueprint.template
    section = template.dialect.sections["resources"]
    found: dict[str, Any] = {}
    for name in blueprint.active.resources:
        copier = blueprint.library.registry.copy(blueprint.resolved(name) or "")
        data = kept.get(name, {}).get("resource_data", {})
        if copier is not None and data.get(copier.key):
            written = template.document[section][name]
            found[name] = _from_copy(blueprint, name, written, data[copier.key])
    if not found:
        return None
    return {**template.document, section: {**template.document[section], **found}}


def _from_copy(
    blueprint: Blueprint, name: str, written: Mapping[str, Any], copy: str
) -> dict[str, Any]:
    """One resource as its template writes it, to be made from a copy."""
    kind, template = blueprint.kind(name), blueprint.template
    key = template.dialect.resource["properties"]
    return {**written, key: kind.restore(dict(written.get(key) or {}), copy)}
