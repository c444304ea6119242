"""With what steps are carried out, and the patience that they have with a cloud."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hearth.base import Clock, Ids
from hearth.cloud import Ambiguous, ServerFault, TooMany, Unavailable
from hearth.engine.job import Job
from hearth.engine.leases import LeaseShort
from hearth.engine.poll import Poller

PATIENCE = 8
"""So often a request that surely did nothing is made again before the step fails."""


class Note(Protocol):
    """Record fields of a row, by default the job's, durably, before the step goes on."""

    def __call__(
        self, job: Job, values: Mapping[str, Any], row: str | None = None
    ) -> Awaitable[None]:
        """Return when it is recorded."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """With what steps are carried out."""

    clock: Clock
    ids: Ids
    poller: Poller
    note: Note
    retries: int
    request_s: float
    began: float


async def patiently(job: Job, means: Means, ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask what may be repeated, again when it was perhaps not done."""
    for attempt in range(1, PATIENCE + 1):
        job.check()
        try:
            return await ask()
        except (Ambiguous, Unavailable, ServerFault, TooMany, LeaseShort):
            if attempt == PATIENCE:
                raise
            await pause(job, means, min(attempt, 4))
    raise AssertionError("the last attempt returns or raises")


async def pause(job: Job, means: Means, attempt: int) -> None:
    """Wait before another attempt, longer each time."""
    seconds = 2.0 ** min(attempt - 1, 6) + 2.0 * means.ids.random()
    await job.wait(lambda: means.clock.sleep(seconds))
