"""OS::Nova::Server against the sandbox."""

import asyncio
from base64 import b64decode

import pytest

from hearth.cloud import NotFound
from hearth.kit import Phase
from hearth.resources.nova import Server
from hearth.resources.nova.creation import user_data
from tests.support.hand import Hand

DEMO = {
    "name": "web",
    "flavor": "m1.small",
    "image": "cirros",
    "networks": [{"network": "private"}],
}


def test_a_server_becomes_active_and_tells_its_addresses_by_network_name_and_id():
    async def story() -> None:
        hand = Hand()

        made = await hand.create(Server(), DEMO)

        networks = made.attributes["networks"]
        assert len(networks["private"]) == 1
        assert networks["private"] in [v for k, v in networks.items() if k != "private"]
        assert made.attributes["first_address"] == networks["private"][0]
        detail = made.attributes["addresses"]["private"][0]
        assert detail["port"]
        assert detail["network"]["name"] == "private"
        assert detail["subnets"]
        assert made.attributes["name"] == "web"
        assert made.reference == made.ident
        await hand.delete(made)
        assert (await made.kind.observe(made.ctx, made.ident)).phase is Phase.GONE

    asyncio.run(story())


def test_the_marker_is_found_again_and_hidden_from_what_is_shown():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Server(), DEMO | {"metadata": {"role": "web", "count": 3}})
        other = await hand.context(Server(), "thing")

        found = await made.kind.find(made.ctx, made.props)
        none = await other.cloud["compute"].get("/servers/detail", {"name": "^nothing$"})
        shown = await made.kind.live(made.ctx, made.ident, "show", ())

        assert found == made.ident
        assert await made.kind.find(other, made.props) is None
        assert none == {"servers": []}
        assert shown["metadata"] == {"role": "web", "count": "3"}

    asyncio.run(story())


def test_labels_name_and_tags_change_in_place_and_the_marker_stays():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Server(), DEMO | {"metadata": {"a": "1", "b": "2"}, "tags": ["x"]})

        changed = await hand.update(made, name="db", metadata={"b": "3"}, tags=["y"])

        assert changed == {"name", "metadata", "tags"}
        assert made.attributes["name"] == "db"
        assert made.attributes["tags"] == ["y"]
        shown = await made.kind.live(made.ctx, made.ident, "show", ())
        assert shown["metadata"] == {"b": "3"}
        assert await made.kind.find(made.ctx, made.props) == made.ident
        await hand.update(made, tags=None)
        assert made.attributes["tags"] == []

    asyncio.run(story())


def test_a_new_flavor_resizes_and_confirms_and_a_second_time_does_nothing():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Server(), DEMO)

        await hand.update(made, flavor="m1.medium")
        before = hand.clock.now()
        await made.kind.update(made.ctx, made.ident, made.props, frozenset({"flavor"}))

        assert hand.clock.now() == before
        shown = (await made.kind.observe(made.ctx, made.ident)).shown
        assert shown["status"] == "ACTIVE"
        assert shown["flavor"]["id"] == made.props.flavor
        assert await hand.replaces(made, flavor="m1.large", flavor_update_policy="REPLACE")

    asyncio.run(story())


def test_a_new_image_rebuilds_and_new_user_data_replaces_unless_told_otherwise():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Server(), DEMO)

        await hand.update(made, image="ubuntu")

        shown = (await made.kind.observe(made.ctx, made.ident)).shown
        assert shown["image"]["id"] == made.props.image
        assert await hand.replaces(made, user_data="echo", user_data_format="HEAT_CFNTOOLS")
        assert not await hand.replaces(made, user_data="echo", user_data_update_policy="IGNORE")
        assert await hand.replaces(made, image="cirros", image_update_policy="REPLACE")
        assert await hand.replaces(made, availability_zone="nova")

    asyncio.run(story())


def test_suspending_and_resuming_wait_until_it_is_so_and_may_be_repeated():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Server(), DEMO)

        await made.kind.suspend(made.ctx, made.ident)
        await made.kind.suspend(made.ctx, made.ident)
        suspended = (await made.kind.observe(made.ctx, made.ident)).status
        await made.kind.resume(made.ctx, made.ident)
        await made.kind.resume(made.ctx, made.ident)

        assert suspended == "SUSPENDED"
        assert (await made.kind.observe(made.ctx, made.ident)).status == "ACTIVE"

    asyncio.run(story())


def test_a_subnet_gets_a_port_of_its_own_that_goes_with_the_server():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        subnets = (await cloud["network"].get("/v2.0/subnets"))["subnets"]
        subnet = next(one for one in subnets if one["name"].startswith("private"))
        ports = (await cloud["network"].get("/v2.0/ports"))["ports"]

        made = await hand.create(Server(), DEMO | {"networks": [{"subnet": subnet["id"]}]}, "box")
        during = (await cloud["network"].get("/v2.0/ports", {"device_id": made.ident}))["ports"]
        await hand.delete(made)
        after = (await cloud["network"].get("/v2.0/ports"))["ports"]

        assert [port["name"] for port in during] == ["box-port-0"]
        assert {port["id"] for port in after} == {port["id"] for port in ports}

    asyncio.run(story())


def test_networks_are_rewired_in_place():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        private = (await cloud["network"].get("/v2.0/networks", {"name": "private"}))["networks"][0]
        port = await cloud["network"].post(
            "/v2.0/ports", {"port": {"network_id": private["id"], "name": "mine"}}
        )
        made = await hand.create(Server(), DEMO)
        first = made.attributes["networks"]["private"]

        await hand.update(made, networks=[{"port": port["port"]["id"]}])
        path = f"/servers/{made.ident}/os-interface"
        interfaces = (await cloud["compute"].get(path))["interfaceAttachments"]

        assert [one["port_id"] for one in interfaces] == [port["port"]["id"]]
        assert made.attributes["networks"]["private"] != first

    asyncio.run(story())


def test_user_data_reaches_the_server_wrapped_as_asked():
    async def story() -> None:
        hand = Hand()
        script = "#!/bin/sh\necho hello"
        raw = Server.Properties.of(DEMO | {"user_data": script, "user_data_format": "RAW"})
        wrapped = Server.Properties.of(DEMO | {"user_data": script})
        ctx = await hand.context(Server())
        ctx.settings["heat_metadata_server_url"] = "http://meta.test:8000"

        plain = b64decode(await user_data(ctx, raw)).decode()
        parts = b64decode(await user_data(ctx, wrapped)).decode()

        assert plain == script
        assert "cfn-userdata" in parts
        assert "#cloud-config" in parts
        assert "http://meta.test:8000/v1/" in parts
        assert parts == b64decode(await user_data(ctx, wrapped)).decode()

    asyncio.run(story())


def test_deleting_a_server_that_is_gone_is_success():
    async def story() -> None:
        hand = Hand()
        made = await hand.create(Server(), DEMO)
        await (await hand.cloud())["compute"].delete(f"/servers/{made.ident}")

        await hand.delete(made)

        with pytest.raises(NotFound):
            await (await hand.cloud())["compute"].get(f"/servers/{made.ident}")

    asyncio.run(story())
