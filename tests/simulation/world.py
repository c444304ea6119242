"""The whole system in one process: a cloud, heat-api, engines, a bus and a database.

Each of them is a `Process` of the loop: it may be killed, which drops it as it stands, and made
anew on what the database holds.
"""

import asyncio
import gc
import hashlib
import itertools
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

import msgspec

from hearth.api import heat
from hearth.api.tokens import CachedTokens, DirectValidator
from hearth.base import Secret
from hearth.base.errors import Unavailable
from hearth.cloud import DirectTokens, DomainAdmin, Lost, ServiceUser, Sessions, Undelivered
from hearth.config import Settings
from hearth.engine import Engine, Mode, Seams
from hearth.kit import Registry, ResourceType
from hearth.policy import Policy
from hearth.resources import TYPES
from hearth.sandbox import Cloud, Times, build
from hearth.sandbox import Settings as CloudSettings
from hearth.serve.language import TemplateLanguage
from hearth.store import Options, Store
from tests.simulation import audit
from tests.simulation.loop import Process, SeededIds, VirtualClock, VirtualLoop
from tests.simulation.weather import CALM, CloudFaults, Rates, Weather
from tests.simulation.wires import Broker, Database, Http, Ways, Wire

URL = "http://cloud.test:8005"
HEAT = "http://heat.test:8004"
KEY = "a key of the simulation, 32 chars"
RENEW_S = 2.0

_worlds = itertools.count()


@dataclass(frozen=True, slots=True)
class Size:
    """What a world is made of. engines: how many; settings: of heat.conf."""

    engines: int = 2
    times: Times = field(default_factory=Times)
    list_delay_s: float = 0.0
    settings: Settings = field(default_factory=Settings)


@dataclass(slots=True)
class Running:
    """An engine that lives."""

    process: Process
    engine: Engine
    store: Store


@dataclass(frozen=True, slots=True)
class Made:
    """Of what engines are made; a test that must see the simulation fail brings worse parts."""

    types: Sequence[type[ResourceType]] = TYPES
    store: type[Store] = Store


