"""What any carrier between API and engine promises: the same inside a process and over RabbitMQ."""

import asyncio
import logging
from contextlib import asynccontextmanager

import pytest

from hearth.base.errors import HearthError, Late, Missing
from hearth.bus import Accepted, CreateStack, Done, LocalBus, Source
from hearth.identity import Caller
from hearth.serve.seams import SystemClock
from tests.support.broker import connected, corner, removed

CLOCK = SystemClock()


@asynccontextmanager
async def local(_url):
    bus = LocalBus(CLOCK)
    yield bus, bus


@asynccontextmanager
async def amqp(url):
    broker = corner(url)
    try:
        async with (
            connected(broker, "api", CLOCK) as asking,
            connected(broker, "engine", CLOCK) as serving,
        ):
            yield asking, serving
    finally:
        await removed(broker, "api", "engine")


@pytest.fixture(
    params=[local, pytest.param(amqp, marks=pytest.mark.services("rabbitmq"))],
    ids=["local", "amqp"],
)
def buses(request, rabbitmq_url):
    """Two ends of a carrier: the asking one and the serving one."""
    return lambda: request.param(rabbitmq_url)


def command(seconds: float = 60.0, name: str = "web") -> CreateStack:
    return CreateStack(
        id=name,
        deadline=CLOCK.now() + seconds,
        caller=Caller("u", "p"),
        name=name,
        source=Source(),
    )


async def with_engine(bus, handler, deed):
    """The deed's result, with an engine that serves meanwhile."""
    task = asyncio.ensure_future(bus.serve(handler))
    try:
        return await deed
    finally:
        task.cancel()
        await asyncio.wait([task])


async def accepted(asked):
    return Accepted("id-of-" + asked.name, asked.name)


def test_the_answer_comes_back_to_who_asked(buses):
    async def main():
        async with buses() as (api, engine):
            both = asyncio.gather(api.call(command(name="a")), api.call(command(name="b")))
            return await with_engine(engine, accepted, both)

    first, second = asyncio.run(main())

    assert (first.stack_id, second.stack_id) == ("id-of-a", "id-of-b")


def test_a_refusal_is_raised_where_it_was_asked(buses):
    async def handler(_asked):
        raise Missing("there is no such stack")

    async def main():
        async with buses() as (api, engine):
            await with_engine(engine, handler, api.call(command()))

    with pytest.raises(Missing, match="there is no such stack"):
        asyncio.run(main())


def test_a_fault_is_logged_and_told_without_its_words(buses, caplog):
    async def handler(_asked):
        raise KeyError("internal")

    async def main():
        async with buses() as (api, engine):
            await with_engine(engine, handler, api.call(command()))

    with caplog.at_level(logging.ERROR), pytest.raises(HearthError) as raised:
        asyncio.run(main())

    assert "internal'" not in raised.value.sentence
    assert "KeyError" in caplog.text


def test_without_an_engine_the_deadline_ends_the_wait(buses):
    async def main():
        async with buses() as (api, _engine):
            await api.call(command(seconds=0.05))

    with pytest.raises(Late, match="web"):
        asyncio.run(main())


def test_what_is_past_its_deadline_is_dropped_unread(buses):
    seen = []

    async def handler(asked):
        seen.append(asked.name)
        return Done()

    async def main():
        async with buses() as (api, engine):
            with pytest.raises(Late):
                await api.call(command(seconds=0.05, name="late"))
            await with_engine(engine, handler, api.call(command(name="timely")))

    asyncio.run(main())

    assert seen == ["timely"]


def test_a_command_goes_on_when_its_caller_goes_away(buses):
    async def main():
        begun, done, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def handler(_asked):
            begun.set()
            await go_on.wait()
            done.set()
            return Done()

        async def leave(api):
            caller = asyncio.ensure_future(api.call(command()))
            await begun.wait()
            caller.cancel()
            await asyncio.wait([caller])
            go_on.set()
            await done.wait()
            return caller.cancelled()

        async with buses() as (api, engine):
            return await with_engine(engine, handler, leave(api))

    assert asyncio.run(main())


def test_several_commands_are_done_at_once(buses):
    async def main():
        together = asyncio.Barrier(3)

        async def handler(_asked):
            await together.wait()
            return Done()

        async with buses() as (api, engine):
            three = asyncio.gather(*(api.call(command(name=name)) for name in "abc"))
            return await with_engine(engine, handler, three)

    assert asyncio.run(main()) == [Done()] * 3


def test_a_bell_is_heard_by_all_who_listen_and_repeats_melt(buses):
    async def main():
        async with (
            buses() as (api, engine),
            api.listen("runs") as first,
            engine.listen("runs") as second,
        ):
            for key in ("a", "a", "b"):
                api.ring("runs", key)
            api.ring("other", "c")
            return [[await anext(one), await anext(one)] for one in (first, second)]

    assert asyncio.run(main()) == [["a", "b"], ["a", "b"]]
