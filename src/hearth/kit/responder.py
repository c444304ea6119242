"""Types that hand out a URL or credentials by which they are signalled.

The type says which by `transport`; here is what each comes to. What is handed out is a secret
that its holder may use: it is kept encrypted, and shown nowhere but where a template puts it.
"""
# ruff: noqa: ARG002 - a verb takes what the contract gives, needed or not

from typing import Any
from urllib.parse import quote

from hearth.base import Secret, Value
from hearth.cloud import DomainAuth
from hearth.cloud.ec2 import signed_url
from hearth.kit.context import Context
from hearth.kit.rest import Observation, Phase
from hearth.kit.stack_users import (
    ACCESS,
    KEY,
    PASSWORD,
    USER,
    able,
    asleep,
    drop_user,
    find_user,
    stack_project,
    there,
    token,
    user,
    user_name,
)
from hearth.kit.type import ResourceType

CFN, HEAT, TOKEN, TEMP_URL, ZAQAR, NO = (
    "CFN_SIGNAL", "HEAT_SIGNAL", "TOKEN_SIGNAL", "TEMP_URL_SIGNAL", "ZAQAR_SIGNAL", "NO_SIGNAL",
)  # fmt: skip

ALARM, WAIT = "signal", "waitcondition"
"""What a signed URL leads to in the CloudFormation API; it is signed for one verb."""

VERBS = {ALARM: "POST", WAIT: "PUT"}


class Responder(ResourceType):
    """A type with a user of its own, in the domain of stacks' users; that is its object.

    A subclass says in `hand_out` what it gives away, by the functions of this module, and puts
    it into `ctx.data`.
    """

    visible_s = 0.0

    async def create(self, ctx: Context, props: Any) -> str:
        ident = await user(ctx)
        ctx.seen = {}
        return ident

    async def find(self, ctx: Context, props: Any) -> str | None:
        return await find_user(ctx)

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """There, if its user is."""
        return Observation(Phase.READY if await there(ctx, ident) else Phase.GONE)

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        """Make the user able to signal, and the URL or the credentials that are handed out."""
        await able(ctx, ident)
        await self.hand_out(ctx, props)

    async def hand_out(self, ctx: Context, props: Any) -> None:
        """Put into `ctx.data` what is given away; may be repeated."""

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """What changed is in the properties, which are recorded."""

    async def delete(self, ctx: Context, ident: str) -> None:
        await drop_user(ctx, ident)

    async def sweep(self, ctx: Context) -> None:
        await drop_user(ctx)

    async def suspend(self, ctx: Context, ident: str) -> None:
        """Nobody signals what is suspended."""
        await asleep(ctx, ident, asleep=True)

    async def resume(self, ctx: Context, ident: str) -> None:
        """Let it be signalled again."""
        await asleep(ctx, ident, asleep=False)

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        """Its user is nobody's business."""
        return None


def arn(ctx: Context) -> str:
    """What the CloudFormation API calls the resource."""
    stack = ctx.stack
    where = f"{stack.project_id}:stacks/{stack.name}/{stack.id}/resources/{ctx.name}"
    return f"arn:openstack:heat::{where}"


async def cfn_url(ctx: Context, what: str) -> Secret:
    """A signed URL of the CloudFormation API: no more is needed to signal the resource.

    It carries no time, so that it holds for as long as the resource: Keystone refuses what was
    signed a quarter of an hour ago, and there are guests that take longer.
    """
    await able(ctx, str(ctx.data[USER]), keys=True)
    base = ctx.settings["heat_waitcondition_server_url"]
    if base:
        root = str(base).rstrip("/").removesuffix(f"/{WAIT}")
    else:
        root = await ctx.cloud.session.endpoint("cloudformation")
    url = f"{root}/{what}/{quote(arn(ctx), safe='')}"
    return Secret(signed_url(VERBS[what], url, str(ctx.data[ACCESS]), ctx.data[KEY].value))


async def heat_url(ctx: Context) -> str:
    """Where the resource is signalled by who has a token of its user."""
    found = await ctx.cloud.session.endpoint("orchestration")
    root = found.removesuffix(f"/{ctx.stack.project_id}")
    stack = ctx.stack
    parts = (await stack_project(ctx), "stacks", stack.name, stack.id, "resources", ctx.name)
    return "/".join([root, *(quote(part, safe="") for part in parts), "signal"])


async def heat_credentials(ctx: Context) -> dict[str, Value]:
    """All that it takes to log in as the resource's user, and to signal it."""
    session = ctx.cloud.session
    admin = await session.shared.tokens.token(DomainAuth())
    regions = [one.region for one in admin.endpoints if one.region]
    auth_url = await session.endpoint("identity")
    return {
        "auth_url": f"{auth_url}/v3",
        "username": user_name(ctx),
        "user_id": ctx.data[USER],
        "password": ctx.data[PASSWORD],
        "project_id": await stack_project(ctx),
        "domain_id": admin.domain_id,
        "region_name": session.region or next(iter(regions), None),
    }


async def own_token(ctx: Context) -> Secret:
    """A token of the resource's user. It ends when Keystone's tokens do."""
    return Secret((await token(ctx)).id)
