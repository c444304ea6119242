"""The programs of a deployment: each a process of its own, with workers, on a heat.conf.

    heat-api             queries from the database; commands over RabbitMQ to an engine
    heat-engine          commands, and the runs that it holds by lease; any number, side by side
    heat-api-cfn         the CloudFormation API
    heat-api-cloudwatch  the CloudWatch API

A database or a broker that is away is waited for; a configuration that cannot work is refused.
"""

import importlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import hearth
from hearth.api import cfn, cloudwatch, heat
from hearth.api.ec2 import KeystoneSignatures
from hearth.api.keystone import KeystoneTokens
from hearth.api.tokens import CachedTokens
from hearth.base.errors import HearthError, Unavailable
from hearth.bus.amqp import carried
from hearth.config import Listening, Settings
from hearth.engine import Mode
from hearth.serve.checked import checked, files_for
from hearth.serve.embedded import opened, watched
from hearth.serve.engine import checking_user, engine, sessions
from hearth.serve.ground import Ground, ground
from hearth.serve.http import address, bound, port_of, serving
from hearth.serve.runners import REFUSED, log_to_stderr, run_until_told, tell
from hearth.serve.seams import SystemClock, SystemIds
from hearth.serve.transport import broker
from hearth.serve.workers import Work, Workers
from hearth.store import Store

log = logging.getLogger("hearth")

PORTS = {"heat-api": 8004, "heat-api-cfn": 8000, "heat-api-cloudwatch": 8003}
GROUPS = {
    "heat-api": "heat_api",
    "heat-api-cfn": "heat_api_cfn",
    "heat-api-cloudwatch": "heat_api_cloudwatch",
}
MOST_WORKERS = 64
LONGEST_PAUSE_S = 10.0
# What is loaded when it is first needed elsewhere, and here before the workers are forked.
BEFOREHAND = {
    "heat-api": ("keystonemiddleware.auth_token", "oslo_policy.policy", "psycopg"),
    "heat-api-cfn": ("keystoneauth1.session", "oslo_policy.policy", "psycopg"),
    "heat-engine": ("keystoneauth1.session", "oslo_policy.policy", "psycopg"),
}


def run_engine(named: Sequence[Path]) -> int:
    """The whole life of `heat-engine`."""

    def make(files: tuple[Path, ...], settings: Settings) -> tuple[int, Work]:
        def work(_place: int) -> int:
            return run_until_told(
                lambda: _working(settings, files), lambda name: f"heat-engine {name} is ready"
            )

        return _count(settings.num_engine_workers), work

    return _run("heat-engine", named, make)


def run_api(program: str, named: Sequence[Path]) -> int:
    """The whole life of `heat-api`, `heat-api-cfn` or `heat-api-cloudwatch`."""
    with ExitStack() as kept:
        sockets: list[socket.socket] = []

        def make(files: tuple[Path, ...], settings: Settings) -> tuple[int, Work]:
            where: Listening = getattr(settings, GROUPS[program])
            if not sockets:
                # Bound once: it goes on taking connections while workers are replaced.
                port = where.bind_port or PORTS[program]
                sockets.append(kept.enter_context(bound(where.bind_host, port)))

            def work(_place: int) -> int:
                url = address(where.bind_host, port_of(sockets[0]))
                return run_until_told(
                    lambda: _answering(program, settings, files, sockets[0]),
                    lambda _: f"{program} is ready on {url}",
                )

            return _count(where.workers), work

        return _run(program, named, make)


def _run(
    program: str,
    named: Sequence[Path],
    make: Callable[[tuple[Path, ...], Settings], tuple[int, Work]],
) -> int:
    log_to_stderr()
    # A lost connection has one line of the carrier's own, and not one for each new attempt.
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)
    os.umask(0o077)

    def again() -> tuple[int, Work]:
        files = files_for(program, named)
        settings = checked(program, files)
        log.setLevel(logging.DEBUG if settings.debug else logging.INFO)
        return make(files, settings)

    try:
        workers = Workers(again)
    except HearthError as error:
        tell(error.sentence)
        return REFUSED
    log.info("%s %s starts", program, hearth.__version__)
    for name in BEFOREHAND.get(program, ()):
        importlib.import_module(name)
    return workers.run()


def _count(wanted: int) -> int:
    return min(wanted or os.cpu_count() or 1, MOST_WORKERS)


@asynccontextmanager
async def _working(settings: Settings, files: tuple[Path, ...]) -> AsyncIterator[str]:
    """An engine among others; gives its name."""
    async with AsyncExitStack() as stack:
        base = await _ground(stack, settings, files)
        made = await stack.enter_async_context(engine(base, Mode()))
        yield made.desk.worker


@asynccontextmanager
async def _answering(
    program: str, settings: Settings, files: tuple[Path, ...], listening: socket.socket
) -> AsyncIterator[None]:
    """One worker of an API."""
    async with AsyncExitStack() as stack:
        app = await _app(program, stack, settings, files)
        await stack.enter_async_context(serving(app, listening))
        yield


async def _app(
    program: str, stack: AsyncExitStack, settings: Settings, files: tuple[Path, ...]
) -> Any:
    if program == "heat-api-cloudwatch":
        return cloudwatch.make_app()
    base = await _ground(stack, settings, files)
    if program == "heat-api-cfn":
        signing = await stack.enter_async_context(sessions(base, checking_user(settings)))
        return cfn.make_app(base.cfn_parts(KeystoneSignatures(signing)))
    tokens = stack.enter_context(closing(KeystoneTokens(files)))
    await tokens.warm()
    return heat.make_app(base.parts, CachedTokens(tokens, base.clock))


async def _ground(stack: AsyncExitStack, settings: Settings, files: tuple[Path, ...]) -> Ground:
    clock, ids = SystemClock(), SystemIds()
    store = await stack.enter_async_context(_patiently(settings, clock))
    await stack.enter_async_context(watched(store))
    where = broker(settings.transport_url, settings.control_exchange)
    bus = await stack.enter_async_context(carried(where, ids.uuid(), clock, ids.random))
    return ground(settings, files, store, bus)


@asynccontextmanager
async def _patiently(settings: Settings, clock: SystemClock) -> AsyncIterator[Store]:
    """The store, as soon as its database answers."""
    pause_s = 0.5
    while True:
        store = opened(settings)
        try:
            await store.open()
            break
        except Unavailable as error:
            log.warning("%s", error.sentence)
        await clock.sleep(pause_s)
        pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
    try:
        yield store
    finally:
        await store.close()
