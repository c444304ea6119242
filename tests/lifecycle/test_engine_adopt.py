"""A stack is let go of, and another takes its objects over."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from hearth.base.errors import Clash, Invalid
from hearth.bus import AbandonStack, Accepted, CreateStack, SignalResource, Source, StackRef
from hearth.engine.sweeping import sweep
from hearth.stack import exported
from hearth.store import stacks, trees
from tests.support.house import House, house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
parameters:
  password: {type: string, hidden: true}
resources:
  net: {type: OS::Neutron::Net}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.7.0.0/24}
  server:
    type: OS::Nova::Server
    properties: {flavor: m1.small, image: cirros, networks: [{network: private}]}
  word: {type: OS::Heat::RandomString}
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: inner.yaml}}
  value: {type: OS::Heat::Value, properties: {value: {get_param: password}}}
outputs:
  word: {value: {get_attr: [word, value]}}
"""
INNER = """
heat_template_version: 2018-08-31
resources:
  port:
    type: OS::Neutron::Port
    properties: {network: private}
"""
GIVEN: dict[str, Any] = {"files": {"inner.yaml": INNER}, "parameters": {"password": "sesame-0pen"}}


async def document(home: House, made: Accepted) -> dict[str, Any]:
    """What an export tells of a stack."""
    tree = await home.store.read(trees.whole, made.stack_id)
    assert tree is not None
    found: dict[str, Any] = plain(exported(tree))
    return found


async def abandon(home: House, made: Accepted) -> dict[str, Any]:
    told, versions = await document(home, made), await standing(home, made)
    ref = StackRef(made.name, made.stack_id)
    await home.bus.call(AbandonStack(**home.command(), stack=ref, versions=versions))
    return told


async def standing(home: House, made: Accepted) -> dict[str, int]:
    """The versions of a stack and of those below it."""
    tree = await home.store.read(stacks.tree, made.stack_id)
    return {stack.id: stack.version for stack in tree}


async def adopt(home: House, name: str, told: dict[str, Any], **given: Any) -> Accepted:
    source = Source(template=told["template"], parameters=given.pop("parameters", {}))
    command = CreateStack(**home.command(), name=name, source=source, adopt=told, **given)
    return await home.bus.call(command)


@pytest.mark.parametrize("crash", [False, True])
def test_what_one_stack_lets_go_of_another_takes_over_as_it_is(tmp_path: Path, *, crash: bool):
    async def story() -> Any:
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", STACK, **GIVEN)
            await home.settled(made)
            first, before = await home.rows(made), home.objects()
            told = await abandon(home, made)
            if crash:
                await home.crash()
                await home.start()
            gone, after = await home.settled(made), home.objects()
            taken = await adopt(home, "tale", told)
            if crash:
                await home.crash()
                await home.start()
            adopted, rows = await home.settled(taken), await home.rows(taken)
            lines = await home.told(taken)
            await home.update(taken, STACK, **GIVEN)
            updated, same = await home.settled(taken), await home.rows(taken)
            await home.delete(taken)
            await home.settled(taken)
            left = home.objects()
            return first, before, gone, after, adopted, rows, lines, updated, same, empty, left

    first, before, gone, after, adopted, rows, lines, updated, same, empty, left = run(story())

    assert str(gone.state) == "DELETE_COMPLETE", gone.reason
    del before["identity"], after["identity"]  # the trust has gone
    assert after == before
    assert str(adopted.state) == "ADOPT_COMPLETE", adopted.reason
    assert {str(row.state) for row in rows.values()} == {"ADOPT_COMPLETE"}
    assert lines[:2] == ["tale ADOPT_IN_PROGRESS", "net ADOPT_IN_PROGRESS"]
    for name, row in rows.items():
        assert row.id == first[name].id
        assert name == "group" or row.physical_id == first[name].physical_id
    assert rows["word"].attributes == first["word"].attributes
    assert adopted.outputs[0].value == first["word"].attributes["value"]
    assert rows["server"].attributes["networks"] == first["server"].attributes["networks"]
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    quiet = {name: str(row.state) for name, row in same.items() if name != "group"}
    assert set(quiet.values()) == {"ADOPT_COMPLETE"}
    assert left == empty


def test_an_export_changes_nothing_and_what_it_tells_can_be_taken_over_beside(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **GIVEN)
            await home.settled(made)
            told = await document(home, made)
            taken = await adopt(home, "other", told)
            adopted, rows = await home.settled(taken), await home.rows(taken)
            return told, adopted, rows, await home.rows(made), str((await home.stack(made)).state)

    told, adopted, rows, first, state = run(story())

    assert {"name", "id", "action", "status", "environment", "files", "template"} < told.keys()
    assert told["environment"]["parameters"] == {"password": "sesame-0pen"}
    assert told["resources"]["group"]["resources"]["0"]["resources"].keys() == {"port"}
    assert state == "CREATE_COMPLETE"
    assert str(adopted.state) == "ADOPT_COMPLETE", adopted.reason
    assert not {row.id for row in rows.values()} & {row.id for row in first.values()}
    assert rows["net"].physical_id == first["net"].physical_id


