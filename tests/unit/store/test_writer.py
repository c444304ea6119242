"""What a driver or a machine may do to the writer, and that it writes on; runs take turns."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import pytest

from hearth.store import (
    Away,
    Batch,
    Fence,
    Inline,
    Options,
    PutStack,
    Rejected,
    Store,
    Threads,
    Unsettled,
    Written,
    stacks,
)
from hearth.store.transaction import Entry, Outcome
from hearth.store.writer import BATCH, QUEUE, Writer
from tests.unit.store.made import KEY, Maker

RAISED = [
    OverflowError("Python int too large to convert to SQLite INTEGER"),
    ValueError("a value with s3cret in it"),
    TypeError("no such type"),
    MemoryError(),
]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/hearth.db"


async def written(store, *made):
    """What becomes of each stack, all queued at once."""
    tasks = [asyncio.create_task(store.write(Batch((PutStack(one),)))) for one in made]
    await asyncio.wait(tasks)
    return [task.exception() or task.result() for task in tasks]


def raising(error, when):
    """A driver that raises when a statement's values say so."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql, parameters=(), /):
            if when(parameters):
                raise error
            return super().execute(sql, parameters)

        def executemany(self, sql, parameters, /):
            rows = list(parameters)
            if any(when(row) for row in rows):
                raise error
            return super().executemany(sql, rows)

    class Connection(sqlite3.Connection):
        def cursor(self, *_args):
            return super().cursor(Cursor)

    return Options(connect_args={"factory": Connection})


def test_a_number_too_large_for_the_database_is_its_own_entrys_fault(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as store:
            good = [maker.stack(f"s{number}") for number in range(5)]
            large = replace(maker.stack("large"), timeout_mins=2**70)

            answers = await written(store, *good[:3], large, *good[3:])
            later = await written(store, maker.stack("later"))

            assert [type(one) is Rejected for one in answers] == [False] * 3 + [True] + [False] * 2
            assert type(later[0]) is not Rejected
            for one in good:
                assert await store.read(stacks.find, one.id)

    asyncio.run(main())


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_a_driver_raises_fails_one_entry_alone(url, error, caplog):
    async def main():
        maker = Maker()
        options = raising(error, lambda row: "guilty" in str(row))
        async with Store(url, KEY, options) as store:
            answers = await written(
                store, maker.stack("one"), maker.stack("guilty"), maker.stack("two")
            )

            assert [type(one) is Rejected for one in answers] == [False, True, False]
            assert "s3cret" not in str(answers[1])
            assert await written(store, maker.stack("three"))

    asyncio.run(main())

    assert "s3cret" not in caplog.text


def test_a_batch_that_cannot_even_be_tried_is_answered_and_the_next_is_written(url, caplog):
    class Failing(Threads):
        broken = False

        async def write(self, work):
            if self.broken:
                raise RuntimeError("can't start new thread")
            return await super().write(work)

    async def main():
        maker, threads = Maker(), Failing()
        async with Store(url, KEY, executor=threads) as store:
            threads.broken = True
            (refused,) = await written(store, maker.stack("one"))
            threads.broken = False
            (kept,) = await written(store, maker.stack("two"))

            assert isinstance(refused, Unsettled)
            assert not isinstance(kept, Exception)

    asyncio.run(main())

    assert "a batch came to an unexpected end" in caplog.text


def test_a_full_disk_is_told_as_such_and_passes(url):
    class Full(sqlite3.OperationalError):
        sqlite_errorname = "SQLITE_FULL"

    room = {"left": False}

    async def main():
        maker = Maker()
        options = raising(Full("database or disk is full"), lambda row: row and not room["left"])
        room["left"] = True
        async with Store(url, KEY, options, executor=Inline()) as store:
            room["left"] = False
            refused = await written(store, maker.stack("one"), maker.stack("two"))
            room["left"] = True
            (kept,) = await written(store, maker.stack("three"))

            assert {type(one) for one in refused} == {Away}
            assert "no room left" in str(refused[0])
            assert not isinstance(kept, Exception)

    asyncio.run(main())


def test_who_watches_the_store_learns_that_its_writer_has_ended(url):
    async def main():
        async with Store(url, KEY) as store:
            watching = asyncio.create_task(store.lasting())
            await asyncio.sleep(0)
            (task,) = [one for one in asyncio.all_tasks() if "Writer.run" in str(one.get_coro())]

            task.cancel()
            await asyncio.wait([watching])

            assert isinstance(watching.exception(), Away)

    asyncio.run(main())


def test_who_watches_the_store_is_told_nothing_when_it_is_closed(url):
    async def main():
        async with Store(url, KEY) as store:
            watching = asyncio.create_task(store.lasting())
            await asyncio.sleep(0)

        await watching

    asyncio.run(main())


def entry(run_id: str, sequence: int) -> Entry:
    return Entry((), (), (), Fence(run_id, 1), sequence, (), ())


class Notes:
    """Commits nothing, and notes in which order it was asked to."""

    def __init__(self) -> None:
        self.batches: list[list[tuple[str, int]]] = []

    def commit(self, entries: Sequence[Entry]) -> list[Outcome]:
        named = [(one.fence.run_id if one.fence else "", one.sequence) for one in entries]
        self.batches.append(named)
        return [Written() for _ in entries]


def test_a_single_entry_is_in_the_next_batch_however_many_another_run_has_queued():
    async def main():
        notes = Notes()
        writer = Writer(Inline(), notes.commit)
        writes = [writer.write(entry("large", at)) for at in range(3 * BATCH)]
        writes.append(writer.write(entry("small", 1)))
        tasks = [asyncio.ensure_future(one) for one in writes]
        await asyncio.sleep(0)
        running = asyncio.create_task(writer.run())

        await asyncio.gather(*tasks)

        running.cancel()
        assert ("small", 1) in notes.batches[0][:2]
        large = [at for batch in notes.batches for run, at in batch if run == "large"]
        assert large == list(range(3 * BATCH))

    asyncio.run(main())


def test_who_was_served_stands_behind_those_who_were_not():
    async def main():
        notes = Notes()
        writer = Writer(Inline(), notes.commit)
        many = [entry(f"run{at}", 1) for at in range(BATCH + 1)]
        tasks = [asyncio.ensure_future(writer.write(one)) for one in [*many, entry("run0", 2)]]
        await asyncio.sleep(0)
        running = asyncio.create_task(writer.run())

        await asyncio.gather(*tasks)

        running.cancel()
        assert notes.batches[1] == [(f"run{BATCH}", 1), ("run0", 2)]

    asyncio.run(main())


def test_a_run_waits_for_room_of_its_own_and_takes_nobody_elses():
    async def main():
        notes = Notes()
        writer = Writer(Inline(), notes.commit)
        full = [asyncio.ensure_future(writer.write(entry("large", at))) for at in range(QUEUE + 5)]
        other = asyncio.ensure_future(writer.write(entry("small", 1)))
        await asyncio.sleep(0)

        running = asyncio.create_task(writer.run())
        await other

        assert not full[-1].done()
        await asyncio.gather(*full)
        running.cancel()
        assert sum(map(len, notes.batches)) == QUEUE + 6

    asyncio.run(main())


def test_whoever_waits_is_told_when_it_is_over():
    async def main():
        writer = Writer(Inline(), Notes().commit)
        waiting = asyncio.ensure_future(writer.write(entry("run", 1)))
        await asyncio.sleep(0)

        writer.abandon()

        with pytest.raises(Away):
            await waiting
        with pytest.raises(Away):
            await writer.write(entry("run", 2))

    asyncio.run(main())
