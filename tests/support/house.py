"""A whole engine in one process: real store, real bus, sandbox cloud, virtual time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from hearth.base import Secret
from hearth.base.errors import HearthError
from hearth.bus import (
    Accepted,
    CreateStack,
    DeleteStack,
    LocalBus,
    Source,
    StackAction,
    StackRef,
    UpdateStack,
)
from hearth.cloud import AsgiTransport, DirectTokens, Lost, ServiceUser, Sessions, Transport
from hearth.config import Settings
from hearth.engine import Engine, Mode, Seams
from hearth.identity import Caller
from hearth.kit import Registry, ResourceType
from hearth.policy import Policy
from hearth.resources import TYPES as LISTED
from hearth.resources import neutron
from hearth.sandbox import Settings as CloudSettings
from hearth.sandbox import Times, build
from hearth.serve.fetch import Web, anywhere, public
from hearth.stack import EventRecord, ResourceRecord, StackRecord, Status
from hearth.store import EventQuery, Inline, Options, Store, bound_clock, events, resources, stacks
from tests.support.expressions import InLine
from tests.support.hand import DOMAIN_ADMIN, PASSWORD, URL, SeededIds, login
from tests.support.virtual import LoopClock

TYPES = tuple(dict.fromkeys((*LISTED, *neutron.TYPES)))
KEY = "a key of thirty-two characters!!"


class Fuse:
    """A transport that cuts the engine's power when the n-th change of the cloud is made.

    The change takes effect, and nobody lives to hear of it; unless it is cut before.
    """

    def __init__(self, inner: Transport, home: "House") -> None:
        self._inner = inner
        self._home = home
        self._left = 0
        self._before = False
        self.blown = asyncio.Event()

    def arm(self, changes: int, *, before: bool = False) -> None:
        self._left = changes
        self._before = before
        self.blown.clear()

    async def request(self, method: str, *rest: Any) -> Any:
        counts = method not in ("GET", "HEAD") and self._left > 0 and "/auth/" not in rest[0]
        self._left -= counts
        if not counts or self._left:
            return await self._inner.request(method, *rest)
        reply = None if self._before else await self._inner.request(method, *rest)
        self._home.store.kill()
        self.blown.set()
        if reply is None:
            raise Lost("the power failed")
        return reply

    async def close(self) -> None:
        await self._inner.close()


class Asking:
    """What a user asks of a house."""

    clock: LoopClock
    ids: SeededIds
    caller: Caller
    bus: LocalBus

    def command(self) -> dict[str, Any]:
        return {
            "id": self.ids.uuid(),
            "deadline": self.clock.now() + 60.0,
            "caller": self.caller,
        }

    async def create(self, name: str, template: Any, **given: Any) -> Accepted:
        source = Source(
            template=template,
            template_url=given.pop("url", None),
            parameters=given.pop("parameters", {}),
            files=given.pop("files", {}),
            environment=given.pop("environment", None),
        )
        command = CreateStack(**self.command(), name=name, source=source, **given)
        return await self.bus.call(command)

    async def update(self, made: Accepted, template: Any, **given: Any) -> Accepted:
        source = Source(
            template=template,
            parameters=given.pop("parameters", {}),
            files=given.pop("files", {}),
            environment=given.pop("environment", None),
        )
        ref = StackRef(made.name, made.stack_id)
        return await self.bus.call(UpdateStack(**self.command(), stack=ref, source=source, **given))

    async def delete(self, made: Accepted) -> None:
        ref = StackRef(made.name, made.stack_id)
        await self.bus.call(DeleteStack(**self.command(), stack=ref))

    async def act(self, made: Accepted, action: str) -> None:
        ref = StackRef(made.name, made.stack_id)
        await self.bus.call(StackAction(**self.command(), stack=ref, action=action))


class House(Asking):
    """An engine, its database and its cloud. `crash` loses the engine and nothing else."""

    def __init__(
        self,
        path: Path,
        types: tuple[type[ResourceType], ...] = TYPES,
        times: Times | None = None,
        *,
        private: bool = False,
        list_delay_s: float = 0.0,
    ) -> None:
        self.clock = LoopClock()
        self.away = False
        """Whether the database answers nobody."""
        self.ids = SeededIds()
        self.url = f"sqlite:///{path / 'hearth.sqlite'}"
        self.registry = Registry(types)
        self.settings = Settings(template_fetch_private=private)
        cloud = CloudSettings(url=URL, times=times or Times(), list_delay_s=list_delay_s)
        self.sandbox = build(cloud, self.clock, SeededIds(1))
        self.transport: Transport = AsgiTransport(self.sandbox.app)
        self.fuse = Fuse(self.transport, self)
        self.caller = Caller("", "")
        self.evaluator = InLine()
        self.store: Store
        self.bus: LocalBus
        self.engine: Engine
        self._tasks: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start an engine on what the database holds."""
        self.store = Store(
            self.url, KEY, Options(connect_args={"factory": _connections(self)}),
            executor=Inline(), now=bound_clock(self.clock.now),
        )  # fmt: skip
        await self.store.open()
        self.bus = LocalBus(self.clock)
        user = ServiceUser(f"{URL}/identity/v3", "heat", PASSWORD, domain_admin=DOMAIN_ADMIN)
        tokens = DirectTokens(self.transport, user, self.clock)
        sessions = Sessions(self.fuse, tokens, self.clock, self.ids.random)
        seams = Seams(
            store=self.store,
            bus=self.bus,
            sessions=sessions,
            registry=self.registry,
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
            policy=Policy(self.clock),
            evaluator=self.evaluator,
            fetcher=Web(anywhere if self.settings.template_fetch_private else public),
        )
        self.engine = Engine(seams, Mode(alone=True, threads=False))
        self._tasks = asyncio.create_task(self._run())
        if not self.caller.user_id:
            self.caller = await self.log_in("demo", "demo")

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.engine.run())
            tasks.create_task(self._renew())

    async def _renew(self) -> None:
        while True:
            await self.clock.sleep(2.0)
            with suppress(HearthError):
                self.engine.desk.leases.renew()

    async def crash(self) -> None:
        """As if the power had failed."""
        self.store.kill()
        assert self._tasks is not None
        self._tasks.cancel()
        await asyncio.wait([self._tasks])

    async def stop(self) -> None:
        """Let go of everything."""
        assert self._tasks is not None
        self._tasks.cancel()
        await asyncio.wait([self._tasks])
        await self.store.close()

    async def log_in(self, user: str, project_name: str) -> Caller:
        """Somebody who asks; what is asked next is asked by `caller`."""
        token, project = await login(self.transport, user, project_name)
        shown = await self.transport.request(
            "GET", f"{URL}/identity/v3/auth/tokens",
            {"X-Auth-Token": token.value, "X-Subject-Token": token.value}, None, 10.0,
        )  # fmt: skip
        body = shown.json["token"]
        roles = frozenset(role["name"] for role in body["roles"])
        return Caller(body["user"]["id"], project, roles, user_name=user, token=Secret(token.value))

    async def settled(self, made: Accepted, seconds: float = 600.0) -> StackRecord:
        """The stack once nothing is being done to it."""
        async with asyncio.timeout(seconds):
            while True:
                stack = await self.stack(made)
                if stack.state.status is not Status.IN_PROGRESS:
                    return stack
                await self.clock.sleep(0.1)

    async def stack(self, made: Accepted) -> StackRecord:
        found = await self.store.read(stacks.find, made.stack_id)
        assert found is not None
        return found

    async def rows(self, made: Accepted) -> dict[str, ResourceRecord]:
        return resources.shown(await self.store.read(resources.of, made.stack_id))

    async def events(self, made: Accepted) -> list[EventRecord]:
        return await self.store.read(events.listed, EventQuery(made.stack_id))

    async def told(self, made: Accepted) -> list[str]:
        """Events as lines: who, state."""
        return [f"{e.resource_name} {e.state}" for e in await self.events(made)]

    def objects(self) -> dict[str, Any]:
        """What the cloud holds."""
        found: dict[str, Any] = self.sandbox.objects()
        return found


def _connections(house: House) -> type[sqlite3.Connection]:
    """Connections that answer nobody while the house says so."""

    class Connection(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            if house.away:
                error = sqlite3.OperationalError("the database is away")
                error.sqlite_errorname = "SQLITE_BUSY"
                raise error
            return super().execute(*args)

    return Connection


@asynccontextmanager
async def house(path: Path, **options: Any) -> AsyncIterator[House]:
    """A started house."""
    made = House(path, **options)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
        made.evaluator.process.close()
