import asyncio
from dataclasses import replace

import pytest

from hearth.base import Secret, Unknown
from hearth.base.errors import Clash, Unavailable
from hearth.stack import CommandRecord, Inputs, Output
from hearth.store import (
    Answered,
    Batch,
    Fence,
    Inline,
    Moved,
    PutAnswer,
    PutInputs,
    PutResource,
    PutStack,
    PutText,
    Rejected,
    SetResource,
    SetStack,
    Stale,
    Store,
    Written,
    commands,
    inputs,
    resources,
    runs,
    stacks,
)
from tests.unit.store.made import CREATED, KEY, Maker, held


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/hearth.db"


@pytest.fixture(params=["threads", "inline"])
def opened(request, url):
    """Makes a store on the same file, in the way that production or the simulation does."""
    return lambda: Store(url, KEY, executor=Inline() if request.param == "inline" else None)


def test_what_is_written_is_read_back_equal(opened):
    async def main():
        async with opened() as store:
            stack = Maker().stack(
                tags=("b", "a"),
                shown_parameters={"size": "m1.small"},
                outputs=(Output("ip", "10.0.0.1", "Its address."), Output("bad", error="no")),
                timeout_mins=60,
            )

            await store.write(Batch((PutStack(stack),)))

            assert await store.read(stacks.find, stack.id) == stack

    asyncio.run(main())


def test_what_is_written_is_there_after_a_crash(opened):
    async def main():
        maker = Maker()
        first = opened()
        await first.open()
        stack = maker.stack()
        await first.write(Batch((PutStack(stack),)))

        first.kill()

        async with opened() as second:
            assert await second.read(stacks.find, stack.id) == stack

    asyncio.run(main())


def test_a_secret_is_unreadable_in_the_file_and_comes_back_as_a_secret(opened, tmp_path):
    async def main():
        async with opened() as store:
            given = Inputs("i", "t", "f", {"parameters": {"password": Secret("hunter2")}})

            await store.write(Batch((PutInputs(given),)))

            assert await store.read(inputs.find, "i") == given

    asyncio.run(main())
    assert not any(b"hunter2" in path.read_bytes() for path in tmp_path.iterdir())


