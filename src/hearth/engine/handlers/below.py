"""Whether anything would change in the stacks below, where nothing of their resources differs.

Every update looks into all nested stacks. A plan looks there, too: what is made of the same and
has nothing to do inside is told as unchanged. In doubt it is told as something to look at.
"""

from dataclasses import replace

from hearth.base.errors import HearthError
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.handlers.checking import working
from hearth.engine.nested import expanded, load_view
from hearth.engine.planning import Planned, planned
from hearth.engine.sources import text_changes
from hearth.engine.work import Work
from hearth.identity import Caller
from hearth.kit import Expansion
from hearth.plan import Do, Plan, Step
from hearth.stack import Action, Inputs, ResourceRecord, StackRecord, Status
from hearth.store import Connection, resources, stacks
from hearth.store import inputs as stored_inputs

Stored = tuple[StackRecord, list[ResourceRecord], Inputs]


async def looked_into(desk: Desk, caller: Caller, work: Work, made: Planned) -> Plan:
    """The plan; steps that would only look into a stack where nothing changes are none."""
    steps = [
        replace(step, do=Do.NONE, reason="") if await _same(desk, caller, work, made, step)
        else step
        for step in made.plan.steps
    ]  # fmt: skip
    return replace(made.plan, steps=tuple(steps))


async def _same(desk: Desk, caller: Caller, work: Work, made: Planned, step: Step) -> bool:
    """Whether a step that looks into a stack would find nothing to do there."""
    row = work.rows.get(step.row)
    if not step.quiet or step.hooks or row is None or row.nested_id is None:
        return False
    found = await desk.store.read(_stored, row.nested_id)
    if found is None or found[0].state.status is not Status.COMPLETE:
        return False
    stack, rows, inputs = found
    try:
        work.views[row.id] = await load_view(desk, row.nested_id)
        if not await _made_of(desk, work, made, row, inputs):
            return False
        blueprint = await desk.library.blueprint(desk.store, inputs, stack)
        child = working(desk, caller, stack, blueprint, rows)
        inner = await planned(desk, child, Action.UPDATE)
    except HearthError:
        return False  # whoever carries it out will tell
    plan = await looked_into(desk, caller, child, inner)
    return not inner.problems and all(_nothing(one) for one in plan.steps)


def _nothing(step: Step) -> bool:
    """Whether it does nothing, or would clean up only after what is not done."""
    return step.idle or step.only_if is not None


async def _made_of(
    desk: Desk, work: Work, made: Planned, row: ResourceRecord, inputs: Inputs
) -> bool:
    """Whether the resource expands to what its stack was made from."""
    wanted, blueprint = made.wanted[row.name], work.blueprint
    assert blueprint is not None, "what is planned has a blueprint"
    kind = blueprint.kind(row.name)
    ctx = context(desk, work, row, kind)
    ctx.metadata = dict(wanted.metadata)
    ctx.record = replace(row, update_policy=dict(wanted.update_policy))
    grown: Expansion = expanded(desk, work, ctx, wanted)
    if grown.meanwhile is not None or grown.waves is not None:
        return False
    files = await desk.library.files(desk.store, inputs.files_hash)
    return (
        text_changes(grown.template)[0] == inputs.template_hash
        and {**blueprint.files, **grown.files} == dict(files)
        and blueprint.environment_below(row.name, grown.environment) == inputs.environment
        and dict(grown.parameters) == inputs.parameters
    )


def _stored(db: Connection, nested_id: str) -> Stored | None:
    stack = stacks.find(db, nested_id)
    inputs = stored_inputs.find(db, stack.inputs_id) if stack is not None else None
    if stack is None or inputs is None:
        return None
    return stack, list(resources.of(db, nested_id)), inputs
