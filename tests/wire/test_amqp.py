"""What the carrier over RabbitMQ promises beyond any other: engines and brokers that go away."""

import asyncio
from dataclasses import replace

import aio_pika
import pytest

from hearth.base.errors import Unavailable
from hearth.bus import Document, Done
from hearth.bus.amqp import carried
from hearth.bus.broker import CONTENT_TYPE, DELIVERIES_LIMIT
from tests.support.broker import channel, connected, corner, depth, removed, until_deep
from tests.wire.test_carriers import CLOCK, accepted, command, with_engine

pytestmark = pytest.mark.services("rabbitmq")


@pytest.fixture
def broker(rabbitmq_url):
    made = corner(rabbitmq_url)
    yield made
    asyncio.run(removed(made, "api", "one", "two"))


def test_what_a_dead_engine_had_taken_another_does(broker):
    async def main():
        async with connected(broker, "api", CLOCK) as api:
            asked = asyncio.ensure_future(api.call(command()))
            async with connected(broker, "one", CLOCK) as one:
                taken = asyncio.Event()

                async def hang(_asked):
                    taken.set()
                    await asyncio.Event().wait()

                engine = asyncio.ensure_future(one.serve(hang))
                await taken.wait()
                wire = await one.connected()
                engine.cancel()  # or it would be back at once, take the command again, and hang
                await wire.connection.close()
                async with connected(broker, "two", CLOCK) as two:
                    return await with_engine(two, accepted, asked)

    assert asyncio.run(main()).name == "web"


def test_an_engine_whose_connection_broke_answers_over_the_next(broker):
    async def main():
        async with connected(broker, "api", CLOCK) as api, connected(broker, "one", CLOCK) as one:
            begun, go_on = asyncio.Event(), asyncio.Event()
            times = []

            async def handler(asked):
                times.append(asked.id)
                begun.set()
                await go_on.wait()
                return Document({"times": len(times)})

            async def broken():
                asked = asyncio.ensure_future(api.call(command()))
                await begun.wait()
                await (await one.connected()).connection.close()
                await one.connected()
                go_on.set()
                return await asked

            return await with_engine(one, handler, broken())

    assert asyncio.run(main()).body["times"] >= 1


def test_an_asker_whose_connection_broke_gets_its_answer_over_the_next(broker):
    async def main():
        async with connected(broker, "api", CLOCK) as api, connected(broker, "one", CLOCK) as one:
            begun, go_on = asyncio.Event(), asyncio.Event()

            async def handler(_asked):
                begun.set()
                await go_on.wait()
                return Done()

            async def broken():
                asked = asyncio.ensure_future(api.call(command()))
                await begun.wait()
                await (await api.connected()).connection.close()
                go_on.set()
                return await asked

            return await with_engine(one, handler, broken())

    assert asyncio.run(main()) == Done()


def test_bells_ring_again_after_the_connection_broke(broker):
    async def main():
        async with (
            connected(broker, "api", CLOCK) as api,
            connected(broker, "one", CLOCK) as one,
            one.listen("runs") as heard,
        ):
            await (await one.connected()).connection.close()
            await one.connected()
            async with one.listen("runs"):
                api.ring("runs", "a")
                return await anext(heard)

    assert asyncio.run(main()) == "a"


@pytest.mark.parametrize("content_type", [CONTENT_TYPE, "application/vnd.hearth.99+msgpack"])
def test_a_message_that_cannot_be_read_is_set_aside_and_its_sender_told(broker, content_type):
    async def main():
        async with connected(broker, "one", CLOCK) as one, channel(broker) as look:
            replies = await look.declare_queue(exclusive=True)
            await look.default_exchange.publish(
                aio_pika.Message(
                    b"\xc1", content_type=content_type, reply_to=replies.name, correlation_id="7"
                ),
                broker.name("commands"),
            )

            async def told():
                async with replies.iterator(no_ack=True) as found:
                    reply = await anext(found)
                await until_deep(broker, "set-aside", 1)
                return reply

            return await with_engine(one, accepted, told())

    reply = asyncio.run(main())

    assert reply.correlation_id == "7"
    assert b"cannot read" in reply.body


def test_a_command_that_kills_engine_after_engine_is_set_aside(broker):
    async def main():
        async with connected(broker, "api", CLOCK) as api:
            asked = asyncio.ensure_future(api.call(command()))
            for _death in range(DELIVERIES_LIMIT + 1):
                async with channel(broker) as engine:
                    queue = await engine.declare_queue(broker.name("commands"), passive=True)
                    async with queue.iterator() as found:
                        await anext(found)
                        await engine.close()
            await until_deep(broker, "set-aside", 1)
            asked.cancel()
            return await depth(broker, "commands")

    assert asyncio.run(main()) == 0


def test_without_a_broker_a_command_is_refused_and_not_left_waiting(broker):
    nowhere = replace(broker, urls=("amqp://127.0.0.1:1/",), patience_s=0.05)

    async def main():
        async with (
            connected(broker, "one", CLOCK),
            carried(nowhere, "api", CLOCK, lambda: 0.0) as api,
        ):
            await api.call(command())

    with pytest.raises(Unavailable, match="broker"):
        asyncio.run(main())


def test_the_next_broker_is_tried_when_one_is_away(broker):
    both = replace(broker, urls=("amqp://127.0.0.1:1/", *broker.urls))

    async def main():
        async with connected(both, "api", CLOCK) as api, connected(broker, "one", CLOCK) as one:
            return await with_engine(one, accepted, api.call(command()))

    assert asyncio.run(main()).name == "web"


def test_an_engine_that_stops_ends_what_it_has_begun(broker):
    async def main():
        async with connected(broker, "api", CLOCK) as api, connected(broker, "one", CLOCK) as one:
            begun, go_on = asyncio.Event(), asyncio.Event()

            async def handler(_asked):
                begun.set()
                await go_on.wait()
                return Done()

            engine = asyncio.ensure_future(one.serve(handler))
            asked = asyncio.ensure_future(api.call(command()))
            await begun.wait()
            engine.cancel()
            asyncio.get_running_loop().call_later(0.01, go_on.set)
            await asyncio.wait([engine])
            return await asked

    assert asyncio.run(main()) == Done()
