"""The same code on PostgreSQL and MariaDB: what differs between databases is in one module."""

import asyncio
import sqlite3
from dataclasses import replace
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from hearth.base import Secret
from hearth.base.errors import Clash
from hearth.stack import CommandRecord, EventRecord, StepState
from hearth.store import (
    Answered,
    Batch,
    DropCauses,
    EventQuery,
    PutAnswer,
    PutCause,
    PutResource,
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
    causes,
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
from hearth.store.dialects import unopened
from hearth.store.errors import Away, Spoilt
from tests.support import services
from tests.unit.store.made import KEY, Maker, cause, held

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


@pytest.mark.parametrize(
    ("kind", "passes", "advice"),
    [
        ("SQLITE_FULL", True, " Make room on its disk."),
        ("SQLITE_IOERR_WRITE", True, " Make room on its disk."),
        ("SQLITE_READONLY_DIRECTORY", True, " See that it is a file that hearth may write."),
        ("SQLITE_BUSY", True, " Another process is using it."),
        ("SQLITE_CORRUPT_INDEX", False, " Put it back from a copy, or use another"),
        ("SQLITE_INTERRUPT", True, ""),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_with_what_helps(kind, passes, advice):
    cause = sqlite3.OperationalError("so it is")
    cause.sqlite_errorname = kind

    told = unopened("sqlite:////srv/heat.sqlite", DBAPIError("BEGIN", None, cause))

    assert isinstance(told, Away if passes else Spoilt)
    begin = "The database /srv/heat.sqlite cannot be opened: so it is."
    assert told.sentence.startswith(begin + advice)
    assert told.sentence == begin or advice


def test_what_a_server_says_is_told_without_its_password():
    cause = OSError(2003, "Nobody answers\n  at db: hidden")
    url = "mysql://heat:hidden@db/heat?ssl_key=hidden"

    told = unopened(url, DBAPIError("BEGIN", None, cause)).sentence

    assert told == (
        "The database mysql+pymysql://heat:***@db/heat cannot be opened: Nobody answers."
    )


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


def test_many_rows_at_once_come_back_as_they_were(url):
    odd = ['quote " and \\', "ä€😀", "null", "%s {0} :x", "line\nline\ttab", "", "[1]", "'); --"]

    async def main():
        maker = Maker()
        async with Store(url, KEY) as store:
            stack = maker.stack()
            rows = [
                maker.resource(stack, f"r{at}", reason=text, created_at=1790000000.123456 + at)
                for at, text in enumerate(odd * 3)
            ]
            await store.write(Batch((PutStack(stack),)))
            await store.write(Batch(tuple(PutResource(row) for row in rows)))
            changed = [
                SetResource(row.id, {"physical_id": row.reason or None, "updated_at": 2})
                for row in rows
            ]
            told = tuple(maker.event(stack, reason=row.reason, physical_id=None) for row in rows)
            await store.write(Batch(tuple(changed), told))

            found = {row.id: row for row in await store.read(resources.of, stack.id)}
            for row in rows:
                physical = row.reason or None
                assert found[row.id] == replace(row, physical_id=physical, updated_at=2.0)
            listed = await store.read(events.listed, EventQuery(stack.id))
            assert [event.reason for event in listed] == odd * 3

    asyncio.run(main())


def test_of_many_rows_one_that_does_not_fit_is_refused_alone(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as store:
            stack = maker.stack()
            await store.write(Batch((PutStack(stack),)))
            good = [PutResource(maker.resource(stack, f"r{number}")) for number in range(19)]
            long = PutResource(maker.resource(stack, "x" * 300))

            answers = await asyncio.gather(
                *(store.write(Batch((change,))) for change in [*good, long]),
                return_exceptions=True,
            )

            assert {type(answer) for answer in answers[:-1]} == {Written}
            assert type(answers[-1]) is Rejected

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


def test_connections_that_the_server_has_cut_are_made_anew(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as store:
            one = await held(store, maker, 1)
            tries = []

            def cut_in_the_midst(db):
                tries.append(db)
                if len(tries) == 1:
                    cut(url)
                return runs.find(db, one.run.id)

            found = await store.read(cut_in_the_midst)
            await store.write(Batch((SetStack(one.stack.id, {"reason": "still here"}),)))

            assert len(tries) == 2
            assert found is not None
            assert found.id == one.run.id

    asyncio.run(main())


def cut(url):
    """End every connection to the database but this one."""
    own = make_url(url)
    others = {
        "mysql": "SELECT CONCAT('KILL ', id) FROM information_schema.processlist"
        f" WHERE db = '{own.database}' AND id != CONNECTION_ID()",
        "postgresql": "SELECT 'SELECT pg_terminate_backend(' || pid || ')' FROM pg_stat_activity"
        f" WHERE datname = '{own.database}' AND pid != pg_backend_pid()",
    }[own.get_backend_name()]
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as sql:
        for (words,) in sql.exec_driver_sql(others).fetchall():
            sql.exec_driver_sql(words)
    engine.dispose()


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


def test_causes_of_failures_are_kept_until_something_new_is_begun(url):
    async def main():
        maker = Maker()
        async with Store(url, KEY) as store:
            stack = maker.stack()
            made = [cause(f"r{at}", stack.id, path=("a", f"r{at}")) for at in range(9)]
            await store.write(Batch((PutStack(stack), *map(PutCause, made))))

            found = await store.read(causes.of_operation, stack.id, "req-1")
            await store.write(Batch((DropCauses(stack.id),)))

            assert found == made
            assert await store.read(causes.of_operation, stack.id, "req-1") == []

    asyncio.run(main())
