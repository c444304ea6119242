"""The carrier inside one process."""

import asyncio
import logging

import pytest

from hearth.base.errors import HearthError, Late, Missing
from hearth.bus import Accepted, CreateStack, Done, LocalBus, Source
from hearth.identity import Caller
from tests.support.clock import JumpingClock

CLOCK = JumpingClock()


def command(seconds: float = 60.0, name: str = "web") -> CreateStack:
    return CreateStack(
        id=name,
        deadline=CLOCK.now() + seconds,
        caller=Caller("u", "p"),
        name=name,
        source=Source(),
    )


async def serving(bus, handler, deed):
    """The deed's result, with an engine that serves meanwhile."""
    task = asyncio.ensure_future(bus.serve(handler))
    try:
        return await deed
    finally:
        task.cancel()
        await asyncio.wait([task])


def test_the_answer_comes_back_to_who_asked():
    async def handler(asked):
        return Accepted("id-of-" + asked.name, asked.name)

    async def main():
        bus = LocalBus(CLOCK)
        both = asyncio.gather(bus.call(command(name="a")), bus.call(command(name="b")))
        return await serving(bus, handler, both)

    first, second = asyncio.run(main())

    assert (first.stack_id, second.stack_id) == ("id-of-a", "id-of-b")


def test_a_refusal_is_raised_where_it_was_asked():
    async def handler(_asked):
        raise Missing("there is no such stack")

    async def main():
        bus = LocalBus(CLOCK)
        await serving(bus, handler, bus.call(command()))

    with pytest.raises(Missing, match="there is no such stack"):
        asyncio.run(main())


def test_a_fault_is_logged_and_told_without_its_words(caplog):
    async def handler(_asked):
        raise KeyError("internal")

    async def main():
        bus = LocalBus(CLOCK)
        await serving(bus, handler, bus.call(command()))

    with caplog.at_level(logging.ERROR), pytest.raises(HearthError) as raised:
        asyncio.run(main())

    assert "internal'" not in raised.value.sentence
    assert "KeyError" in caplog.text


def test_without_an_engine_the_deadline_ends_the_wait():
    async def main():
        await LocalBus(CLOCK).call(command(seconds=0.01))

    with pytest.raises(Late, match="web"):
        asyncio.run(main())


def test_what_is_past_its_deadline_is_dropped_unread():
    seen = []

    async def handler(asked):
        seen.append(asked.name)
        return Done()

    async def main():
        bus = LocalBus(CLOCK)
        with pytest.raises(Late):
            await bus.call(command(seconds=-1, name="late"))
        await serving(bus, handler, bus.call(command(name="timely")))

    asyncio.run(main())

    assert seen == ["timely"]


def test_a_command_goes_on_when_its_caller_goes_away():
    async def main():
        bus, begun, done = LocalBus(CLOCK), asyncio.Event(), asyncio.Event()
        go_on = asyncio.Event()

        async def handler(_asked):
            begun.set()
            await go_on.wait()
            done.set()
            return Done()

        async def leave():
            caller = asyncio.ensure_future(bus.call(command()))
            await begun.wait()
            caller.cancel()
            await asyncio.wait([caller])
            go_on.set()
            await done.wait()
            return caller.cancelled()

        return await serving(bus, handler, leave())

    assert asyncio.run(main())


def test_a_bell_is_heard_by_all_who_listen_and_repeats_melt():
    async def main():
        bus = LocalBus(CLOCK)
        async with bus.listen("runs") as first, bus.listen("runs") as second:
            for key in ("a", "a", "b"):
                bus.ring("runs", key)
            bus.ring("other", "c")
            return [[await anext(one), await anext(one)] for one in (first, second)]

    assert asyncio.run(main()) == [["a", "b"], ["a", "b"]]


def test_a_bell_without_listeners_is_lost():
    async def main():
        bus = LocalBus(CLOCK)
        async with bus.listen("runs"):
            pass
        bus.ring("runs", "a")
        async with bus.listen("runs") as heard:
            bus.ring("runs", "b")
            return await anext(heard)

    assert asyncio.run(main()) == "b"