@pytest.mark.parametrize("back", [True, False])
def test_what_cannot_be_taken_over_fails_and_is_let_go_of_again(tmp_path: Path, *, back: bool):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **GIVEN)
            await home.settled(made)
            before = home.objects()["network"]
            told = await abandon(home, made)
            await home.settled(made)
            del told["resources"]["subnet"]
            taken = await adopt(home, "tale", told, disable_rollback=not back)
            stack = await home.settled(taken)
            rows = await home.rows(taken)
            return stack, rows, before, home.objects()["network"], await home.events(taken)

    stack, rows, before, after, events = run(story())

    assert str(stack.state) == ("ROLLBACK_COMPLETE" if back else "ADOPT_FAILED")
    reasons = [event.reason for event in events if str(event.state) == "ADOPT_FAILED"]
    assert "Exception: resources.subnet: Resource ID was not provided." in reasons
    assert rows == {} if back else str(rows["subnet"].state) == "ADOPT_FAILED"
    assert after == before


def test_an_object_that_is_not_there_is_not_taken_over(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **GIVEN)
            await home.settled(made)
            told = await document(home, made)
            told["resources"]["net"]["resource_id"] = made.stack_id
            return await home.settled(await adopt(home, "other", told))

    stack = run(story())

    assert str(stack.state) == "ADOPT_FAILED"
    assert f"({made_id(stack.reason)}) is gone" in stack.reason


def made_id(reason: str) -> str:
    return reason.partition("(")[2].partition(")")[0]


def test_what_changes_in_the_meantime_is_not_let_go_of(tmp_path: Path):
    async def story() -> Any:
        found = []
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **GIVEN)
            with pytest.raises(Clash) as busy:
                await abandon(home, made)
            found.append(busy.value)
            await home.settled(made)
            ref, versions = StackRef(made.name, made.stack_id), await standing(home, made)
            await home.update(made, STACK, **GIVEN)
            await home.settled(made)
            command = AbandonStack(**home.command(), stack=ref, versions=versions)
            with pytest.raises(Clash) as changed:
                await home.bus.call(command)
            found.append(changed.value)
            return found, str((await home.stack(made)).state)

    found, state = run(story())

    assert "already has an action" in found[0].sentence
    assert "has changed" in found[1].sentence
    assert state == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    "spoiled",
    [
        {"resources": None},
        {"resources": {"net": {"resource_id": {"a": 1}, "hearth_row": 5, "metadata": []}}},
        {"environment": {"parameters": {"password": "x"}, "resource_registry": []}},
        {"environment": [], "files": 7},
        {"template": {"heat_template_version": "2018-08-31", "resources": {"a": None}}},
    ],
)
def test_a_document_that_somebody_has_spoiled_does_no_harm(tmp_path: Path, spoiled: dict[str, Any]):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", STACK, **GIVEN)
            await home.settled(made)
            told = await document(home, made) | spoiled
            try:
                taken = await adopt(home, "other", told, parameters=GIVEN["parameters"])
            except Invalid:
                return None
            return await home.settled(taken)

    stack = run(story())

    assert stack is None or str(stack.state) == "ADOPT_FAILED"


GROUPS = """
heat_template_version: 2018-08-31
resources:
  asg:
    type: OS::Heat::AutoScalingGroup
    properties:
      min_size: 1
      max_size: 4
      desired_capacity: 1
      resource: {type: OS::Neutron::Net}
  three:
    type: OS::Heat::ScalingPolicy
    properties:
      auto_scaling_group_id: {get_resource: asg}
      adjustment_type: exact_capacity
      scaling_adjustment: 3
  group:
    type: OS::Heat::ResourceGroup
    update_policy: {batch_create: {max_batch_size: 1, pause_time: 1000}}
    properties:
      count: 2
      removal_policies: [{resource_list: ["0"]}]
      resource_def: {type: OS::Neutron::Net}
"""


