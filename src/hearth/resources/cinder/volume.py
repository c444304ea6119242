"""OS::Cinder::Volume."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hearth.base import Value
from hearth.base.errors import HearthError
from hearth.cloud import Conflict, Failing
from hearth.kit import Context, Marker, Phase, Phases, ResourceType, Rest, carried, unmarked
from hearth.resources.cinder.holders import given_back, taken_from_all
from hearth.resources.cinder.volume_backup import VolumeBackup
from hearth.schema import Kind, Record, attr, fading, prop
from hearth.stack import ResourceRecord

FAILED = (
    "error",
    "error_backing-up",
    "error_deleting",
    "error_extending",
    "error_managing",
    "error_restoring",
)


class Volume(ResourceType):
    """A disk that outlives the servers that have it."""

    name = "OS::Cinder::Volume"
    rest = Rest("volume", "/volumes", wraps="volume", marker=Marker.METADATA, detail="/detail")
    phases = Phases("status", ready=("available", "in-use"), failed=FAILED, gone=("deleted",))
    copy = VolumeBackup

    class Properties(Record):
        availability_zone: str | None = prop("The zone to keep it in.")
        backup_id: str | None = prop(
            "The backup to restore into it.", update=True, ref="cinder.backup", wire=None
        )
        description: str | None = prop("What it is for.", update=True)
        image: str | None = prop(
            "The image to fill it with, by name or id.", ref="glance.image", wire="imageRef"
        )
        imageRef: str | None = prop(
            "The image to fill it with; use image instead.",
            support=fading(deprecated="2014.1", hidden="5.0.0"),
            wire=None,
            becomes="image",
        )
        metadata: dict[str, Any] = prop(
            "Labels that the volume carries.", default={}, update=True, wire=None
        )
        multiattach: bool = prop(
            "Whether several servers may have it at once; the volume's type says so instead.",
            default=False,
            support=fading("6.0.0", hidden="13.0.0"),
        )
        name: str | None = prop("A symbolic name; it need not be unique.", update=True)
        read_only: bool | None = prop(
            "Whether nothing may be written to it.", update=True, since="5.0.0", wire=None
        )
        scheduler_hints: dict[str, Any] | None = prop(
            "What to tell the scheduler.", since="2015.1", wire=None
        )
        size: int | None = prop("Its size in GiB.", update=True, range=(1, None))
        snapshot_id: str | None = prop("The snapshot to make it from.", ref="cinder.snapshot")
        source_volid: str | None = prop("The volume to copy it from.", ref="cinder.volume")
        volume_type: str | None = prop("Its type, by name or id.", update=True, ref="cinder.vtype")

    class Attributes(Record):
        attachments: str = attr(
            "The servers that have it, as text.",
            support=fading("2015.1", deprecated="9.0.0"),
            cached=False,
        )
        attachments_list: list[Any] = attr("The servers that have it.", since="9.0.0", cached=False)
        availability_zone: str = attr("The zone that it is kept in.")
        bootable: str = attr("Whether a server can boot from it.")
        created_at: str = attr("When it was made.")
        display_description: str = attr("What it is for.")
        display_name: str = attr("Its name.")
        encrypted: str = attr("Whether it is encrypted.")
        metadata: str = attr("Its labels, as text.")
        metadata_values: dict[str, Any] = attr("Its labels.")
        multiattach: bool = attr("Whether several servers may have it at once.", since="6.0.0")
        size: str = attr("Its size in GiB.")
        snapshot_id: str = attr("The snapshot that it was made from.")
        source_volid: str = attr("The volume that it was copied from.")
        status: str = attr("What Cinder says of its state.", cached=False)
        volume_type: str = attr("Its type.")

    def problems(self, props: Any) -> Iterable[str]:
        sources = [props.image, props.source_volid, props.snapshot_id]
        given = sum(source is not None for source in sources)
        if props.backup_id is None and props.size is None and not given:
            yield (
                'If neither "backup_id" nor "size" is provided, one of "image", "source_volid", '
                '"snapshot_id" must be specified.'
            )
        if given > 1:
            yield 'Only one of "image", "source_volid", "snapshot_id" can be specified.'

    def body(self, ctx: Context, props: Any) -> dict[str, Any]:
        sent = {"name": ctx.physical_name} | props.wire() | {"metadata": texts(props.metadata)}
        if not props.multiattach:
            del sent["multiattach"]
        return carried(sent, Marker.METADATA, ctx.marker)

    async def create(self, ctx: Context, props: Any) -> str:
        volume, body = ctx.cloud["volume"], self.body(ctx, props)
        if props.backup_id is not None:
            path = f"/backups/{props.backup_id}/restore"
            restored = await volume.post(path, {"restore": {"name": body["name"]}})
            return str(restored["restore"]["volume_id"])
        document = {"volume": body}
        if props.scheduler_hints:
            document["OS-SCH-HNT:scheduler_hints"] = props.scheduler_hints
        ctx.seen = (await volume.post("/volumes", document))["volume"]
        return str(ctx.seen["id"])

    async def find(self, ctx: Context, props: Any) -> str | None:
        """By the marker; what a backup was restored into has but the name."""
        if props.backup_id is None:
            return await super().find(ctx, props)
        asked = {"name": props.name or ctx.physical_name}
        listed = (await ctx.cloud["volume"].get("/volumes/detail", asked))["volumes"]
        found = [str(one["id"]) for one in listed if one["name"] == asked["name"]]
        taken = await ctx.taken(found)
        return next((ident for ident in found if ident not in taken), None)

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        volume, path = ctx.cloud["volume"], f"/volumes/{ident}"
        if props.backup_id is not None and ctx.data.get("backup") is None:
            body = self.body(ctx, props)
            words = {key: body[key] for key in ("name", "description") if key in body}
            await volume.put(path, {"volume": words | {"metadata": body["metadata"]}})
            ctx.data["backup"] = props.backup_id
        if props.read_only is not None and ctx.data.get("read_only") != props.read_only:
            await volume.post(
                f"{path}/action", {"os-update_readonly_flag": {"readonly": props.read_only}}
            )
            ctx.data["read_only"] = props.read_only

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        volume, path = ctx.cloud["volume"], f"/volumes/{ident}"
        now = (await volume.get(path))["volume"]
        if words := props.wire(only=changed & {"name", "description"}):
            name = {"name": words["name"] or ctx.physical_name} if "name" in words else {}
            await volume.put(path, {"volume": words | name})
        if "metadata" in changed:
            labels = carried({"metadata": texts(props.metadata)}, Marker.METADATA, ctx.marker)
            await volume.put(f"{path}/metadata", labels)
        if "volume_type" in changed and props.volume_type is not None:
            asked = {"new_type": props.volume_type, "migration_policy": "never"}
            await volume.post(f"{path}/action", {"os-retype": asked})
            await ctx.until(self, ident)
        if "backup_id" in changed and props.backup_id not in (None, ctx.data.get("backup")):
            await taken_from_all(self, ctx, ident, now)
            await ctx.until(self, ident)  # for one that an attempt cut short had begun
            await self.refill(ctx, ident, props.backup_id)
        await given_back(self, ctx, ident)
        if "size" in changed and props.size is not None and props.size != now.get("size"):
            await self.grow(ctx, ident, now, props.size)

    async def refill(self, ctx: Context, ident: str, backup: str) -> None:
        """Restore a backup into it, and wait for that."""
        ctx.data["backup"] = None  # from here on it is neither what it was nor what it will be
        await ctx.keep()
        asked = {"restore": {"volume_id": ident}}
        await ctx.cloud["volume"].post(f"/backups/{backup}/restore", asked)
        await ctx.until(self, ident)
        ctx.data["backup"] = backup
        await ctx.keep()

    async def grow(self, ctx: Context, ident: str, now: dict[str, Any], size: int) -> None:
        """Make it larger, in use or not, and wait for it."""
        if size < now["size"]:
            raise HearthError("Shrinking volume is not supported.", kind="NotSupported")
        await ctx.cloud["volume"].post(
            f"/volumes/{ident}/action", {"os-extend": {"new_size": size}}
        )
        await ctx.until(self, ident)

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """What cannot shrink is made anew, where a backup says what is to be in it."""
        restored = "backup_id" in changed and after.backup_id is not None
        smaller = None not in (before.size, after.size) and after.size < before.size
        return (restored and smaller) or super().replaces(before, after, changed)

    def drift(self, props: Any, shown: dict[str, Any]) -> dict[str, Value]:
        """As always; but Cinder shows the name of the type, and labels are texts."""
        found = super().drift(props, shown)
        found.pop("volume_type", None)
        labels = unmarked(shown).get("metadata") or {}
        return found if labels == texts(props.metadata) else found | {"metadata": labels}

    def restore(self, properties: dict[str, Any], copy: str) -> dict[str, Any]:
        """From the backup that was made of it, and from nothing else."""
        others = ("image", "imageRef", "source_volid")
        kept = {key: value for key, value in properties.items() if key not in others}
        return kept | {"backup_id": copy}

    async def delete(self, ctx: Context, ident: str) -> None:
        """Ask it to go; while a server has it, that is in the way."""
        seen = await self.observe(ctx, ident)
        if seen.phase is Phase.GONE or seen.status == "deleting":
            return
        if seen.status == "in-use":
            raise Conflict(
                Failing("volume", "DELETE", f"/volumes/{ident}", message="Volume in use")
            )
        await super().delete(ctx, ident)

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        clean = unmarked(shown)
        found = super().attributes(clean, props, record)
        texted = {
            key: "" if clean.get(key) is None else str(clean[key])
            for key, declared in self.Attributes.fields.items()
            if declared.kind is Kind.STRING and key in clean
        }
        return (
            found
            | texted
            | {
                "attachments_list": clean.get("attachments", []),
                "display_name": clean.get("name"),
                "display_description": clean.get("description"),
                "metadata": msgspec.json.encode(clean.get("metadata", {})).decode(),
                "metadata_values": clean.get("metadata", {}),
            }
        )


def texts(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Labels as Cinder takes them."""
    return {
        key: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for key, value in metadata.items()
    }
