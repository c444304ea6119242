"""The engine beside the APIs: its sessions with the cloud, and its running."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hearth.base import Secret
from hearth.cloud import DomainAdmin, ServiceUser, Sessions
from hearth.cloud import Settings as CloudSettings
from hearth.cloud.keystone import KeystoneTokens
from hearth.cloud.tcp import AiohttpTransport
from hearth.config import Settings
from hearth.engine import Engine, Mode, Seams
from hearth.engine.presence import show_presence
from hearth.serve.expressions import Limits, OwnThread
from hearth.serve.fetch import Web, anywhere, public
from hearth.serve.ground import Ground


def service_user(settings: Settings) -> ServiceUser:
    """Who the engine is in Keystone."""
    user = settings.trustee
    return ServiceUser(
        user.auth_url or "",
        user.username or "",
        Secret(user.password or ""),
        user_domain=user.user_domain_name or "Default",
        domain_admin=domain_admin(settings),
    )


def domain_admin(settings: Settings) -> DomainAdmin | None:
    """Who makes the users of stacks; None where heat.conf names no domain for them."""
    ident, name = settings.stack_user_domain_id, settings.stack_user_domain_name
    if not settings.stack_domain_admin or not (ident or name):
        return None
    return DomainAdmin(
        settings.stack_domain_admin,
        Secret(settings.stack_domain_admin_password or ""),
        ident or "",
        name or "",
    )


@asynccontextmanager
async def engine(ground: Ground, mode: Mode) -> AsyncIterator[Engine]:
    """An engine that works while the context is open."""
    settings = ground.settings
    transport = AiohttpTransport(ssl=False if settings.clients.insecure else None)
    tokens = KeystoneTokens(
        service_user(settings),
        ground.clock,
        verify=settings.clients.ca_file or not settings.clients.insecure,
    )
    interface = settings.clients.endpoint_type.removesuffix("URL")
    how = CloudSettings(interface=interface, region=settings.region_name_for_services)
    sessions = Sessions(transport, tokens, ground.clock, ground.ids.random, how)
    evaluator = OwnThread(
        Limits(iterators=settings.yaql.limit_iterators, quota=settings.yaql.memory_quota)
    )
    seams = Seams(
        store=ground.store,
        bus=ground.bus,
        sessions=sessions,
        registry=ground.registry,
        clock=ground.clock,
        ids=ground.ids,
        settings=settings,
        policy=ground.policy,
        evaluator=evaluator,
        fetcher=Web(anywhere if settings.template_fetch_private else public),
    )
    made = Engine(seams, mode)
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
