"""What is done to a server in place. Each looks first, so that doing it again does nothing."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hearth.base import Value
from hearth.cloud import NotFound
from hearth.kit import METADATA_KEY, Context, Observation, ResourceType, unmarked


async def act(
    ctx: Context, ident: str, action: str, body: Any = None, microversion: str | None = None
) -> Any:
    """One of Nova's actions."""
    return await ctx.cloud["compute"].post(
        f"/servers/{ident}/action", {action: body}, microversion=microversion
    )


async def resize(
    kind: ResourceType, ctx: Context, ident: str, now: Mapping[str, Any], flavor: str
) -> None:
    """Give the server another flavor, and confirm it."""
    status = now["status"]
    if status not in ("RESIZE", "VERIFY_RESIZE"):
        if now["flavor"].get("id") == flavor:
            return
        await act(ctx, ident, "resize", {"flavorRef": flavor})
    settled = await ctx.until(kind, ident, "VERIFY_RESIZE", *kind.phases.resting)
    if settled["status"] == "VERIFY_RESIZE":
        await act(ctx, ident, "confirmResize")
        await ctx.until(kind, ident, *kind.phases.resting)


async def rebuild(kind: ResourceType, ctx: Context, ident: str, asked: Mapping[str, Any]) -> None:
    """Make the server anew in its place, and wait for it."""
    version = "2.57" if "user_data" in asked else None
    await act(ctx, ident, "rebuild", asked, version)
    await ctx.until(kind, ident, *kind.phases.resting)


async def suspend(kind: ResourceType, ctx: Context, ident: str) -> None:
    """Put the server to sleep, and wait until it is."""
    seen = await kind.observe(ctx, ident)
    if seen.status != "SUSPENDED":
        await _once(ctx, ident, seen, "suspend", "suspending")
        await ctx.until(kind, ident, "SUSPENDED")


async def resume(kind: ResourceType, ctx: Context, ident: str) -> None:
    """Wake the server, and wait until it is up."""
    seen = await kind.observe(ctx, ident)
    if seen.status == "SUSPENDED":
        await _once(ctx, ident, seen, "resume", "resuming")
    await ctx.until(kind, ident)


async def _once(ctx: Context, ident: str, seen: Observation, action: str, task: str) -> None:
    """Ask for an action, unless the server is at it already."""
    if seen.shown.get("OS-EXT-STS:task_state") != task:
        await act(ctx, ident, action)


async def relabel(ctx: Context, ident: str, metadata: Mapping[str, Any]) -> None:
    """Give the server these labels and no others; our own stays."""
    compute = ctx.cloud["compute"]
    path = f"/servers/{ident}/metadata"
    now = (await compute.get(path))["metadata"]
    wanted = texts(metadata)
    for key in now:
        if key not in wanted and key != METADATA_KEY:
            try:
                await compute.delete(f"{path}/{key}")
            except NotFound:
                continue
    changed = {key: value for key, value in wanted.items() if now.get(key) != value}
    if changed:
        await compute.post(path, {"metadata": changed})


def texts(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Labels as Nova takes them: what is no text becomes JSON."""
    return {
        key: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for key, value in metadata.items()
    }


def strayed(kind: ResourceType, props: Any, shown: dict[str, Any]) -> dict[str, Value]:
    """What Nova shows otherwise than was asked, beside what it shows as it was sent."""
    found = ResourceType.drift(kind, props, shown)
    for name in ("flavor", "image"):
        now = (shown.get(name) or {}).get("id")
        if now is not None and getattr(props, name) not in (None, now):
            found[name] = now
    labels = unmarked(shown).get("metadata") or {}
    if labels != texts(props.metadata):
        found["metadata"] = labels
    return found
