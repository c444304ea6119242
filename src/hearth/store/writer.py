"""The group-commit writer: what gathers while one batch is committed is the next batch.

No timer: alone, an entry is committed at once; under load, batches grow. Whatever happens to an
entry is answered exactly once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from hearth.base.errors import HearthError, Unavailable
from hearth.store.changes import Written
from hearth.store.executors import Executor
from hearth.store.transaction import Entry, Outcome

QUEUE = 10_000
BATCH = 2_000

Commit = Callable[[Sequence[Entry]], list[Outcome]]
Waiting = tuple[Entry, "asyncio.Future[Written]"]


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
                raise Unavailable("The store is closed.")
            answer: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
            self._queue.append((entry, answer))
            self._wake.set()
            return await _settled(answer)
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
        for _entry, answer in lost:
            if not answer.done():
                answer.set_exception(Unavailable("The store has stopped."))
                # Nobody may be left to ask.
                answer.exception()

    async def _commit_some(self) -> None:
        count = min(len(self._queue), BATCH)
        self._under_way = [self._queue.popleft() for _ in range(count)]
        entries = [entry for entry, _answer in self._under_way]
        outcomes = await self._executor.write(partial(self._commit, entries))
        done, self._under_way = self._under_way, []
        for (_entry, answer), outcome in zip(done, outcomes, strict=False):
            if answer.done():
                continue
            if isinstance(outcome, HearthError):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)


async def _settled(answer: "asyncio.Future[Written]") -> Written:
    cancelled: asyncio.CancelledError | None = None
    while not answer.done():
        try:
            await asyncio.wait([answer])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        answer.exception()
        raise cancelled
    return answer.result()
