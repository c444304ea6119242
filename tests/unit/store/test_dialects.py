"""The same code on PostgreSQL and MariaDB: what differs between databases is in one module."""

import asyncio
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from hearth.base import Secret
from hearth.base.errors import Clash
from hearth.stack import CommandRecord, EventRecord, StepState
from hearth.store import (
    Answered,
    Batch,
    EventQuery,
    PutAnswer,
    PutRun,
    PutStack,
    PutText,
    Rejected,
    SetResource,
    SetStack,
    SetStep,
    StackQuery,
    Stale,
    Store,
    Written,
    commands,
    events,
    inputs,
    migrate,
    resources,
    runs,
    stacks,
    tables,
)
from hearth.store.database import opened
from tests.support import services
from tests.unit.store.made import KEY, Maker, held

DATABASES = [
    pytest.param(name, marks=pytest.mark.services(name)) for name in ("postgresql", "mariadb")
]


@pytest.fixture(params=DATABASES)
def url(request):
    """A database of the test's own."""
    server = create_engine(services.url(request.param) or "", isolation_level="AUTOCOMMIT")
    name = f"trial_{uuid4().hex}"
    with server.connect() as sql:
        sql.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as sql:
        forcibly = " WITH (FORCE)" if make_url(server.url).get_backend_name() != "mysql" else ""
        sql.exec_driver_sql(f"DROP DATABASE {name}{forcibly}")
    server.dispose()


def test_two_workers_write_and_every_batch_is_judged_for_itself(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as first, Store(url, KEY) as second:
            mine = await held(first, maker, 50)
            theirs = await held(second, maker, 50, "db")
            answer = CommandRecord("c", b"\x00first", 1.0)
            await first.write(Batch((PutAnswer(answer),)))

            def transition(one, number):
                row = one.resources[number % 50]
                note = {"data": {"note": number, "key": Secret("s")}}
                done = SetStep(one.run.id, row.name, StepState.DONE)
                return Batch(
                    (done, SetResource(row.id, note)), (maker.event(one.stack),), one.fence, number
                )

            answers = await asyncio.gather(
                *(first.write(transition(mine, number)) for number in range(1, 201)),
                *(second.write(transition(theirs, number)) for number in range(1, 201)),
                first.write(Batch((PutStack(maker.stack("web")),))),
                second.write(Batch((PutAnswer(CommandRecord("c", b"second", 2.0)),))),
                second.write(Batch((SetResource("nowhere", {"reason": "x"}),))),
                *(store.write(Batch((PutText("h", "t"),))) for store in (first, second) * 3),
                return_exceptions=True,
            )

            assert {type(answer) for answer in answers[:400]} == {Written}
            assert [type(answer) for answer in answers[400:403]] == [Clash, Answered, Rejected]
            assert {type(answer) for answer in answers[403:]} == {Written}
            assert await first.read(commands.answer, "c") == answer
            assert await first.read(inputs.text, "h") == "t"
            for one in (mine, theirs):
                told = await first.read(events.listed, EventQuery(one.stack.id))
                assert [event.number for event in told] == list(range(1, 201))
                row = await second.read(resources.find, one.resources[0].id)
                assert row is not None
                assert row.data == {"note": 200, "key": Secret("s")}

    asyncio.run(main())


def test_two_workers_that_tell_of_one_stack_leave_no_gap(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as first, Store(url, KEY) as second:
            stack = maker.stack()
            await first.write(Batch((PutStack(stack),)))
            batches = [
                Batch((SetStack(stack.id, {"outputs_stale": True}),), (maker.event(stack),))
                for _ in range(100)
            ]

            await asyncio.gather(
                *(
                    store.write(batch)
                    for batch, store in zip(batches, [first, second] * 50, strict=True)
                )
            )

            told: list[EventRecord] = await first.read(events.listed, EventQuery(stack.id))
            assert [event.number for event in told] == list(range(1, 101))
            found = await first.read(stacks.find, stack.id)
            assert found is not None
            assert found.version == 100

    asyncio.run(main())


def test_leases_go_by_the_databases_clock(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as first, Store(url, KEY) as second:
            mine = await held(first, maker)
            free = maker.stack("free")
            run = maker.run(free, owner=None)
            await first.write(Batch((PutStack(free), PutRun(run))))

            taken = await asyncio.gather(
                *(store.transact(runs.claim, "w", 5) for store in (first, second) * 3)
            )

            assert [held_run.run.id for claim in taken for held_run in claim] == [run.id]
            assert await first.read(runs.owners) == {mine.run.id: ("me", 1), run.id: ("w", 1)}
            assert await first.transact(runs.renew, "me", {mine.run.id: 1}) == {mine.run.id}
            await first.transact(runs.release, "me", [mine.run.id])
            with pytest.raises(Stale):
                await first.write(Batch((), (), mine.fence, 1))
            (again,) = await second.transact(runs.claim, "w", 5)
            assert again.run.fence == 3

    asyncio.run(main())


def test_lists_are_made_the_same_way(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as store:
            for number, name in enumerate(["b", "B", "a", "ä"]):
                tags = ("even",) if number % 2 == 0 else ("odd",)
                await store.write(
                    Batch((PutStack(maker.stack(name, created_at=float(number), tags=tags)),))
                )

            query = StackQuery("demo", {"name": ["a", "b"]}, tags=("even",), limit=5)
            found = await store.read(stacks.listed, query)
            marker = StackQuery("demo", marker=found[0].id, sort_keys=("updated_time",))

            assert [one.name for one in found] == ["a", "b"]
            assert await store.read(stacks.counted, StackQuery("demo")) == 4
            assert len(await store.read(stacks.listed, marker)) in range(4)
            large = await store.read(stacks.named, "demo", "B")
            assert large is not None
            assert large.name == "B"

    asyncio.run(main())


def test_migrating_makes_what_the_tables_say(url):
    database = opened(url, {}, 2)

    migrate.upgrade(database.writing)

    with database.reading.connect() as sql:
        assert compare_metadata(MigrationContext.configure(sql), tables.metadata) == []
    database.close()
