"""What a change of a nested stack that its parent did not ask for tells the stacks above."""

from typing import Any

from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.ledger import Draft
from hearth.engine.nested import view_of
from hearth.engine.templated import Templated
from hearth.engine.work import Work
from hearth.kit import Scale
from hearth.plan import SCALING
from hearth.stack import ResourceRecord, StackRecord
from hearth.store import Connection, SetResource, SetStack, resources, stacks


async def tell_above(desk: Desk, work: Work, draft: Draft, *, ok: bool) -> None:
    """Bring the row of the resource that the stack is up to date, and mark the outputs above.

    Where a step of the parent waits for the run, that step does it.
    """
    if work.stack.parent_id is None or work.run.parent_run_id is not None:
        return
    row, above = await desk.store.read(_above, work.stack)
    if row is not None:
        draft.add(SetResource(row.id, _fields(desk, work, row, ok=ok)))
    draft.add(*(SetStack(ident, {"outputs_stale": True}) for ident in above))


def _above(db: Connection, stack: StackRecord) -> tuple[ResourceRecord | None, tuple[str, ...]]:
    """The resource that a stack is, and the ids of all stacks above it."""
    found: list[str] = []
    parent = stack.parent_id
    while parent is not None:
        found.append(parent)
        higher = stacks.find(db, parent)
        parent = higher.parent_id if higher is not None else None
    return resources.nesting(db, stack.id), tuple(found)


def _fields(desk: Desk, work: Work, row: ResourceRecord, *, ok: bool) -> dict[str, Any]:
    kind = desk.registry.type(row.type_resolved) or Templated()
    names = work.blueprint.active.resources if work.blueprint is not None else None
    view = view_of(work.stack, resources.shown(work.rows.values()), names)
    found = kind.nested_attributes(view, row)
    fields: dict[str, Any] = {"attributes": found}
    scaling = row.data.get(SCALING)
    if isinstance(scaling, dict) and scaling["run"] == work.run.id:
        fields["metadata"] = {**row.metadata, "scaling_in_progress": False}
        if ok:
            ctx = context(desk, work, row, kind)
            props = desk.record(kind, row.properties)
            scale = Scale(row.id, 0, cooldown_s=scaling["cooldown_s"], words=scaling["words"])
            fields["metadata"] = kind.nested_metadata(ctx, props, view, scale)
    return fields
