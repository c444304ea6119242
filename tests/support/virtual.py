"""A loop whose time jumps when all are waiting, and the clock that shows it."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

START = 1_790_000_000.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time passes only when nothing else is left to do."""

    def __init__(self) -> None:
        self.passed = 0.0
        super().__init__(_Jump(self))

    def time(self) -> float:
        return self.passed


class _Jump(selectors.DefaultSelector):
    """Instead of waiting, moves the loop's time on."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("all are waiting, and nothing is due: this would hang for ever")
        if not ready and timeout:
            self._loop.passed += timeout
        return ready


class LoopClock:
    """The time of the loop that runs."""

    def now(self) -> float:
        return START + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
