"""The group-commit writer: what gathers while one batch is committed is the next batch.

No timer: alone, an entry is committed at once; under load, batches grow. Whatever happens to an
entry is answered exactly once.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from hearth.base.errors import HearthError
from hearth.store.changes import Written
from hearth.store.errors import Away, Unsettled
from hearth.store.executors import Executor
from hearth.store.transaction import Entry, Outcome

log = logging.getLogger(__name__)

QUEUE = 10_000
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


class Writer:
    """A bounded queue, and the one task that empties it."""

    def __init__(self, executor: Executor, commit: Commit) -> None:
        self._executor = executor
        self._commit = commit
        self._queue: deque[Waiting] = deque()
        self._under_way: list[Waiting] = []
        self._room = asyncio.Semaphore(QUEUE)
        self._wake = asyncio.Event()
        self._closed = False

    async def write(self, entry: Entry) -> Written:
        """Queue an entry; return when it is durable, or raise why it is not.

        Once it is queued, a cancellation waits for the answer: who is told "cancelled" knows
        that nothing of its own is still on the way to the database.
        """
        await self._room.acquire()
        try:
            if self._closed:
                raise Away("The store is closed.")
            waiting = Waiting(entry)
            self._queue.append(waiting)
            self._wake.set()
            return await waiting.settled()
        finally:
            self._room.release()

    async def run(self) -> None:
        """Commit what comes, until cancelled or closed."""
        try:
            while not (self._closed and not self._queue):
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
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
        lost = [*self._under_way, *self._queue]
        self._under_way = []
        self._queue.clear()
        for waiting in lost:
            waiting.settle(Away("The store has stopped."))

    async def _commit_some(self) -> None:
        count = min(len(self._queue), BATCH)
        self._under_way = [self._queue.popleft() for _ in range(count)]
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
