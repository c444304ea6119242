"""An event loop whose time jumps, whose order a seed decides, and whose processes may die.

Nothing here waits: when nobody is ready, time jumps to the next timer. Tasks that are ready
together run in an order drawn from the seed, as they would if their wakings came from outside.
Each task belongs to a `Process`, by its context. What a dead process still wanted to do is kept
aside and never done: that is a kill -9, in which no `finally` runs.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from random import Random
from typing import Any
from uuid import UUID

EPOCH = 1_790_000_000.0
"""When the simulation begins, as its clocks tell it."""

IDLE_LIMIT = 200_000
"""So many turns of the loop without time passing are a loop that never ends."""


class Deadlock(AssertionError):
    """All are waiting, and for nothing that could happen."""


class Livelock(AssertionError):
    """They keep one another busy, and time stands still."""


class Process:
    """What dies together. `parked` holds what it would have done after its death.

    alive: whether its tasks run; not so while it is stalled. living: whether it may run again.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.living = True
        self.parked: list[asyncio.Handle] = []

    def run_in(self, deed: Callable[..., Any], *args: Any) -> Any:
        """Call something as a part of this process; tasks made in it belong to it."""
        context = copy_context()
        context.run(_process.set, self)
        return context.run(deed, *args)


_process: ContextVar[Process | None] = ContextVar("process", default=None)


_NOBODY = Context()


def current() -> Process | None:
    """The process that is running now."""
    return _process.get()


class NumberedTask(asyncio.Task[Any]):
    """A task that knows which one it is."""

    number = 0


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop."""

    _ready: Any
    _scheduled: Any
    _stopping: bool
    _clock_resolution: float

    def __init__(self, chance: Random, *, shuffled: bool = True) -> None:
        super().__init__()
        self._now = 0.0
        self._idle = 0
        self._chance = chance
        self._shuffled = shuffled
        self.killed: list[Process] = []
        self.faults: list[dict[str, Any]] = []
        self._tasks_made = 0
        self._unfinished: set[asyncio.Task[Any]] = set()
        self.set_task_factory(self._task)
        self.set_exception_handler(lambda _loop, what: self.faults.append(what))

    def time(self) -> float:
        return self._now

    # -- one turn ------------------------------------------------------------------------------

    def _run_once(self) -> None:
        """As `BaseEventLoop` does it, without what only real time and sockets need."""
        ready, timers = self._ready, self._scheduled
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        self._pass_time()
        if self._shuffled and len(ready) > 1:
            self._shuffle()
        end = self._now + self._clock_resolution
        while timers and timers[0]._when < end:
            timer = heapq.heappop(timers)
            timer._scheduled = False
            ready.append(timer)
        for _ in range(len(ready)):
            if not ready:
                break  # one of them has stopped the process of those behind it
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _pass_time(self) -> None:
        """Let time pass instead of waiting for it."""
        if not self._ready and not self._stopping:
            if not self._scheduled:
                raise Deadlock("all are waiting, and nothing is due")
            due = self._scheduled[0]._when
            if due > self._now:
                self._now = due
                self._idle = 0
                return
        self._idle += 1
        if self._idle > IDLE_LIMIT:
            raise Livelock(f"{IDLE_LIMIT} turns, and no time has passed")

    def get_debug(self) -> bool:
        return False

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def _write_to_self(self) -> None:
        raise AssertionError("a thread calls the loop; nothing here may use threads")

    def _shuffle(self) -> None:
        """Change the places of tasks; callbacks of futures keep theirs, as asyncio promises."""
        ready = self._ready
        places = [
            place
            for place, handle in enumerate(ready)
            if isinstance(getattr(handle._callback, "__self__", None), NumberedTask)
        ]
        if len(places) < 2:
            return
        # By their number first: sets of tasks, as asyncio keeps them, have an order of their own.
        handles = sorted((ready[place] for place in places), key=_number)
        self._chance.shuffle(handles)
        for place, handle in zip(places, handles, strict=True):
            ready[place] = handle

    def _task(
        self, loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None
    ) -> "asyncio.Task[Any]":
        """Tasks are numbered: the same again under the same seed."""
        task: NumberedTask = NumberedTask(work, loop=loop, context=context)
        self._tasks_made += 1
        task.number = self._tasks_made
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard, context=_NOBODY)
        return task

    # -- processes that die --------------------------------------------------------------------

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        owner = _of(handle)
        if owner is not None and not owner.alive:
            owner.parked.append(handle)
        else:
            self._ready.append(handle)
        return handle

    def stall(self, process: Process) -> None:
        """Nothing of it runs until it is resumed. Its timers fire, and nobody notices."""
        process.alive = False
        kept: list[asyncio.Handle] = []
        for handle in self._ready:
            (process.parked if _of(handle) is process else kept).append(handle)
        self._ready.clear()
        self._ready.extend(kept)

    def resume(self, process: Process) -> None:
        """A stalled process goes on, unaware of the time."""
        process.alive = True
        self._ready.extend(process.parked)
        process.parked.clear()

    def kill(self, process: Process) -> None:
        """From now on nothing of it runs."""
        self.stall(process)
        process.living = False
        self.killed.append(process)
        for timer in self._scheduled:
            if _of(timer) is process and not timer._cancelled:
                timer.cancel()

    def bury(self, turns: int = 2000) -> list[asyncio.Task[Any]]:
        """Let the killed and all who are left unwind, once nothing is looked at any more.

        Gives those that would not end.
        """
        for process in self.killed:
            self.resume(process)
        left = set(self._unfinished)
        for _ in range(turns):
            left = {task for task in left if not task.done()}
            if not left:
                break
            for task in left:
                task.cancel()
            self.call_soon(self.stop)
            self.run_forever()
        for task in left:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        return list(left)


def _number(handle: Any) -> int:
    number: int = handle._callback.__self__.number
    return number


def _of(handle: Any) -> Process | None:
    process: Process | None = handle._context.get(_process)
    return process


class VirtualClock:
    """The loop's time, as the clock that everything else is given. `drift_s`: how wrong it is."""

    def __init__(self, loop: VirtualLoop, drift_s: float = 0.0) -> None:
        self._loop = loop
        self._drift_s = drift_s

    def now(self) -> float:
        return EPOCH + self._drift_s + self._loop.time()

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SeededIds:
    """Ids and chance from a seed."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def uuid(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))

    def token(self, nbytes: int) -> str:
        return self._chance.randbytes(nbytes).hex()

    def choice(self, items: str) -> str:
        return self._chance.choice(items)

    def random(self) -> float:
        return self._chance.random()


def run(loop: VirtualLoop, main: Coroutine[Any, Any, Any], limit_s: float) -> Any:
    """Run to the end; TimeoutError after so much virtual time."""

    async def bounded() -> Any:
        async with asyncio.timeout(limit_s):
            return await main

    asyncio.set_event_loop(None)
    return loop.run_until_complete(bounded())
