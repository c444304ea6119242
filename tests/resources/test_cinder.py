"""Cinder's types against the sandbox."""

import asyncio

import pytest

from hearth.base.errors import HearthError
from hearth.cloud import Conflict
from hearth.kit import Phase
from hearth.resources.cinder import Volume, VolumeAttachment
from hearth.resources.nova import Server
from tests.support.hand import Hand

DEMO = {"flavor": "m1.small", "image": "cirros", "networks": [{"network": "private"}]}


def test_a_volume_comes_changes_grows_and_goes():
    async def story() -> None:
        hand = Hand()
        before = hand.sandbox.objects()
        made = await hand.create(Volume(), {"size": 1, "metadata": {"a": "1"}})
        first = dict(made.attributes)

        await hand.update(made, name="disk", description="mine", metadata={"b": 2}, size=3)
        await made.kind.update(made.ctx, made.ident, made.props, frozenset({"size"}))

        assert first["status"] == "available"
        assert first["size"] == "1"
        assert first["metadata_values"] == {"a": "1"}
        assert made.attributes["size"] == "3"
        assert made.attributes["display_name"] == "disk"
        assert made.attributes["display_description"] == "mine"
        assert made.attributes["metadata_values"] == {"b": "2"}
        assert await made.kind.find(made.ctx, made.props) == made.ident
        assert await made.kind.find(await hand.context(made.kind), made.props) is None
        with pytest.raises(HearthError, match="Shrinking"):
            await hand.update(made, size=2)
        await hand.delete(made)
        assert hand.sandbox.objects() == before

    asyncio.run(story())


def test_a_volume_has_one_source_or_a_size():
    kind = Volume()

    nothing = list(kind.problems(Volume.Properties.of({})))
    both = list(kind.problems(Volume.Properties.of({"image": "a", "snapshot_id": "b", "size": 1})))

    assert "size" in nothing[0]
    assert "Only one" in both[0]


def test_a_server_gets_a_volume_and_gives_it_back():
    async def story() -> None:
        hand = Hand()
        server = await hand.create(Server(), DEMO, "server")
        volume = await hand.create(Volume(), {"size": 1}, "volume")
        values = {
            "instance_uuid": server.ident,
            "volume_id": volume.ident,
            "mountpoint": "/dev/vdb",
        }

        made = await hand.create(VolumeAttachment(), values, "attachment")
        during = (await volume.kind.observe(volume.ctx, volume.ident)).status
        found = await made.kind.find(await hand.context(made.kind), made.props)
        with pytest.raises(Conflict):
            await volume.kind.delete(volume.ctx, volume.ident)
        await hand.delete(made)

        assert during == "in-use"
        assert found == made.ident
        assert (await volume.kind.observe(volume.ctx, volume.ident)).status == "available"
        assert (await made.kind.observe(made.ctx, made.ident)).phase is Phase.GONE
        await hand.delete(volume)
        await hand.delete(server)

    asyncio.run(story())


def test_a_server_has_its_volume_again_however_often_that_is_tried():
    """Seed 5907 of the simulation."""

    async def story() -> None:
        hand = Hand()
        server = await hand.create(Server(), DEMO, "server")
        volume = await hand.create(Volume(), {"size": 1}, "volume")
        values = {"instance_uuid": server.ident, "volume_id": volume.ident}
        await hand.create(VolumeAttachment(), values)
        cinder = (await hand.cloud())["volume"]
        asked = {"backup": {"volume_id": volume.ident, "name": "saved", "force": True}}
        backup = (await cinder.post("/backups", asked))["backup"]["id"]
        await hand.clock.sleep(60.0)
        filled, changed = volume.kind.Properties.of({"backup_id": backup}), frozenset({"backup_id"})
        refusal = {"refuse": 400, "service": "compute", "method": "POST", "times": 2}
        hand.sandbox.script.replace([refusal])

        for _attempt in range(2):
            with pytest.raises(HearthError):
                await volume.kind.update(volume.ctx, volume.ident, filled, changed)
        await volume.kind.update(volume.ctx, volume.ident, filled, changed)

        observed = await volume.kind.observe(volume.ctx, volume.ident)
        holders = [one["server_id"] for one in observed.shown["attachments"]]
        assert holders == [server.ident]

    asyncio.run(story())


def test_an_attachment_moves_to_another_volume():
    async def story() -> None:
        hand = Hand()
        server = await hand.create(Server(), DEMO, "server")
        one = await hand.create(Volume(), {"size": 1}, "one")
        two = await hand.create(Volume(), {"size": 1}, "two")
        values = {"instance_uuid": server.ident, "volume_id": one.ident}
        made = await hand.create(VolumeAttachment(), values)

        await hand.update(made, volume_id=two.ident)

        assert (await one.kind.observe(one.ctx, one.ident)).status == "available"
        assert (await two.kind.observe(two.ctx, two.ident)).status == "in-use"

    asyncio.run(story())


def test_an_attachment_whose_move_was_cut_short_is_moved_once():
    async def story() -> None:
        hand = Hand()
        servers = [await hand.create(Server(), DEMO, f"server{at}") for at in range(2)]
        volume = await hand.create(Volume(), {"size": 1}, "one")
        values = {"instance_uuid": servers[0].ident, "volume_id": volume.ident}
        made = await hand.create(VolumeAttachment(), values)
        remembered = dict(made.ctx.data)
        moved = made.kind.Properties.of({**values, "instance_uuid": servers[1].ident})
        await hand.bring(made, moved, frozenset({"instance_uuid"}))

        made.ctx.data.clear()
        made.ctx.data.update(remembered)
        await hand.bring(made, moved, frozenset({"instance_uuid"}))
        await hand.clock.sleep(10.0)
        observed = await made.kind.observe(made.ctx, made.ident)

        assert observed.phase is Phase.READY
        holders = [one["server_id"] for one in observed.shown["attachments"]]
        assert holders == [servers[1].ident]

    asyncio.run(story())


def test_a_backup_is_restored_into_a_new_volume_which_gets_our_marker():
    async def story() -> None:
        hand = Hand()
        source = await hand.create(Volume(), {"size": 1}, "source")
        cloud = await hand.cloud()
        asked = {"backup": {"volume_id": source.ident, "name": "saved"}}
        backup = (await cloud["volume"].post("/backups", asked))["backup"]["id"]
        await hand.clock.sleep(10.0)

        made = await hand.create(Volume(), {"backup_id": backup, "description": "again"}, "copy")

        assert made.ident != source.ident
        assert made.attributes["display_description"] == "again"
        assert made.attributes["display_name"] == made.ctx.physical_name
        shown = (await made.kind.observe(made.ctx, made.ident)).shown
        assert shown["metadata"]["hearth"] == made.ctx.marker

    asyncio.run(story())
