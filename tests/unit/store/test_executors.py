"""What the simulation needs of the store: no threads, virtual time, crashes at any point."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from hearth.base.errors import Unavailable
from hearth.store import (
    Batch,
    EventQuery,
    Inline,
    Leases,
    LoopRenewal,
    PutStack,
    SetResource,
    Store,
    Written,
    bound_clock,
    events,
    resources,
    runs,
    stacks,
)
from tests.unit.store.made import KEY, Maker, held

MEMORY = "sqlite:///file:{name}?mode=memory&cache=shared&uri=true"


@pytest.fixture
def memory(request):
    """A database in memory that lives as long as the test."""
    name = f"test-{abs(hash(request.node.name))}"
    with closing(sqlite3.connect(f"file:{name}?mode=memory&cache=shared", uri=True)):
        yield MEMORY.format(name=name)


class VirtualClock:
    """Time that passes when somebody lets it."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.time + seconds, woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Let time pass in steps of a second, and all who wake do what they do."""
        for _step in range(int(seconds)):
            self.time += 1
            due = [woken for at, woken in self._sleepers if at <= self.time]
            self._sleepers = [one for one in self._sleepers if one[0] > self.time]
            for woken in due:
                woken.set()
            for _turn in range(5):
                await asyncio.sleep(0)


class Power(BaseException):
    """The power failed."""


class Crashing(Inline):
    """Loses power at the nth piece of writing, before or after it is done."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left = at
        self.after = after

    async def write(self, work):
        await asyncio.sleep(0)
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Power
        answer = work()
        if self.left == 0:
            raise Power
        return answer


def test_nothing_runs_in_another_thread(memory):
    async def main():
        async with Store(memory, KEY, executor=Inline()) as store:
            await held(store, Maker())
            await store.transact(runs.claim, "w", 1)

            assert threading.active_count() == before

    before = threading.active_count()
    asyncio.run(main())


def test_stores_share_a_database_in_memory_and_outlive_each_other(memory):
    async def main():
        maker = Maker()
        first = Store(memory, KEY, executor=Inline())
        await first.open()
        async with Store(memory, KEY, executor=Inline()) as second:
            stack = maker.stack()
            await first.write(Batch((PutStack(stack),)))
            first.kill()

            async with Store(memory, KEY, executor=Inline()) as third:
                for store in (second, third):
                    assert await store.read(stacks.find, stack.id) == stack

    asyncio.run(main())


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(4, 9))
def test_a_crash_at_any_point_leaves_a_first_part_of_what_was_written(memory, at, after):
    async def main():
        maker = Maker()
        executor = Crashing(at, after=after)
        store = Store(memory, KEY, executor=executor)
        await store.open()
        mine = await held(store, maker)
        row = mine.resources[0]
        answered = 0

        async def write():
            nonlocal answered
            for number in range(1, 9):
                change = SetResource(row.id, {"data": {"note": number}})
                event = maker.event(mine.stack)
                await store.write(Batch((change,), (event,), mine.fence, number))
                answered = number

        with pytest.raises(Unavailable):
            await write()

        store.kill()

        async with Store(memory, KEY, executor=Inline()) as reborn:
            found = await reborn.read(resources.find, row.id)
            assert found is not None
            reached = found.data.get("note", 0)
            assert reached == answered + after
            told = await reborn.read(events.listed, EventQuery(mine.stack.id))
            assert len(told) == reached
            (taken,) = await reborn.transact(runs.take_over_all, "reborn")
            assert taken.run.fence == 2

    asyncio.run(main())


def test_the_same_seed_makes_the_same_batches(memory):
    """How many transactions there are, and what is in each, depends on nothing but the order."""
    sizes: list[int] = []

    class Counting(Inline):
        async def write(self, work):
            await asyncio.sleep(0)
            answer = work()
            if isinstance(answer, list):
                sizes.append(len(answer))
            return answer

    async def main(seed, name):
        maker = Maker(seed)
        async with Store(memory, KEY, executor=Counting()) as store:
            answers = await asyncio.gather(
                *(store.write(Batch((PutStack(maker.stack(f"{name}{n}")),))) for n in range(9))
            )
            assert {type(answer) for answer in answers} == {Written}

    asyncio.run(main(1, "a"))
    asyncio.run(main(2, "b"))
    assert sizes == [9, 9]


def test_leases_are_kept_and_lost_in_virtual_time(memory):
    async def main():
        clock = VirtualClock()
        now = bound_clock(clock.now)
        async with Store(memory, KEY, executor=Inline(), now=now) as store:
            mine = await held(store, Maker())
            leases = Leases(store, "me", clock.monotonic)
            leases.hold(mine.run.id, 1, clock.monotonic())

            async with LoopRenewal(leases, clock):
                await asyncio.sleep(0)
                await clock.advance(60)
                while_kept = await store.read(runs.owners)
            await clock.advance(7)

            assert while_kept == {mine.run.id: ("me", 1)}
            assert await store.read(runs.owners) == {}
            assert not leases.outlasts(mine.run.id, 1, 0)
            assert len(await store.transact(runs.claim, "other", 1)) == 1

    asyncio.run(main())
