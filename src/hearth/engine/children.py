"""Runs of nested stacks: begun first by the worker that made them, waited for by their parents."""

import asyncio
from collections.abc import Callable

from hearth.base import Clock
from hearth.stack import RunRecord, RunStatus
from hearth.store import Store, runs

GLANCE_S = 2.0
"""How often the database is asked about a run that another worker may be carrying out."""


class Children:
    """Who waits for which run in this process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self.begin: Callable[[RunRecord], None] = _nobody
        """Takes up a run that was just recorded as this worker's."""
        self.stop: Callable[[str, str], None] = _nobody
        """Has a run stop, if it is this worker's, as one of the words of `halting` says."""

    def ended(self, run_id: str) -> None:
        """Tell those who wait; a doorbell, which may be lost."""
        for waiter in self._waiting.pop(run_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    async def finished(self, run_id: str) -> RunStatus:
        """How the run ended, once it has."""
        while True:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(run_id, []).append(waiter)
            try:
                run = await self._store.read(runs.find, run_id)
                if run is None or run.status is not RunStatus.RUNNING:
                    return run.status if run else RunStatus.DONE
                await self._rung(waiter)
            finally:
                self._forget(run_id, waiter)

    async def _rung(self, waiter: "asyncio.Future[None]") -> None:
        glance = asyncio.ensure_future(self._clock.sleep(GLANCE_S))
        try:
            await asyncio.wait((waiter, glance), return_when=asyncio.FIRST_COMPLETED)
        finally:
            glance.cancel()

    def _forget(self, run_id: str, waiter: "asyncio.Future[None]") -> None:
        waiters = self._waiting.get(run_id, [])
        if waiter in waiters:
            waiters.remove(waiter)
        if not waiters:
            self._waiting.pop(run_id, None)


def _nobody(*_what: object) -> None:
    """Where no worker is, the database tells the next one."""
