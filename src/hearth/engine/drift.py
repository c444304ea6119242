"""Comparing what is recorded with what the cloud shows, for updates that are to put it right.

What differs is noted in the row, and the decision about the resource takes it in; so does whoever
takes the run up again. An update that has put it right forgets it.
"""

import asyncio
from typing import Any

from hearth.base import Value
from hearth.base.errors import HearthError
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.work import Work
from hearth.kit import Phase
from hearth.plan import DRIFT, GONE
from hearth.stack import Action, ResourceRecord, Status
from hearth.store import SetResource

AT_ONCE = 20
"""So many objects are looked at at a time."""


async def look_for_drift(desk: Desk, work: Work) -> list[SetResource]:
    """What is to be noted of each resource of the stack; the work in hand knows it at once."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(row: ResourceRecord) -> dict[str, Value] | None:
        async with room:
            return await _drift(desk, work, row)

    rows = [row for row in work.rows.values() if _visible(desk, work, row)]
    found = await asyncio.gather(*(one(row) for row in rows))
    changes = []
    for row, drift in zip(rows, found, strict=True):
        if drift != row.data.get(DRIFT):
            data = {key: value for key, value in row.data.items() if key != DRIFT}
            if drift is not None:
                data[DRIFT] = drift
            changes.append(work.change(row.id, {"data": data}))
    return changes


def _visible(desk: Desk, work: Work, row: ResourceRecord) -> bool:
    """Whether the cloud shows the resource; one in trouble is replaced or mended anyway."""
    kind = desk.kind_of(work, row)
    whole = row.state.status is Status.COMPLETE and row.state.action is not Action.DELETE
    unseen = kind.touches_nothing or kind.nests or row.external or row.physical_id is None
    return whole and not unseen


async def _drift(desk: Desk, work: Work, row: ResourceRecord) -> dict[str, Value] | None:
    """What the cloud shows otherwise; None where nothing does, or nothing can be seen."""
    kind = desk.kind_of(work, row)
    ctx = context(desk, work, row, kind)
    try:
        seen = await kind.observe(ctx, str(row.physical_id))
    except HearthError:
        return row.data.get(DRIFT)  # what was seen last still stands
    if seen.phase is Phase.GONE:
        return {GONE: True}
    props: Any = desk.record(kind, row.properties)
    return kind.drift(props, seen.shown) or None
