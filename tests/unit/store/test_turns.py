"""Runs take turns at the writer, and each keeps its own order."""

import asyncio
from collections.abc import Sequence

import pytest

from hearth.store import Away, Fence, Inline, Written
from hearth.store.transaction import Entry, Outcome
from hearth.store.writer import BATCH, QUEUE, Writer


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
