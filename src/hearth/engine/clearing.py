"""Having an object gone, and seeing that it is."""

from hearth.cloud import Conflict
from hearth.engine.job import Job
from hearth.engine.means import Means, patiently, pause
from hearth.engine.poll import gone
from hearth.kit import InError, Observation, Phase


async def cleared(job: Job, means: Means, ident: str) -> None:
    """Ask for an object to go, waiting out conflicts."""
    for attempt in range(1, means.retries + 2):
        try:
            await patiently(job, means, lambda: job.kind.delete(job.ctx, ident))
            break
        except Conflict:
            if attempt > means.retries:
                raise
            await pause(job, means, attempt)


async def seen_gone(job: Job, means: Means, ident: str) -> None:
    """Wait until it is gone; an object that fails to go says so."""
    if not job.kind.phases.field or job.kind.touches_nothing:
        return
    first = await patiently(job, means, lambda: job.kind.observe(job.ctx, ident))
    if gone(first):
        return
    seen: Observation = await job.wait(
        lambda: means.poller.until(job.kind, job.ctx, ident, lambda o: gone(o) or _stuck(o, first))
    )
    if not gone(seen):
        raise InError(seen.status, seen.reason)


def _stuck(seen: Observation, first: Observation) -> bool:
    """Whether deleting has failed: in error, and not from the beginning."""
    return seen.phase is Phase.FAILED and first.phase is not Phase.FAILED
