"""What nested stacks have come to since a run looked at them: seen again before it is relied upon.

A group may be scaled while a stack above it is worked on. The scaling's end writes the group's row
and marks the outputs above as stale, in one transaction; a run above that holds the row in memory,
or has looked at the stack before, would not know of it. So it never goes by what it remembers: it
compares the versions of the stacks below with those that it has seen, before a step that refers
to one, and at its own end in the read whose version of the stack guards what the end writes. Who
comes between that read and the write marks the stack, and the end is made anew.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from hearth.base.errors import HearthError
from hearth.cloud import Cloud
from hearth.engine.desk import Desk
from hearth.engine.ledger import Draft
from hearth.engine.machine import begin
from hearth.engine.nested import load_view, view_of
from hearth.engine.outputs import outputs
from hearth.engine.templated import Templated
from hearth.engine.work import Work
from hearth.plan import Do, Plan, Step
from hearth.stack import Action, ResourceRecord, RunRecord, RunStatus, StackRecord
from hearth.store import Batch, Change, SetResource, SetStack, hearing, inputs, resources, stacks

_EVALUATED = frozenset({Do.CREATE, Do.REPLACE, Do.UPDATE, Do.ADOPT})


async def look_below(desk: Desk, work: Work, step: Step, draft: Draft) -> None:
    """See again the nested stacks that a step refers to, before what it is given is evaluated."""
    blueprint = work.blueprint
    if blueprint is None or step.do not in _EVALUATED:
        return
    named = (work.row_of(name) for name in blueprint.requires.get(step.resource, ()))
    nesting = [row for row in named if row is not None and row.nested_id is not None]
    if not nesting:
        return
    ids = [row.nested_id for row in nesting if row.nested_id is not None]
    below = await desk.store.read(stacks.find_many, ids)
    for stack in below.values():
        if stack.outputs_stale:
            with suppress(HearthError):  # who has moved it has marked what is above again
                await evaluated(desk, work.cloud, stack)
    if any(stack.outputs_stale for stack in below.values()):
        below = await desk.store.read(stacks.find_many, ids)
    await see_again(desk, work, draft, below.values(), nesting)


async def see_again(
    desk: Desk,
    work: Work,
    draft: Draft,
    below: Iterable[StackRecord],
    rows: Iterable[ResourceRecord],
) -> None:
    """Bring the attributes of nesting resources in line with their stacks as these now are."""
    versions = {stack.id: stack.version for stack in below}
    for row in tuple(rows):
        if row.nested_id not in versions:
            continue
        seen = work.views.get(row.id)
        if seen is None or seen.id != row.nested_id or seen.version != versions[row.nested_id]:
            seen = work.views[row.id] = await load_view(desk, row.nested_id)
        found = desk.kind_of(work, row).nested_attributes(seen, row)
        if found != row.attributes:
            draft.add(work.change(row.id, {"attributes": found}))


async def evaluated(desk: Desk, cloud: Cloud, stack: StackRecord) -> None:
    """Evaluate a stack's outputs, and before them those of the stale stacks below it.

    Each stack is written for as it was read; raises `Moved` when it has moved on.
    """
    totals = await desk.store.read(hearing.totals, stack.root_id)
    whole = await desk.store.read(stacks.find, stack.id)
    if whole is not None:
        await _evaluated(desk, cloud, whole, totals)


async def _evaluated(
    desk: Desk, cloud: Cloud, stack: StackRecord, totals: Mapping[str, int]
) -> None:
    for child in await desk.store.read(stacks.children, stack.id):
        heard_of = totals.get(child.id, 0)
        if child.outputs_stale or heard_of != (child.outputs_heard or 0):
            await _evaluated(desk, cloud, child, totals)
    # What is heard from here on is perhaps not in them, and they will show it.
    heard = await desk.store.read(hearing.accounted, stack)
    work = await as_it_stands(desk, cloud, stack)
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


async def as_it_stands(desk: Desk, cloud: Cloud, stack: StackRecord) -> Work:
    """A stack to be looked at: a run that nobody carries out."""
    rows = await desk.store.read(resources.of, stack.id)
    given = await desk.store.read(inputs.find, stack.inputs_id)
    blueprint = None
    if given is not None:
        blueprint = await desk.library.blueprint(desk.store, given, stack)
    run = RunRecord("", stack.id, stack.root_id, Action.CHECK, RunStatus.RUNNING, {}, 0.0, 0.0, "")
    current = resources.shown(rows)
    steps = tuple(Step(name, name, Do.NONE, row.id) for name, row in current.items())
    progress, _commands = begin(Plan(Action.CHECK, steps))
    work = Work(run, stack, stack, blueprint, progress, {}, cloud)
    for row in rows:
        work.keep(row)
    return work
