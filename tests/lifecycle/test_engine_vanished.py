"""What somebody has deleted behind hearth's back is made anew by the update that finds it gone."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.house import House, house
from tests.support.virtual import run

THINGS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "net": ("OS::Neutron::Net", "network.networks", {}, {"name": "other"}),
    "port": ("OS::Neutron::Port", "network.ports", {"network": "private"}, {"name": "other"}),
    "group": ("OS::Neutron::SecurityGroup", "network.security_groups", {}, {"name": "other"}),
    "router": ("OS::Neutron::Router", "network.routers", {}, {"name": "other"}),
    "server": (
        "OS::Nova::Server",
        "compute.servers",
        {"flavor": "m1.nano", "image": "cirros", "networks": [{"network": "private"}]},
        {"name": "other"},
    ),
    "resized": (
        "OS::Nova::Server",
        "compute.servers",
        {"flavor": "m1.nano", "image": "cirros", "networks": [{"network": "private"}]},
        {"flavor": "m1.tiny"},
    ),
    "volume": ("OS::Cinder::Volume", "volume.volumes", {"size": 1}, {"name": "other"}),
    "grown": ("OS::Cinder::Volume", "volume.volumes", {"size": 1}, {"size": 2}),
}


def template(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "heat_template_version": "2018-08-31",
        "resources": {"it": {"type": kind, "properties": properties}},
    }


def vanish(home: House, table: str, ident: str | None) -> None:
    home.sandbox.world.store.tables[table].remove(str(ident))
    home.sandbox.world.store.commit()


@pytest.mark.parametrize("thing", THINGS)
def test_an_update_makes_anew_what_is_gone(tmp_path: Path, thing: str):
    kind, table, first, more = THINGS[thing]

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template(kind, first))
            await home.settled(made)
            before = (await home.rows(made))["it"]
            vanish(home, table, before.physical_id)
            await home.update(made, template(kind, first | more))
            stack, after = await home.settled(made), (await home.rows(made))["it"]
            there = home.sandbox.world.store.tables[table].get(str(after.physical_id))
            told = await home.events(made)
            await home.delete(made)
            return before, stack, after, there, told, await home.settled(made)

    before, stack, after, there, told, deleted = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert after.physical_id != before.physical_id
    assert there is not None
    assert [one.reason for one in told if str(one.state) == "UPDATE_FAILED"] == [
        f"The {kind} ({before.physical_id}) is gone."
    ]
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason


def test_it_is_not_made_anew_where_that_is_restricted(tmp_path: Path):
    kind, table, first, more = THINGS["net"]
    restricted = {"resource_registry": {"resources": {"it": {"restricted_actions": "replace"}}}}

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template(kind, first), environment=restricted)
            await home.settled(made)
            before = (await home.rows(made))["it"]
            vanish(home, table, before.physical_id)
            await home.update(made, template(kind, first | more), environment=restricted)
            return before, await home.settled(made), (await home.rows(made))["it"]

    before, stack, after = run(story())

    assert str(stack.state) == "UPDATE_FAILED"
    assert "replace is restricted" in stack.reason
    assert after.physical_id == before.physical_id
