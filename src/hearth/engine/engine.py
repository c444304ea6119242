"""The engine: takes commands from the bus, and carries out runs."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Clock, Ids
from hearth.base.errors import HearthError
from hearth.bus import Answer, Bus, Command
from hearth.cloud import Sessions
from hearth.config import Settings
from hearth.engine.aside import Beside, Here
from hearth.engine.blueprint import Library
from hearth.engine.checks import Checks
from hearth.engine.children import Children
from hearth.engine.desk import Desk
from hearth.engine.expressions import Evaluator, Nobody
from hearth.engine.fetching import Fetcher, Nowhere
from hearth.engine.handlers.dispatch import dispatch
from hearth.engine.hearing import Hearing
from hearth.engine.poll import Poller
from hearth.engine.worker import BELL, Worker
from hearth.kit import Registry
from hearth.policy import Policy
from hearth.store import Leases, Renewal, Store, runs

log = logging.getLogger(__name__)

REQUEST_S = 3.5
"""How long a request that changes something may last: less than a lease that was just renewed."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How an engine runs.

    alone: no other works on the database, so all leases are its own from the start.
    threads: leases are renewed by a thread, and long thoughts are thought in some; a simulation
    renews them itself, and has everything happen on its loop.
    """

    alone: bool = False
    threads: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """All that an engine is given from outside, each once.

    evaluator: of users' expressions. fetcher: of templates named by an address.
    """

    store: Store
    bus: Bus
    sessions: Sessions
    registry: Registry
    clock: Clock
    ids: Ids
    settings: Settings
    policy: Policy
    evaluator: Evaluator = field(default_factory=Nobody)
    fetcher: Fetcher = field(default_factory=Nowhere)


class Engine:
    """One engine: a worker, and the handlers of commands."""

    def __init__(self, seams: Seams, mode: Mode | None = None) -> None:
        self.mode = mode or Mode()
        name = seams.ids.uuid()
        cache = seams.settings.constraint_validation_cache
        self.hearing = Hearing(seams.store, seams.bus, seams.clock)
        aside = Beside() if self.mode.threads else Here()
        checks = Checks(seams.clock, seams.evaluator, cache)
        self.desk = Desk(
            worker=name,
            store=seams.store,
            bus=seams.bus,
            sessions=seams.sessions.within(REQUEST_S),
            patient=seams.sessions,
            registry=seams.registry,
            clock=seams.clock,
            ids=seams.ids,
            settings=seams.settings,
            policy=seams.policy,
            library=Library(seams.registry, checks, aside),
            checks=checks,
            poller=Poller(seams.clock, self.hearing),
            children=Children(seams.store, seams.clock),
            leases=Leases(seams.store, name, seams.clock.monotonic),
            request_s=REQUEST_S,
            fetcher=seams.fetcher,
            aside=aside,
        )
        self.worker = Worker(self.desk, alone=self.mode.alone)
        self.desk.children.begin = self.worker.begin
        self.desk.children.stop = self.worker.stop
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped."""
        async with AsyncExitStack() as stack:
            if self.mode.threads:
                await stack.enter_async_context(Renewal(self.desk.leases))
            polling = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                parts = [
                    tasks.create_task(self.desk.poller.run(polling)),
                    tasks.create_task(self.hearing.run()),
                    tasks.create_task(self.worker.run()),
                ]
                await polling.wait()
                serving = tasks.create_task(self.desk.bus.serve(self._answer))
                await self._stopping.wait()
                # Commands that were begun still need the worker.
                serving.cancel()
                await asyncio.wait([serving])
                for part in parts:
                    part.cancel()
                self.desk.aside.close()
        await self._hand_over()

    async def _hand_over(self) -> None:
        """Let go of the runs, so that whoever else works takes them up at once.

        The database says which: a claim may have been cut short that had taken effect.
        """
        try:
            run_ids = await self.desk.store.transact(runs.release_all, self.desk.worker)
        except HearthError as error:
            log.warning("the runs stay leased until their leases end: %s", error)
            return
        for run_id in run_ids:
            self.desk.bus.ring(BELL, run_id)

    async def stop(self) -> None:
        """Stop where it stands: another, or whoever comes next, takes the runs up."""
        self._stopping.set()

    async def _answer(self, command: Command[Any]) -> Answer:
        return await dispatch(self.desk, command)
