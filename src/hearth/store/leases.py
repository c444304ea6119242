"""Keeping the leases that a worker has, and knowing how long they hold.

They are renewed by a thread with its own connection, so that a long statement or a busy writer
does not cost them; and only while the loop has ticked, so that a worker that hangs loses them.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from hearth.base import Clock
from hearth.base.errors import HearthError
from hearth.store import runs
from hearth.store.store import Store
from hearth.store.transaction import LEASE_S

log = logging.getLogger(__name__)

RENEW_S = 2.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A run held under a fence, until a moment of this process's monotonic clock."""

    fence: int
    until: float


class Leases:
    """The runs that one worker holds. `monotonic` is its clock; the database has its own.

    The end of a lease is reckoned from the moment before it was asked for, so that the worker
    never thinks a lease longer than the database does.
    """

    def __init__(self, store: Store, worker: str, monotonic: Callable[[], float]) -> None:
        self.worker = worker
        self._store = store
        self._monotonic = monotonic
        self._held: dict[str, Lease] = {}
        self._lock = threading.Lock()

    def hold(self, run_id: str, fence: int, asked_at: float) -> None:
        """Note a run that was claimed, or made as one's own; `asked_at` is when that began."""
        with self._lock:
            self._held[run_id] = Lease(fence, asked_at + LEASE_S)

    def drop(self, run_id: str) -> None:
        """Forget a run: it is done, or lost."""
        with self._lock:
            self._held.pop(run_id, None)

    def outlasts(self, run_id: str, fence: int, seconds: float) -> bool:
        """Whether the run is held under this fence for at least so long."""
        lease = self._held.get(run_id)
        return (
            lease is not None
            and lease.fence == fence
            and self._monotonic() + seconds <= lease.until
        )

    def held(self) -> dict[str, int]:
        """The runs held and their fences."""
        with self._lock:
            return {run_id: lease.fence for run_id, lease in self._held.items()}

    def renew(self) -> list[str]:
        """Prolong all leases; the runs that turned out to be lost. Blocks."""
        fences = self.held()
        if not fences:
            return []
        asked_at = self._monotonic()
        kept = self._store.at_once(runs.renew, self.worker, fences)
        with self._lock:
            for run_id, fence in fences.items():
                lease = self._held.get(run_id)
                if lease is None or lease.fence != fence:
                    continue
                if run_id in kept:
                    self._held[run_id] = Lease(fence, asked_at + LEASE_S)
                else:
                    del self._held[run_id]
        return sorted(fences.keys() - kept)


class Renewal:
    """Renews in a thread, every two seconds in which the loop has ticked.

    Use it as `async with Renewal(leases)`; a simulation uses `LoopRenewal`.
    """

    def __init__(self, leases: Leases, every_s: float = RENEW_S) -> None:
        self._leases = leases
        self._every_s = every_s
        self._ticked = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-leases", daemon=True)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._tick())
        self._thread.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stop.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        # At worst it is in the midst of one renewal, which the database's own limits bound.
        self._thread.join()

    async def _tick(self) -> None:
        while True:
            self._ticked.set()
            await asyncio.sleep(self._every_s / 4)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            if not self._ticked.is_set():
                continue
            self._ticked.clear()
            try:
                self._leases.renew()
            except HearthError:
                # The database does not answer. The leases run out by themselves, unless a later
                # renewal comes in time.
                continue
            except Exception:  # the top of a thread; without it no run would be kept any more
                log.exception("the leases were not renewed")


class LoopRenewal:
    """Renews on the loop, by a clock that need not be real: for the simulation."""

    def __init__(self, leases: Leases, clock: Clock) -> None:
        self._leases = leases
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(RENEW_S)
            try:
                self._leases.renew()
            except HearthError:
                # As in the thread: the leases run out unless a later renewal comes in time.
                continue
