"""The group-commit writer: what gathers while one batch is committed is the next batch.

No timer: alone, an entry is committed at once; under load, batches grow. Whatever happens to an
entry is answered exactly once. Runs take turns: ten thousand entries of one do not stand before
another's single one.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from functools import partial

from hearth.base.errors import HearthError
from hearth.store.changes import Written
from hearth.store.errors import Away, Unsettled
from hearth.store.executors import Executor
from hearth.store.transaction import Entry, Outcome

log = logging.getLogger(__name__)

QUEUE = 10_000
"""So many entries of one run may wait; of runs there is a bound elsewhere."""

BATCH = 2_000

Commit = Callable[[Sequence[Entry]], list[Outcome]]


class Waiting:
    """An entry, and who waits for what becomes of it."""

    __slots__ = ("_outcome", "_settled", "entry")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._outcome: Outcome | None = None
        self._settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, outcome: Outcome) -> None:
        """Answer, once; later answers change nothing."""
        if self._outcome is None:
            self._outcome = outcome
            if not self._settled.done():
                self._settled.set_result(None)

    async def settled(self) -> Written:
        """Wait for the answer. A cancellation gets through after it, and not before."""
        cancelled: asyncio.CancelledError | None = None
        while self._outcome is None:
            try:
                await self._settled
            except asyncio.CancelledError as error:
                cancelled = error
                self._settled = asyncio.get_running_loop().create_future()
        if cancelled is not None:
            raise cancelled
        if isinstance(self._outcome, HearthError):
            raise self._outcome
        return self._outcome


class Lanes:
    """What waits to be written: of each run in its order, and what belongs to none."""

    def __init__(self) -> None:
        self._lanes: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._taken = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._lanes)

    async def room(self, entry: Entry) -> None:
        """Wait until there is a place for one like this."""
        while len(self._lanes.get(_lane(entry), ())) >= QUEUE:
            await self._taken.wait()

    def add(self, entry: Entry) -> Waiting:
        """Queue one."""
        waiting = Waiting(entry)
        self._lanes.setdefault(_lane(entry), deque()).append(waiting)
        return waiting

    def take(self, most: int) -> list[Waiting]:
        """The next ones, one of each run in turn; who has been served stands behind the others."""
        taken: list[Waiting] = []
        while len(taken) < most and self._lanes:
            name, lane = self._lanes.popitem(last=False)
            taken.append(lane.popleft())
            if lane:
                self._lanes[name] = lane
        self._taken.set()
        self._taken = asyncio.Event()
        return taken


def _lane(entry: Entry) -> str:
    return entry.fence.run_id if entry.fence else ""


class Writer:
    """Bounded queues, and the one task that empties them."""

    def __init__(self, executor: Executor, commit: Commit) -> None:
        self._executor = executor
        self._commit = commit
        self._lanes = Lanes()
        self._under_way: list[Waiting] = []
        self._wake = asyncio.Event()
        self._closed = False

    async def write(self, entry: Entry) -> Written:
        """Queue an entry; return when it is durable, or raise why it is not.

        Once it is queued, a cancellation waits for the answer: who is told "cancelled" knows
        that nothing of its own is still on the way to the database.
        """
        await self._lanes.room(entry)
        if self._closed:
            raise Away("The store is closed.")
        waiting = self._lanes.add(entry)
        self._wake.set()
        return await waiting.settled()

    async def run(self) -> None:
        """Commit what comes, until cancelled or closed."""
        try:
            while not (self._closed and not self._lanes):
                await self._wake.wait()
                self._wake.clear()
                while self._lanes:
                    await self._commit_some()
        finally:
            self.abandon()

    def close(self) -> None:
        """Take nothing more; `run` returns when what is queued is done."""
        self._closed = True
        self._wake.set()

    def abandon(self) -> None:
        """Answer all who wait that it is over."""
        self._closed = True
        lost = self._under_way
        self._under_way = []
        while self._lanes:
            lost += self._lanes.take(BATCH)
        for waiting in lost:
            waiting.settle(Away("The store has stopped."))

    async def _commit_some(self) -> None:
        self._under_way = self._lanes.take(BATCH)
        entries = [waiting.entry for waiting in self._under_way]
        outcomes: list[Outcome]
        try:
            outcomes = await self._executor.write(partial(self._commit, entries))
        except Exception as error:  # the top of a batch; the next one must still be written
            log.exception("a batch came to an unexpected end")
            lost = f"It is not known whether this was written: {type(error).__name__}."
            outcomes = [Unsettled(lost) for _entry in entries]
        for waiting, outcome in zip(self._under_way, outcomes, strict=False):
            waiting.settle(outcome)
        self._under_way = []
