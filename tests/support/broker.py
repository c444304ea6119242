"""A corner of a broker for one test: names of its own, and nothing left behind."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika

from hearth.base import Clock
from hearth.bus.amqp import AmqpBus, carried
from hearth.bus.broker import Broker


def corner(url: str) -> Broker:
    """Names that nobody else has."""
    return Broker((url,), f"test-{uuid.uuid4().hex}")


@asynccontextmanager
async def connected(broker: Broker, process: str, clock: Clock) -> AsyncIterator[AmqpBus]:
    """A process's bus, once it is connected."""
    async with carried(broker, process, clock, lambda: 0.0) as bus:
        await bus.connected()
        yield bus


@asynccontextmanager
async def channel(broker: Broker) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    """A look behind the carrier."""
    async with await aio_pika.connect(broker.urls[0]) as connection:
        yield await connection.channel()


async def removed(broker: Broker, *processes: str) -> None:
    """Take away all that was declared."""
    async with channel(broker) as look:
        for queue in ("commands", "set-aside", *(f"replies.{one}" for one in processes)):
            await look.queue_delete(broker.name(queue))
        for exchange in ("bells", "set-aside"):
            await look.exchange_delete(broker.name(exchange))


async def depth(broker: Broker, queue: str) -> int:
    """How many messages wait there."""
    async with channel(broker) as look:
        found = await look.declare_queue(broker.name(queue), passive=True)
        return found.declaration_result.message_count or 0


async def until_deep(broker: Broker, queue: str, count: int) -> None:
    """Until so many messages wait there; the broker counts behind what it does."""
    while await depth(broker, queue) != count:
        await asyncio.sleep(0)
