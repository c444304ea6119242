"""Having an object gone, and seeing that it is."""

from functools import partial

from hearth.cloud import BadRequest, Conflict
from hearth.engine.job import Job
from hearth.engine.means import Means, patiently, pause
from hearth.engine.poll import gone
from hearth.kit import InError, Observation, Phase, ResourceType


async def cleared(job: Job, means: Means, ident: str) -> None:
    """Ask for an object to go, waiting out conflicts and what it is on its way to."""
    for attempt in range(1, means.retries + 2):
        try:
            await patiently(job, means, lambda: job.kind.delete(job.ctx, ident))
            break
        except Conflict:
            if attempt > means.retries:
                raise
            await pause(job, means, attempt)
        except BadRequest:
            # Cinder says so of what is still being made, and of much else.
            if attempt > means.retries or not await _settled(job, means, ident):
                raise


async def _settled(job: Job, means: Means, ident: str) -> bool:
    """Whether the object was on its way to something, which is waited for."""
    if not job.kind.phases.field or job.kind.touches_nothing:
        return False
    seen = await patiently(job, means, lambda: job.kind.observe(job.ctx, ident))
    if _resting(seen):
        return False
    await job.wait(lambda: means.poller.until(job.kind, job.ctx, ident, _resting))
    return True


def _resting(seen: Observation) -> bool:
    return seen.phase is not Phase.WORKING


async def seen_gone(job: Job, means: Means, ident: str) -> None:
    """Wait until it is gone; an object that fails to go says so."""
    if not job.kind.phases.field or job.kind.touches_nothing:
        return
    first = await patiently(job, means, lambda: job.kind.observe(job.ctx, ident))
    if gone(first):
        return
    stuck = partial(_stuck, job.kind, first)
    seen: Observation = first if stuck(first) else await job.wait(
        lambda: means.poller.until(job.kind, job.ctx, ident, lambda o: gone(o) or stuck(o))
    )  # fmt: skip
    if not gone(seen):
        raise InError(seen.status, seen.reason)


def _stuck(kind: ResourceType, first: Observation, seen: Observation) -> bool:
    """Whether deleting has failed: in error, and not from the beginning."""
    if kind.phases.stuck:
        return seen.status in kind.phases.stuck
    return seen.phase is Phase.FAILED and first.phase is not Phase.FAILED
