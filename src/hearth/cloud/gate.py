"""How many requests a service gets at once: shared fairly among projects, and fewer when it asks.

A service that says 503 has too much to do, whoever asks: it gets half as many requests at once, and
one more again with each round that goes well. 429 is said to one project: its requests wait, for as
long as the service says or twice as long each time, and nobody else's do.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hearth.base import Clock

LONGEST_S = 60.0
"""For no longer does a service have all requests wait, whatever it asks for."""

FIRST_S = 0.5
ROUND_S = 1.0
"""Refusals within this time are one: they are answers to what was under way together."""


class Pace:
    """How much is asked at once, and from when on. Halved when refused, raised when all is well."""

    __slots__ = ("_ceiling", "_refused_at", "_strikes", "busy", "limit", "open_at")

    def __init__(self, ceiling: int) -> None:
        self._ceiling = ceiling
        self._refused_at = float("-inf")
        self._strikes = 0
        self.limit = float(ceiling)
        self.busy = 0
        self.open_at = 0.0

    @property
    def full(self) -> bool:
        """Whether no more may be asked at this moment."""
        return self.busy >= int(self.limit)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to be remembered."""
        return self.busy == 0 and self._strikes == 0

    def refused(self, now: float, wait_s: float | None) -> None:
        """Ask less, and nothing for a while."""
        if now - self._refused_at >= ROUND_S:
            self._refused_at = now
            self._strikes += 1
            self.limit = max(1.0, self.limit / 2)
        pause = FIRST_S * 2.0 ** min(self._strikes - 1, 10) if wait_s is None else wait_s
        self.open_at = max(self.open_at, now + min(pause, LONGEST_S))

    def well(self) -> None:
        """An answer as it should be."""
        self._strikes = 0
        self.limit = min(float(self._ceiling), self.limit + 1.0 / self.limit)


class Gate:
    """Lets so many in; those who wait are let in project by project, in turn.

    So one project's ten thousand requests do not stand before another's single one.
    """

    def __init__(self, limit: int, clock: Clock, random: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._random = random
        self._whole = Pace(limit)
        self._projects: dict[str, Pace] = {}
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, project: str) -> AsyncIterator[None]:
        """Hold one place."""
        while True:
            await self._opened(project)
            await self._place(project)
            if self._left_s(project) <= 0:
                break
            self._leave(project)  # it was closed while this one waited for a place
        try:
            yield
        finally:
            self._leave(project)

    def overloaded(self, wait_s: float | None = None) -> None:
        """The service has too much to do."""
        self._whole.refused(self._clock.monotonic(), wait_s)

    def too_many(self, project: str, wait_s: float | None = None) -> None:
        """The service has had too many requests of a project's."""
        self._pace(project).refused(self._clock.monotonic(), wait_s)

    def well(self, project: str) -> None:
        """The service has answered."""
        self._whole.well()
        self._pace(project).well()

    async def _opened(self, project: str) -> None:
        """Wait until the service takes requests again, not all at the same moment."""
        while (left := self._left_s(project)) > 0:
            await self._clock.sleep(left * (1 + self._random() / 4))

    def _left_s(self, project: str) -> float:
        open_at = max(self._whole.open_at, self._pace(project).open_at)
        return open_at - self._clock.monotonic()

    def _pace(self, project: str) -> Pace:
        return self._projects.setdefault(project, Pace(self._limit))

    def _enter(self, project: str) -> None:
        self._whole.busy += 1
        self._pace(project).busy += 1

    async def _place(self, project: str) -> None:
        if not (self._whole.full or self._pace(project).full or project in self._waiting):
            self._enter(project)
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(project, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave(project)
            raise

    def _leave(self, project: str) -> None:
        """Hand the place on, to the next project in turn that may ask."""
        self._whole.busy -= 1
        pace = self._pace(project)
        pace.busy -= 1
        if pace.idle:
            self._projects.pop(project)
        while not self._whole.full:
            name = next((one for one in self._waiting if not self._pace(one).full), None)
            if name is None:
                return
            self._let_in(name)

    def _let_in(self, project: str) -> None:
        """Let one of a project's in; the project stands behind the others then."""
        queue = self._waiting.pop(project)
        place = queue.popleft()
        if queue:
            self._waiting[project] = queue
        if not place.done():
            self._enter(project)
            place.set_result(None)
