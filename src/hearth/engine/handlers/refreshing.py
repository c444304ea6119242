"""Outputs that something below has made stale: evaluated again, from the deepest stack up."""

from collections.abc import Mapping
from typing import Any

from hearth.bus import Done, RefreshOutputs
from hearth.engine.desk import Desk
from hearth.engine.handlers.finding import found
from hearth.engine.handlers.resources import looked_at
from hearth.engine.nested import view_of
from hearth.engine.outputs import outputs
from hearth.engine.templated import Templated
from hearth.identity import Caller
from hearth.stack import StackRecord
from hearth.store import Batch, Change, SetResource, SetStack, hearing, resources, stacks


async def refresh_outputs(desk: Desk, command: RefreshOutputs) -> Done:
    """Evaluate a stack's outputs, and before them those of the stale stacks below it.

    Each stack is written for as it was read: if it has moved on, the command looks anew.
    """
    stack = await found(desk, command.caller, command.stack)
    totals = await desk.store.read(hearing.totals, stack.root_id)
    await _refresh(desk, command.caller, stack, totals)
    return Done()


async def _refresh(
    desk: Desk, caller: Caller, stack: StackRecord, totals: Mapping[str, int]
) -> None:
    for child in await desk.store.read(stacks.children, stack.id):
        heard_of = totals.get(child.id, 0)
        if child.outputs_stale or heard_of != (child.outputs_heard or 0):
            await _refresh(desk, caller, child, totals)
    # What is heard from here on is perhaps not in them, and they will show it.
    heard = await desk.store.read(hearing.accounted, stack)
    work = await looked_at(desk, caller, stack)
    values: dict[str, Any] = {"outputs": await outputs(desk, work), "outputs_stale": False}
    values["outputs_heard"] = heard
    changes: list[Change] = [SetStack(stack.id, values, stack.version)]
    row = await desk.store.read(resources.nesting, stack.id) if stack.parent_id else None
    if row is not None:
        work.restack(values)
        kind = desk.registry.type(row.type_resolved) or Templated()
        names = work.blueprint.active.resources if work.blueprint is not None else None
        view = view_of(work.stack, resources.shown(work.rows.values()), names)
        changes.append(SetResource(row.id, {"attributes": kind.nested_attributes(view, row)}))
    await desk.store.write(Batch(tuple(changes)))
