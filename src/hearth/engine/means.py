"""With what steps are carried out, and the patience that they have with a cloud."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hearth.base import Clock, Ids
from hearth.cloud import Ambiguous, CloudError, ServerFault, TooMany, Unavailable
from hearth.engine.job import Job
from hearth.engine.leases import LeaseShort
from hearth.engine.poll import Poller

PATIENCE = 8
"""So often a request is made again, of which it is not known what it did, before the step fails."""

PATIENT = 40
"""So often one that surely did nothing: it was asked too much, or our own lease was too short."""

_LONGEST_S = 300.0


class Note(Protocol):
    """Record fields of the job's row, durably, before the step goes on."""

    def __call__(self, job: Job, values: Mapping[str, Any]) -> Awaitable[None]:
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


def patience(error: Exception) -> int:
    """How often it is tried in all, by what stood in its way. The stack's own time ends it too."""
    return PATIENT if isinstance(error, TooMany | LeaseShort) else PATIENCE


async def patiently(job: Job, means: Means, ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask what may be repeated, again when it was perhaps not done."""
    for attempt in range(1, PATIENT + 1):
        job.check()
        try:
            return await ask()
        except (Ambiguous, Unavailable, ServerFault, TooMany, LeaseShort) as error:
            if attempt >= patience(error):
                raise
            await pause(job, means, min(attempt, 4), error)
    raise AssertionError("the last attempt returns or raises")


async def pause(job: Job, means: Means, attempt: int, error: Exception | None = None) -> None:
    """Wait before another attempt, longer each time, and as long as the service asks for."""
    seconds = 2.0 ** min(attempt - 1, 6) + 2.0 * means.ids.random()
    if isinstance(error, CloudError) and error.retry_after is not None:
        seconds = max(seconds, min(error.retry_after, _LONGEST_S))
    await job.wait(lambda: means.clock.sleep(seconds))
