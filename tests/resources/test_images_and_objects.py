"""Glance's and Swift's types against the sandbox."""

import asyncio

import pytest

from hearth.base.errors import HearthError
from hearth.kit import Phase
from hearth.resources.glance import WebImage
from hearth.resources.swift import Container
from tests.support.hand import Hand

IMAGE = {
    "location": "http://images.test/tiny.qcow2",
    "disk_format": "qcow2",
    "container_format": "bare",
    "tags": ["small"],
    "os_distro": "tinyos",
    "extra_properties": {"hw_disk_bus": "virtio"},
}


def test_an_image_is_fetched_under_an_id_of_ours_and_changes_in_place():
    async def story() -> None:
        hand = Hand("admin", "admin")  # only administrators take an image out of use
        made = await hand.create(WebImage(), IMAGE)

        await hand.update(
            made, os_distro=None, tags=["large"], extra_properties={"x": "1"}, active=False
        )

        shown = (await made.kind.observe(made.ctx, made.ident)).shown
        assert made.ident.replace("-", "") == made.ctx.marker.removeprefix("hearth:")
        assert shown["status"] == "deactivated"
        assert shown["tags"] == ["large"]
        assert shown["x"] == "1"
        assert "os_distro" not in shown
        assert "hw_disk_bus" not in shown
        assert await made.kind.find(made.ctx, made.props) == made.ident
        await hand.update(made, active=True)
        assert (await made.kind.observe(made.ctx, made.ident)).status == "active"
        await hand.delete(made)

    asyncio.run(story())


def test_an_image_that_was_made_but_not_fetched_is_fetched_when_found():
    async def story() -> None:
        hand = Hand()
        kind = WebImage()
        props = kind.Properties.of(IMAGE)
        ctx = await hand.context(kind)
        await ctx.cloud["image"].post("/v2/images", kind.body(ctx, props))

        ident = await kind.find(ctx, props)

        assert ident is not None
        await ctx.until(kind, ident)
        assert (await kind.observe(ctx, ident)).phase is Phase.READY

    asyncio.run(story())


def test_a_container_tells_where_it_is_and_goes_only_when_empty():
    async def story() -> None:
        hand = Hand()
        values = {"name": "box", "X-Container-Meta": {"Colour": "red"}, "X-Container-Read": ".r:*"}
        made = await hand.create(Container(), values)
        swift = (await hand.cloud())["object-store"]
        await swift.request("PUT", "/box/thing", b"hello")

        seen = await made.kind.gather(
            made.ctx, made.ident, (await made.kind.observe(made.ctx, made.ident)).shown
        )
        attributes = made.kind.attributes(seen, made.props, made.ctx.record)

        assert made.reference == "box"
        assert attributes["ObjectCount"] == 1
        assert attributes["BytesUsed"] == 5
        assert attributes["DomainName"] == "cloud.test"
        assert attributes["WebsiteURL"] == f"{attributes['RootURL']}/box"
        assert attributes["HeadContainer"]["x-container-meta-colour"] == "red"
        with pytest.raises(HearthError, match="PurgeOnDelete"):
            await made.kind.delete(made.ctx, made.ident)
        await swift.delete("/box/thing")
        await hand.delete(made)
        assert (await made.kind.observe(made.ctx, made.ident)).phase is Phase.GONE

    asyncio.run(story())


def test_a_container_may_be_purged():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Container(), {"PurgeOnDelete": True})
        swift = (await hand.cloud())["object-store"]
        for name in ("a", "b c"):
            await swift.request("PUT", f"/{made.ident}/{name.replace(' ', '%20')}", b"x")

        await hand.delete(made)

        assert (await made.kind.observe(made.ctx, made.ident)).phase is Phase.GONE

    asyncio.run(story())
