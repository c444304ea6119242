"""What processes speak through: HTTP to the sandbox and the API, the database, the bus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from hearth.base.errors import Late
from hearth.bus import (
    Answer,
    Bells,
    Command,
    Failure,
    Handler,
    answer,
    decode_answer,
    decode_command,
    encode,
)
from hearth.cloud import AsgiTransport, Lost, Response, Undelivered
from tests.simulation.loop import Process, VirtualClock, VirtualLoop, current
from tests.simulation.weather import UNSAFE, Weather

T = TypeVar("T")
A = TypeVar("A", bound=Answer)


@dataclass(slots=True)
class Wire:
    """What all wires share."""

    loop: VirtualLoop
    clock: VirtualClock
    weather: Weather
    trace: Callable[..., None]
    befall: Callable[[str, Process | None], bool] = lambda _what, _who: False
    """Have something befall a process, if it is one that may meet it; whether it did."""

    async def struck(self, who: Process | None) -> None:
        """What a process has asked for is done: it may die before it knows, or stand still."""
        if self.weather.strikes("die") and self.befall("die", who):
            await self.loop.create_future()
        elif self.weather.strikes("freeze") and self.befall("freeze", who):
            await asyncio.sleep(0.0)

    def started(self, process: Process, work: Any) -> "asyncio.Task[Any]":
        """A task in another process."""
        task: asyncio.Task[Any] = process.run_in(self.loop.create_task, work)
        return task


class Http(AsgiTransport):
    """A transport to an application that lives in another process, over a network that errs."""

    def __init__(self, app: Any, server: Process, wire: Wire) -> None:
        super().__init__(app)
        self._server = server
        self._wire = wire

    async def request(
        self, method: str, url: str, headers: Any, body: bytes | None, timeout_s: float
    ) -> Response:
        """Send one request; the server goes on when its client has given up or died."""
        wire = self._wire
        fate = wire.weather.request(method, timeout_s)
        who = current()
        wire.trace("http", who.name if who else "-", method, urlsplit(url).path)
        if fate.undelivered:
            await asyncio.sleep(fate.before_s)
            raise Undelivered(f"nobody answers at {url}")
        carried = self._carried(fate, self._scope_of(method, url, headers), body or b"")
        task = wire.started(self._server, carried)
        # Nobody may be left to ask how it ended.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        done, _ = await asyncio.wait({task}, timeout=timeout_s)
        if not done:
            raise Lost(f"{url} did not answer within {timeout_s:g} s")
        if (error := task.exception()) is not None:
            raise Lost(f"{url} broke off: {error}") from error
        if method in UNSAFE:
            await wire.struck(who)
        reply: Response = task.result()
        return reply

    async def _carried(self, fate: Any, scope: Any, body: bytes) -> Response:
        await asyncio.sleep(fate.before_s)
        reply = await self._serve(scope, body)
        await asyncio.sleep(fate.after_s)
        if fate.lose:
            raise Lost("the answer got lost")
        if fate.mangle and reply.status < 300:
            return Response(502, {}, b"bad gateway")
        return reply

    @staticmethod
    def _scope_of(method: str, url: str, headers: Any) -> Any:
        from hearth.cloud.asgi import _scope

        return _scope(method, url, headers)


class Ways:
    """A transport to the cloud, and to heat-api as it lives when it is asked."""

    def __init__(self, cloud: Http, heat: str, to_heat: Callable[[], Http]) -> None:
        self._cloud = cloud
        self._heat = heat
        self._to_heat = to_heat

    async def request(self, method: str, url: str, *rest: Any) -> Response:
        """Send one request where its address leads."""
        to = self._to_heat() if url.startswith(self._heat) else self._cloud
        return await to.request(method, url, *rest)

    async def close(self) -> None:
        """Let go of nothing."""


class Database:
    """The store's executor: at once, but not in no time, so that crashes come in between."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def read(self, work: Callable[[], T]) -> T:
        await asyncio.sleep(self._wire.weather.moment(0.01))
        return work()

    async def write(self, work: Callable[[], T]) -> T:
        await asyncio.sleep(self._wire.weather.moment(0.02))
        done = work()
        await self._wire.struck(current())
        await asyncio.sleep(self._wire.weather.moment(0.02))
        return done

    def close(self) -> None:
        return


