"""The carrier between processes: RabbitMQ.

One connection for each process, made anew whenever it breaks. A command is sent again when
nothing tells whether it arrived: it is done once, however often it comes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, TypeVar, cast

import aio_pika
import msgspec
from aio_pika.abc import AbstractIncomingMessage

from hearth.base import Clock
from hearth.base.errors import Late, Unavailable
from hearth.bus.bells import BELLS_LIMIT, Listeners
from hearth.bus.broker import BROKEN, CONTENT_TYPE, Broker, Wire
from hearth.bus.carrier import Bells, Handler
from hearth.bus.messages import Answer, Command, Failure, decode_answer, encode
from hearth.bus.taking import Taking

log = logging.getLogger(__name__)

A = TypeVar("A", bound=Answer)

WAITING_LIMIT = 10_000
PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0


@asynccontextmanager
async def carried(
    broker: Broker, process: str, clock: Clock, random: Callable[[], float]
) -> AsyncIterator["AmqpBus"]:
    """A `Bus` over a broker while the context is open; the broker may come later."""
    bus = AmqpBus(broker, process, clock)
    # No TaskGroup: what is raised inside is to come out as it is.
    keeping = asyncio.ensure_future(bus.keep_connected(random))
    try:
        yield bus
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


class AmqpBus:
    """A `Bus` for processes that share a RabbitMQ. Made by `carried`, which connects it."""

    def __init__(self, broker: Broker, process: str, clock: Clock) -> None:
        self._broker = broker
        self._process = process
        self._clock = clock
        self._wire: asyncio.Future[Wire] = asyncio.get_running_loop().create_future()
        self._numbers = count(1)
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._listeners = Listeners()
        self._topics: set[str] = set()
        self._to_ring: dict[tuple[str, str], None] = {}
        self._rung = asyncio.Event()

    async def keep_connected(self, random: Callable[[], float]) -> None:
        """Connect, and again whenever the connection is lost, until cancelled."""
        failures = 0
        while True:
            url = self._broker.urls[failures % len(self._broker.urls)]
            try:
                wire = await Wire.connect(self._broker, url, self._process)
                try:
                    await self._use(wire)
                    failures = 0
                    log.warning("the connection to the message broker is lost")
                finally:
                    if self._wire.done():
                        self._wire = asyncio.get_running_loop().create_future()
                    await wire.close()
            except BROKEN as error:
                failures += 1
                if failures == 1:
                    log.warning("the message broker does not answer: %s", _sentence(error))
            pause_s = min(LONGEST_PAUSE_S, PAUSE_S * 2 ** min(failures, 10))
            await self._clock.sleep(pause_s * (0.5 + random() / 2))

    async def _use(self, wire: Wire) -> None:
        """Hear answers and bells, and ring, until the connection is lost."""
        await wire.replies.consume(self._replied, no_ack=True)
        await wire.rung.consume(self._heard, no_ack=True)
        self._wire.set_result(wire)
        # Who listens from now on finds the connection and has the topic come by itself.
        await wire.hear(tuple(self._topics))
        log.info("connected to the message broker")
        async with asyncio.TaskGroup() as tasks:
            ringing = tasks.create_task(self._ring_all(wire))
            await wire.lost.wait()
            ringing.cancel()

    async def connected(self) -> Wire:
        """The connection, as soon as there is one. Many may wait; none ends another's wait."""
        while True:
            wire = await asyncio.shield(self._wire)
            if not wire.lost.is_set():
                return wire
            # It has just ended, and `keep_connected` has not yet heard of it.
            await asyncio.sleep(0)

    async def call(self, command: Command[A]) -> A:
        """Publish the command, and wait for its answer until its deadline."""
        if len(self._asked) >= WAITING_LIMIT:
            raise Unavailable("Too many requests are waiting for an engine; try again later.")
        number = str(next(self._numbers))
        reply: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[number] = reply
        try:
            async with asyncio.timeout(max(0.0, command.deadline - self._clock.now())):
                await self._ask(command, number)
                said = await reply
        except TimeoutError:
            raise Late(f"No engine answered in time; the command's id is {command.id}.") from None
        finally:
            del self._asked[number]
        if isinstance(said, Failure):
            raise said.error_again()
        return cast(A, said)

    async def _ask(self, command: Command[Any], number: str) -> None:
        message = aio_pika.Message(
            encode(command),
            content_type=CONTENT_TYPE,
            type=type(command).__name__,
            message_id=command.id,
            correlation_id=number,
            reply_to=self._broker.name(f"replies.{self._process}"),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        perhaps_sent = False
        while True:
            try:
                async with asyncio.timeout(None if perhaps_sent else self._broker.patience_s):
                    wire = await self.connected()
            except TimeoutError:
                raise Unavailable("The message broker does not answer; try again later.") from None
            try:
                taken = await wire.send(wire.commands.name, message, must_arrive=True)
            except BROKEN:
                perhaps_sent = True
                continue
            if not taken:
                raise Unavailable("The message broker takes no more commands; try again later.")
            return

    async def _replied(self, message: AbstractIncomingMessage) -> None:
        reply = self._asked.get(message.correlation_id or "")
        if reply is None or reply.done():
            return  # who asked has gone, or it is a second answer
        try:
            reply.set_result(decode_answer(message.body))
        except msgspec.DecodeError:
            log.warning("an answer of type %s cannot be read", message.type)

    async def serve(self, handler: Handler) -> None:
        """Take commands as they come, several at once, until cancelled."""
        await Taking(self.connected, handler, self._clock).run()

    def ring(self, topic: str, key: str) -> None:
        """Tell all processes' listeners, soon; without a broker, when there is one again."""
        if len(self._to_ring) < BELLS_LIMIT:
            self._to_ring[topic, key] = None
        self._rung.set()

    async def _ring_all(self, wire: Wire) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            while self._to_ring:
                topic, key = next(iter(self._to_ring))
                del self._to_ring[topic, key]
                try:
                    await wire.bells.publish(aio_pika.Message(key.encode()), topic)
                except BROKEN:
                    wire.lost.set()
                    return

    def listen(self, topic: str) -> Bells:
        """Hear the topic's keys while the context is open."""
        return self._listening(topic)

    @asynccontextmanager
    async def _listening(self, topic: str) -> AsyncIterator[AsyncIterator[str]]:
        with self._listeners.listening(topic) as listener:
            self._topics.add(topic)
            if self._wire.done():
                try:
                    await self._wire.result().hear([topic])
                except BROKEN:
                    self._wire.result().lost.set()
            yield listener.heard()

    async def _heard(self, message: AbstractIncomingMessage) -> None:
        self._listeners.ring(message.routing_key or "", message.body.decode(errors="replace"))


def _sentence(error: BaseException) -> str:
    """What is wrong, without the address: it holds the password."""
    return getattr(error, "strerror", None) or type(error).__name__
