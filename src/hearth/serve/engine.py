"""The engine beside the APIs: its sessions with the cloud, and its running."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hearth.api.heat import Parts
from hearth.base import Secret
from hearth.cloud import ServiceUser, Sessions
from hearth.cloud import Settings as CloudSettings
from hearth.cloud.keystone import KeystoneTokens
from hearth.cloud.tcp import AiohttpTransport
from hearth.config import Settings
from hearth.engine import Engine, Mode, Outside
from hearth.engine.presence import show_presence
from hearth.serve.expressions import Limits, OwnThread
from hearth.serve.fetch import Web, anywhere, public


def service_user(settings: Settings) -> ServiceUser:
    """Who the engine is in Keystone."""
    user = settings.trustee
    return ServiceUser(
        user.auth_url or "",
        user.username or "",
        Secret(user.password or ""),
        user_domain=user.user_domain_name or "Default",
    )


@asynccontextmanager
async def engine(parts: Parts) -> AsyncIterator[Engine]:
    """An engine that works while the context is open."""
    settings = parts.settings
    transport = AiohttpTransport(ssl=False if settings.clients.insecure else None)
    tokens = KeystoneTokens(
        service_user(settings),
        parts.clock,
        verify=settings.clients.ca_file or not settings.clients.insecure,
    )
    interface = settings.clients.endpoint_type.removesuffix("URL")
    how = CloudSettings(interface=interface, region=settings.region_name_for_services)
    sessions = Sessions(transport, tokens, parts.clock, parts.ids.random, how)
    bounds = Limits(iterators=settings.yaql.limit_iterators, quota=settings.yaql.memory_quota)
    evaluator = OwnThread(bounds)
    made = Engine(
        parts.store,
        parts.bus,
        sessions,
        parts.registry,
        parts.clock,
        parts.ids,
        settings,
        Mode(alone=True),
        parts.policy,
        Outside(evaluator, Web(anywhere if settings.template_fetch_private else public)),
    )
    try:
        async with TaskGroup() as tasks:
            tasks.create_task(made.run())
            presence = tasks.create_task(show_presence(made.desk))
            try:
                yield made
            finally:
                presence.cancel()
                await made.stop()
    finally:
        await evaluator.close()
        await tokens.close()
        await transport.close()
