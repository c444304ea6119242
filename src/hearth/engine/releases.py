"""What an object lets go of for its replacement, and how it gets that back.

What it held is recorded before it is taken, and forgotten only when a later update has kept the
object and given it back: whoever dies between the two leaves a row that says what is missing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hearth.cloud import Conflict
from hearth.engine.clearing import cleared, seen_gone
from hearth.engine.desk import laid_open
from hearth.engine.job import Heeding, Job
from hearth.engine.looking import look_for
from hearth.engine.means import PATIENCE, Means, patiently, pause
from hearth.kit import Context
from hearth.plan import RELEASED
from hearth.stack import Action, ResourceRecord, State, Status


async def make_room(job: Job, means: Means) -> None:
    """Have all that stand for the resource let go of what the new object is to have.

    Beside the one that it replaces there may be others: replacements that failed, or that
    something newer has overtaken.
    """
    if job.kind.release is None:
        return
    rows = {row.id: row for row in (job.old, *job.rivals) if row is not None}
    for row in rows.values():
        await give_way(job, means, row, replace(job.ctx, record=replace(job.row, replaces=row.id)))


async def give_way(job: Job, means: Means, row: ResourceRecord, ctx: Context) -> None:
    """Have a row's object let go of what the object of the context is to have."""
    kind, ident = job.kind, row.physical_id
    if kind.release is None or row.external or row.type_resolved != kind.name:
        return
    if _stillborn(row):
        await _bury(job, means, row)
        return
    if not ident:
        return
    if RELEASED not in row.data:
        held = await patiently(job, means, lambda: kind.held(ctx, ident))
        if held is None:
            return
        await means.note(job, {"data": {**row.data, RELEASED: held}}, row.id)
    await _until_free(job, means, lambda: kind.release(ctx, ident))


def _stillborn(row: ResourceRecord) -> bool:
    """Whether a row's object has never come to be what it should, and need not be kept.

    Nothing goes back to such an object, nothing stands upon it, and it may be in no state to let
    go of anything: Nova takes no port out of a server that is in error.
    """
    failed = row.state == State(Action.CREATE, Status.FAILED)
    return failed and row.deletion_policy.lower() == "delete"


async def _bury(job: Job, means: Means, row: ResourceRecord) -> None:
    """Have the object of a creation that failed gone; its row goes when the stack is cleaned up.

    It may be there although nobody has heard of it: its maker may have died, or been stopped.
    """
    assert job.beside is not None, "what has rivals knows their contexts"
    kind, ctx, ident = job.kind, job.beside(row), row.physical_id
    if ctx.waiting is not None:
        ctx.waiting = Heeding(job, ctx.waiting)
    if ident is None and row.intent is not None:
        props = laid_open(kind, row.properties)
        ident = await patiently(job, means, lambda: kind.find(ctx, props))
    theirs = {other.physical_id for other in (job.row, *job.rivals) if other.id != row.id}
    if ident in theirs:
        ident = None  # it went by a name that is another's by now
    if ident is not None:
        await cleared(job, means, ctx, ident)
        await seen_gone(job, means, ctx, ident)
    await patiently(job, means, lambda: kind.sweep(ctx))
    if ident is not None:
        await means.note(job, {"physical_id": None, "intent": None}, row.id)


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
