"""The carrier inside one process: no bytes, no network, the same promises."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from hearth.base import Clock
from hearth.base.errors import Late, Unavailable
from hearth.bus.answering import answer
from hearth.bus.bells import Listeners
from hearth.bus.carrier import Bells, Handler
from hearth.bus.messages import Answer, Command, Failure

A = TypeVar("A", bound=Answer)

WAITING_LIMIT = 10_000
AT_ONCE = 64


@dataclass(slots=True)
class _Letter:
    """A command on its way, and where its answer is waited for."""

    command: Command[Any]
    reply: asyncio.Future[Answer]


class LocalBus:
    """A `Bus` for engines and APIs that share one event loop.

    A command goes on when its caller goes away: only its deadline ends it before it begins, and
    once begun it runs to its end, as it would in another process.
    """

    def __init__(self, clock: Clock, at_once: int = AT_ONCE) -> None:
        self._clock = clock
        self._at_once = at_once
        self._letters: deque[_Letter] = deque()
        self._arrived = asyncio.Condition()
        self._listeners = Listeners()

    async def call(self, command: Command[A]) -> A:
        """Hand the command to whoever serves, and wait for the answer until the deadline."""
        letter = _Letter(command, asyncio.get_running_loop().create_future())
        async with self._arrived:
            if len(self._letters) >= WAITING_LIMIT:
                raise Unavailable("Too many requests are waiting for an engine; try again later.")
            self._letters.append(letter)
            self._arrived.notify()
        try:
            async with asyncio.timeout(max(0.0, command.deadline - self._clock.now())):
                reply = await letter.reply
        except TimeoutError:
            raise Late(f"No engine answered in time; the command's id is {command.id}.") from None
        if isinstance(reply, Failure):
            raise reply.error_again()
        return cast(A, reply)

    async def serve(self, handler: Handler) -> None:
        """Take letters as they come, at most `at_once` at a time, until cancelled."""
        room = asyncio.Semaphore(self._at_once)
        async with asyncio.TaskGroup() as tasks:
            while True:
                await room.acquire()
                letter = await self._next_letter()
                tasks.create_task(self._attend(handler, letter, room))

    async def _next_letter(self) -> _Letter:
        async with self._arrived:
            while True:
                await self._arrived.wait_for(lambda: bool(self._letters))
                letter = self._letters.popleft()
                if letter.command.deadline > self._clock.now():
                    return letter

    async def _attend(self, handler: Handler, letter: _Letter, room: asyncio.Semaphore) -> None:
        try:
            reply = await answer(handler, letter.command)
            if not letter.reply.done():
                letter.reply.set_result(reply)
        finally:
            room.release()

    def ring(self, topic: str, key: str) -> None:
        """Tell all who listen to the topic."""
        self._listeners.ring(topic, key)

    def listen(self, topic: str) -> Bells:
        """Hear the topic's keys while the context is open; each key once until it is heard."""
        return self._listening(topic)

    @asynccontextmanager
    async def _listening(self, topic: str) -> AsyncIterator[AsyncIterator[str]]:
        with self._listeners.listening(topic) as listener:
            yield listener.heard()