def test_groups_are_taken_over_with_the_members_that_they_have(tmp_path: Path):
    """Seed 33 of the simulation."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", GROUPS)
            await home.settled(made, 4000.0)
            ref = StackRef(made.name, made.stack_id)
            grow = SignalResource(**home.command(), stack=ref, resource="three", details=None)
            await home.bus.call(grow)
            await home.clock.sleep(60.0)
            before = home.objects()
            told = await abandon(home, made)
            await home.settled(made)
            began = home.clock.now()
            taken = await adopt(home, "tale", told)
            adopted, seconds = await home.settled(taken), home.clock.now() - began
            after = home.objects()
            await home.delete(taken)
            await home.settled(taken)
            return told, adopted, seconds, before, after, home.objects() == empty

    told, adopted, seconds, before, after, clean = run(story())

    assert len(told["resources"]["asg"]["resources"]) == 3
    assert told["resources"]["group"]["resources"].keys() == {"1", "2"}
    assert str(adopted.state) == "ADOPT_COMPLETE", adopted.reason
    assert seconds < 60
    assert after["network"] == before["network"]
    assert clean


HANDLES = """
heat_template_version: 2018-08-31
resources:
  signed:
    type: OS::Heat::WaitConditionHandle
    properties: {signal_transport: CFN_SIGNAL}
  token:
    type: OS::Heat::WaitConditionHandle
    properties: {signal_transport: TOKEN_SIGNAL}
  posted:
    type: OS::Heat::WaitConditionHandle
    properties: {signal_transport: TEMP_URL_SIGNAL}
  queued:
    type: OS::Heat::WaitConditionHandle
    properties: {signal_transport: ZAQAR_SIGNAL}
  asg:
    type: OS::Heat::AutoScalingGroup
    properties: {min_size: 1, max_size: 3, resource: {type: OS::Heat::RandomString}}
  policy:
    type: OS::Heat::ScalingPolicy
    properties:
      auto_scaling_group_id: {get_resource: asg}
      adjustment_type: exact_capacity
      scaling_adjustment: 3
outputs:
  signed: {value: {get_attr: [signed, curl_cli]}}
"""


def test_what_can_be_signalled_is_taken_over_with_its_keys(tmp_path: Path):
    """Seed 49 of the simulation."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", HANDLES)
            first = await home.settled(made)
            before = await home.rows(made)
            told = await abandon(home, made)
            await home.settled(made)
            taken = await adopt(home, "other", told)
            adopted, rows = await home.settled(taken), await home.rows(taken)
            await home.update(taken, HANDLES.replace("adjustment: 3", "adjustment: 2"))
            updated = await home.settled(taken)
            await home.delete(taken)
            await home.settled(taken)
            return first, before, adopted, rows, updated, empty, home.objects()

    first, before, adopted, rows, updated, empty, left = run(story())

    assert str(adopted.state) == "ADOPT_COMPLETE", adopted.reason
    assert adopted.outputs == first.outputs
    for name in ("signed", "token", "posted", "queued", "policy"):
        assert rows[name].data == before[name].data
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert left == empty


@pytest.mark.parametrize("when", ["before", "meanwhile", "after"])
def test_the_users_of_an_abandoned_stack_wait_for_who_takes_it_over(tmp_path: Path, when: str):
    """They belong to no row for a while, and are not left over for all that."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            desk, empty = home.engine.desk, home.objects()
            made = await home.create("tale", HANDLES)
            await home.settled(made)
            before = home.objects()["identity"]["users"]
            told = await abandon(home, made)
            if when == "before":
                await sweep(desk, spare_s=0.0)
            taken = await adopt(home, "other", told)
            if when == "meanwhile":
                await sweep(desk, spare_s=0.0)
            adopted = await home.settled(taken)
            if when == "after":
                await sweep(desk, spare_s=0.0)
            after = home.objects()["identity"]["users"]
            second = await adopt(home, "third", told)
            await home.settled(second)
            apart = (await home.stack(taken)).stack_user_project_id
            shared = (await home.stack(second)).stack_user_project_id == apart
            for each in (taken, second):
                await home.delete(each)
                await home.settled(each)
            await sweep(desk, spare_s=0.0)
            return adopted, before, after, shared, empty, home.objects()

    adopted, before, after, shared, empty, left = run(story())

    assert str(adopted.state) == "ADOPT_COMPLETE", adopted.reason
    assert after == before
    assert not shared
    assert left == empty


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("then", ["update", "delete"])
def test_what_comes_next_waits_until_all_is_taken_over(tmp_path: Path, then: str, *, crash: bool):
    """Seed 4044 of the simulation."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            empty = home.objects()
            made = await home.create("tale", STACK, **GIVEN)
            await home.settled(made)
            before = home.objects()["network"]
            told = await abandon(home, made)
            await home.settled(made)
            taken = await adopt(home, "tale", told)
            if then == "update":
                await home.update(taken, STACK, **GIVEN)
            else:
                await home.delete(taken)
            if crash:
                await home.crash()
                await home.start()
            stack, after = await home.settled(taken), home.objects()
            if then == "update":
                await home.delete(taken)
                await home.settled(taken)
            return stack, before, after, home.objects() == empty

    stack, before, after, clean = run(story())

    assert str(stack.state) == f"{then.upper()}_COMPLETE", stack.reason
    assert then == "delete" or after["network"] == before
    assert clean
