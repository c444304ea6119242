"""Files that a request leaves in a Swift container: read in the caller's name, within limits."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from hearth.base.errors import Missing, OverLimit
from hearth.bus import Source as Given
from hearth.cloud import Cloud, CloudError

PAGE = 1000
MOST = 1000
"""Objects that are read from one container."""


async def with_contained(cloud: Cloud, given: Given, largest: int) -> Given:
    """What was given, and with its files the objects of the container; what is there stays.

    largest: how many bytes all objects of the container may have together.
    """
    container = given.files_container
    if not container:
        return given
    try:
        found = await _objects(cloud, container, given.files, largest)
    except CloudError as error:
        words = f"Could not fetch files from container {container}, reason: {error}"
        raise Missing(words, kind="NotFound") from None
    return msgspec.structs.replace(given, files={**found, **given.files})


async def _objects(
    cloud: Cloud, container: str, there: Mapping[str, object], largest: int
) -> dict[str, str]:
    """The objects' texts by their names, without those whose names are there already."""
    swift, path = cloud["object-store"], f"/{quote(container, '')}"
    sizes = await _sizes(cloud, path, container)
    total = sum(sizes.values())
    if total > largest:
        raise OverLimit(
            f"Request limit exceeded: Total size of files in container {container} ({total} bytes)"
            f" exceeds maximum allowed size ({largest} bytes)."
        )
    found: dict[str, str] = {}
    for name in sizes:
        if name not in there:
            reply = await swift.request("GET", f"{path}/{quote(name)}")
            found[name] = reply.body.decode("utf-8", "replace")
    return found


async def _sizes(cloud: Cloud, path: str, container: str) -> dict[str, int]:
    """How many bytes each object has, from all pages of the listing."""
    sizes: dict[str, int] = {}
    marker = ""
    while True:
        params = {"format": "json", "limit": str(PAGE), "marker": marker}
        page = await cloud["object-store"].get(path, params)
        sizes |= {str(one["name"]): int(one.get("bytes", 0)) for one in page if "name" in one}
        if len(sizes) > MOST:
            words = f"container {container} has more than {MOST} objects"
            raise OverLimit(f"Request limit exceeded: {words}.")
        if len(page) < PAGE:
            return sizes
        marker = str(page[-1]["name"])
