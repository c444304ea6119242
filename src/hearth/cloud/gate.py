"""How many requests a service gets at once, shared fairly among projects."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Lets `limit` in; those who wait are let in project by project, in turn.

    So one project's ten thousand requests do not stand before another's single one.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, project: str) -> AsyncIterator[None]:
        """Hold one place."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(project)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, project: str) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(project, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        """Hand the place to the next project in turn, or keep it free."""
        while self._waiting:
            project, queue = self._waiting.popitem(last=False)
            place = queue.popleft()
            if queue:
                self._waiting[project] = queue
            if not place.done():
                place.set_result(None)
                return
        self._free += 1
