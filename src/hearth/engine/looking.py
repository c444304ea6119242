"""Looking for what an earlier attempt may have made, before it is made again or done without."""

from dataclasses import replace

from hearth.engine.job import Job
from hearth.engine.means import Means, patiently
from hearth.stack import Intent, ResourceRecord


def sought(row: ResourceRecord) -> bool:
    """Whether a request may have made something for a row, of which no id is known."""
    return row.intent is not None and not row.intent.refused


def refused(row: ResourceRecord) -> Intent | None:
    """A row's intent, after the service has refused what it was for."""
    return replace(row.intent, refused=True) if row.intent is not None else None


async def look_for(
    job: Job, means: Means, asked_at: float | None = None, *, last: bool = False
) -> str | None:
    """What an earlier attempt made; None when the service can no longer be hiding it.

    asked_at: when this worker itself got no answer; without it the attempt was another's. last:
    nobody looks again, nor asks for it again, and so no service can refuse a second one.
    """
    found: str | None = await patiently(job, means, lambda: job.kind.find(job.ctx, job.props))
    refused_twice = job.kind.fenced and not last
    if found is not None or refused_twice or job.kind.touches_nothing:
        return found
    now = means.clock.now()
    if asked_at is None:
        asked_at = means.began + means.request_s if job.again else now
    hidden_s = asked_at + job.kind.visible_s - now
    if hidden_s > 0:
        await job.wait(lambda: means.clock.sleep(hidden_s))
    later: str | None = await patiently(job, means, lambda: job.kind.find(job.ctx, job.props))
    return later
