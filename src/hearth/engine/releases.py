"""What an object lets go of for its replacement, and how it gets that back.

What it held is recorded before it is taken, and forgotten only when a later update has kept the
object and given it back: whoever dies between the two leaves a row that says what is missing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hearth.cloud import Conflict
from hearth.engine.job import Job
from hearth.engine.looking import look_for
from hearth.engine.means import PATIENCE, Means, patiently, pause
from hearth.kit import Context
from hearth.plan import RELEASED
from hearth.stack import ResourceRecord


async def give_way(job: Job, means: Means, row: ResourceRecord, ctx: Context) -> None:
    """Have a row's object let go of what the object of the context is to have."""
    kind, ident = job.kind, row.physical_id
    if kind.release is None or not ident or row.external or row.type_resolved != kind.name:
        return
    if RELEASED not in row.data:
        held = await patiently(job, means, lambda: kind.held(ctx, ident))
        if held is None:
            return
        await means.note(job, {"data": {**row.data, RELEASED: held}}, row.id)
    await _until_free(job, means, lambda: kind.release(ctx, ident))


async def take_back(job: Job, means: Means) -> None:
    """Give the job's object what it held before a replacement that is not to be."""
    kind, ident = job.kind, job.row.physical_id or ""
    held = job.row.data[RELEASED]
    for other in job.others:
        rival = await _known(other, means)
        taker = replace(job.ctx, record=replace(job.row, replaces=rival.id))
        await give_way(job, means, rival, taker)
        if rival.replaces == job.row.id:
            # Its letting go may have been cut short, and still be coming to its end.
            await give_way(job, means, job.row, replace(job.ctx, record=rival))
    await _until_free(job, means, lambda: kind.reclaim(job.ctx, ident, held))


async def _known(other: Job, means: Means) -> ResourceRecord:
    """Another row with its object: one that was asked for, and then left alone, is looked for."""
    row = other.row
    if row.physical_id is None and row.intent is not None and other.props is not None:
        found = await look_for(other, means)
        if found is not None:
            await means.note(other, {"physical_id": found})
    return other.row


async def _until_free(job: Job, means: Means, ask: Callable[[], Awaitable[None]]) -> None:
    """Ask again while something is not free yet: what an object lets go of is, after a while."""
    for attempt in range(1, PATIENCE + 1):
        try:
            await patiently(job, means, ask)
        except Conflict:
            if attempt == PATIENCE:
                raise
            await pause(job, means, min(attempt, 4))
        else:
            return


def taken_over(job: Job) -> bool:
    """Whether what goes by the row's id is another row's object by now."""
    row = job.row
    return RELEASED in row.data and any(
        other.physical_id == row.physical_id and RELEASED not in other.data for other in job.rivals
    )
