"""A stack's outputs: what they need is observed again at the end of a run, then evaluated."""

from dataclasses import replace
from typing import Any

from hearth.base import Unknown, Value, closed, hidden_in, unknown_in
from hearth.base.errors import HearthError
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.gather import gather
from hearth.engine.ledger import LOST, Draft
from hearth.engine.work import Work
from hearth.kit import Phase
from hearth.stack import Output, ResourceRecord

ROUNDS = 10
"""So often an evaluation may find that it lacks something new."""


async def outputs(desk: Desk, work: Work) -> tuple[Output, ...]:
    """All outputs, evaluated from what is recorded."""
    blueprint = work.blueprint
    if blueprint is None:
        return ()
    found: tuple[Output, ...] = ()
    for _ in range(ROUNDS):
        view = desk.view(work)
        found = blueprint.outputs(view)
        if not view.needs:
            break
        await gather(desk, work, frozenset(view.needs))
    return tuple(replace(one, value=_shown(one.value)) for one in found)


def _shown(value: Value) -> Value:
    """What does not exist is null."""
    if isinstance(value, Unknown):
        return None
    if not unknown_in(value):
        return value
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return None


async def observe_again(desk: Desk, work: Work, draft: Draft) -> None:
    """Look once more at what outputs tell of, where others were touched since the last look."""
    if work.blueprint is None:
        return
    for name in work.blueprint.told_of():
        row = work.row_of(name)
        if row is None or row.physical_id is None or _fresh(work, row):
            continue
        kind = desk.kind_of(work, row)
        if kind.touches_nothing or kind.nests:
            continue
        ctx = context(desk, work, row, kind)
        try:
            seen = await kind.observe(ctx, row.physical_id)
            if seen.phase is Phase.GONE:
                continue
            shown = await kind.gather(ctx, row.physical_id, seen.shown)
        except LOST:
            raise
        except HearthError:
            continue  # what was seen last still stands
        found = kind.attributes(shown, desk.record(kind, row.properties), row)
        hidden = hidden_in(dict(row.properties))
        values: dict[str, Any] = {
            "attributes": {name: closed(value, hidden) for name, value in found.items()}
        }
        if values["attributes"] != row.attributes:
            draft.add(work.change(row.id, values))


def _fresh(work: Work, row: ResourceRecord) -> bool:
    """Whether nothing was touched since the row was last observed."""
    return not work.observed or work.observed[-1] == row.id