@dataclass(slots=True, eq=False)
class Listener:
    """Who hears bells, and which have rung."""

    process: Process | None
    keys: dict[str, None] = field(default_factory=dict)
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, key: str) -> None:
        self.keys[key] = None
        self.rung.set()

    async def heard(self) -> AsyncIterator[str]:
        while True:
            await self.rung.wait()
            self.rung.clear()
            while self.keys:
                key = next(iter(self.keys))
                del self.keys[key]
                yield key


class Broker:
    """The bus between processes. Messages are bytes; they get lost, doubled and late.

    A message whose consumer dies before it has answered is given to another. `given` keeps every
    answer by the command's id, in the order in which engines gave them.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.process = Process("broker")
        self.consumers: dict[Process, Handler] = {}
        self.listeners: dict[str, list[Listener]] = {}
        self.under_way = 0
        self.given: dict[str, list[tuple[Command[Any], Answer]]] = {}

    async def call(self, command: Command[A]) -> A:
        """Send a command and wait for its answer."""
        wire = self.wire
        reply: asyncio.Future[bytes] = wire.loop.create_future()
        data = encode(command)
        for _ in range(2 if wire.weather.strikes("message_doubled") else 1):
            if not wire.weather.strikes("message_lost"):
                wire.started(self.process, self._deliver(data, reply))
        left = command.deadline - wire.clock.now()
        try:
            async with asyncio.timeout(max(0.0, left)):
                said = decode_answer(await reply)
        except TimeoutError:
            raise Late(f"No engine answered in time; the command's id is {command.id}.") from None
        if isinstance(said, Failure):
            raise said.error_again()
        return said  # type: ignore[return-value]

    async def _deliver(self, data: bytes, reply: "asyncio.Future[bytes]") -> None:
        wire = self.wire
        command = decode_command(data)
        await asyncio.sleep(self._way())
        while command.deadline > wire.clock.now():
            alive = [one for one in self.consumers if one.living]
            if not alive:
                await asyncio.sleep(0.2)
                continue
            process = wire.weather.chance.choice(alive)
            wire.trace("deliver", process.name, type(command).__name__, command.id)
            work = answer(self.consumers[process], command)
            task = wire.started(process, work)
            self.under_way += 1
            while not task.done() and process.living:
                await asyncio.wait({task}, timeout=0.25)
            self.under_way -= 1
            if not task.done():
                wire.weather.counts["redelivered"] += 1
                continue
            self.given.setdefault(command.id, []).append((command, task.result()))
            said = encode(task.result())
            await asyncio.sleep(self._way())
            if not wire.weather.strikes("message_lost") and not reply.done():
                reply.set_result(said)
            return

    def _way(self) -> float:
        wire = self.wire
        if wire.weather.strikes("message_late"):
            return wire.weather.chance.random() * 5.0
        return wire.weather.moment()

    async def serve(self, handler: Handler) -> None:
        """Take commands in this process until cancelled."""
        process = current()
        assert process is not None, "only a process serves"
        self.consumers[process] = handler
        try:
            await self.wire.loop.create_future()
        finally:
            self.consumers.pop(process, None)

    def ring(self, topic: str, key: str) -> None:
        """Tell all who listen, each as luck has it."""
        for listener in self.listeners.get(topic, ()):
            if not self.wire.weather.strikes("message_lost"):
                self.wire.loop.call_later(self._way(), listener.ring, key)

    def listen(self, topic: str) -> Bells:
        """Hear the topic's keys while the context is open."""
        return self._listening(topic)

    @asynccontextmanager
    async def _listening(self, topic: str) -> AsyncIterator[AsyncIterator[str]]:
        listener = Listener(current())
        self.listeners.setdefault(topic, []).append(listener)
        try:
            yield listener.heard()
        finally:
            if listener in self.listeners[topic]:
                self.listeners[topic].remove(listener)

    def forget(self, process: Process) -> None:
        """A process has died: its connection is closed."""
        self.consumers.pop(process, None)
        for listeners in self.listeners.values():
            listeners[:] = [one for one in listeners if one.process is not process]
