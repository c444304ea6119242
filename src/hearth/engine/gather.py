"""Asking from outside what an evaluation lacked."""

from typing import Any

from hearth.base.errors import HearthError
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.ledger import LOST
from hearth.engine.needs import Need, evaluate_all
from hearth.engine.nested import load_view
from hearth.engine.work import Work
from hearth.stack import Action, ResourceRecord, State, Status


async def gather(desk: Desk, work: Work, needs: frozenset[Need]) -> None:
    """Bring in everything that is needed, each kind in bulk."""
    refs = [(need.key, need.value) for need in needs if need.what == "ref"]
    wrong = await desk.checks.learn(work.cloud, work.scope, refs)
    work.missing |= {Need("ref", ref, name): one for (ref, name), one in wrong.items()}
    await evaluate_all(desk.checks, needs)
    for need in sorted(needs, key=lambda one: (one.what, one.key, one.value)):
        if need.what in ("view", "members"):
            nested_id = work.rows[need.key].nested_id
            work.views[need.key] = await load_view(desk, nested_id or "")
            if need.what == "members":
                work.fresh.add(need.key)
        elif need.what == "live":
            await _live(desk, work, need)
        elif need.what == "ask":
            work.answers[need.key, need.value] = await _asked(desk, work, need)


async def _asked(desk: Desk, work: Work, need: Need) -> Any:
    """What a nesting type lacks before it can say what it expands to."""
    kind = desk.registry.type(need.key)
    assert kind is not None, "only a type that there is asks"
    nobody = ResourceRecord(
        desk.ids.uuid(),
        work.stack.id,
        "",
        need.key,
        State(Action.INIT, Status.COMPLETE),
        desk.clock.now(),
    )
    return await kind.ask(context(desk, work, nobody, kind), need.value)


async def _live(desk: Desk, work: Work, need: Need) -> None:
    row = work.rows[need.key]
    kind = desk.kind_of(work, row)
    ctx = context(desk, work, row, kind)
    try:
        shown = await kind.live(ctx, row.physical_id or "", need.value, ())
    except LOST:
        raise
    except HearthError:
        shown = None  # an attribute that cannot be had is null, as upstream has it
    work.live[need.key, need.value] = shown