def test_what_is_not_known_yet_is_refused_and_nothing_else_suffers(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            stack = maker.stack()
            row = maker.resource(stack, "r", properties={"server": [Unknown("server.id")]})

            with pytest.raises(Rejected, match=r"server\.id"):
                await store.write(Batch((PutStack(stack), PutResource(row))))

            assert await store.read(stacks.find, stack.id) is None

    asyncio.run(main())


def test_a_name_is_unique_among_a_projects_live_roots_and_others_of_the_batch_commit(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            first, again, other = maker.stack("web"), maker.stack("web"), maker.stack("db")
            elsewhere = maker.stack("web", "another")
            nested = maker.stack("web", parent_id=first.id)

            answers = await asyncio.gather(
                *(
                    store.write(Batch((PutStack(one),)))
                    for one in (first, again, other, elsewhere, nested)
                ),
                return_exceptions=True,
            )

            assert [type(answer) for answer in answers] == [Written, Clash, *[Written] * 3]
            assert isinstance(answers[1], Clash)
            assert answers[1].kind == "StackExists"
            assert answers[1].sentence == "The Stack (web) already exists."

    asyncio.run(main())


def test_a_deleted_stacks_name_is_free_and_its_row_is_found_by_id(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            old, new = maker.stack("web"), maker.stack("web")
            await store.write(Batch((PutStack(old),)))

            await store.write(Batch((SetStack(old.id, {"deleted_at": 5.0}),)))
            await store.write(Batch((PutStack(new),)))

            assert (await store.read(stacks.find, old.id)).deleted_at == 5.0
            assert (await store.read(stacks.named, "demo", "web")).id == new.id

    asyncio.run(main())


def test_the_first_answer_to_a_command_stands(opened):
    async def main():
        async with opened() as store:
            await store.write(Batch((PutAnswer(CommandRecord("c", b"first", 1.0)),)))

            with pytest.raises(Answered):
                await store.write(Batch((PutAnswer(CommandRecord("c", b"second", 2.0)),)))

            assert (await store.read(commands.answer, "c")).answer == b"first"

    asyncio.run(main())


def test_a_text_is_kept_once_whoever_writes_it(opened):
    async def main():
        async with opened() as store:
            await asyncio.gather(*(store.write(Batch((PutText("h", "text"),))) for _ in range(3)))

            assert await store.read(inputs.text, "h") == "text"

    asyncio.run(main())


def test_an_old_fence_is_stale_and_what_it_wrote_is_left_out(opened):
    async def main():
        async with opened() as store:
            mine = await held(store, Maker())
            row = mine.resources[0]
            await store.transact(runs.take_over_all, "other")

            with pytest.raises(Stale):
                await store.write(
                    Batch((SetResource(row.id, {"state": CREATED}),), (), mine.fence, 1)
                )

            assert await store.read(resources.find, row.id) == row

    asyncio.run(main())


def test_what_builds_upon_a_batch_that_failed_is_stale(opened):
    async def main():
        async with opened() as store:
            mine = await held(store, Maker())
            good = SetResource(mine.resources[0].id, {"reason": "good"})
            bad = SetResource("nowhere", {"reason": "bad"})

            answers = await asyncio.gather(
                store.write(Batch((good,), (), mine.fence, 1)),
                store.write(Batch((bad,), (), mine.fence, 2)),
                store.write(Batch((good,), (), mine.fence, 3)),
                return_exceptions=True,
            )

            assert [type(answer) for answer in answers] == [Written, Rejected, Stale]

    asyncio.run(main())


def test_a_stack_that_has_moved_on_is_not_overwritten(opened):
    async def main():
        async with opened() as store:
            stack = Maker().stack()
            await store.write(Batch((PutStack(stack),)))
            change = SetStack(stack.id, {"run_id": "x"}, version=0)

            answers = await asyncio.gather(
                store.write(Batch((change,))), store.write(Batch((change,))), return_exceptions=True
            )

            assert [type(answer) for answer in answers] == [Written, Moved]
            assert (await store.read(stacks.find, stack.id)).version == 1

    asyncio.run(main())


def test_changes_of_one_row_in_one_batch_end_as_the_last_of_them(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            stack = maker.stack()
            row = maker.resource(stack, "r")

            await store.write(
                Batch(
                    (
                        PutStack(stack),
                        PutResource(row),
                        SetResource(row.id, {"reason": "first", "data": {"a": 1}}),
                        SetResource(row.id, {"reason": "last"}),
                        SetStack(stack.id, {"tags": ("x", "y")}),
                        SetStack(stack.id, {"tags": ("y",)}),
                    )
                )
            )

            found = await store.read(resources.find, row.id)
            assert found == replace(row, reason="last", data={"a": 1})
            query = stacks.StackQuery("demo", tags=("x",))
            assert await store.read(stacks.counted, query) == 0
            assert (await store.read(stacks.find, stack.id)).version == 2

    asyncio.run(main())


def test_cancelling_who_waits_waits_for_the_answer(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            stack = maker.stack()
            task = asyncio.create_task(store.write(Batch((PutStack(stack),))))
            await asyncio.sleep(0)

            task.cancel()
            await asyncio.wait([task])

            assert task.cancelled()
            assert await store.read(stacks.find, stack.id) == stack

    asyncio.run(main())


def test_closing_writes_what_is_queued(opened):
    async def main():
        maker = Maker()
        store = opened()
        await store.open()
        stack = maker.stack()
        task = asyncio.create_task(store.write(Batch((PutStack(stack),))))
        await asyncio.sleep(0)

        await store.close()

        assert isinstance(await task, Written)
        with pytest.raises(Unavailable):
            await store.write(Batch())

    asyncio.run(main())


def test_who_waits_when_the_power_fails_is_told(opened):
    async def main():
        maker = Maker()
        store = opened()
        await store.open()
        tasks = [
            asyncio.create_task(store.write(Batch((PutStack(maker.stack(f"s{number}")),))))
            for number in range(3)
        ]
        await asyncio.sleep(0)

        store.kill()

        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(answer, Unavailable) for answer in answers)
        assert len(answers) == 3

    asyncio.run(main())


def test_a_fence_of_no_run_is_stale(opened):
    async def main():
        async with opened() as store:
            with pytest.raises(Stale):
                await store.write(Batch((), (), Fence("none", 1), 1))

    asyncio.run(main())


def test_a_stack_does_not_change_its_name(opened):
    async def main():
        async with opened() as store:
            with pytest.raises(TypeError, match="name"):
                await store.write(Batch((SetStack("x", {"name": "y"}),)))

    asyncio.run(main())


def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path):
    async def main():
        with pytest.raises(Unavailable):
            await Store(f"sqlite:///{tmp_path}/no/such/folder/x.db", KEY).open()

    asyncio.run(main())


def test_a_statement_that_fails_tells_no_values(opened):
    async def main():
        maker = Maker()
        async with opened() as store:
            stack = maker.stack(description="nobody's business")
            await store.write(Batch((PutStack(stack),)))

            with pytest.raises(Rejected) as caught:
                await store.write(Batch((PutStack(replace(stack, name="other")),)))

            assert "business" not in caught.value.sentence

    asyncio.run(main())
