"""Nova's smaller types against the sandbox."""

import asyncio

import pytest

from hearth.base import Secret
from hearth.cloud import Conflict
from hearth.resources.nova import Flavor, KeyPair, ServerGroup
from tests.support.hand import Hand

PUBLIC = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCxVTLxCUaWXvZ6rWHDpC1Fl1J7M1nJc2yyFJwY3hCDmPvvvuv0R2ky"
    "Jz0GvIqDXEw1N6u9l0O3h8Jb1lYg1JrPz7VJmO7cxr0gN2Lq1S7e0nNNNFmqF3f7m9t1uX2mO5oTgJ6GQ4oYF8B9XsEx"
    "cYp1Gq0nP1vK1w== me@here"
)


def test_a_key_pair_is_made_and_its_private_key_kept_only_if_asked():
    async def story() -> None:
        hand = Hand()

        made = await hand.create(KeyPair(), {"name": "mine", "save_private_key": True}, "a")
        other = await hand.create(KeyPair(), {"name": "other"}, "b")

        assert made.reference == "mine"
        assert isinstance(made.ctx.data["private_key"], Secret)
        assert "PRIVATE" in made.attributes["private_key"]
        assert other.attributes["private_key"] == ""
        assert made.attributes["public_key"].startswith("ssh-")
        await made.kind.release(made.ctx, made.ident)
        again = await hand.create(KeyPair(), {"name": "mine"}, "c")
        for one in (again, other):
            await hand.delete(one)

    asyncio.run(story())


def test_a_lost_answer_is_found_by_the_public_key_or_the_pair_made_anew():
    async def story() -> None:
        hand = Hand()
        given = await hand.create(KeyPair(), {"name": "given", "public_key": PUBLIC})
        made = await hand.create(KeyPair(), {"name": "made", "save_private_key": True})

        assert await given.kind.find(given.ctx, given.props) == "given"
        assert await made.kind.find(made.ctx, made.props) is None
        ident = await made.kind.create(made.ctx, made.props)
        assert ident == "made"
        with pytest.raises(Conflict):
            await given.kind.create(given.ctx, given.props)

    asyncio.run(story())


def test_a_flavor_has_specs_and_tenants_that_change_in_place():
    async def story() -> None:
        hand = Hand("admin", "admin")
        identity = (await hand.cloud())["identity"]
        projects = (await identity.get("/v3/projects"))["projects"]
        demo = next(one["id"] for one in projects if one["name"] == "demo")
        values = {
            "ram": 512,
            "vcpus": 1,
            "is_public": False,
            "tenants": ["demo"],
            "extra_specs": {"a": "1", "b": "2"},
        }
        made = await hand.create(Flavor(), values)
        first = dict(made.attributes)

        await hand.update(made, extra_specs={"b": "3"}, tenants=[])

        assert first == {"extra_specs": {"a": "1", "b": "2"}, "is_public": False}
        assert made.attributes["extra_specs"] == {"b": "3"}
        access = await made.ctx.cloud["compute"].get(f"/flavors/{made.ident}/os-flavor-access")
        assert demo not in [one["tenant_id"] for one in access["flavor_access"]]
        assert await made.kind.find(await hand.context(made.kind), made.props) is None
        assert await made.kind.find(made.ctx, made.props) == made.ident
        assert await hand.replaces(made, ram=1024)
        await hand.delete(made)

    asyncio.run(story())


def test_a_server_group_has_one_policy_and_its_rules():
    async def story() -> None:
        hand = Hand()
        values = {"policies": ["anti-affinity"], "rules": {"max_server_per_host": 2}}

        made = await hand.create(ServerGroup(), values)
        found = await made.kind.find(made.ctx, made.props)

        assert found == made.ident
        two = ServerGroup.Properties.of({"policies": ["affinity", "anti-affinity"]})
        assert list(made.kind.problems(two)) == ["A server group has one policy."]
        await hand.delete(made)

    asyncio.run(story())
