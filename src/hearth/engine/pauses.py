"""The pauses between the batches of a change: until when each lasts is a row, and is kept.

A pause that a worker was lost in ends when it would have ended. When nothing more is to begin,
pauses end at once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hearth.base import Clock
from hearth.engine.work import Work
from hearth.stack import StepState


@dataclass(frozen=True, slots=True)
class Passed:
    """A pause is over."""

    step: str


class Pauses:
    """Those of one run that are under way. tell: is told of each that is over."""

    def __init__(self, clock: Clock, tell: Callable[[Passed], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def begin(self, tasks: asyncio.TaskGroup, work: Work, key: str, *, again: bool) -> Any:
        """Begin a pause, or go on with one; what is to be recorded of it."""
        step, outcomes = work.progress.steps[key], work.progress.outcomes
        until = float(outcomes[key]) if again else self._clock.now() + step.pause_s
        self._waiting[key] = tasks.create_task(self._wait(key, until))
        return work.step(key, StepState.RUNNING, repr(until))

    def cut(self) -> None:
        """End them all."""
        for key, task in list(self._waiting.items()):
            if task.cancel():
                self._over(key)

    async def _wait(self, key: str, until: float) -> None:
        await self._clock.sleep(max(0.0, until - self._clock.now()))
        self._over(key)

    def _over(self, key: str) -> None:
        if self._waiting.pop(key, None) is not None:
            self._tell(Passed(key))
