"""The image that a snapshot makes of a server."""

from typing import Any

from hearth.cloud import Ambiguous, Failing
from hearth.kit import METADATA_KEY, Context, Copy, Phases, Rest, marked


class ServerImage(Copy):
    """An image of a server's disk."""

    name = "OS::Nova::Server/image"
    key = "snapshot_image_id"
    rest = Rest("image", "/v2/images", wraps="", plural="images")
    phases = Phases(
        "status", ready=("active", "deactivated"), failed=("killed",), gone=("deleted",)
    )

    async def create(self, ctx: Context, props: Any) -> str:
        compute = ctx.cloud["compute"]
        asked = {"name": ctx.physical_name, "metadata": {METADATA_KEY: ctx.marker}}
        version = "2.45" if await compute.supports("2.45") else None
        path = f"/servers/{props.source}/action"
        made = await compute.request("POST", path, {"createImage": asked}, microversion=version)
        if version is not None:
            return str(made.json["image_id"])
        # An older Nova says where it is; a list need not show it for a while.
        if "location" in made.headers:
            return made.headers["location"].rpartition("/")[2]
        found = await self.find(ctx, props)
        if found is None:
            words = "The image that was asked for is not listed yet."
            raise Ambiguous(Failing("image", "GET", "/v2/images", message=words))
        return found

    async def find(self, ctx: Context, props: Any) -> str | None:
        asked = {METADATA_KEY: ctx.marker}
        listed = (await ctx.cloud["image"].get("/v2/images", asked))["images"]
        return next((str(image["id"]) for image in listed if marked(image, ctx.marker)), None)


def from_image(_kind: Any, properties: dict[str, Any], copy: str) -> dict[str, Any]:
    """A server's properties as written, so that it is made from the image that was made of it."""
    return properties | {"image": copy}
