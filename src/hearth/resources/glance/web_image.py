"""OS::Glance::WebImage."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import unknown_in
from hearth.kit import (
    Context,
    Marker,
    Observation,
    Phase,
    Phases,
    ResourceType,
    Rest,
    row_of,
)
from hearth.schema import Record, prop, since

UUID_PATTERN = (
    "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"
)


class WebImage(ResourceType):
    """An image that is fetched from the web."""

    name = "OS::Glance::WebImage"
    support = since("12.0.0")
    rest = Rest("image", "/v2/images", wraps="", plural="images", marker=Marker.CLIENT_ID)
    phases = Phases(
        "status", ready=("active", "deactivated"), failed=("killed",), gone=("deleted",)
    )
    fenced = True

    class Properties(Record):
        active: bool = prop(
            "Whether servers may use it.", default=True, update=True, since="16.0.0", wire=None
        )
        architecture: str | None = prop("The processor that it is for.", update=True)
        container_format: str = prop(
            "What it is wrapped in.", allowed=("ami", "ari", "aki", "bare", "ovf", "ova", "docker")
        )
        disk_format: str = prop(
            "The format of the disk.",
            allowed=(
                "ami",
                "ari",
                "aki",
                "vhd",
                "vhdx",
                "vmdk",
                "raw",
                "qcow2",
                "vdi",
                "iso",
                "ploop",
            ),
        )
        extra_properties: dict[str, Any] = prop(
            "More properties of the image.", default={}, update=True, since="17.0.0", wire=None
        )
        id: str | None = prop("Its id; by default one is made.")
        kernel_id: str | None = prop(
            "The image of the kernel to boot with.", update=True, pattern=UUID_PATTERN
        )
        location: str = prop("The address that it is fetched from.", wire=None)
        members: list[str] | None = prop(
            "The projects that may use it.", update=True, since="16.0.0", wire=None
        )
        min_disk: int = prop(
            "The smallest disk in GiB that it fits on.", default=0, range=(0, None)
        )
        min_ram: int = prop("The least memory in MiB that it runs in.", default=0, range=(0, None))
        name: str | None = prop("A symbolic name; it need not be unique.")
        os_distro: str | None = prop("The distribution that it holds.", update=True)
        os_version: str | None = prop("The version of what it holds.", update=True)
        owner: str | None = prop("The project that it belongs to.", update=True)
        protected: bool = prop("Whether it cannot be deleted.", default=False, update=True)
        ramdisk_id: str | None = prop(
            "The image of the RAM disk to boot with.", update=True, pattern=UUID_PATTERN
        )
        tags: list[Any] | None = prop("Its tags.", update=True)
        visibility: str = prop(
            "Who may see it.",
            default="private",
            update=True,
            allowed=("public", "private", "community", "shared"),
        )

    class Attributes(Record):
        """None beside `show`."""

    def problems(self, props: Any) -> Iterable[str]:
        formats = {props.disk_format, props.container_format}
        amazon = formats & {"ami", "ari", "aki"}
        if amazon and len(formats) > 1 and not unknown_in(list(formats)):
            yield "Of the formats ami, ari and aki, disk_format and container_format are the same."

    def body(self, ctx: Context, props: Any) -> dict[str, Any]:
        sent: dict[str, Any] = {"name": ctx.physical_name, "id": row_of(ctx.marker)}
        sent |= props.wire()
        sent |= props.extra_properties
        return sent

    async def create(self, ctx: Context, props: Any) -> str:
        """Make it under an id of ours, and have it fetched; `find` goes on from in between."""
        made = await ctx.cloud["image"].post("/v2/images", self.body(ctx, props))
        await self.fetch(ctx, str(made["id"]), props.location)
        return str(made["id"])

    async def fetch(self, ctx: Context, ident: str, location: str) -> None:
        """Have Glance fetch the data."""
        method = {"name": "web-download", "uri": location}
        await ctx.cloud["image"].post(f"/v2/images/{ident}/import", {"method": method})

    async def find(self, ctx: Context, props: Any) -> str | None:
        ident = str(self.body(ctx, props)["id"])
        seen = await self.observe(ctx, ident)
        if seen.phase is Phase.GONE:
            return None
        if seen.status == "queued" and not seen.shown.get("os_glance_importing_to_stores"):
            await self.fetch(ctx, ident, props.location)
        return ident

    def seen(self, shown: dict[str, Any]) -> Observation:
        """Of a fetch that failed, the image tells by being queued again."""
        if shown["status"] == "queued" and shown.get("os_glance_failed_import"):
            words = "The image could not be fetched."
            return Observation(Phase.FAILED, shown, "queued", words)
        return super().seen(shown)

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        image, path = ctx.cloud["image"], f"/v2/images/{ident}"
        status = (await image.get(path))["status"]
        if props.active and status == "deactivated":
            await image.post(f"{path}/actions/reactivate")
        if not props.active and status == "active":
            await image.post(f"{path}/actions/deactivate")
        if props.members is not None:
            listed = (await image.get(f"{path}/members"))["members"]
            now, wanted = {str(one["member_id"]) for one in listed}, set(props.members)
            for project in sorted(wanted - now):
                await image.post(f"{path}/members", {"member": project})
            for project in sorted(now - wanted):
                await image.delete(f"{path}/members/{project}")

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        image, path = ctx.cloud["image"], f"/v2/images/{ident}"
        wanted = props.wire(only=changed)
        if "extra_properties" in changed:
            before = ctx.record.properties.get("extra_properties") or {}
            wanted |= dict.fromkeys(before) | props.extra_properties
        if "tags" in wanted:
            wanted["tags"] = wanted["tags"] or []
        if patch := difference(await image.get(path), wanted):
            await image.patch(path, patch, headers={"Content-Type": PATCH})


PATCH = "application/openstack-images-v2.1-json-patch"


def difference(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is to be done to the image, as a JSON patch; null takes away."""
    found: list[dict[str, Any]] = []
    for key, value in wanted.items():
        path = "/" + key.replace("~", "~0").replace("/", "~1")
        if value is None and key in now:
            found.append({"op": "remove", "path": path})
        elif value is not None and now.get(key) != value:
            op = "replace" if key in now else "add"
            found.append({"op": op, "path": path, "value": value})
    return found
