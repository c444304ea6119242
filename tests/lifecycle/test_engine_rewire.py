"""What is plugged into a server changes in place, and comes back when that is undone."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.lifecycle.test_engine_reclaim import changed, held
from tests.support.house import House, house
from tests.support.virtual import run

NETS = """
heat_template_version: 2018-08-31
resources:
  n1: {type: "OS::Neutron::Net"}
  n2: {type: "OS::Neutron::Net"}
  s1: {type: "OS::Neutron::Subnet", properties: {network: {get_resource: n1}, cidr: 10.50.0.0/24}}
  s2: {type: "OS::Neutron::Subnet", properties: {network: {get_resource: n2}, cidr: 10.51.0.0/24}}
  p2:
    type: OS::Neutron::Port
    properties: {network: {get_resource: n2}, fixed_ips: [{subnet: {get_resource: s2}}]}
"""
SERVER = f"""{NETS}
  it:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: cirros
      networks: [{{network: {{get_resource: n1}}}}]
outputs: {{at: {{value: {{get_attr: [it, networks]}}}}}}
"""
ON_SUBNET = SERVER.replace("network: {get_resource: n1}}]", "subnet: {get_resource: s1}}]")
ON_PORT = SERVER.replace("network: {get_resource: n1}}]", "port: {get_resource: p2}}]")
DISK = """
heat_template_version: 2018-08-31
resources:
  volume: {type: "OS::Cinder::Volume", properties: {size: 1}}
  one:
    type: OS::Nova::Server
    properties: {flavor: m1.nano, image: cirros, networks: [{network: private}]}
  two:
    type: OS::Nova::Server
    properties: {flavor: m1.nano, image: cirros, networks: [{network: private}]}
  it:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: one}, volume_id: {get_resource: volume}}
"""
ON_N1, ON_N2 = {"network": {"get_resource": "n1"}}, {"network": {"get_resource": "n2"}}
AT_P2 = {"port": {"get_resource": "p2"}}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "to another network": (SERVER, {"networks": [ON_N2]}),
    "to a port and one more": (SERVER, {"networks": [AT_P2, {"network": "private"}]}),
    "one more": (SERVER, {"networks": [ON_N1, ON_N2]}),
    "to none": (SERVER, {"networks": [{"allocate_network": "none"}]}),
    "from a port of its own": (ON_SUBNET, {"networks": [ON_N2]}),
    "from a port": (ON_PORT, {"networks": [ON_N1]}),
    "with another flavor": (SERVER, {"networks": [ON_N2], "flavor": "m1.tiny"}),
    "another server": (DISK, {"instance_uuid": {"get_resource": "two"}}),
}
IN_TIME = 60.0


def plugs(home: House) -> Any:
    """What is plugged in where: the ports of servers, and the attachments of volumes."""
    ports, _servers, _keys = held(home)
    volumes = home.sandbox.world.store.tables["compute.volume_attachments"]
    return ports, sorted((one["server_id"], one["volume_id"]) for one in volumes)


@pytest.mark.parametrize("case", CASES)
def test_it_changes_in_place_and_a_rollback_restores_what_was(tmp_path: Path, case: str):
    template, change = CASES[case]

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", template, disable_rollback=False)
            assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
            before, first = plugs(home), (await home.rows(made))["it"]
            await home.update(made, changed(template, change, fail=True))
            undone = await home.settled(made)
            after, row = plugs(home), (await home.rows(made))["it"]
            await home.update(made, changed(template, change, fail=False))
            done = await home.settled(made)
            last = (await home.rows(made))["it"]
            return undone, before, after, first, row, done, plugs(home), last

    undone, before, after, first, row, done, now, last = run(story())

    assert str(undone.state) == "ROLLBACK_COMPLETE", undone.reason
    assert after == before
    assert row.physical_id == first.physical_id
    assert row.attributes.get("networks") == first.attributes.get("networks")
    assert str(done.state) == "UPDATE_COMPLETE", done.reason
    assert last.physical_id == first.physical_id
    assert now != before


@pytest.mark.parametrize("case", ["to a port and one more", "from a port", "another server"])
@pytest.mark.parametrize("change", [1, 2, 3])
@pytest.mark.parametrize("fail", [True, False])
def test_a_crash_in_the_midst_of_it_changes_nothing_of_its_end(
    tmp_path: Path, case: str, change: int, *, fail: bool
):
    template, given = CASES[case]

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", template, disable_rollback=False)
            await home.settled(made)
            before = plugs(home)
            home.fuse.arm(change)
            await home.update(made, changed(template, given, fail=fail))
            watch = asyncio.create_task(home.fuse.blown.wait())
            await asyncio.wait([watch], timeout=IN_TIME)
            watch.cancel()
            await home.crash()
            await home.start()
            return await home.settled(made), before, plugs(home)

    stack, before, after = run(story())

    assert str(stack.state) == ("ROLLBACK_COMPLETE" if fail else "UPDATE_COMPLETE"), stack.reason
    assert (after == before) is fail


@pytest.mark.parametrize("case", ["to another network", "another server"])
@pytest.mark.parametrize("after_s", [0.1, 0.4, 0.8, 1.5])
def test_a_cancel_in_the_midst_of_it_brings_back_what_was(
    tmp_path: Path, case: str, after_s: float
):
    template, change = CASES[case]

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", template, disable_rollback=False)
            await home.settled(made)
            before = plugs(home)
            await home.update(made, changed(template, change, fail=False))
            await home.clock.sleep(after_s)
            await home.act(made, "cancel_update")
            undone = await home.settled(made)
            await home.clock.sleep(60)
            return undone, before, plugs(home)

    undone, before, after = run(story())

    assert str(undone.state) == "ROLLBACK_COMPLETE", undone.reason
    assert after == before


def test_a_port_that_moves_from_one_server_to_another_is_waited_for(tmp_path: Path):
    two = """
  two:
    type: OS::Nova::Server
    properties: {flavor: m1.nano, image: cirros, networks: [{network: {get_resource: n1}}]}
outputs:"""

    async def story() -> Any:
        async with house(tmp_path) as home:
            template = ON_PORT.replace("\noutputs:", two)
            made = await home.create("tale", template)
            await home.settled(made)
            moved = changed(template, {"networks": [ON_N1]}, fail=False)
            moved["resources"]["two"]["properties"]["networks"] = [AT_P2]
            await home.update(made, moved)
            stack, rows = await home.settled(made), await home.rows(made)
            table = home.sandbox.world.store.tables["network.ports"]
            port = table.get(rows["p2"].physical_id or "")
            return stack, rows, port

    stack, rows, port = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert port["device_id"] == rows["two"].physical_id
