"""A stack inside is brought in line at every update, and tells what its members are."""

from pathlib import Path

import pytest

from hearth.base import plain
from hearth.base.errors import Invalid
from hearth.bus import MarkResource, StackRef
from hearth.store import resources, stacks
from tests.support.house import house
from tests.support.virtual import run

GROUP = """
heat_template_version: 2018-08-31
parameters:
  count: {type: number, default: 2}
resources:
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: count}
      resource_def:
        type: OS::Heat::TestResource
        properties: {value: v%index%}
outputs:
  refs: {value: {get_attr: [group, refs]}}
  said: {value: {get_attr: [group, output]}}
"""
CHAIN = """
heat_template_version: 2018-08-31
resources:
  chain:
    type: OS::Heat::ResourceChain
    properties:
      resources: [OS::Heat::RandomString, OS::Heat::None, OS::Heat::RandomString]
      concurrent: CONCURRENT
outputs:
  first: {value: {get_attr: [chain, resource.0, value]}}
  refs: {value: {get_attr: [chain, refs]}}
"""
DELAY = """
heat_template_version: 2018-08-31
resources:
  pause: {type: OS::Heat::Delay, properties: {min_wait: 100, actions: [CREATE, SUSPEND, DELETE]}}
"""


def outputs(stack):
    return {one.key: plain(one.value) for one in stack.outputs}


async def mark(home, stack, resource):
    ref = StackRef(stack.name, stack.id)
    await home.bus.call(
        MarkResource(**home.command(), stack=ref, resource=resource, unhealthy=True)
    )


async def members(home, stack_id):
    rows = await home.store.read(resources.of, stack_id)
    return {name: row.physical_id for name, row in resources.shown(rows).items()}


def test_an_update_without_a_change_looks_into_the_stack_inside(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP)
            await home.settled(made)
            (child,) = await home.store.read(stacks.children, made.stack_id)
            before = await members(home, child.id)
            await home.update(made, GROUP)
            await home.settled(made)
            told = await home.told(made)
            after = await members(home, child.id)
            return told[4:], before == after

    told, same = run(story())

    assert told == [
        "tale UPDATE_IN_PROGRESS",
        "group UPDATE_IN_PROGRESS",
        "group UPDATE_COMPLETE",
        "tale UPDATE_COMPLETE",
    ]
    assert same


def test_a_member_marked_unhealthy_is_replaced_at_the_next_update(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP)
            await home.settled(made)
            (child,) = await home.store.read(stacks.children, made.stack_id)
            before = await members(home, child.id)
            await mark(home, child, "1")
            await home.update(made, GROUP)
            last = await home.settled(made)
            return before, await members(home, child.id), last

    before, after, last = run(story())

    assert str(last.state) == "UPDATE_COMPLETE", last.reason
    assert before["0"] == after["0"]
    assert before["1"] != after["1"]
    assert outputs(last)["refs"] == [after["0"], after["1"]]


def test_a_group_marked_unhealthy_is_replaced_as_a_whole(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP)
            root = await home.settled(made)
            (before,) = await home.store.read(stacks.children, made.stack_id)
            await mark(home, root, "group")
            await home.update(made, GROUP)
            last = await home.settled(made)
            await home.update(made, GROUP)
            await home.settled(made)
            return before, last, await home.store.read(stacks.children, made.stack_id)

    before, last, (after,) = run(story())

    assert str(last.state) == "UPDATE_COMPLETE", last.reason
    assert before.id != after.id


def test_an_attribute_that_the_members_do_not_have_is_refused(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as invalid:
                await home.create("tale", GROUP.replace("group, output", "group, outpost"))
            return invalid.value

    assert "(0 outpost)" in run(story()).sentence


def test_a_member_that_is_not_there_is_an_outputs_error(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", GROUP.replace("group, output", "group, resource.7"))
            return await home.settled(made)

    stack = run(story())

    (said,) = [one for one in stack.outputs if one.key == "said"]
    assert said.error == "Member '7' not found in group resource 'group'."


@pytest.mark.parametrize("concurrent", ["true", "false"])
def test_a_chain_is_made_one_after_another(tmp_path: Path, concurrent: str):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", CHAIN.replace("CONCURRENT", concurrent))
            stack = await home.settled(made)
            (child,) = await home.store.read(stacks.children, made.stack_id)
            rows = resources.shown(await home.store.read(resources.of, child.id))
            return stack, rows

    stack, rows = run(story())

    assert {name: row.requires for name, row in rows.items()} == {
        "0": (), "1": ("0",), "2": ("1",)
    }  # fmt: skip
    assert len(outputs(stack)["first"]) == 32
    assert outputs(stack)["refs"][0] == outputs(stack)["first"]


def test_a_delay_lasts_as_long_as_it_says_whoever_dies_meanwhile(tmp_path: Path):
    async def timed(home, made, act):
        began = home.clock.now()
        await act
        for _ in range(3):
            await home.clock.sleep(19.3)
            await home.crash()
            await home.start()
        stack = await home.settled(made)
        return str(stack.state), home.clock.now() - began

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", DELAY)
            created = await timed(home, made, home.clock.sleep(0))
            suspended = await timed(home, made, home.act(made, "suspend"))
            began = home.clock.now()
            await home.act(made, "resume")
            resumed = str((await home.settled(made)).state), home.clock.now() - began
            return created, suspended, resumed, await timed(home, made, home.delete(made))

    (created, first), (suspended, second), (resumed, third), (deleted, last) = run(story())

    assert (created, suspended, resumed, deleted) == (
        "CREATE_COMPLETE", "SUSPEND_COMPLETE", "RESUME_COMPLETE", "DELETE_COMPLETE"
    )  # fmt: skip
    assert all(100 <= seconds < 108 for seconds in (first, second, last))
    assert third < 3


def test_a_delay_longer_than_its_stack_may_take_is_refused(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as invalid:
                await home.create("tale", DELAY, timeout_mins=1)
            return invalid.value

    assert "maximum delay 100s exceeds stack timeout 60s" in run(story()).sentence


def test_an_access_policy_names_resources_of_its_stack(tmp_path: Path):
    policy = (
        "{heat_template_version: 2018-08-31, resources: {one: {type: OS::Heat::None}, policy: "
        "{type: OS::Heat::AccessPolicy, properties: {AllowedResources: [NAME]}}}, "
        "outputs: {ref: {value: {get_resource: policy}}}}"
    )

    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as invalid:
                await home.create("bad", policy.replace("NAME", "two"))
            made = await home.create("good", policy.replace("NAME", "one"))
            return invalid.value, await home.settled(made)

    wrong, stack = run(story())

    assert "AccessPolicy resource two not in stack" in wrong.sentence
    assert outputs(stack) == {"ref": "policy"}


def test_how_many_members_there_are_may_be_known_only_when_others_are_made(tmp_path: Path):
    template = GROUP.replace("{get_param: count}", "{get_attr: [number, value]}").replace(
        "resources:\n", "resources:\n  number: {type: OS::Heat::Value, properties: {value: 3}}\n", 1
    )

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert outputs(stack)["said"] == ["v0", "v1", "v2"]
