"""What the cloud refused to make was never ours: whatever looks like it is left alone."""

from pathlib import Path
from typing import Any

import pytest

from hearth.stack import StackRecord
from tests.lifecycle.test_engine_reclaim import PUBLIC
from tests.support.house import House, house
from tests.support.virtual import run

HEAD = "heat_template_version: 2018-08-31\nresources:\n"
BASE = f"""{HEAD}
  net: {{type: "OS::Neutron::Net", properties: {{name: base}}}}
  subnet:
    type: OS::Neutron::Subnet
    properties: {{network: {{get_resource: net}}, cidr: 10.9.0.0/24, name: base}}
  router: {{type: "OS::Neutron::Router", properties: {{name: base}}}}
  group: {{type: "OS::Neutron::SecurityGroup", properties: {{name: base}}}}
  volume: {{type: "OS::Cinder::Volume", properties: {{name: base, size: 1}}}}
  server:
    type: OS::Nova::Server
    properties: {{name: base, flavor: m1.nano, image: cirros, networks: [{{network: private}}]}}
"""
ONES = {
    "key pair": f"""
    type: OS::Nova::KeyPair
    properties: {{name: mine, public_key: "{PUBLIC}"}}""",
    "made key pair": '{type: "OS::Nova::KeyPair", properties: {name: mine}}',
    "router interface": """
    type: OS::Neutron::RouterInterface
    properties: {router: base, subnet: base}""",
    "rule": """
    type: OS::Neutron::SecurityGroupRule
    properties: {security_group: base, protocol: tcp, port_range_min: 80, port_range_max: 80}""",
    "attachment": """
    type: OS::Cinder::VolumeAttachment
    properties: {volume_id: base, instance_uuid: SERVER}""",
}


def one(case: str, server: str) -> str:
    """A stack of one resource that no two stacks can have."""
    return f"{HEAD}  it: {ONES[case]}\n".replace("SERVER", server)


async def begun(home: House) -> tuple[str, Any]:
    """What others stand upon; the server's id."""
    await home.settled(await home.create("base", BASE))
    (server,) = home.sandbox.world.store.tables["compute.servers"]
    return str(server["id"]), home.objects()


@pytest.mark.parametrize("case", ONES)
@pytest.mark.parametrize("how", ["kept", "rolled back", "deleted while it tries"])
def test_another_stack_keeps_what_it_has(tmp_path: Path, case: str, how: str) -> None:
    async def story() -> tuple[StackRecord, Any, Any]:
        async with house(tmp_path) as home:
            server, _ = await begun(home)
            first = await home.settled(await home.create("first", one(case, server)))
            assert str(first.state) == "CREATE_COMPLETE", first.reason
            before = home.objects()
            rollback = how == "rolled back"
            made = await home.create("second", one(case, server), disable_rollback=not rollback)
            if how == "deleted while it tries":
                await home.clock.sleep(1.5)
            else:
                await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return first, before, home.objects()

    _first, before, after = run(story())

    assert after == before


@pytest.mark.parametrize("case", ONES)
@pytest.mark.parametrize("after_s", [0.5, 1.5, 4.0])
def test_a_death_while_it_is_refused_makes_nothing_its_own(
    tmp_path: Path, case: str, after_s: float
) -> None:
    async def story() -> tuple[StackRecord, Any, Any]:
        async with house(tmp_path) as home:
            server, _ = await begun(home)
            await home.settled(await home.create("first", one(case, server)))
            before = home.objects()
            made = await home.create("second", one(case, server))
            await home.clock.sleep(after_s)
            await home.crash()
            await home.start()
            second = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return second, before, home.objects()

    second, before, after = run(story())

    assert str(second.state) == "CREATE_FAILED"
    assert after == before
