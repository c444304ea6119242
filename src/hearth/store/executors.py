"""Where the store's work is done: in threads of its own, or, in a simulation, at once.

Everything above is the same for both. A test may bring an executor of its own that fails or stops
before or after the work: that is where a crash is put.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

Answer = TypeVar("Answer")


class Executor(Protocol):
    """Runs blocking work for the loop. Writes are one at a time and in order; reads are not."""

    async def read(self, work: Callable[[], Answer]) -> Answer:
        """Do work that only looks."""
        ...

    async def write(self, work: Callable[[], Answer]) -> Answer:
        """Do work that changes something."""
        ...

    def close(self) -> None:
        """Nothing more will come."""
        ...


class Threads:
    """A few threads that read and one that writes; never the loop's default executor."""

    def __init__(self, readers: int = 4) -> None:
        self._readers = ThreadPoolExecutor(readers, "store-read")
        self._writer = ThreadPoolExecutor(1, "store-write")

    async def read(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def write(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    def close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()


class Inline:
    """At once, on the loop; each piece of work yields first, as a thread's would."""

    async def read(self, work: Callable[[], Answer]) -> Answer:
        await asyncio.sleep(0)
        return work()

    async def write(self, work: Callable[[], Answer]) -> Answer:
        await asyncio.sleep(0)
        return work()

    def close(self) -> None:
        return
