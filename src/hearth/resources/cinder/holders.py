"""Volumes at servers: whether one has it, letting go of it, and going without it for a while."""

from typing import Any

from hearth.cloud import BadRequest, Conflict, Failing, NotFound
from hearth.kit import Context, NotYet, ResourceType

HOLDERS = "holders"
"""Where a volume keeps the servers that it was taken away from, and as what each had it."""


async def taken_from_all(
    kind: ResourceType, ctx: Context, ident: str, shown: dict[str, Any]
) -> None:
    """Take the volume away from all servers that have it, until it is given back.

    Who had it is recorded first, so that an attempt cut short is made good by the next one.
    """
    if HOLDERS not in ctx.data:
        found = shown.get("attachments") or ()
        ctx.data[HOLDERS] = [[one["server_id"], one.get("device")] for one in found]
        await ctx.keep()
    for server, _device in ctx.data[HOLDERS]:
        try:
            await take_away(ctx, server, ident)
        except Conflict as error:
            raise NotYet(str(error)) from error
    if ctx.data[HOLDERS]:
        await ctx.until(kind, ident, "available")


async def given_back(kind: ResourceType, ctx: Context, ident: str) -> None:
    """Have all servers have the volume again that it was taken away from, if it was.

    It is forgotten who they are only when all have it: whatever an attempt comes to, the next one
    knows what is left to do.
    """
    for server, device in ctx.data.get(HOLDERS, ()):
        if await held_by(ctx, server, ident) is None and not await _given(
            ctx, server, {"volumeId": ident} | ({"device": device} if device else {})
        ):
            continue
        await ctx.until(kind, ident, "in-use")
    ctx.data.pop(HOLDERS, None)


async def _given(ctx: Context, server: str, asked: dict[str, Any]) -> bool:
    """Ask for a volume to be a server's; False where there is no such server any more."""
    path = f"/servers/{server}/os-volume_attachments"
    try:
        await ctx.cloud["compute"].post(path, {"volumeAttachment": asked})
    except NotFound:
        return False
    except Conflict as error:  # the server is busy
        raise NotYet(str(error)) from error
    except BadRequest:
        # What was asked for before, and got no answer, has been done since somebody looked.
        if await held_by(ctx, server, asked["volumeId"]) is None:
            raise
    return True


async def take_away(ctx: Context, server: str, volume: str) -> None:
    """Ask for it to go, unless it is going. Conflict while it is still on its way in."""
    if await held_by(ctx, server, volume) is None:
        return
    shown = await shown_of(ctx, volume)
    status = shown["status"] if shown is not None else ""
    if status == "detaching":
        return
    if status in ("attaching", "reserved"):
        raise not_free(volume, status)
    try:
        path = f"/servers/{server}/os-volume_attachments/{volume}"
        await ctx.cloud["compute"].delete(path)
    except NotFound:
        return


def not_free(volume: str, status: str) -> Conflict:
    """That a volume cannot be had, and why."""
    words = f"Volume {volume} is {status}."
    return Conflict(Failing("volume", "GET", f"/volumes/{volume}", message=words))


async def held_by(ctx: Context, server: str, volume: str) -> dict[str, Any] | None:
    """What Nova says of the volume at the server; None where they are not together."""
    try:
        path = f"/servers/{server}/os-volume_attachments"
        listed = (await ctx.cloud["compute"].get(path))["volumeAttachments"]
    except NotFound:
        return None
    return next((one for one in listed if one["volumeId"] == volume), None)


async def shown_of(ctx: Context, volume: str) -> dict[str, Any] | None:
    """What Cinder says of a volume; None where there is none."""
    try:
        shown: dict[str, Any] = (await ctx.cloud["volume"].get(f"/volumes/{volume}"))["volume"]
    except NotFound:
        return None
    return shown
