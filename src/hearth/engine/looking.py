"""Looking for what an earlier attempt may have made, before it is made again or done without."""

from dataclasses import replace

from hearth.engine.job import Job
from hearth.engine.means import Means, patiently
from hearth.plan import ATTEMPTED
from hearth.stack import Intent, ResourceRecord


def sought(row: ResourceRecord) -> bool:
    """Whether a request may have made something for a row, of which no id is known."""
    return row.intent is not None and not row.intent.refused


def refused(row: ResourceRecord) -> Intent | None:
    """A row's intent, after the service has refused what it was for."""
    return replace(row.intent, refused=True) if row.intent is not None else None


async def look_for(job: Job, means: Means, *, last: bool = False) -> str | None:
    """What an earlier attempt made; None when the service can no longer be hiding it.

    last: nobody looks again, nor asks for it again, and so no service can refuse a second one.
    """
    found: str | None = await patiently(job, means, lambda: job.kind.find(job.ctx, job.props))
    refused_twice = job.kind.fenced and not last
    if found is not None or refused_twice or job.kind.touches_nothing:
        return found
    await _shown(job, means, _asked_at(job, means, means.clock.now()))
    later: str | None = await patiently(job, means, lambda: job.kind.find(job.ctx, job.props))
    return later


async def strewn_since(job: Job, means: Means) -> bool:
    """Whether lists show by now what they did not while the object was there; once they must.

    An update that came to no end may have made more beside it than its row says, until it was lost.
    """
    now, told = means.clock.now(), job.row.data[job.kind.strews]
    # Where a stack was taken over, this is what a user's document says.
    last = min(now, told) if isinstance(told, int | float) else now
    if ATTEMPTED in job.row.data:
        last = max(last, _asked_at(job, means, now) - means.request_s)
    return await _shown(job, means, last + means.request_s)


async def _shown(job: Job, means: Means, asked_at: float) -> bool:
    """Wait until lists show what was asked for at the latest then; whether there was to wait."""
    hidden_s = asked_at + job.kind.visible_s - means.clock.now()
    if hidden_s > 0:
        await job.wait(lambda: means.clock.sleep(hidden_s))
    return hidden_s > 0


def _asked_at(job: Job, means: Means, now: float) -> float:
    """When it was asked for at the latest: by this step, or before by who knows whom.

    Who was lost while at it, in this run or in one before it, has sent nothing since this life of
    the run began; but what was under way then may have been done a request's time later.
    """
    if job.asked_at is not None:
        return job.asked_at
    another_s = means.began + means.request_s
    return another_s if job.again else max(now, another_s)
