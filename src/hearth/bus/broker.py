"""A connection to RabbitMQ: the channels, exchanges and queues of one process, while it lasts.

What each exchange and queue is for is told in the docstring of `hearth.bus`. All are declared by
whoever comes, alike, so that no order of starting matters.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Self

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, AMQPError, DeliveryError

VERSION = 1
"""Of the messages and of the shape of the queues; it is part of the queues' names."""

CONTENT_TYPE = f"application/vnd.hearth.{VERSION}+msgpack"

CONNECT_S = 5.0
HEARTBEAT_S = 10
PUBLISH_S = 5.0

COMMANDS_LIMIT = 10_000
DELIVERIES_LIMIT = 5
REPLIES_KEPT_S = 300
BELLS_LIMIT = 10_000
SET_ASIDE_LIMIT = 1_000
SET_ASIDE_S = 7 * 86_400

BROKEN = (*CONNECTION_EXCEPTIONS, AMQPError, TimeoutError)
"""What any use of a connection may raise once the connection is no more."""

Receive = Callable[[AbstractIncomingMessage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Broker:
    """Where RabbitMQ is, and what our exchanges and queues there begin with.

    urls: amqp:// or amqps://, tried in turn; hidden from logs, for they hold passwords.
    patience_s: how long a broker that is away is waited for, before who asks is refused.
    """

    urls: tuple[str, ...] = field(repr=False)
    prefix: str = "hearth"
    patience_s: float = 5.0

    def name(self, part: str) -> str:
        """Of an exchange or a queue."""
        return f"{self.prefix}.{part}.{VERSION}"


@dataclass(slots=True, eq=False)
class Wire:
    """A living connection. `lost` is set once it or any of its channels has ended."""

    connection: AbstractConnection
    sending: AbstractChannel
    taking: AbstractChannel
    ringing: AbstractChannel
    bells: AbstractExchange
    commands: AbstractQueue
    replies: AbstractQueue
    rung: AbstractQueue
    names: Broker
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def connect(cls, broker: Broker, url: str, process: str) -> Self:
        """Connect to one address, and declare everything."""
        known = f"{url}{'&' if '?' in url else '?'}heartbeat={HEARTBEAT_S}"
        properties: dict[str, Any] = {"connection_name": f"hearth {process}"}
        connection = await aio_pika.connect(known, timeout=CONNECT_S, client_properties=properties)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(connection.close)
            async with asyncio.timeout(CONNECT_S):
                wire = await cls._declared(broker, connection, process)
            undo.pop_all()
        return wire

    @classmethod
    async def _declared(cls, broker: Broker, connection: AbstractConnection, process: str) -> Self:
        sending = await connection.channel()
        taking = await connection.channel()
        ringing = await connection.channel(publisher_confirms=False)
        aside = await sending.declare_exchange(broker.name("set-aside"), "fanout", durable=True)
        await (await sending.declare_queue(
            broker.name("set-aside"), durable=True, arguments=_SET_ASIDE
        )).bind(aside)  # fmt: skip
        wire = cls(
            connection,
            sending,
            taking,
            ringing,
            await ringing.declare_exchange(broker.name("bells"), "direct", durable=True),
            await taking.declare_queue(
                broker.name("commands"),
                durable=True,
                arguments=_COMMANDS | {"x-dead-letter-exchange": aside.name},
            ),
            await sending.declare_queue(
                broker.name(f"replies.{process}"), durable=True, arguments=_REPLIES
            ),
            await ringing.declare_queue(exclusive=True, arguments=_BELLS),
            broker,
        )
        for part in (connection, sending, taking, ringing):
            part.close_callbacks.add(wire._ended)
        return wire

    def _ended(self, *_what: object) -> None:
        self.lost.set()

    async def send(self, queue: str, message: aio_pika.Message, *, must_arrive: bool) -> bool:
        """Publish to a queue; whether the broker has it, once it says so.

        must_arrive: a queue that is not there is a no as well. Raises one of `BROKEN` when
        nothing can tell any more.
        """
        try:
            await self.sending.default_exchange.publish(
                message, queue, mandatory=must_arrive, timeout=PUBLISH_S
            )
        except DeliveryError:
            return False
        except BROKEN:
            self.lost.set()
            raise
        return True

    async def hear(self, topics: Iterable[str]) -> None:
        """Have the bells of these topics come."""
        for topic in topics:
            await self.rung.bind(self.bells, topic)

    async def take(self, receive: Receive, at_once: int) -> str:
        """Have commands come, so many at most before one is acknowledged; a tag to stop by."""
        await self.taking.set_qos(prefetch_count=at_once)
        return str(await self.commands.consume(receive))

    async def close(self) -> None:
        """Close the connection; what was taken and not acknowledged goes to another engine."""
        self.lost.set()
        try:
            async with asyncio.timeout(CONNECT_S):
                await self.connection.close()
        except BROKEN:
            return


_QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}
_COMMANDS: dict[str, Any] = _QUORUM | {
    "x-delivery-limit": DELIVERIES_LIMIT,
    "x-max-length": COMMANDS_LIMIT,
    "x-overflow": "reject-publish",
}
_REPLIES: dict[str, Any] = {"x-expires": REPLIES_KEPT_S * 1000}
_SET_ASIDE: dict[str, Any] = _QUORUM | {
    "x-max-length": SET_ASIDE_LIMIT,
    "x-message-ttl": SET_ASIDE_S * 1000,
}
_BELLS: dict[str, Any] = {"x-max-length": BELLS_LIMIT}
