"""The Store: where everybody else reads and writes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy.exc import DBAPIError

from hearth.base.errors import HearthError
from hearth.store.changes import Batch, Written
from hearth.store.codec import Codec
from hearth.store.committer import FULL, TRIES, Committer
from hearth.store.database import Connection, Database, opened, prepare
from hearth.store.dialects import SqlClock, database_clock, full, transient, unopened
from hearth.store.errors import Away, Rejected
from hearth.store.executors import Executor, Threads
from hearth.store.transaction import prepared
from hearth.store.trimming import Trim
from hearth.store.writer import Writer

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Options:
    """What may be set about a store.

    readers: threads that read. max_events_per_stack (0: no limit), event_purge_batch_size: as
    upstream's. connect_args: for the driver.
    """

    readers: int = 4
    max_events_per_stack: int = 1000
    event_purge_batch_size: int = 200
    connect_args: Mapping[str, Any] = field(default_factory=dict)


class Store:
    """The database, for one process. Use it as `async with Store(url, key) as store`.

    key: `auth_encryption_key`. executor: threads unless a simulation brings its own. now: the
    database's clock unless a simulation brings its own.

    A simulation may keep the database in memory, for several stores and through their crashes:
    `sqlite:///file:NAME?mode=memory&cache=shared&uri=true` lives while any connection to it does.
    """

    def __init__(
        self,
        url: str,
        key: str,
        options: Options | None = None,
        *,
        executor: Executor | None = None,
        now: SqlClock = database_clock,
    ) -> None:
        self.options = options or Options()
        self.codec = Codec(key)
        self.now = now
        self._executor = executor or Threads(self.options.readers)
        self._url = url
        self._database: Database | None = None
        self._writer: Writer | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect, make the tables if need be, and begin to write what comes."""
        # One connection for each reader, one for the writer, one for the leases.
        database = opened(self._url, self.options.connect_args, self.options.readers + 2)
        try:
            await self._executor.write(partial(prepare, database))
        except DBAPIError as error:
            database.close()
            raise unopened(self._url, error) from error
        except HearthError:
            database.close()
            raise
        self._database = database
        trim = Trim(self.options.max_events_per_stack, self.options.event_purge_batch_size)
        committer = Committer(database.writing, self.now, trim)
        self._writer = Writer(self._executor, committer.commit)
        self._task = asyncio.get_running_loop().create_task(self._writer.run())

    async def close(self) -> None:
        """Write what is queued, then let go of everything."""
        if self._writer is None or self._task is None:
            return
        self._closing = True
        self._writer.close()
        await asyncio.wait([self._task])
        self._executor.close()
        self.kill()

    def kill(self) -> None:
        """As if the power had failed: what is not durable is lost; who waits is told so."""
        if self._task is not None:
            self._task.cancel()
        if self._writer is not None:
            self._writer.abandon()
        if self._database is not None:
            self._database.close()
        self._writer = self._task = self._database = None
        self._closing = False

    async def lasting(self) -> None:
        """Wait for as long as the store takes writes; `Away` if that ends unasked."""
        task = self._task
        if task is None:
            return
        await asyncio.wait([task])
        if self._task is task and not self._closing:
            raise Away("The store's writer has ended; the process cannot go on without it.")

    async def write(self, batch: Batch) -> Written:
        """Make a batch durable, together with what others write at the same time.

        Raises `Stale`, `Moved`, `Answered`, `Clash` (`StackExists`), or `Away`; nothing of
        the batch is written then, save for `Unsettled`, where that is not known.
        """
        if self._writer is None or self._task is None:
            raise Away("The store is not open.")
        if self._task.done() and not self._task.cancelled():
            raise Away("The store has stopped.") from self._task.exception()
        return await self._writer.write(prepared(self.codec, batch))

    async def read(
        self,
        query: Callable[Concatenate[Connection, Given], Answer],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Answer:
        """What a query finds: `query(connection, …)`, in a transaction that only reads."""
        work = partial(self._within, False, query, *args, **kwargs)
        return await self._executor.read(work)

    async def transact(
        self,
        deed: Callable[Concatenate[Connection, Given], Answer],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Answer:
        """Do what is no batch, as claiming runs: `deed(connection, …)`, then commit."""
        work = partial(self._within, True, deed, *args, **kwargs)
        return await self._executor.write(work)

    def at_once(
        self,
        deed: Callable[Concatenate[Connection, Given], Answer],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Answer:
        """As `transact`, in the thread that calls: for the one that renews the leases."""
        return self._within(True, deed, *args, **kwargs)

    def _within(
        self,
        writes: bool,  # noqa: FBT001 (called by the three above alone)
        deed: Callable[Concatenate[Connection, Given], Answer],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Answer:
        if self._database is None:
            raise Away("The store is not open.")
        engine = self._database.writing if writes else self._database.reading
        for left in reversed(range(TRIES)):
            try:
                with engine.begin() as sql:
                    return deed(Connection(sql, self.codec, self.now), *args, **kwargs)
            except DBAPIError as error:
                if full(error):
                    raise Away(FULL) from error
                if not transient(error):
                    raise Rejected(f"The database refused: {error}") from error
                if not left:
                    raise Away(f"The database does not answer: {error.orig}") from error
        raise AssertionError
