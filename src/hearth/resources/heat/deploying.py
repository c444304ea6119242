"""Bringing a config to a server: what becomes durable, and how the server is to answer."""

from collections.abc import Callable, Mapping
from typing import Any

from hearth.base import Value
from hearth.cloud import NotFound
from hearth.kit import (
    ALARM,
    CFN,
    COMPLETE,
    IN_PROGRESS,
    NO,
    TEMP_URL,
    VERBS,
    ZAQAR,
    Context,
    NeedsReplacing,
    able,
    cfn_url,
    drop_objects,
    drop_queue,
    got_object,
    heat_credentials,
    known_user,
    posted_letters,
    queue,
    remove,
    tell,
    user,
    writable,
)
from hearth.resources.heat.deriving import (
    Target,
    actions_of,
    derived_inputs,
    fixed_changes,
    values_of,
)
from hearth.stack import Action, ConfigRecord, DeploymentRecord

LEFT = (TEMP_URL, ZAQAR)
"""Transports by which an answer is left somewhere, to be fetched."""

CONTAINER = "answers"
"""Under which a row's data has where answers are left, which stays when another stack has it."""

Content = Callable[[ConfigRecord | None, Any, Mapping[str, Value]], Value]
"""What the server is to apply: from the config, the deployment's properties, and the inputs."""


async def deploy(ctx: Context, content: Content, props: Any, action: Action) -> bool:
    """Derive a config for an action and deploy it, if it is deployed for that; whether it is."""
    found = await ctx.software.deployment(ctx.row)
    known = found is not None and found.config_id == ctx.deed  # by an attempt that was cut short
    if not known and not await _derive(ctx, content, props, action, found):
        return False
    await tell(ctx, props.server)
    return True


async def _derive(
    ctx: Context, content: Content, props: Any, action: Action, found: DeploymentRecord | None
) -> bool:
    """Have the deployment recorded and all that the server is to know of it; False if not."""
    source = await ctx.software.config(props.config) if props.config else None
    if action.value not in actions_of(source, props.actions):
        return False
    given = props.input_values or {}
    if action is Action.UPDATE and found is not None:
        await _stay(ctx, source, given, found)
    inputs = derived_inputs(source, given, await _target(ctx, props, action))
    await ctx.software.put(
        ConfigRecord(
            id=ctx.deed,
            project_id=ctx.stack.project_id,
            name=props.name or (source.name if source is not None else ctx.physical_name),
            created_at=ctx.clock.now(),
            group=source.group if source is not None else "Heat::Ungrouped",
            config=content(source, props, values_of(inputs)),
            inputs=inputs,
            outputs=source.outputs if source is not None else (),
            options=source.options if source is not None else {},
        )
    )
    await _record(ctx, props, found, action)
    await ctx.keep()
    return True


async def _stay(
    ctx: Context, source: ConfigRecord | None, given: Mapping[str, Value], found: DeploymentRecord
) -> None:
    """Refuse what must not change in place."""
    if fixed_changes(source, given, await ctx.software.config(found.config_id)):
        raise NeedsReplacing


async def _record(ctx: Context, props: Any, found: DeploymentRecord | None, action: Action) -> None:
    waits = props.signal_transport != NO
    fields: dict[str, Any] = {
        "config_id": ctx.deed,
        "action": action.value,
        "status": IN_PROGRESS if waits else COMPLETE,
        "reason": "Deploy data available" if waits else "Not waiting for outputs signal",
        "input_values": props.input_values,
    }
    now = ctx.clock.now()
    if found is not None:
        ctx.software.change(found.id, fields | {"updated_at": now})
        ctx.software.forget_config(found.config_id)
        return
    await ctx.software.put(
        DeploymentRecord(
            id=ctx.row,
            project_id=ctx.stack.project_id,
            server_id=props.server,
            created_at=now,
            stack_user_project_id=ctx.stack.stack_user_project_id,
            **fields,
        )
    )


async def _target(ctx: Context, props: Any, action: Action) -> Target:
    return Target(
        server_id=props.server,
        action=action.value,
        stack_id=f"{ctx.stack.name}/{ctx.stack.id}",
        resource=ctx.name,
        transport=props.signal_transport,
        signal=await _answering(ctx, props.signal_transport),
    )


async def _answering(ctx: Context, transport: str) -> Mapping[str, Value]:
    """The inputs that tell the server how to answer."""
    if transport == CFN:
        await able(ctx, await user(ctx))
        return {"deploy_signal_id": await cfn_url(ctx, ALARM), "deploy_signal_verb": VERBS[ALARM]}
    if transport == TEMP_URL:
        # An object for each action: no late answer is taken for that of another.
        container = ctx.data[CONTAINER] = _container(ctx)
        await drop_objects(ctx, container, ctx.deed)
        url = await writable(ctx, container, ctx.deed)
        return {"deploy_signal_id": url, "deploy_signal_verb": "PUT"}
    if transport == NO:
        return {}
    await able(ctx, await user(ctx))
    known = await heat_credentials(ctx)
    more: dict[str, Value] = {}
    if transport == ZAQAR:
        more["deploy_queue_id"] = await queue(ctx)
        await remove(ctx, await posted_letters(ctx))  # answers to what is over
    return {**more, **{f"deploy_{name}": known[name] for name in _TOLD}}


_TOLD = ("auth_url", "username", "user_id", "password", "project_id", "region_name")


async def there(ctx: Context, server_id: str) -> bool:
    """Whether there is a server that could do anything."""
    near, seen = await ctx.near(server_id), await ctx.software.server(server_id)
    known = [found.record.type_resolved for found in (near, seen) if found is not None]
    if any(kind != "OS::Nova::Server" for kind in known):
        return True
    try:
        await ctx.cloud["compute"].get(f"/servers/{server_id}")
    except NotFound:
        return False
    return True


async def fetch(ctx: Context, transport: str, config_id: str) -> None:
    """Have the deployment take the answers that were left for it, where they are left."""
    if transport == TEMP_URL:
        answer = await got_object(ctx.cloud, _container(ctx), config_id)
        if answer is not None:
            await ctx.tell(ctx.row, answer, config_id)
    elif transport == ZAQAR:
        letters = await posted_letters(ctx)
        for letter in letters:
            await ctx.tell(ctx.row, letter.details, letter.name)
        await remove(ctx, letters)


async def silence(ctx: Context, transport: str) -> None:
    """Have gone where the server was to answer; before the deployment's user goes."""
    if transport == TEMP_URL:
        await drop_objects(ctx, _container(ctx))
    elif transport == ZAQAR and (known := await known_user(ctx)) is not None:
        await drop_queue(ctx, known)


def _container(ctx: Context) -> str:
    return str(ctx.data.get(CONTAINER) or ctx.physical_name)
