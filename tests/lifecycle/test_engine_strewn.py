"""The ports that were made for a server go with it, whatever became of making them."""

from pathlib import Path
from typing import Any

import pytest

from hearth.sandbox import Fault
from hearth.sandbox.faults import Rule
from hearth.stack import StackRecord
from tests.lifecycle.test_engine_asked_anew import Onwards
from tests.support.house import Fuse, house
from tests.support.virtual import run

LAG_S = 4.5
WITHOUT = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.7.0.0/24}
  it:
    type: OS::Nova::Server
    depends_on: subnet
    properties:
      flavor: m1.nano
      image: cirros
      networks:
        - network: private
"""
WITH = f"""{WITHOUT}
        - network: {{get_resource: net}}
          port_extra_properties: {{admin_state_up: true}}
"""


@pytest.mark.parametrize("lag_s", [0.0, LAG_S])
@pytest.mark.parametrize("rollback", [True, False])
def test_a_port_goes_that_a_failed_update_has_made(
    tmp_path: Path, lag_s: float, *, rollback: bool
) -> None:
    async def story() -> tuple[Any, StackRecord, StackRecord, Any]:
        async with house(tmp_path, list_delay_s=lag_s) as home:
            before = home.objects()
            await home.clock.sleep(lag_s)
            made = await home.create("tale", WITHOUT)
            await home.settled(made)
            bad = Rule(Fault(refuse=400), "compute", "POST", "/os-interface$", times=1)
            home.sandbox.script.rules = [bad]
            await home.update(made, WITH, disable_rollback=not rollback)
            updated = await home.settled(made)
            await home.delete(made)
            return before, updated, await home.settled(made), home.objects()

    before, updated, deleted, after = run(story())

    assert str(updated.state) == ("ROLLBACK_COMPLETE" if rollback else "UPDATE_FAILED")
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before


@pytest.mark.parametrize("delay_s", [0.0, 3.0])
def test_a_port_goes_whose_maker_died_of_it(tmp_path: Path, delay_s: float) -> None:
    async def story() -> tuple[Any, StackRecord, Any]:
        async with house(tmp_path, list_delay_s=LAG_S) as home:
            before = home.objects()
            home.fuse = Fuse(Onwards(home.transport), home)
            await home.crash()
            await home.start()
            await home.clock.sleep(LAG_S)
            made = await home.create("tale", WITHOUT)
            await home.settled(made)
            slow = Rule(Fault(delay=delay_s), "network", "POST", "/ports$", times=1)
            home.sandbox.script.rules = [slow]
            await home.update(made, WITH)
            await home.clock.sleep(0.3)
            await home.crash()
            await home.start()
            await home.delete(made)
            deleted = await home.settled(made)
            await home.clock.sleep(2 * LAG_S)
            return before, deleted, home.objects()

    before, deleted, after = run(story())

    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before


@pytest.mark.parametrize("after_s", [0.2, 1.0, 2.5])
def test_a_port_goes_that_no_list_shows_yet(tmp_path: Path, after_s: float) -> None:
    async def story() -> tuple[Any, StackRecord, Any]:
        async with house(tmp_path, list_delay_s=LAG_S) as home:
            before = home.objects()
            await home.clock.sleep(LAG_S)
            made = await home.create("tale", WITH)
            await home.clock.sleep(after_s)
            await home.delete(made)
            deleted = await home.settled(made)
            await home.clock.sleep(2 * LAG_S)
            return before, deleted, home.objects()

    before, deleted, after = run(story())

    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before
