"""A group is scaled while a stack above it is updated: the outputs tell of the group as it is."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from hearth.base.errors import HearthError
from hearth.bus import Accepted, RefreshOutputs, SignalResource, StackRef
from hearth.store import hearing, resources, stacks
from tests.support.house import House, house
from tests.support.virtual import run

GROUP = """
heat_template_version: 2018-08-31
parameters:
  wait: {type: number, default: 0}
resources:
  asg:
    type: OS::Heat::AutoScalingGroup
    properties:
      min_size: 1
      max_size: 6
      desired_capacity: 2
      cooldown: 1
      resource: {type: OS::Heat::TestResource, properties: {value: v}}
  more:
    type: OS::Heat::ScalingPolicy
    properties:
      auto_scaling_group_id: {get_resource: asg}
      adjustment_type: change_in_capacity
      scaling_adjustment: 1
  slow:
    type: OS::Heat::TestResource
    depends_on: asg
    properties: {wait_secs: {get_param: wait}}
outputs:
  size: {value: {get_attr: [asg, current_size]}}
  refs: {value: {get_attr: [asg, refs]}}
  said: {value: {get_attr: [asg, outputs_list, output]}}
"""

AROUND = """
heat_template_version: 2018-08-31
parameters:
  wait: {type: number, default: 0}
  below: {type: number, default: 0}
resources:
  inner: {type: FILE, properties: {wait: {get_param: below}}}
  slow:
    type: OS::Heat::TestResource
    depends_on: inner
    properties: {wait_secs: {get_param: wait}}
outputs:
  size: {value: {get_attr: [inner, size]}}
  refs: {value: {get_attr: [inner, refs]}}
  said: {value: {get_attr: [inner, said]}}
