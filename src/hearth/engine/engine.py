"""The engine: takes commands from the bus, and carries out runs."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from hearth.base import Clock, Ids
from hearth.bus import Answer, Bus, Command
from hearth.cloud import Sessions
from hearth.config import Settings
from hearth.engine.blueprint import Library
from hearth.engine.checks import Checks
from hearth.engine.children import Children
from hearth.engine.desk import Desk
from hearth.engine.expressions import Evaluator, Nobody
from hearth.engine.fetching import Fetcher, Nowhere
from hearth.engine.handlers import dispatch
from hearth.engine.poll import Poller
from hearth.engine.worker import Worker
from hearth.kit import Registry
from hearth.policy import Policy
from hearth.store import Leases, Renewal, Store

REQUEST_S = 3.5
"""How long a request that changes something may last: less than a lease that was just renewed."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How an engine runs.

    alone: no other works on the database, so all leases are its own from the start.
    threads: leases are renewed by a thread; a simulation renews them itself.
    """

    alone: bool = False
    threads: bool = True


@dataclass(frozen=True, slots=True)
class Outside:
    """What looks at things that users wrote: their expressions, and their addresses."""

    evaluator: Evaluator = field(default_factory=Nobody)
    fetcher: Fetcher = field(default_factory=Nowhere)


class Engine:
    """One engine: a worker, and the handlers of commands."""

    def __init__(  # noqa: PLR0913, PLR0917 - every seam there is, each given once
        self,
        store: Store,
        bus: Bus,
        sessions: Sessions,
        registry: Registry,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        mode: Mode | None = None,
        policy: Policy | None = None,
        outside: Outside | None = None,
    ) -> None:
        self.mode = mode or Mode()
        name, outside = ids.uuid(), outside or Outside()
        checks = Checks(clock, outside.evaluator, settings.constraint_validation_cache)
        self.desk = Desk(
            worker=name,
            store=store,
            bus=bus,
            sessions=hurried(sessions),
            patient=sessions,
            registry=registry,
            clock=clock,
            ids=ids,
            settings=settings,
            policy=policy or Policy(clock),
            library=Library(registry, checks),
            checks=checks,
            poller=Poller(clock),
            children=Children(store, clock),
            leases=Leases(store, name, clock.monotonic),
            request_s=REQUEST_S,
            fetcher=outside.fetcher,
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
                    tasks.create_task(self.worker.run()),
                ]
                await polling.wait()
                parts.append(tasks.create_task(self.desk.bus.serve(self._answer)))
                await self._stopping.wait()
                for part in parts:
                    part.cancel()

    async def stop(self) -> None:
        """Stop where it stands: whoever comes next takes the runs up."""
        self._stopping.set()

    async def _answer(self, command: Command[Any]) -> Answer:
        return await dispatch(self.desk, command)


def hurried(sessions: Sessions) -> Sessions:
    """The same, with requests that end before a lease does."""
    timeout_s = min(REQUEST_S, sessions.settings.timeout_s)
    return Sessions(
        sessions.transport,
        sessions.tokens,
        sessions.clock,
        sessions.random,
        replace(sessions.settings, timeout_s=timeout_s),
    )
