"""OS::Cinder::VolumeAttachment."""

from typing import Any

from hearth.cloud import Conflict
from hearth.kit import Context, NotYet, Observation, Phase, Phases, ResourceType
from hearth.resources.cinder.holders import held_by, not_free, shown_of, take_away
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
        ctx.data |= _wanted(props)
        path = f"/servers/{props.instance_uuid}/os-volume_attachments"
        made = await ctx.cloud["compute"].post(path, {"volumeAttachment": asked})
        return str(made["volumeAttachment"]["id"])

    async def find(self, ctx: Context, props: Any) -> str | None:
        found = await held_by(ctx, props.instance_uuid, props.volume_id)
        if found is None:
            return None
        ctx.data |= _wanted(props)
        return str(found["id"])

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """The volume's state tells; whether Nova knows the attachment says which way it goes."""
        server, volume = _ends(ctx)
        shown = await shown_of(ctx, volume)
        if shown is None:
            return Observation(Phase.GONE)
        if await held_by(ctx, server, volume) is not None:
            return self.seen(shown)
        holders = [one.get("server_id") for one in shown.get("attachments", ())]
        leaving = shown["status"] in ("detaching", "reserved") or (
            shown["status"] == "in-use" and server in holders
        )
        return Observation(Phase.WORKING if leaving else Phase.GONE, shown, shown["status"])

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Take the volume away, wait until it is free, and give it again.

        What an attempt cut short, or one that is undone, has left is taken away first.
        """
        given, data = ctx.record.properties, _wanted(props)
        wanted = (data["server"], data["volume"])
        before = (str(given["instance_uuid"]), str(given["volume_id"]))
        for server, volume in dict.fromkeys((_ends(ctx), before, wanted)):
            found = await held_by(ctx, server, volume)
            if found is None:
                continue
            fits = (server, volume) == wanted and props.mountpoint in {None, found.get("device")}
            if fits and not await _leaving(ctx, volume):
                ctx.data |= data
                return
            try:
                await take_away(ctx, server, volume)
            except Conflict as error:
                raise NotYet(str(error), within_s=None) from error
            raise NotYet(f"Server {server} has not let go of volume {volume}.", within_s=None)
        shown = await shown_of(ctx, props.volume_id)
        if shown is not None and shown["status"] != "available" and not shown.get("multiattach"):
            raise NotYet(f"Volume {props.volume_id} is not free: it is {shown['status']}.")
        ctx.data |= data
        await ctx.keep()
        await self.create(ctx, props)

    async def release(self, ctx: Context, ident: str) -> None:
        """Let go of the volume, which only one server may have. Conflict until it is free."""
        for server in await _holders(ctx, ident):
            await take_away(ctx, server, ident)
        shown = await shown_of(ctx, ident)
        if shown is not None and shown["status"] != "available":
            raise not_free(ident, shown["status"])

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """The server that has the volume, if the replacement is to have that volume too."""
        holders = await _holders(ctx, ident)
        if not holders or ctx.record.properties.get("volume_id") != ident:
            return None
        return {"server": holders[0]}

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Let the server have the volume again."""
        if await held_by(ctx, held["server"], ident) is None:
            await self.release(ctx, ident)
            path = f"/servers/{held['server']}/os-volume_attachments"
            await ctx.cloud["compute"].post(path, {"volumeAttachment": {"volumeId": ident}})

    async def delete(self, ctx: Context, ident: str) -> None:
        await take_away(ctx, *_ends(ctx))

    @property
    def mends(self) -> bool:
        """It can: what an attempt cut short has left is seen to first."""
        return True


async def _holders(ctx: Context, volume: str) -> list[str]:
    """The servers that have a volume; none of one that several may have."""
    shown = await shown_of(ctx, volume) or {}
    attached = () if shown.get("multiattach") else shown.get("attachments", ())
    return [str(one["server_id"]) for one in attached]


async def _leaving(ctx: Context, volume: str) -> bool:
    """Whether an attempt cut short has asked for it to go, and it is on its way."""
    shown = await shown_of(ctx, volume)
    return shown is None or bool(shown["status"] == "detaching")


def _wanted(props: Any) -> dict[str, str]:
    """The server and the volume that are to be together, as they are kept."""
    return {"server": str(props.instance_uuid), "volume": str(props.volume_id)}


def _ends(ctx: Context) -> tuple[str, str]:
    """The server and the volume that were last put together."""
    given = ctx.record.properties
    server = ctx.data.get("server") or given["instance_uuid"]
    return str(server), str(ctx.data.get("volume") or given["volume_id"])
