"""Users of a stack: each made for one resource, to signal it and to read its metadata.

They live in a domain of their own, in one project for each tree of stacks, and go with their
resource; the project goes with the tree. What an attempt that was cut short has made is found by
its name, so nothing is made twice. A user that no row knows carries the marker of its row, by
which the sweeper tells it.
"""

from collections.abc import Sequence
from dataclasses import replace

from hearth.base import Secret, Value
from hearth.cloud import NotFound, StackDomain, Token, UserAuth
from hearth.kit.context import Context
from hearth.stack import ResourceRecord

NAME_LIMIT = 64
"""Keystone's own limit for the names of projects, which is held for users too."""

PASSWORD_BYTES = 24
USER, PASSWORD, ACCESS, KEY = "user_id", "password", "access_key", "secret_key"
"""Under which a row's data has them, as upstream calls them."""


async def stack_project(ctx: Context) -> str:
    """The project of the stack's users, made with the first of them."""
    known = ctx.stack.stack_user_project_id
    if known is None:
        name = project_name(ctx.stack.project_id, ctx.stack.root_id)
        words = f"Users of the stack {ctx.stack.root_id}"
        known = await StackDomain(ctx.cloud.session).project(name, words)
        await _keep(ctx, known)
    return known


def project_name(project_id: str, root_id: str) -> str:
    """What the project of a tree of stacks is called."""
    return f"{project_id}-{root_id}"[:NAME_LIMIT]


def user_name(ctx: Context) -> str:
    """What a resource's user is called."""
    return ctx.physical_name[-NAME_LIMIT:]


async def user(ctx: Context) -> str:
    """The id of the resource's user, made if need be; it can do nothing yet."""
    project = await stack_project(ctx)
    return await StackDomain(ctx.cloud.session).user(user_name(ctx), project, ctx.marker)


async def find_user(ctx: Context) -> str | None:
    """The user that an earlier attempt has made."""
    return await StackDomain(ctx.cloud.session).user_named(user_name(ctx))


async def known_user(ctx: Context) -> str | None:
    """The user as it is recorded, whatever its name is; or as it is found by its name."""
    recorded = ctx.data.get(USER)
    return str(recorded) if recorded else await find_user(ctx)


async def there(ctx: Context, user_id: str) -> bool:
    """Whether the user is there, whatever its name is: another stack may have made it."""
    return await StackDomain(ctx.cloud.session).has_user(user_id)


async def able(ctx: Context, user_id: str, *, keys: bool = False) -> None:
    """Give the user its role and a password, and EC2 keys if they are asked for.

    All of it is kept in the resource's data, what is secret encrypted. May be repeated.
    """
    domain, project = StackDomain(ctx.cloud.session), await stack_project(ctx)
    if ctx.data.get(USER) != user_id:
        await domain.grant(user_id, project, ctx.settings["heat_stack_user_role"])
        password = ctx.ids.token(PASSWORD_BYTES)
        await domain.change_user(user_id, password=password)
        ctx.data |= {USER: user_id, PASSWORD: Secret(password)}
    if keys and KEY not in ctx.data:
        access = ctx.row.replace("-", "")
        secret = await domain.keys(access, ctx.ids.token(PASSWORD_BYTES), user_id, project)
        ctx.data |= {ACCESS: access, KEY: secret}


async def admitted(ctx: Context, user_id: str) -> bool:
    """Have Keystone let a user in that it refused: awake, with another password; if it is there."""
    password = ctx.ids.token(PASSWORD_BYTES)
    try:
        await StackDomain(ctx.cloud.session).change_user(user_id, enabled=True, password=password)
    except NotFound:
        return False
    ctx.data |= {USER: user_id, PASSWORD: Secret(password)}
    return True


async def token(ctx: Context) -> Token:
    """A token of the resource's user, once it is able."""
    auth = UserAuth(str(ctx.data[USER]), ctx.data[PASSWORD], await stack_project(ctx))
    return await ctx.cloud.session.shared.tokens.token(auth)


async def asleep(ctx: Context, user_id: str, *, asleep: bool) -> None:
    """Let the user sleep while its resource does."""
    await StackDomain(ctx.cloud.session).change_user(user_id, enabled=not asleep)


async def drop_user(ctx: Context, user_id: str | None = None) -> None:
    """Have the resource's user gone, whether it is known by its id or only by its name."""
    domain = StackDomain(ctx.cloud.session)
    ident = user_id or await known_user(ctx)
    if ident is not None:
        await domain.drop_user(ident)
    for name in (USER, PASSWORD, ACCESS, KEY):
        ctx.data.pop(name, None)
    if ctx.stack.stack_user_project_id is None:
        # Made by an attempt that died before it could say so: it goes with the tree of stacks.
        made = await domain.project_named(project_name(ctx.stack.project_id, ctx.stack.root_id))
        if made is not None:
            await _keep(ctx, made)


def admits(record: ResourceRecord, user_id: str) -> bool:
    """Whether a stack's user was made for this resource."""
    known: Value = record.data.get(USER)
    return bool(user_id) and known == user_id


def meant(bearers: Sequence[ResourceRecord], user_id: str) -> ResourceRecord:
    """Of a resource's incarnations the one that a user was made for; the first if none."""
    return next((one for one in bearers if admits(one, user_id)), bearers[0])


async def _keep(ctx: Context, project_id: str) -> None:
    await ctx.keep_project(project_id)
    ctx.stack = replace(ctx.stack, stack_user_project_id=project_id)
