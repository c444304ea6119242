import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from hearth.stack import RunStatus, StepRecord, StepState
from hearth.store import (
    Batch,
    HeldRun,
    Inline,
    PutRun,
    PutStack,
    PutSteps,
    SetRun,
    SetStack,
    SetStep,
    Store,
    bound_clock,
    runs,
)
from tests.unit.store.made import KEY, Maker


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(tmp_path, clock):
    def make() -> Store:
        url = f"sqlite:///{tmp_path}/hearth.db"
        return Store(url, KEY, executor=Inline(), now=bound_clock(clock.read))

    return make


async def run_of(store, maker, name="web", project="demo", **fields):
    stack = maker.stack(name, project)
    run = maker.run(stack, **fields)
    step = StepRecord(run.id, "server", StepState.WAITING)
    await store.write(Batch((PutStack(stack), PutRun(run), PutSteps((step,)))))
    return run


def test_a_run_is_held_by_who_made_it_until_its_lease_ends(opened, clock):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker())

            early = await store.transact(runs.claim, "other", 10)
            clock.now += 5.9
            still_early = await store.transact(runs.claim, "other", 10)
            clock.now += 0.2
            late = await store.transact(runs.claim, "other", 10)

            assert early == still_early == []
            step = StepRecord(run.id, "server", StepState.WAITING)
            assert late == [HeldRun(replace(run, owner="other", fence=2), (step,), "demo")]

    asyncio.run(main())


def test_a_renewed_lease_lasts_and_a_lost_one_is_not_renewed(opened, clock):
    async def main():
        maker = Maker()
        async with opened() as store:
            kept, lost = [await run_of(store, maker, f"s{n}") for n in range(2)]
            fences = {kept.id: 1, lost.id: 1}
            clock.now += 5
            await store.transact(runs.renew, "me", {kept.id: 1})
            clock.now += 2
            await store.transact(runs.claim, "other", 10)

            renewed = await store.transact(runs.renew, "me", fences)

            assert renewed == {kept.id}
            clock.now += 5
            assert await store.transact(runs.claim, "third", 10) == []

    asyncio.run(main())


@pytest.mark.parametrize("count", [1, 12])
def test_an_old_fence_renews_nothing_though_the_worker_is_the_same(opened, clock, count):
    """It lost the runs and took them again; whoever still goes by the old fence has lost them."""

    async def main():
        maker = Maker()
        async with opened() as store:
            made = [await run_of(store, maker, f"s{n}") for n in range(count)]
            old = {run.id: 1 for run in made}
            clock.now += 6.1
            taken = await store.transact(runs.claim, "me", count)
            clock.now += 5

            assert await store.transact(runs.renew, "me", old) == set()

            clock.now += 1.1
            again = await store.transact(runs.claim, "other", count)
            assert {held.run.id for held in again} == {held.run.id for held in taken} == old.keys()

    asyncio.run(main())


def test_a_run_without_an_owner_is_free_at_once(opened):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker(), owner=None)

            assert await store.read(runs.due) == 1
            (held,) = await store.transact(runs.claim, "me", 10)

            assert (held.run.id, held.run.fence) == (run.id, 1)
            assert await store.read(runs.due) == 0

    asyncio.run(main())


def test_what_is_released_is_free_at_once_and_its_fence_is_old(opened):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker())

            await store.transact(runs.release, "me", [run.id])
            await store.transact(runs.release, "stranger", [run.id])

            (held,) = await store.transact(runs.claim, "other", 10)
            assert held.run.fence == 3

    asyncio.run(main())


def test_who_stops_lets_go_of_all_that_is_held_in_its_name(opened):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker())

            assert await store.transact(runs.release_all, "me") == [run.id]
            assert await store.transact(runs.release_all, "me") == []
            assert await store.transact(runs.release_all, "stranger") == []

            (held,) = await store.transact(runs.claim, "other", 10)
            assert held.run.id == run.id

    asyncio.run(main())


def test_a_run_that_has_ended_is_not_claimed(opened, clock):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker())
            await store.write(Batch((SetRun(run.id, {"status": RunStatus.DONE}),)))
            clock.now += 60

            assert await store.transact(runs.claim, "other", 10) == []
            assert await store.transact(runs.take_over_all, "other") == []
            assert (await store.read(runs.find, run.id)).status is RunStatus.DONE

    asyncio.run(main())


