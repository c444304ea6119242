"""What an object lets go of for its replacement, and how it gets that back.

What it held is recorded before it is taken, and forgotten only when a later update has kept the
object and given it back: whoever dies between the two leaves a row that says what is missing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hearth.cloud import Conflict
from hearth.engine.clearing import cleared, seen_gone
from hearth.engine.job import Job
from hearth.engine.looking import look_for, sought
from hearth.engine.means import PATIENCE, Means, patiently, pause
from hearth.kit import Context
from hearth.plan import RELEASED
from hearth.stack import Action, ResourceRecord, State, Status


async def make_room(job: Job, means: Means) -> None:
    """Have all that stand for the resource let go of what the new object is to have.

    Beside the one that it replaces there may be others: replacements that failed, or that
    something newer has overtaken.
    """
    for other in job.others:
        await _make_way(job, means, other)


async def take_back(job: Job, means: Means) -> None:
    """Give the job's object what it held before a replacement that is not to be."""
    kind, ident = job.kind, job.row.physical_id or ""
    held = job.row.data[RELEASED]
    for other in job.others:
        await _make_way(job, means, other)
        if other.row.replaces == job.row.id:
            # Its letting go may have been cut short, and still be coming to its end.
            await _give_way(job, means, job, replace(job.ctx, record=other.row))
    await _until_free(job, means, lambda: kind.reclaim(job.ctx, ident, held))


async def _make_way(job: Job, means: Means, other: Job) -> None:
    """Have another row's object let go of what the job's is to have."""
    spoken_for = _spoken_for(job, other)
    await _known(other, means, spoken_for)
    if _stillborn(other.row):
        await _bury(other, means, spoken_for)
    else:
        taker = replace(job.ctx, record=replace(job.row, replaces=other.row.id))
        await _give_way(job, means, other, taker)


async def _give_way(job: Job, means: Means, giver: Job, ctx: Context) -> None:
    """Have the giver's object let go of what the object of the context is to have."""
    kind, row = job.kind, giver.row
    ident = row.physical_id
    if kind.release is None or not ident or row.external:
        return
    if RELEASED not in row.data:
        held = await patiently(job, means, lambda: kind.held(ctx, ident))
        if held is None:
            return
        await means.note(giver, {"data": {**row.data, RELEASED: held}})
    await _until_free(job, means, lambda: kind.release(ctx, ident))


def _stillborn(row: ResourceRecord) -> bool:
    """Whether a row's object has never come to be what it should, and need not be kept.

    Nothing goes back to such an object, nothing stands upon it, and it may be in no state to let
    go of anything: Nova takes no port out of a server that is in error.
    """
    failed = row.state == State(Action.CREATE, Status.FAILED)
    return failed and not row.external and row.deletion_policy.lower() == "delete"


async def _bury(job: Job, means: Means, spoken_for: set[str | None]) -> None:
    """Have the object of a creation that failed gone; its row goes when the stack is cleaned up."""
    ident = job.row.physical_id
    if ident is not None and ident not in spoken_for:
        await cleared(job, means, ident)
        await seen_gone(job, means, ident)
    await patiently(job, means, lambda: job.kind.sweep(job.ctx))
    if ident is not None:
        await means.note(job, {"physical_id": None, "intent": None})


async def _known(other: Job, means: Means, spoken_for: set[str | None]) -> None:
    """Know another row's object: one that was asked for, and then left alone, is looked for."""
    row = other.row
    if row.physical_id is None and sought(row) and other.props is not None:
        found = await look_for(other, means)
        if found is not None and found not in spoken_for:
            await means.note(other, {"physical_id": found})


def _spoken_for(job: Job, other: Job) -> set[str | None]:
    """By what the objects go that are not the other row's: all but those that were let go of.

    A name may be all that an object goes by, and stand for another row's object by now.
    """
    rows = (job.row, *(one.row for one in job.others if one is not other))
    return {row.physical_id for row in rows if RELEASED not in row.data}


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
