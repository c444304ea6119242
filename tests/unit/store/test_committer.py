"""Laws of the writer, whatever fails beneath it: a seed decides what does, and when."""

import asyncio
import random
from collections import Counter

import pytest

from hearth.base.errors import Clash, HearthError
from hearth.stack import CommandRecord
from hearth.store import (
    Answered,
    Away,
    Batch,
    EventQuery,
    Fence,
    Inline,
    Moved,
    Options,
    PutAnswer,
    PutRun,
    PutStack,
    Rejected,
    SetResource,
    SetStack,
    Stale,
    Store,
    Unsettled,
    Written,
    commands,
    events,
    resources,
    runs,
    stacks,
)
from tests.unit.store.faults import Faults
from tests.unit.store.made import KEY, Maker, held

KINDS = {Written, Rejected, Stale, Clash, Moved, Answered, Away, Unsettled}


def faulty(tmp_path, faults, **options):
    connect_args = faults.connect_args()
    return Store(
        f"sqlite:///{tmp_path}/hearth.db",
        KEY,
        Options(connect_args=connect_args, max_events_per_stack=0),
        **options,
    )


async def submit(store, batches):
    """What becomes of each batch, all queued at once."""
    tasks = [asyncio.create_task(store.write(batch)) for batch in batches]
    await asyncio.wait(tasks)
    return [task.exception() or task.result() for task in tasks]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_answered_written_is_there_and_nothing_else_is(tmp_path, seed):
    """Four runs write; each note carries its number; statements, commits and answers fail."""

    async def main():
        maker, chance = Maker(seed), random.Random(seed)
        faults = Faults(seed)
        async with faulty(tmp_path, faults, executor=Inline()) as store:
            mine = [await held(store, maker, 1, f"s{number}") for number in range(4)]
            lost = mine[3]
            await store.transact(runs.release, "me", [lost.run.id])
            faults.statement = chance.choice([0, 0.002, 0.02])
            faults.commit = chance.choice([0, 0.1, 0.4])
            faults.answer = chance.choice([0, 0.1, 0.4])
            batches, owners = [], []
            for sequence in range(1, 26):
                for one in mine:
                    note = SetResource(one.resources[0].id, {"data": {"note": sequence}})
                    event = maker.event(one.stack, reason=str(sequence))
                    batches.append(Batch((note,), (event,), one.fence, sequence))
                    owners.append(one)

            answers = []
            while batches:
                count = chance.randint(1, 60)
                answers += await submit(store, batches[:count])
                batches = batches[count:]

            faults.statement = faults.commit = faults.answer = 0
            assert {type(answer) for answer in answers} <= KINDS
            for one in mine:
                of_run = [a for a, o in zip(answers, owners, strict=True) if o is one]
                await judge(store, one, of_run)
            assert {type(a) for a, o in zip(answers, owners, strict=True) if o is lost} <= {
                Stale,
                Away,
                Rejected,
            }

    asyncio.run(main())


async def judge(store, one, answers):
    """A run's writes are a first part of what was asked, all of it and in order."""
    row = await store.read(resources.find, one.resources[0].id)
    told = await store.read(events.listed, EventQuery(one.stack.id))
    reached = row.data.get("note", 0)

    assert [event.reason for event in told] == [str(n) for n in range(1, reached + 1)]
    assert [event.number for event in told] == list(range(1, reached + 1))
    written = [place for place, answer in enumerate(answers, 1) if isinstance(answer, Written)]
    doubtful = [place for place, answer in enumerate(answers, 1) if isinstance(answer, Unsettled)]
    assert set(written) <= set(range(1, reached + 1))
    assert set(range(1, reached + 1)) <= {*written, *doubtful}
    for place in written:
        assert answers[place - 1].events == (place,)


@pytest.mark.parametrize("seed", range(25))
def test_a_commit_without_an_answer_is_looked_up(tmp_path, seed):
    """No statement fails, so that every doubt can be settled, and is."""

    async def main():
        maker, faults = Maker(seed), Faults(seed)
        async with faulty(tmp_path, faults, executor=Inline()) as store:
            mine = await held(store, maker)
            faults.answer = 0.9
            fenced = [
                Batch((SetResource(mine.resources[0].id, {"reason": str(n)}),), (), mine.fence, n)
                for n in range(1, 11)
            ]
            commanded = [
                Batch((PutAnswer(CommandRecord(f"c{number}", b"yes", 1.0)),))
                for number in range(10)
            ]

            answers = [
                (await submit(store, [batch]))[0]
                for pair in zip(fenced, commanded, strict=True)
                for batch in pair
            ]

            faults.answer = 0
            assert Counter(map(type, answers)) == {Written: 20}
            assert "answer" in faults.happened
            assert (await store.read(resources.find, mine.resources[0].id)).reason == "10"
            for number in range(10):
                assert await store.read(commands.answer, f"c{number}") is not None

    asyncio.run(main())


def test_where_nothing_can_tell_that_is_what_is_said(tmp_path):
    async def main():
        maker, faults = Maker(), Faults()
        async with faulty(tmp_path, faults, executor=Inline()) as store:
            faults.answer = 1.0

            answers = await submit(store, [Batch((PutStack(maker.stack()),))])

            assert [type(answer) for answer in answers] == [Unsettled]

    asyncio.run(main())


def test_a_commit_that_fails_is_tried_again_and_not_for_ever(tmp_path):
    async def main():
        maker, faults = Maker(), Faults()
        async with faulty(tmp_path, faults, executor=Inline()) as store:
            mine = await held(store, maker)
            note = SetResource(mine.resources[0].id, {"reason": "never"})
            faults.commit = 1.0

            answers = await submit(store, [Batch((note,), (), mine.fence, 1)])

            faults.commit = 0
            assert [type(answer) for answer in answers] == [Away]
            assert faults.happened == ["commit"] * 3
            assert (await store.read(resources.find, mine.resources[0].id)).reason == ""

    asyncio.run(main())


@pytest.mark.parametrize("guilty", [(0,), (63,), (17, 18), tuple(range(0, 64, 9))])
def test_only_the_guilty_fail(tmp_path, guilty):
    async def main():
        maker = Maker()
        async with faulty(tmp_path, Faults()) as store:
            await store.write(Batch((PutStack(maker.stack("taken")),)))
            names = ["taken" if n in guilty else f"free{n}" for n in range(64)]

            answers = await submit(store, [Batch((PutStack(maker.stack(n)),)) for n in names])

            failed = tuple(n for n, answer in enumerate(answers) if isinstance(answer, HearthError))
            assert failed == guilty
            assert {answers[n].kind for n in guilty} == {"StackExists"}

    asyncio.run(main())


def test_a_run_made_and_a_stack_moved_in_one_transaction_are_judged_as_they_are_then(tmp_path):
    async def main():
        maker = Maker()
        async with faulty(tmp_path, Faults()) as store:
            stack = maker.stack()
            run = maker.run(stack)
            made = Batch((PutStack(stack), PutRun(run)))
            first = Batch(
                (SetStack(stack.id, {"reason": "1"}, version=0),), (), Fence(run.id, 1), 1
            )
            again = Batch(
                (SetStack(stack.id, {"reason": "2"}, version=0),), (), Fence(run.id, 1), 2
            )
            after = Batch(
                (SetStack(stack.id, {"reason": "3"}, version=1),), (), Fence(run.id, 1), 2
            )

            answers = await submit(store, [made, first, again, after])

            assert [type(answer) for answer in answers] == [Written, Written, Moved, Written]
            assert (await store.read(stacks.find, stack.id)).reason == "3"

    asyncio.run(main())
