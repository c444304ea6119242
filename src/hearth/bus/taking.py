"""The engine's side of the broker: commands are taken, done, answered, and then acknowledged.

What an engine that dies had taken comes to another, which answers from the store what was done
already. A message that has been with so many engines that died of it is set aside by the broker.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import aio_pika
import msgspec
from aio_pika.abc import AbstractIncomingMessage

from hearth.base import Clock
from hearth.bus.answering import answer
from hearth.bus.broker import BROKEN, CONTENT_TYPE, Wire
from hearth.bus.carrier import Handler
from hearth.bus.messages import Answer, Command, Failure, decode_command, encode

log = logging.getLogger(__name__)

AT_ONCE = 64
GRACE_S = 5.0
"""How long an engine that stops goes on with commands that it has begun."""


class Taking:
    """Takes commands for a handler, over whatever connection there is."""

    def __init__(
        self, connected: Callable[[], Awaitable[Wire]], handler: Handler, clock: Clock
    ) -> None:
        self._connected = connected
        self._handler = handler
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self._stopping = False

    async def run(self) -> None:
        """Take commands until cancelled; those begun get a little time to end."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                wire = await self._connected()
                tag = ""
                try:
                    tag = await wire.take(partial(self._take, tasks, wire), AT_ONCE)
                    await wire.lost.wait()
                except BROKEN:
                    wire.lost.set()
                except asyncio.CancelledError:
                    self._stopping = True
                    await self._let_end(wire, tag)
                    raise

    async def _take(
        self, tasks: asyncio.TaskGroup, wire: Wire, message: AbstractIncomingMessage
    ) -> None:
        if not self._stopping:
            tasks.create_task(self._attend(wire, message))
            return
        try:
            await message.nack(requeue=True)
        except BROKEN:
            return  # it goes to another engine with the connection's end

    async def _attend(self, wire: Wire, message: AbstractIncomingMessage) -> None:
        async with self._room:
            command = _command(message)
            settle: Callable[[], Awaitable[None]] = message.ack
            if command is None:
                log.error("a message of type %s cannot be read; it is set aside", message.type)
                settle = partial(message.reject, requeue=False)
                await self._reply(message, UNREADABLE, self._clock.now() + GRACE_S)
            elif command.deadline > self._clock.now():
                said = await answer(self._handler, command)
                await self._reply(message, said, command.deadline)
            try:
                await settle()
            except BROKEN:
                # It will come again, here or elsewhere, and be answered from the store.
                wire.lost.set()

    async def _reply(self, message: AbstractIncomingMessage, said: Answer, deadline: float) -> None:
        """Send the answer, over whatever connection there is before the deadline."""
        if message.reply_to is None:
            return
        reply = aio_pika.Message(
            encode(said),
            content_type=CONTENT_TYPE,
            type=type(said).__name__,
            correlation_id=message.correlation_id,
            delivery_mode=aio_pika.DeliveryMode.NOT_PERSISTENT,
        )
        try:
            async with asyncio.timeout(max(0.0, deadline - self._clock.now())):
                while not await self._sent(message.reply_to, reply):
                    continue
        except TimeoutError:
            return  # nobody waits for it any more, and the store has it

    async def _sent(self, queue: str, reply: aio_pika.Message) -> bool:
        """Whether the broker has it, or wants it not; else there is another connection to try."""
        wire = await self._connected()
        try:
            await wire.send(queue, reply, must_arrive=False)
        except BROKEN:
            return False
        return True

    async def _let_end(self, wire: Wire, tag: str) -> None:
        """Take nothing more, and give what was begun a little time."""
        try:
            async with asyncio.timeout(GRACE_S):
                await wire.commands.cancel(tag)
                for _each in range(AT_ONCE):
                    await self._room.acquire()
        except BROKEN:
            return


def _command(message: AbstractIncomingMessage) -> Command[Any] | None:
    """The command in a message of our version; None if there is none."""
    if message.content_type != CONTENT_TYPE:
        return None
    try:
        return decode_command(message.body)
    except msgspec.DecodeError:
        return None


UNREADABLE = Failure("Unavailable", "ServiceUnavailable", "The engine cannot read this command.")
