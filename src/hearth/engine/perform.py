"""Carrying one step out in the cloud: intent, request, outcome; looking before asking again.

The step's intent is durable before anything here begins. A creating request leaves once; after a
crash or an ambiguous answer the object is looked for by its marker, until the service can no
longer be hiding it, and only then asked for again.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from hearth.base import closed, hidden_in
from hearth.base.errors import HearthError
from hearth.cloud import (
    Ambiguous,
    Conflict,
    NotFound,
    TooMany,
    Trail,
    Unavailable,
)
from hearth.engine.clearing import cleared, seen_gone
from hearth.engine.job import Ended, Job
from hearth.engine.leases import LeaseShort
from hearth.engine.looking import look_for, refused, sought, strewn_since
from hearth.engine.means import PATIENCE, PATIENT, Means, patience
from hearth.engine.means import patiently as _patiently
from hearth.engine.means import pause as _pause
from hearth.engine.poll import ready
from hearth.engine.releases import make_room, take_back, taken_over
from hearth.kit import InError, NeedsReplacing, NotYet, Observation, Phase
from hearth.plan import ATTEMPTED, DRIFT, LINGERS, MADE_OF, RELEASED, REPLACED, SCALING, Do
from hearth.stack import Action, Intent, ResourceRecord, State, Status

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
"""How soon and how seldom an update is asked again that says that it is still under way."""


async def perform(job: Job, means: Means) -> Ended:
    """Carry the step out."""
    job.ctx.keep = partial(_keep, job, means)
    match job.step.do:
        case Do.CREATE | Do.REPLACE:
            return await create(job, means)
        case Do.UPDATE:
            return await update(job, means)
        case Do.DELETE:
            return await delete(job, means)
        case Do.CHECK:
            return await check(job, means)
        case Do.ADOPT:
            return await adopt(job, means)
        case Do.SUSPEND | Do.RESUME:
            return await switch(job, means)
        case Do.SNAPSHOT:
            await copied(job, means)
            return Ended(job)
        case Do.FORGET:
            return await delete(job, means)
        case _:
            raise HearthError(f"Nothing knows how to {job.step.do.value} {job.step.resource}.")


async def _keep(job: Job, means: Means) -> None:
    """Record what the type keeps for itself, and what it changed beside it, if it did."""
    data = {**job.row.data, **job.ctx.data}
    if data != job.row.data or job.shelf.changes:
        await means.note(job, {"data": data})


async def conjure(job: Job) -> Ended:
    """Make what exists only in our rows: at once, without an intent."""
    ident = await job.kind.create(job.ctx, job.props)
    row = replace(job.row, physical_id=ident)
    fields = observed(job, row, job.ctx.seen or {})
    outcome = REPLACED if job.step.do is not Do.CREATE else ""
    return Ended(job, fields | {"physical_id": ident}, outcome=outcome)


async def create(job: Job, means: Means) -> Ended:
    """Make the object, however many attempts it takes, and wait until it is ready."""
    kind, ctx = job.kind, job.ctx
    # Once it is there, what goes by the old one's name may be the new one.
    if job.row.physical_id is None:
        await make_room(job, means)
    attempt = job.row.intent.attempt if job.row.intent else 1
    look = job.again and sought(job.row)
    while True:
        try:
            ident = job.row.physical_id or await _bring_about(job, means, look=look)
            seen = await _settled(job, means, ident)
            break
        except (InError, Conflict) as error:
            if attempt > means.retries:
                raise
            attempt += 1
            # What was half made, or perhaps by an earlier attempt, is there for all we know.
            look = job.row.physical_id is None and not job.refused
            if job.row.physical_id is not None:
                await _clear_away(job, means, job.row.physical_id)
                job.asked_at = None
            elif job.refused:
                await means.note(job, {"intent": refused(job.row)})
            await _pause(job, means, attempt)
            await means.note(job, {"intent": _intent(means, attempt), "reason": str(error)})
    await _patiently(job, means, lambda: kind.configure(ctx, ident, job.props))
    fields = await _attributes(job, means, ident, seen)
    outcome = REPLACED if job.step.do is not Do.CREATE else ""
    return Ended(job, fields | {"intent": None}, outcome=outcome)


async def update(job: Job, means: Means) -> Ended:
    """Bring the object in line. Repeating it does only what is still to be done."""
    ident = job.row.physical_id or ""
    if LINGERS in job.row.data:
        seen = await _seen(job, means, ident)
        if seen.phase is not Phase.READY:
            said = "gone" if seen.phase is Phase.GONE else f"not well: {seen.status}"
            return _unfit(job, f"It was to be deleted, and is {said}.")
    if RELEASED in job.row.data:
        await take_back(job, means)
    try:
        await _until_done(
            job, means, lambda: job.kind.update(job.ctx, ident, job.props, job.changed)
        )
        job.ctx.seen = None
        seen = await _settled(job, means, ident, left=True)
    except NeedsReplacing:
        return Ended(job, outcome="replace")
    except (NotFound, NotFoundInCloud):
        # Perhaps it is something else that is not there, which the object was to be connected to.
        if job.kind.touches_nothing or (await _seen(job, means, ident)).phase is not Phase.GONE:
            raise
        return _unfit(job, f"The {job.row.type} ({ident}) is gone.")
    await _patiently(job, means, lambda: job.kind.configure(job.ctx, ident, job.props))
    return Ended(job, await _attributes(job, means, ident, seen))


def _unfit(job: Job, words: str) -> Ended:
    """It cannot be brought in line and must be made anew; whoever goes back to it looks first."""
    fields = {
        "state": State(Action.UPDATE, Status.FAILED),
        "reason": words,
        "data": {**job.row.data, LINGERS: True},
    }
    return Ended(job, fields, outcome="replace")


async def _seen(job: Job, means: Means, ident: str) -> Observation:
    """An object that was to go, and perhaps did not, once it is known whether it did."""
    seen: Observation
    if not job.kind.phases.field:
        seen = await _patiently(job, means, lambda: job.kind.observe(job.ctx, ident))
    else:
        seen = await job.wait(lambda: means.poller.until(job.kind, job.ctx, ident, ready))
    return seen


async def _until_done(job: Job, means: Means, ask: Callable[[], Awaitable[None]]) -> None:
    """Ask until it is done: a little later each time that it is said to be still under way."""
    began, seconds = means.clock.now(), FIRST_PAUSE_S
    while True:
        try:
            await _patiently(job, means, ask)
        except NotYet as error:
            taken_s = means.clock.now() - began + seconds
            if error.within_s is not None and taken_s > error.within_s:
                raise Unfinished(str(error)) from error
        else:
            return
        await job.wait(partial(means.clock.sleep, seconds))
        seconds = min(LONGEST_PAUSE_S, seconds * 2)


class Unfinished(HearthError):
    """What an update had asked for did not come about."""

    default_kind = "Conflict"


async def delete(job: Job, means: Means) -> Ended:
    """Have the object gone; one that was never known by an id is looked for first."""
    row = job.row
    ident = row.physical_id
    if job.kept:
        return Ended(job, drop=True)
    if job.kind.touches_nothing:
        await job.kind.delete(job.ctx, ident or "")
        return Ended(job, drop=True)
    if ident is None and sought(row) and job.props is not None:
        ident = await look_for(job, means, last=True)
    await copied(job, means)
    if ident is not None and ident not in job.theirs and not taken_over(job):
        await _clear_away(job, means, ident)
        if job.kind.strews in row.data and await strewn_since(job, means):
            await _patiently(job, means, lambda: job.kind.sweep(job.ctx))
    elif row.intent is not None:
        await job.kind.sweep(job.ctx)
    return Ended(job, drop=True)


async def check(job: Job, means: Means) -> Ended:
    """See whether the object is there and well; touch nothing."""
    if job.kind.touches_nothing:
        return Ended(job, reason=f"CHECK not supported for {job.row.type}")
    if job.row.physical_id is None:
        raise NotFoundInCloud(f"The {job.row.type} {job.row.name} was never made.")
    ident = str(job.row.physical_id)
    if job.kind.examine is not None:
        await _patiently(job, means, lambda: job.kind.examine(job.ctx, ident))
        return Ended(job, await _attributes(job, means, ident, await _settled(job, means, ident)))
    seen = await _patiently(job, means, lambda: job.kind.observe(job.ctx, ident))
    match seen.phase:
        case Phase.GONE:
            name = job.row.name
            raise NotFoundInCloud(f"The {job.row.type} {name} ({ident}) is gone.")
        case Phase.FAILED:
            raise InError(seen.status, seen.reason)
        case _:
            return Ended(job, await _attributes(job, means, ident, seen))


async def give_up_waiting(job: Job) -> None:
    """The step was stopped while it waited: what the type has to do about it."""
    if job.kind.cancel is not None and job.row.physical_id is not None:
        # The step fails for another reason already.
        with suppress(HearthError):
            await job.kind.cancel(job.ctx, job.row.physical_id)


async def adopt(job: Job, means: Means) -> Ended:
    """See what is taken over; what exists only in our rows is as its row says."""
    if job.kind.touches_nothing:
        return Ended(job, observed(job, job.row, dict(job.ctx.data)))
    return await check(job, means)


async def switch(job: Job, means: Means) -> Ended:
    """Suspend or resume, where the type can; where it cannot, nothing is to be done."""
    verb = job.kind.suspend if job.step.do is Do.SUSPEND else job.kind.resume
    if verb is not None and job.row.physical_id is not None:
        ident = job.row.physical_id
        await _patiently(job, means, lambda: verb(job.ctx, ident))
        job.ctx.seen = None
        if job.step.do is Do.RESUME or job.kind.hears:
            seen = await _settled(job, means, ident)
            if job.kind.hears:
                return Ended(job, await _attributes(job, means, ident, seen))
    return Ended(job)


async def copied(job: Job, means: Means) -> None:
    """Make the copy that comes first, where one is to be made and has not been made before."""
    copy = job.copy
    whole = State(Action.CREATE, Status.COMPLETE)
    if copy is None or copy.row.state == whole:
        return
    made = await create(copy, means)
    await means.note(copy, {**made.fields, "state": whole})


class NotFoundInCloud(HearthError):
    """An object that should be there is not."""

    default_kind = "NotFound"


async def _bring_about(job: Job, means: Means, *, look: bool) -> str:
    """The id of the object: found, or made by one request, and durably recorded."""
    kind, ctx = job.kind, job.ctx
    for attempt in range(1, PATIENT + 1):
        ident = await look_for(job, means) if look else None
        try:
            if ident is None:
                ident = await _asked(job, means, sure=not look)
        except Ambiguous:
            if attempt >= PATIENCE:
                raise
        except Conflict:
            # What the old object has let go of is free only after a while.
            if attempt >= PATIENCE or job.old is None or kind.release is None:
                raise
            await _pause(job, means, min(attempt, 4))
            await make_room(job, means)
        except (Unavailable, TooMany, LeaseShort) as error:
            if attempt >= patience(error):
                raise
            await _pause(job, means, min(attempt, 4), error)
        else:
            await means.note(job, {"physical_id": ident, "data": dict(ctx.data)})
            return ident
        look = look or job.asked_at is not None
    raise AssertionError("the last attempt returns or raises")


async def _asked(job: Job, means: Means, *, sure: bool) -> str:
    """The id of what one request makes. sure: no earlier one can have made it.

    Then a refusal says that nothing of ours is there, whatever looks like it: it is never looked
    for, adopted or deleted. Nobody may believe that any more once it is asked for anew.
    """
    if job.row.intent is not None and job.row.intent.refused:
        await means.note(job, {"intent": _intent(means, job.row.intent.attempt)})
    trail = job.ctx.cloud.session.trail or Trail()
    effects, job.refused = trail.effects, False
    try:
        ident: str = await job.kind.create(job.ctx, job.props)
    except HearthError as error:
        if isinstance(error, Ambiguous) or trail.effects != effects:
            job.asked_at = means.clock.now()
        job.refused = sure and job.asked_at is None
        raise
    return ident


async def _settled(job: Job, means: Means, ident: str, *, left: bool = False) -> Observation:
    """The object once it is ready; InError when it will not be.

    left: it need not be where somebody has left it asleep.
    """

    def settled(seen: Observation) -> bool:
        return ready(seen) or (left and job.kind.phases.rests(seen.shown))

    seen = job.kind.seen(job.ctx.seen) if job.ctx.seen is not None else None
    if seen is None and not job.kind.phases.field:
        seen = Observation(Phase.READY) if job.kind.touches_nothing else await _patiently(
            job, means, lambda: job.kind.observe(job.ctx, ident)
        )  # fmt: skip
    if seen is None or not settled(seen):
        seen = await job.wait(lambda: means.poller.until(job.kind, job.ctx, ident, settled))
    match seen.phase:
        case Phase.READY | Phase.WORKING:
            return seen
        case Phase.GONE:
            raise NotFoundInCloud(f"The {job.row.type} ({ident}) is gone.")
        case _:
            raise InError(seen.status, seen.reason)


async def _clear_away(job: Job, means: Means, ident: str) -> None:
    """Have the object gone, and forget its id."""
    await cleared(job, means, ident)
    await _keep(job, means)
    await seen_gone(job, means, ident)
    job.ctx.seen = None
    if job.step.do not in (Do.DELETE, Do.FORGET):
        await means.note(job, {"physical_id": None})


async def _attributes(job: Job, means: Means, ident: str, seen: Observation) -> dict[str, Any]:
    """The fields of the row that an observation fills."""
    shown = await _patiently(job, means, lambda: job.kind.gather(job.ctx, ident, seen.shown))
    return observed(job, job.row, shown)


def observed(job: Job, row: ResourceRecord, shown: dict[str, Any]) -> dict[str, Any]:
    """What the row holds after an observation."""
    data = dict(job.ctx.data)
    stay = STAY.get(job.step.do, _STAYS)
    data |= {key: value for key, value in row.data.items() if key in stay}
    hidden = hidden_in(dict(job.properties))
    given = job.kind.attributes(shown, job.props, replace(row, data=data))
    found = {name: closed(value, hidden) for name, value in given.items()}
    complete = replace(row, attributes=found, data=data)
    reference = closed(job.kind.reference(complete), hidden)
    return {"attributes": found, "reference": reference, "data": data}


_STAYS = frozenset({ATTEMPTED, DRIFT, LINGERS, MADE_OF, RELEASED, SCALING})
"""What the engine has noted in a row stays, where nothing of the object was changed."""

STAY: Mapping[Do, frozenset[str]] = {
    Do.CREATE: frozenset({RELEASED}),
    Do.REPLACE: frozenset({RELEASED}),
    Do.UPDATE: frozenset(),
}
"""Of which these steps leave only so much."""


def _intent(means: Means, attempt: int) -> Intent:
    now = means.clock.now()
    return Intent(attempt, now, now + means.request_s)


ACTIONS: Mapping[Do, Action] = {
    Do.CREATE: Action.CREATE,
    Do.REPLACE: Action.CREATE,
    Do.UPDATE: Action.UPDATE,
    Do.DELETE: Action.DELETE,
    Do.CHECK: Action.CHECK,
    Do.SUSPEND: Action.SUSPEND,
    Do.RESUME: Action.RESUME,
    Do.SNAPSHOT: Action.SNAPSHOT,
    Do.ADOPT: Action.ADOPT,
    Do.FORGET: Action.DELETE,
}
"""What a step makes of its resource's action."""