"""
FILES = {"group.yaml": GROUP, "outer.yaml": AROUND.replace("FILE", "group.yaml")}
ONE_BELOW = AROUND.replace("FILE", "group.yaml")
TWO_BELOW = AROUND.replace("FILE", "outer.yaml")


async def refreshed(home: House, made: Accepted) -> dict[str, Any]:
    """The outputs as somebody sees them who asks."""
    stack = await home.stack(made)
    heard = await home.store.read(hearing.total, stack)
    if stack.outputs_stale or heard != (stack.outputs_heard or 0):
        ref = StackRef(made.name, made.stack_id)
        await home.bus.call(RefreshOutputs(**home.command(), stack=ref))
        stack = await home.stack(made)
    return {one.key: plain(one.value) for one in stack.outputs}


async def holder(home: House, made: Accepted) -> Accepted:
    """The stack that has the group, however deep."""
    row = (await home.rows(made)).get("inner")
    if row is None:
        return made
    child = await home.store.read(stacks.find, row.nested_id or "")
    assert child is not None
    return await holder(home, Accepted(child.id, child.name))


async def signal(home: House, made: Accepted) -> None:
    ref = StackRef(made.name, made.stack_id)
    asked = SignalResource(**home.command(), stack=ref, resource="more", details=None)
    await home.bus.call(asked)


async def members(home: House, made: Accepted) -> list[Any]:
    """What the group has, once nothing is being done to it."""
    group = (await home.rows(await holder(home, made)))["asg"].nested_id or ""
    while True:
        stack = await home.store.read(stacks.find, group)
        assert stack is not None
        if stack.run_id is None:
            break
        await home.clock.sleep(0.1)
    rows = resources.shown(await home.store.read(resources.of, group)).values()
    return sorted(str(row.physical_id) for row in rows)


async def asking(home: House, made: Accepted) -> None:
    """Somebody who cannot wait to see them."""
    while True:
        with suppress(HearthError):
            await refreshed(home, made)
        await home.clock.sleep(0.05)


async def as_it_is(home: House, made: Accepted, count: int | None = None) -> None:
    """The outputs tell of the group as it is; also evaluated afresh they are the same."""
    there = await members(home, made)
    found = await refreshed(home, made)
    assert found["size"] == len(there) == len(found["said"])
    assert sorted(found["refs"]) == there
    if count is not None:
        assert found["size"] == count


async def begun(home: House, template: str, **given: Any) -> Accepted:
    """A stack that was made and is being updated."""
    made = await home.create("tale", template, files=FILES)
    await home.settled(made)
    await home.clock.sleep(100)
    await home.update(made, template, files=FILES, parameters=given)
    return made


@pytest.mark.parametrize("curious", [False, True])
@pytest.mark.parametrize(
    ("template", "given"),
    [
        (GROUP, {"wait": 6}),
        (ONE_BELOW, {"wait": 6}),
        (TWO_BELOW, {"wait": 6}),
        (ONE_BELOW, {"wait": 6, "below": 3}),
        (TWO_BELOW, {"below": 6}),
        (TWO_BELOW, {"wait": 3, "below": 6}),
    ],
)
def test_what_a_signal_changes_meanwhile_is_told(
    tmp_path: Path, template: str, given: dict[str, Any], *, curious: bool
):
    async def story():
        async with house(tmp_path) as home:
            made = await begun(home, template, **given)
            asks = asyncio.create_task(asking(home, made)) if curious else None
            await home.clock.sleep(2)
            await signal(home, await holder(home, made))
            await home.clock.sleep(0.5)
            assert (await home.stack(made)).state.status.value == "IN_PROGRESS"
            if "below" not in given:  # of what is being worked on nothing is told
                await as_it_is(home, made, 3)
            stack = await home.settled(made)
            if asks is not None:
                asks.cancel()
            assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
            await as_it_is(home, made, 3)
            await home.clock.sleep(5)
            await signal(home, await holder(home, made))
            await as_it_is(home, made, 4)

    run(story())


@pytest.mark.parametrize("curious", [False, True])
@pytest.mark.parametrize("template", [GROUP, ONE_BELOW, TWO_BELOW])
@pytest.mark.parametrize("moment", [3.8, 3.95, 3.99, 4.0, 4.001, 4.01, 4.05, 4.2])
def test_so_is_a_signal_that_comes_with_the_end(
    tmp_path: Path, template: str, moment: float, *, curious: bool
):
    async def story():
        async with house(tmp_path) as home:
            made = await begun(home, template, wait=4)
            asks = asyncio.create_task(asking(home, made)) if curious else None
            await home.clock.sleep(moment)
            await signal(home, await holder(home, made))
            await home.settled(made)
            await home.clock.sleep(0.5)
            if asks is not None:
                asks.cancel()
            await as_it_is(home, made, 3)

    run(story())


@pytest.mark.parametrize("template", [GROUP, TWO_BELOW])
@pytest.mark.parametrize("moment", [0.0, 0.001, 0.05, 0.5, 1.9, 2.0, 2.001, 2.05])
def test_so_it_is_when_an_engine_dies_meanwhile(tmp_path: Path, template: str, moment: float):
    async def story():
        async with house(tmp_path) as home:
            made = await begun(home, template, wait=4)
            await home.clock.sleep(2)
            await signal(home, await holder(home, made))
            await home.clock.sleep(moment)
            await home.crash()
            await home.start()
            stack = await home.settled(made)
            assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
            await as_it_is(home, made, 3)

    run(story())


@pytest.mark.parametrize("template", [GROUP, ONE_BELOW])
@pytest.mark.parametrize("failing", ["fail: true", "wait_secs: 0"])
def test_what_comes_later_in_the_update_sees_the_group_as_it_is(
    tmp_path: Path, template: str, failing: str
):
    name = "[asg, current_size]" if template is GROUP else "[inner, size]"
    last = f"""
  last:
    type: OS::Heat::TestResource
    depends_on: slow
    properties: {{value: {{get_attr: {name}}}, {failing}}}
outputs:
"""

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, files=FILES)
            await home.settled(made)
            await home.clock.sleep(100)
            after = template.replace("\noutputs:\n", last)
            await home.update(made, after, files=FILES, parameters={"wait": 4})
            await home.clock.sleep(2)
            await signal(home, await holder(home, made))
            stack = await home.settled(made)
            row = (await home.rows(made))["last"]
            await as_it_is(home, made, 3)
            return str(stack.state), row.properties["value"]

    assert run(story()) == ("UPDATE_FAILED" if "fail" in failing else "UPDATE_COMPLETE", "3")
