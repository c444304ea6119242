"""OS::Cinder::VolumeAttachment."""

from typing import Any

from hearth.cloud import NotFound
from hearth.kit import Context, Observation, Phase, Phases, ResourceType
from hearth.schema import Record, prop


class VolumeAttachment(ResourceType):
    """That a server has a volume."""

    name = "OS::Cinder::VolumeAttachment"
    phases = Phases("status", ready=("in-use",), failed=("error", "error_attaching"))
    fenced = True

    class Properties(Record):
        instance_uuid: str = prop("The id of the server.", update=True)
        mountpoint: str | None = prop("The device that it becomes, such as /dev/vdb.", update=True)
        volume_id: str = prop("The id of the volume.", update=True, ref="cinder.volume")

    class Attributes(Record):
        """None beside `show`."""

    async def create(self, ctx: Context, props: Any) -> str:
        asked = {"volumeId": props.volume_id}
        if props.mountpoint:
            asked["device"] = props.mountpoint
        ctx.data |= {"server": props.instance_uuid, "volume": props.volume_id}
        path = f"/servers/{props.instance_uuid}/os-volume_attachments"
        made = await ctx.cloud["compute"].post(path, {"volumeAttachment": asked})
        return str(made["volumeAttachment"]["id"])

    async def find(self, ctx: Context, props: Any) -> str | None:
        found = await self.held(ctx, props)
        if found is None:
            return None
        ctx.data |= {"server": props.instance_uuid, "volume": props.volume_id}
        return str(found["id"])

    async def held(self, ctx: Context, props: Any) -> dict[str, Any] | None:
        """What Nova says of this volume at this server; None where they are not together."""
        path = f"/servers/{props.instance_uuid}/os-volume_attachments"
        try:
            listed = (await ctx.cloud["compute"].get(path))["volumeAttachments"]
        except NotFound:
            return None
        return next((one for one in listed if one["volumeId"] == props.volume_id), None)

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """The volume's state tells; whether Nova knows the attachment says which way it goes."""
        server, volume = _ends(ctx)
        try:
            shown = (await ctx.cloud["volume"].get(f"/volumes/{volume}"))["volume"]
        except NotFound:
            return Observation(Phase.GONE)
        if await self.attached(ctx, server, volume):
            return self.seen(shown)
        holders = [one.get("server_id") for one in shown.get("attachments", ())]
        leaving = shown["status"] in ("detaching", "reserved") or (
            shown["status"] == "in-use" and server in holders
        )
        return Observation(Phase.WORKING if leaving else Phase.GONE, shown, shown["status"])

    async def attached(self, ctx: Context, server: str, volume: str) -> bool:
        """Whether Nova knows of it."""
        try:
            await ctx.cloud["compute"].get(f"/servers/{server}/os-volume_attachments/{volume}")
        except NotFound:
            return False
        return True

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Take it away and give it again, unless an attempt cut short has done so."""
        assert ctx.waiting is not None, "verbs wait only when the engine calls them"
        found = await self.held(ctx, props)
        if found is not None and props.mountpoint in {None, found.get("device")}:
            ctx.data |= {"server": props.instance_uuid, "volume": props.volume_id}
            return
        await self.delete(ctx, ident)
        await ctx.waiting.gone(ident)
        await self.create(ctx, props)

    async def delete(self, ctx: Context, ident: str) -> None:
        server, volume = _ends(ctx)
        try:
            await ctx.cloud["compute"].delete(f"/servers/{server}/os-volume_attachments/{volume}")
        except NotFound:
            return


def _ends(ctx: Context) -> tuple[str, str]:
    """The server and the volume that were last put together."""
    given = ctx.record.properties
    server = ctx.data.get("server") or given["instance_uuid"]
    return str(server), str(ctx.data.get("volume") or given["volume_id"])