def test_each_project_has_its_turn(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            for number in range(20):
                await run_of(
                    store, maker, f"s{number}", "large", owner=None, started_at=float(number)
                )
            for project in ("small", "tiny"):
                await run_of(store, maker, "s", project, owner=None, started_at=99.0)

            first = await store.transact(runs.claim, "me", 4)
            await run_of(store, maker, "late", "new", owner=None, started_at=199.0)
            second = await store.transact(runs.claim, "me", 2)

            assert [held.project_id for held in first] == ["large", "small", "tiny", "large"]
            assert [held.run.started_at for held in first] == [0.0, 99.0, 99.0, 1.0]
            # `large` holds two already, so the newcomer is served before it.
            assert [held.project_id for held in second] == ["new", "large"]

    asyncio.run(main())


def test_every_run_has_one_owner_however_many_claim(tmp_path):
    async def main():
        maker = Maker()
        url = f"sqlite:///{tmp_path}/hearth.db"
        async with Store(url, KEY) as first, Store(url, KEY) as second:
            for number in range(30):
                await run_of(first, maker, f"s{number}", owner=None)

            claims = await asyncio.gather(
                *(
                    store.transact(runs.claim, f"w{number}", 5)
                    for number, store in enumerate([first, second] * 5)
                )
            )

            owners = Counter(held.run.id for claim in claims for held in claim)
            assert set(owners.values()) == {1}
            assert len(owners) == 30

    asyncio.run(main())


def test_the_one_process_of_a_state_folder_takes_everything_over_at_once(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            made = {(await run_of(store, maker, f"s{number}")).id for number in range(3)}

            taken = await store.transact(runs.take_over_all, "reborn")

            assert {held.run.id for held in taken} == made
            assert {(held.run.owner, held.run.fence) for held in taken} == {("reborn", 2)}

    asyncio.run(main())


def test_a_supersession_is_seen_and_the_lease_stays(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            old, other = [await run_of(store, maker, f"s{n}") for n in range(2)]

            await store.write(Batch((SetRun(old.id, {"superseded_by": "cancel"}),)))

            assert await store.read(runs.superseded, [old.id, other.id]) == {old.id: "cancel"}
            assert await store.transact(runs.renew, "me", {old.id: 1}) == {old.id}

    asyncio.run(main())


def test_the_lease_is_not_set_by_hand(opened):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker())

            with pytest.raises(TypeError, match="fence"):
                await store.write(Batch((SetRun(run.id, {"fence": 9}),)))

    asyncio.run(main())


def test_steps_are_found_as_they_were_left(opened):
    async def main():
        async with opened() as store:
            run = await run_of(store, Maker())

            await store.write(
                Batch((SetStep(run.id, "server", StepState.DONE, "replaced", "why", 2),))
            )

            assert await store.read(runs.steps, run.id) == (
                StepRecord(run.id, "server", StepState.DONE, "replaced", "why", 2),
            )

    asyncio.run(main())


def test_a_parents_runs_and_a_stacks_runs_are_found(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            parent = await run_of(store, maker)
            child = await run_of(
                store, maker, "child", parent_run_id=parent.id, parent_step="group"
            )

            assert [run.id for run in await store.read(runs.children, parent.id)] == [child.id]
            assert [run.id for run in await store.read(runs.of_stack, child.stack_id)] == [child.id]
            assert await store.read(runs.statuses, [parent.id, child.id]) == {
                parent.id: "RUNNING",
                child.id: "RUNNING",
            }

    asyncio.run(main())


def test_what_ended_long_ago_is_forgotten_save_each_stacks_last(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            ended, last, running = [
                await run_of(store, maker, f"s{n}", started_at=float(n)) for n in range(3)
            ]
            for run in (ended, last):
                await store.write(Batch((SetRun(run.id, {"status": RunStatus.FAILED}),)))
            await store.write(Batch((SetStack(last.stack_id, {"run_id": last.id}),)))

            assert await store.transact(runs.purge, 0.0) == 0
            assert await store.transact(runs.purge, 99.0) == 1

            assert await store.read(runs.find, ended.id) is None
            assert await store.read(runs.steps, ended.id) == ()
            assert await store.read(runs.find, last.id) is not None
            assert await store.read(runs.find, running.id) is not None

    asyncio.run(main())


def test_what_a_run_of_ones_own_waits_for_is_taken_however_full_one_is(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            parent = await run_of(store, maker, "parent", owner="me")
            child = await run_of(store, maker, "child", owner=None, parent_run_id=parent.id)
            await run_of(store, maker, "other", owner=None)

            none = await store.transact(runs.claim, "stranger", 0)
            held = await store.transact(runs.claim, "me", 0)

            assert none == []
            assert [one.run.id for one in held] == [child.id]

    asyncio.run(main())


def test_a_project_that_holds_nothing_gets_its_first_run_however_full_one_is(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            await run_of(store, maker, "held", "large", owner="me")
            for number in range(30):
                await run_of(store, maker, f"s{number}", "large", owner=None)
            for number in range(3):
                await run_of(store, maker, f"t{number}", "small", owner=None, started_at=50.0)

            held = await store.transact(runs.claim, "me", 0)
            again = await store.transact(runs.claim, "me", 0)

            assert [one.project_id for one in held] == ["small"]
            assert again == []

    asyncio.run(main())


def test_a_thousand_leases_are_renewed_and_none_that_is_not_ones_own(opened, clock):
    async def main():
        maker = Maker()
        async with opened() as store:
            stack = maker.stack()
            mine = [maker.run(stack) for _ in range(1100)]
            await store.write(Batch((PutStack(stack), *map(PutRun, mine))))
            dropped = mine.pop()
            clock.now += 5

            kept = await store.transact(runs.renew, "me", {one.id: 1 for one in mine})

            clock.now += 5
            assert kept == {one.id for one in mine}
            free = await store.transact(runs.claim, "other", 2000)
            assert [one.run.id for one in free] == [dropped.id]

    asyncio.run(main())
