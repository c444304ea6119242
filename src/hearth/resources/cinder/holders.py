"""Taking a volume away from the servers that have it, for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from hearth.cloud import NotFound
from hearth.kit import Context, ResourceType

HOLDERS = "holders"
"""Where a volume keeps the servers that it was taken away from, and as what each had it."""


@asynccontextmanager
async def apart(
    kind: ResourceType, ctx: Context, ident: str, shown: dict[str, Any]
) -> AsyncIterator[None]:
    """Nobody has the volume inside the block; afterwards those have it that had it before.

    Who had it is recorded first, so that an attempt cut short is made good by the next one.
    """
    if HOLDERS not in ctx.data:
        found = shown.get("attachments") or ()
        ctx.data[HOLDERS] = [[one["server_id"], one.get("device")] for one in found]
        await ctx.keep()
    compute = ctx.cloud["compute"]
    for server, _device in ctx.data[HOLDERS]:
        try:
            await compute.delete(f"/servers/{server}/os-volume_attachments/{ident}")
        except NotFound:
            continue
        await ctx.until(kind, ident, "available")
    yield
    for server, device in ctx.data[HOLDERS]:
        asked = {"volumeId": ident} | ({"device": device} if device else {})
        await compute.post(f"/servers/{server}/os-volume_attachments", {"volumeAttachment": asked})
        await ctx.until(kind, ident, "in-use")
    del ctx.data[HOLDERS]
