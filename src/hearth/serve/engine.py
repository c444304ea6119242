"""The engine beside the APIs: its sessions with the cloud, and its running."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLError, create_default_context

from hearth.base import Secret
from hearth.cloud import BadRequest, DomainAdmin, Failing, ServiceUser, Sessions, Verify
from hearth.cloud import Settings as CloudSettings
from hearth.cloud.keystone import KeystoneTokens
from hearth.cloud.tcp import AiohttpTransport
from hearth.config import Settings
from hearth.engine import Engine, Mode, Seams
from hearth.engine.housekeeping import keep_house
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


def checking_user(settings: Settings) -> ServiceUser:
    """As whom signatures are checked: the group ec2authtoken, or else the service user."""
    own = settings.ec2authtoken
    if not own.auth_url:
        return service_user(settings)
    return ServiceUser(
        own.auth_url,
        own.username or "",
        Secret(own.password or ""),
        user_domain=own.user_domain_name or "Default",
        project=own.project_name or "service",
        project_domain=own.project_domain_name or "Default",
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
async def sessions(ground: Ground, user: ServiceUser) -> AsyncIterator[Sessions]:
    """Sessions with the cloud, as this user of its Keystone."""
    settings = ground.settings
    transport = AiohttpTransport(ssl=False if settings.clients.insecure else None)
    verify = settings.clients.ca_file or not settings.clients.insecure
    tokens = KeystoneTokens(user, ground.clock, verify=verify)
    interface = settings.clients.endpoint_type.removesuffix("URL")
    how = CloudSettings(interface=interface, region=settings.region_name_for_services)
    made = Sessions(transport, tokens, ground.clock, ground.ids.random, how, verified)
    try:
        yield made
    finally:
        await tokens.close()
        for one in (transport, *made.other_transports()):
            await one.close()


def verified(verify: Verify) -> AiohttpTransport:
    """A transport to servers that are verified as a user says."""
    if verify.insecure:
        return AiohttpTransport(ssl=False)
    try:
        return AiohttpTransport(ssl=create_default_context(cadata=verify.certificates))
    except (SSLError, ValueError) as error:
        words = f"The certificates of ca_cert cannot be read: {error}"
        raise BadRequest(Failing("orchestration", message=words)) from error


@asynccontextmanager
async def engine(ground: Ground, mode: Mode) -> AsyncIterator[Engine]:
    """An engine that works while the context is open."""
    settings = ground.settings
    evaluator = OwnThread(
        Limits(iterators=settings.yaql.limit_iterators, quota=settings.yaql.memory_quota)
    )
    try:
        async with sessions(ground, service_user(settings)) as opened:
            made = Engine(_seams(ground, opened, evaluator), mode)
            async with TaskGroup() as tasks:
                tasks.create_task(made.run())
                beside = [
                    tasks.create_task(show_presence(made.desk)),
                    tasks.create_task(keep_house(made.desk)),
                ]
                try:
                    yield made
                finally:
                    for one in beside:
                        one.cancel()
                    await made.stop()
    finally:
        await evaluator.close()


def _seams(ground: Ground, opened: Sessions, evaluator: OwnThread) -> Seams:
    private = ground.settings.template_fetch_private
    return Seams(
        store=ground.store,
        bus=ground.bus,
        sessions=opened,
        registry=ground.registry,
        clock=ground.clock,
        ids=ground.ids,
        settings=ground.settings,
        policy=ground.policy,
        evaluator=evaluator,
        fetcher=Web(anywhere if private else public),
    )