class World:
    """Everything, under one seed."""

    def __init__(
        self, seed: int, size: Size, rates: Rates = CALM, made: Made | None = None
    ) -> None:
        self.chance = Random(f"order {seed}")
        self.loop = VirtualLoop(Random(f"turns {seed}"))
        self.clock = VirtualClock(self.loop)
        self.ids = SeededIds(Random(f"ids {seed}"))
        self.weather = Weather(Random(f"weather {seed}"), rates)
        self.size = size
        self.history = hashlib.sha256()
        self.story: list[str] | None = None
        self.wire = Wire(self.loop, self.clock, self.weather, self.note)
        self.broker = Broker(self.wire)
        self.engines: dict[int, Running] = {}
        self.outside = Process("outside")
        self.workers: dict[str, str] = {}
        self.made = made or Made()
        self._lives: dict[str, int] = {}
        self._connect()
        self._cloud()

    def note(self, *words: str) -> None:
        """Take something into the history; two runs of a seed have the same one."""
        line = f"{self.loop.time():.6f} {' '.join(words)}"
        self.history.update(line.encode())
        if self.story is not None:
            self.story.append(line)

    # -- the parts -----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.file = f"file:hearth-{next(_worlds)}?mode=memory&cache=shared&uri=true"
        kind = type("Connection", (audit.Audited,), {
            "now": lambda _self: self.loop.time(),
            "transactions": Counter(),
            "strikes": lambda _self, name: self.weather.strikes(name),
            "away": lambda _self: self.weather.away,
        })  # fmt: skip
        self.connection: type[sqlite3.Connection] = kind
        name = self.file.partition("&uri")[0]
        self.database: sqlite3.Connection = sqlite3.connect(name, uri=True, isolation_level=None)
        blank().backup(self.database)

    def _cloud(self) -> None:
        settings = CloudSettings(
            url=URL, times=self.size.times, list_delay_s=self.size.list_delay_s,
            orchestration_url=f"{HEAT}/v1/%(tenant_id)s",
        )  # fmt: skip
        ids = SeededIds(Random(f"cloud {self.ids.uuid()}"))
        self.cloud_process = Process("cloud")
        self.cloud: Cloud = build(settings, self.clock, ids, CloudFaults(self.weather))

    def to_cloud(self) -> Http:
        """A transport to the cloud."""
        return Http(self.cloud.app, self.cloud_process, self.wire)

    def store(self) -> Store:
        """A store of its own, for one process."""
        return self.made.store(
            f"sqlite:///{self.file}",
            KEY,
            Options(connect_args={"factory": self.connection}),
            executor=Database(self.wire),
            now=audit.epoch,
        )

    def process(self, name: str) -> Process:
        """A new life of a process."""
        self._lives[name] = self._lives.get(name, 0) + 1
        return Process(f"{name}.{self._lives[name]}")

    # -- heat-api --------------------------------------------------------------------------------

    async def start_api(self) -> None:
        """Make heat-api anew; again while there is no database."""
        while True:
            self.api_process = self.process("api")
            self.api_store = self.store()
            try:
                await self.wire.started(self.api_process, opened(self.api_store))
            except Unavailable:
                await asyncio.sleep(1.0)
            else:
                break
        transport = self.to_cloud()

        async def fetch(token: str) -> Any:
            headers = {"X-Auth-Token": token, "X-Subject-Token": token}
            url = f"{URL}/identity/v3/auth/tokens"
            try:
                reply = await transport.request("GET", url, headers, None, 30.0)
            except (Lost, Undelivered) as error:
                raise Unavailable("Keystone does not answer.") from error
            if reply.status >= 500:
                raise Unavailable("Keystone does not answer.")
            return reply.json if reply.status == 200 else None

        parts = heat.Parts(
            self.broker, self.api_store, policy(self.clock), registry(), TemplateLanguage(),
            self.clock, self.ids, self.size.settings, heat.Offers(),
        )  # fmt: skip
        validator = CachedTokens(DirectValidator(fetch, self.clock), self.clock)
        self.api = self.api_process.run_in(heat.make_app, parts, validator)

    def to_api(self) -> Http:
        """A transport to heat-api as it lives now."""
        return Http(self.api, self.api_process, self.wire)

    # -- engines -------------------------------------------------------------------------------

    async def start_engine(self, number: int) -> None:
        """Make an engine, or make it anew after its death; again while there is no database."""
        while True:
            process = self.process(f"engine-{number}")
            try:
                await self.wire.started(process, self._engine(number, process))
            except Unavailable:
                await asyncio.sleep(1.0)
            else:
                return

    async def _engine(self, number: int, process: Process) -> None:
        store = self.store()
        await opened(store)
        transport = self.to_cloud()
        admin = DomainAdmin("heat_domain_admin", Secret("secret"), domain_name="heat")
        user = ServiceUser(f"{URL}/identity/v3", "heat", Secret("secret"), domain_admin=admin)
        tokens = DirectTokens(transport, user, self.clock)
        ways = Ways(transport, HEAT, self.to_api)
        sessions = Sessions(ways, tokens, self.clock, self.ids.random)
        seams = Seams(
            store=store,
            bus=self.broker,
            sessions=sessions,
            registry=registry(self.made.types),
            clock=self.clock,
            ids=self.ids,
            settings=self.size.settings,
            policy=policy(self.clock),
        )
        engine = Engine(seams, Mode(threads=False))
        self.workers[engine.desk.worker] = process.name
        self.engines[number] = Running(process, engine, store)
        self.loop.create_task(engine.run())
        self.loop.create_task(_renew(self, engine))

    def kill(self, number: int) -> None:
        """The engine's process is gone, as by kill -9."""
        running = self.engines.pop(number)
        self.note("kill", running.process.name)
        self.loop.kill(running.process)
        self.broker.forget(running.process)
        running.store.kill()

    def freeze(self, number: int, seconds: float) -> None:
        """The engine's process stands still for a while."""
        process = self.engines[number].process
        self.note("stall", process.name)
        self.loop.stall(process)
        self.outside.run_in(self.loop.call_later, seconds, self._thaw, process)

    def _thaw(self, process: Process) -> None:
        if process.living:
            self.loop.resume(process)

    def close(self) -> None:
        """Let go of everything."""
        self.broker.wire.weather.clear()
        for number in list(self.engines):
            self.kill(number)
        self.loop.kill(self.api_process)
        self.api_store.kill()
        self.loop.bury()
        self.cloud.close()
        self.database.close()
        self.loop.close()
        gc.collect(1)


async def opened(store: Store) -> None:
    """Open a store; its statements are compiled once for all worlds.

    SQLAlchemy knows what it has compiled by the dialect's identity, so all speak through one.
    """
    await store.open()
    assert store._database is not None, "it was opened just now"
    for engine in (store._database.reading, store._database.writing):
        engine.update_execution_options(compiled_cache=_COMPILED)
        engine.dialect = _shared(engine.dialect)


_COMPILED: dict[Any, Any] = {}
_DIALECTS: dict[str, Any] = {}


def _shared(fresh: Any) -> Any:
    """The first dialect that begins transactions as this one does."""
    return _DIALECTS.setdefault(fresh.do_begin.__closure__[0].cell_contents, fresh)


@cache
def registry(types: Sequence[type[ResourceType]] = TYPES) -> Registry:
    """The types, in one registry for all worlds: it never changes."""
    return Registry(types)


def policy(clock: VirtualClock) -> Policy:
    """A policy with the enforcer that all worlds share."""
    made = Policy(clock)
    made._enforcer = enforcer()
    return made


@cache
def enforcer() -> Any:
    """oslo.policy's enforcer, which takes long to make."""
    return Policy(VirtualClock(VirtualLoop(Random(0))))._ready()


@cache
def blank() -> sqlite3.Connection:
    """A database with its tables and the audit, to be copied."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from hearth.store import database

    made = create_engine("sqlite://", poolclass=StaticPool)
    database.prepare(database.Database(made, made))
    raw: Any = made.raw_connection().driver_connection
    audit.install(raw)
    raw.commit()
    found: sqlite3.Connection = raw
    return found


def encoded(document: Any) -> bytes:
    """A document as a request's body."""
    return msgspec.json.encode(document)


async def _renew(world: World, engine: Engine) -> None:
    """What the renewing thread does, which is no part of the loop that it looks after."""
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            engine.desk.leases.renew()
        except Exception as error:  # the top of the renewing thread
            world.note("renewal failed", type(error).__name__)
