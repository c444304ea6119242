"""A failure leaves things failed, or as they were."""

from pathlib import Path

import pytest

from tests.support.house import house
from tests.support.virtual import run

GOOD = """
heat_template_version: 2018-08-31
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: first}
  word:
    type: OS::Heat::RandomString
"""
BAD = """
heat_template_version: 2018-08-31
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: second}
  word:
    type: OS::Heat::RandomString
    properties: {length: 5}
  subnet:
    type: OS::Neutron::Subnet
    depends_on: word
    properties: {network: {get_resource: net}, cidr: 10.0.0.0/24, gateway_ip: 10.0.0.0.0}
  server:
    type: OS::Neutron::Subnet
    depends_on: [word, net]
    properties: {network: {get_resource: net}, cidr: 10.0.0.0/24, ip_version: 6}
"""
BAD = BAD.replace(", gateway_ip: 10.0.0.0.0", "")


def test_a_creation_that_fails_says_why_and_stays(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", BAD)
            stack = await home.settled(made)
            await home.delete(made)
            return stack, await home.settled(made)

    failed, deleted = run(story())

    assert str(failed.state) == "CREATE_FAILED"
    assert failed.reason.startswith("Resource CREATE failed: BadRequest: resources.server: ")
    assert str(deleted.state) == "DELETE_COMPLETE"


def test_a_creation_that_fails_is_undone_when_that_is_wished(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", BAD, disable_rollback=False)
            stack = await home.settled(made)
            return stack, await home.rows(made), before, home.objects(), await home.told(made)

    stack, rows, before, after, told = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert rows == {}
    assert [one for one in after if before.get(one) != after[one]] == ["identity"]  # the trust
    assert told[-1] == "tale ROLLBACK_COMPLETE"
    assert told.index("tale CREATE_FAILED") < told.index("tale ROLLBACK_IN_PROGRESS")


def test_an_update_that_fails_is_undone(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GOOD, disable_rollback=False)
            await home.settled(made)
            first = await home.rows(made)
            await home.update(made, BAD)
            stack = await home.settled(made)
            return stack, first, await home.rows(made)

    stack, first, last = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert last.keys() == {"net", "word"}
    assert last["net"].physical_id == first["net"].physical_id
    assert last["net"].attributes["name"] == "first"
    assert last["word"].attributes == first["word"].attributes


@pytest.mark.parametrize("undone", [True, False])
def test_after_a_creation_that_failed_an_update_that_fails_leads_to_nothing(
    tmp_path: Path, *, undone: bool
):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", BAD, disable_rollback=not undone)
            await home.settled(made)
            await home.update(made, BAD.replace("second", "third"), disable_rollback=False)
            stack = await home.settled(made)
            return stack, await home.rows(made), before, home.objects()

    stack, rows, before, after = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert rows == {}
    assert after["network"] == before["network"]


@pytest.mark.parametrize("action", ["check", "suspend"])
def test_an_action_on_what_never_held_does_not_make_it_what_is_gone_back_to(
    tmp_path: Path, action: str
):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", BAD)
            await home.settled(made)
            await home.act(made, action)
            await home.settled(made)
            await home.act(made, "resume")
            await home.settled(made)
            await home.update(made, BAD.replace("second", "third"), disable_rollback=False)
            return await home.settled(made), await home.rows(made)

    stack, rows = run(story())

    assert str(stack.state) == "ROLLBACK_COMPLETE", stack.reason
    assert rows == {}


def test_what_once_was_good_is_gone_back_to_after_several_failures(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", BAD, disable_rollback=False)
            await home.settled(made)
            await home.update(made, GOOD, disable_rollback=False)
            good = await home.settled(made)
            states = []
            for name in ("third", "fourth"):
                await home.update(made, BAD.replace("second", name))
                states.append(str((await home.settled(made)).state))
            return good, states, await home.rows(made)

    good, states, rows = run(story())

    assert str(good.state) == "UPDATE_COMPLETE", good.reason
    assert states == ["ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"]
    assert rows["net"].attributes["name"] == "first"
