"""What a replacement took from the object that it stood in for goes back when it is undone."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.base.errors import Refused
from hearth.sandbox import Times
from hearth.stack import Action
from tests.support.house import House, house
from tests.support.virtual import run

PUBLIC = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCxVTLxCUaWXvZ6rWHDpC1Fl1J7M1nJc2yyFJwY3hCDmPvvvuv0R2ky"
    "Jz0GvIqDXEw1N6u9l0O3h8Jb1lYg1JrPz7VJmO7cxr0gN2Lq1S7e0nNNNFmqF3f7m9t1uX2mO5oTgJ6GQ4oYF8B9XsEx"
    "cYp1Gq0nP1vK1w== me@here"
)
NET = """
heat_template_version: 2018-08-31
resources:
  net: {type: "OS::Neutron::Net"}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.7.0.0/24}
"""
PORT = f"""{NET}
  it:
    type: OS::Neutron::Port
    properties:
      network: {{get_resource: net}}
      fixed_ips: [{{subnet: {{get_resource: subnet}}}}]
"""
ON_PORT = f"""{NET}
  port:
    type: OS::Neutron::Port
    properties:
      network: {{get_resource: net}}
      fixed_ips: [{{subnet: {{get_resource: subnet}}}}]
  it:
    type: OS::Nova::Server
    properties: {{flavor: m1.small, image: cirros, networks: [{{port: {{get_resource: port}}}}]}}
"""
ON_SUBNET = f"""{NET}
  it:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{{subnet: {{get_resource: subnet}}, fixed_ip: 10.7.0.50}}]
"""
ON_NET = ON_SUBNET.replace("subnet: {get_resource: subnet}, ", "network: {get_resource: net}, ")
KEY = f"""
heat_template_version: 2018-08-31
resources:
  it: {{type: "OS::Nova::KeyPair", properties: {{name: k1, public_key: "{PUBLIC}"}}}}
"""
MADE_KEY = """
heat_template_version: 2018-08-31
resources:
  it: {type: "OS::Nova::KeyPair", properties: {name: k1}}
"""
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "key of another name": (KEY, {"name": "k2"}),
    "key of the same name": (KEY, {"public_key": None}),
    "made key of the same name": (MADE_KEY, {"public_key": PUBLIC}),
    "port": (PORT, {"mac_address": "fa:16:3e:00:00:01"}),
    "server on a port": (ON_PORT, {"config_drive": True}),
    "server on a subnet": (ON_SUBNET, {"config_drive": True}),
    "server on a network": (ON_NET, {"config_drive": True}),
}


def changed(template: str, change: dict[str, Any], *, fail: bool) -> dict[str, Any]:
    """The template with a change that replaces, and perhaps a failure after it."""
    made: dict[str, Any] = yaml.load(template, yaml.BaseLoader)
    made["resources"]["it"]["properties"].update(change)
    if fail:
        broken = {"type": "OS::Heat::TestResource", "properties": {"fail": True}}
        made["resources"]["broken"] = broken | {"depends_on": "it"}
    return made


def held(home: House) -> tuple[Any, ...]:
    """What of the cloud a rollback restores: all but the ids of ports that go with a server."""
    home.objects()  # with everything settled that is due
    tables = home.sandbox.world.store.tables
    ports = [
        (port["network_id"], port["device_id"], port["device_owner"], str(port["fixed_ips"]))
        for port in tables["network.ports"]
    ]
    servers = sorted(one["id"] for one in tables["compute.servers"])
    keys = sorted((one["name"], one["public_key"]) for one in tables["compute.keypairs"])
    return sorted(ports), servers, keys


@pytest.mark.parametrize("case", CASES)
def test_a_rollback_gives_back_what_a_replacement_took(tmp_path: Path, case: str):
    template, change = CASES[case]

    async def story():
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", template, disable_rollback=False)
            assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
            first, before = await home.rows(made), held(home)
            await home.update(made, changed(template, change, fail=True))
            stack, last, after = await home.settled(made), await home.rows(made), held(home)
            await home.update(made, changed(template, change, fail=False))
            again = await home.settled(made)
            await home.act(made, "check")
            checked = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return stack, first, last, before, after, again, checked, empty == home.objects()

    stack, first, last, before, after, again, checked, clean = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert last["it"].physical_id == first["it"].physical_id
    assert after == before
    assert str(again.state) == "UPDATE_COMPLETE", again.reason
    assert str(checked.state) == "CHECK_COMPLETE", checked.reason
    assert clean


@pytest.mark.parametrize("case", ["key of the same name", "port", "server on a port"])
@pytest.mark.parametrize("change", [1, 2, 3, 4, 5])
def test_a_crash_at_any_change_of_the_cloud_loses_nothing_of_it(
    tmp_path: Path, case: str, change: int
):
    template, given = CASES[case]

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, disable_rollback=False)
            await home.settled(made)
            before = held(home)
            home.fuse.arm(change)
            await home.update(made, changed(template, given, fail=True))
            watch = asyncio.create_task(home.fuse.blown.wait())
            await asyncio.wait([watch], timeout=60)
            watch.cancel()
            await home.crash()
            await home.start()
            return await home.settled(made), before, held(home)

    stack, before, after = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert after == before


def test_a_port_that_lists_do_not_show_yet_is_let_go_of_for_the_replacement(tmp_path: Path):
    """Seed 1518 of the simulation."""

    async def story():
        async with house(tmp_path, times=Times.fast(0.0), list_delay_s=3.0) as home:
            await home.clock.sleep(5.0)  # until lists show what the cloud began with
            made = await home.create("tale", ON_PORT)
            await home.settled(made)
            began = home.clock.now()
            await home.update(made, changed(ON_PORT, {"config_drive": True}, fail=False))
            return await home.settled(made), home.clock.now() - began

    stack, seconds = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert seconds < 30


@pytest.mark.parametrize("case", ["port", "server on a port", "made key of the same name"])
@pytest.mark.parametrize("change", [1, 2, 3, 4])
def test_what_a_stopped_replacement_took_under_an_unknown_id_goes_back(
    tmp_path: Path, case: str, change: int
):
    template, given = CASES[case]

    async def story():
        async with house(tmp_path, list_delay_s=4.0) as home:
            await home.clock.sleep(5.0)  # until lists show what the cloud began with
            made = await home.create("tale", template)
            assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
            before = held(home)
            home.fuse.arm(change)
            await home.update(made, changed(template, given, fail=True))
            watch = asyncio.create_task(home.fuse.blown.wait())
            await asyncio.wait([watch], timeout=60)
            watch.cancel()
            await home.crash()
            await home.start()
            try:
                await home.act(made, "cancel_update")
            except Refused:
                return None
            stack = await home.settled(made)
            while stack.state.action is Action.UPDATE:
                await home.clock.sleep(0.1)
                stack = await home.settled(made)
            return stack, before, held(home)

    told = run(story())

    if told is not None:
        stack, before, after = told
        assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
        assert after == before
