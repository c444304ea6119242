import asyncio
import threading

import pytest

from hearth.store import Inline, Leases, Renewal, Store, bound_clock, runs
from tests.unit.store.made import KEY, Maker, held


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/hearth.db"


def test_a_lease_is_reckoned_from_before_it_was_asked_for(url, clock):
    async def main():
        async with Store(url, KEY, executor=Inline(), now=bound_clock(clock.read)) as store:
            leases = Leases(store, "me", clock.read)

            leases.hold("run", 1, asked_at=clock.now - 1)

            assert leases.outlasts("run", 1, 5.0)
            assert not leases.outlasts("run", 1, 5.1)
            assert not leases.outlasts("run", 2, 1.0)
            assert not leases.outlasts("other", 1, 1.0)

    asyncio.run(main())


def test_renewing_prolongs_what_is_held_and_drops_what_is_lost(url, clock):
    async def main():
        maker = Maker()
        async with Store(url, KEY, executor=Inline(), now=bound_clock(clock.read)) as store:
            kept, lost = [await held(store, maker, name=f"s{n}") for n in range(2)]
            leases = Leases(store, "me", clock.read)
            for one in (kept, lost):
                leases.hold(one.run.id, 1, clock.now)
            clock.now += 7
            leases.renew()
            await store.transact(runs.take_over_all, "other")
            leases.drop(kept.run.id)
            leases.hold(kept.run.id, 1, clock.now)

            gone = leases.renew()

            assert gone == sorted([kept.run.id, lost.run.id])
            assert leases.held() == {}

    asyncio.run(main())


def test_a_lease_that_ran_out_and_was_not_taken_is_held_again(url, clock):
    async def main():
        async with Store(url, KEY, executor=Inline(), now=bound_clock(clock.read)) as store:
            mine = await held(store, Maker())
            leases = Leases(store, "me", clock.read)
            leases.hold(mine.run.id, 1, clock.now)
            clock.now += 20
            before = leases.outlasts(mine.run.id, 1, 0.1)

            lost = leases.renew()

            assert (before, lost) == (False, [])
            assert leases.outlasts(mine.run.id, 1, 5.9)

    asyncio.run(main())


@pytest.mark.process
def test_the_thread_renews_while_the_loop_ticks(url, clock):
    async def main():
        async with Store(url, KEY) as store:
            mine = await held(store, Maker())
            leases = Leases(store, "me", clock.read)
            leases.hold(mine.run.id, 1, clock.now)
            async with Renewal(leases, every_s=0.02):
                clock.now += 5
                async with asyncio.timeout(30):
                    while not leases.outlasts(mine.run.id, 1, 6.0):
                        await asyncio.to_thread(threading.Event().wait, 0.01)

    asyncio.run(main())


@pytest.mark.process
def test_the_thread_does_not_renew_for_a_loop_that_hangs(url, clock):
    async def main():
        async with Store(url, KEY) as store:
            mine = await held(store, Maker())
            leases = Leases(store, "me", clock.read)
            async with Renewal(leases, every_s=0.05):
                leases.hold(mine.run.id, 1, clock.now)
                # What has ticked before may still be renewed; from then on nothing is.
                threading.Event().wait(0.3)
                clock.now += 100
                threading.Event().wait(0.3)

                assert not leases.outlasts(mine.run.id, 1, 0.0)

    asyncio.run(main())
