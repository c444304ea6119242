"""Bringing a config to a server: what becomes durable, and how the server is to answer."""

from collections.abc import Callable, Mapping
from typing import Any

from hearth.base import Value
from hearth.cloud import NotFound
from hearth.kit import (
    ALARM,
    CFN,
    HEAT,
    NO,
    VERBS,
    Context,
    NeedsReplacing,
    able,
    cfn_url,
    heat_credentials,
    user,
)
from hearth.resources.heat.deriving import (
    COMPLETE,
    IN_PROGRESS,
    Target,
    actions_of,
    derived_inputs,
    fixed_changes,
    values_of,
)
from hearth.stack import Action, ConfigRecord, DeploymentRecord

Content = Callable[[ConfigRecord | None, Any, Mapping[str, Value]], Value]
"""What the server is to apply: from the config, the deployment's properties, and the inputs."""


async def deploy(ctx: Context, content: Content, props: Any, action: Action) -> bool:
    """Derive a config for an action and deploy it, if it is deployed for that; whether it is."""
    found = await ctx.software.deployment(ctx.row)
    if found is not None and found.config_id == ctx.deed:
        return True  # by an attempt that was cut short
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
    if transport == HEAT:
        await able(ctx, await user(ctx))
        known = await heat_credentials(ctx)
        return {f"deploy_{name}": known[name] for name in _TOLD}
    return {}


_TOLD = ("auth_url", "username", "user_id", "password", "project_id", "region_name")


async def there(ctx: Context, server_id: str) -> bool:
    """Whether there is a server that could do anything."""
    near = await ctx.near(server_id)
    if near is not None and near.record.type_resolved != "OS::Nova::Server":
        return True
    try:
        await ctx.cloud["compute"].get(f"/servers/{server_id}")
    except NotFound:
        return False
    return True
