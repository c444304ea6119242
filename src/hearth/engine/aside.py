"""Long thoughts are thought beside the loop: meanwhile others have their turn.

What is thought is pure, or changes only what nobody else has yet: a view, a plan, a blueprint that
is being made. Short thoughts stay on the loop, where they cost least.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")

LARGE = 100
"""So many resources are thought about for some fifty milliseconds."""

TEXT = 500
"""About so many characters of a template are as much work as one of its resources."""

THREADS = 2


class Aside(Protocol):
    """Where long thoughts are thought."""

    async def think(self, size: int, work: Callable[[], T]) -> T:
        """What the work gives; size: about how many resources it goes through."""
        ...

    def close(self) -> None:
        """Nothing more will come."""
        ...


class Here:
    """On the loop, all of it: for a simulation, in which nothing may happen by chance."""

    async def think(self, size: int, work: Callable[[], T]) -> T:
        """At once."""
        del size
        return work()

    def close(self) -> None:
        """Nothing is to be closed."""


class Beside:
    """In threads of their own, if it is long; the loop gets its turns in between."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "core")

    async def think(self, size: int, work: Callable[[], T]) -> T:
        """At once, or in a thread."""
        if size < LARGE:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Let go of the threads; what they are at comes to nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)
