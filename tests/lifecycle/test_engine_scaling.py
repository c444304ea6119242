"""A group grows and shrinks when its policies are signalled: once for each signal, and rests."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hearth.base import plain
from hearth.base.errors import OverLimit, Refused
from hearth.bus import MarkResource, RefreshOutputs, SignalResource, SnapshotStack, StackRef
from hearth.store import resources, stacks
from tests.support.house import house
from tests.support.virtual import run

SCALED = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: v}
  wait: {type: number, default: 0}
resources:
  asg:
    type: OS::Heat::AutoScalingGroup
    properties:
      min_size: 1
      max_size: 6
      desired_capacity: 2
      cooldown: 20
      rolling_updates: {max_batch_size: 1, min_in_service: MIN}
      resource:
        type: OS::Heat::TestResource
        properties: {value: {get_param: word}, wait_secs: {get_param: wait}}
  more:
    type: OS::Heat::ScalingPolicy
    properties:
      auto_scaling_group_id: {get_resource: asg}
      adjustment_type: change_in_capacity
      scaling_adjustment: 1
      cooldown: 60
  fewer:
    type: OS::Heat::ScalingPolicy
    properties:
      auto_scaling_group_id: {get_resource: asg}
      adjustment_type: TYPE
      scaling_adjustment: BY
      STEP
outputs:
  size: {value: {get_attr: [asg, current_size]}}
  refs: {value: {get_attr: [asg, refs]}}
  said: {value: {get_attr: [asg, outputs_list, output]}}
  first: {value: {get_attr: [asg, resource.0]}}
  url: {value: {get_attr: [more, alarm_url]}}
  native: {value: {get_attr: [more, signal_url]}}
"""


def scaled(kind: str = "change_in_capacity", by: str = "-1", step: str = "", least: int = 0):
    text = SCALED.replace("TYPE", kind).replace("BY", by).replace("MIN", str(least))
    return text.replace("STEP", f"min_adjustment_step: {step}" if step else "cooldown: 0")


def outputs(stack):
    return {one.key: plain(one.value) for one in stack.outputs}


async def signal(home, made, name, **given):
    ref = StackRef(made.name, made.stack_id)
    asked = {**home.command(), **given}
    return await home.bus.call(SignalResource(**asked, stack=ref, resource=name, details=None))


async def inside(home, made):
    (child,) = await home.store.read(stacks.children, made.stack_id)
    return child


async def at_rest(home, made):
    """The group's stack once nothing is being done to it, and the outputs above it."""
    while True:
        child = await inside(home, made)
        if child.run_id is None:
            break
        await home.clock.sleep(0.1)
    stack = await home.stack(made)
    if stack.outputs_stale:
        ref = StackRef(made.name, made.stack_id)
        await home.bus.call(RefreshOutputs(**home.command(), stack=ref))
    return child, outputs(await home.stack(made))


async def grown(home, made, name, wait: float = 100.0):
    await home.clock.sleep(wait)
    await signal(home, made, name)
    return await at_rest(home, made)


def test_a_signal_makes_a_group_grow_and_another_shrink(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled())
            first = outputs(await home.settled(made))
            child, more = await grown(home, made, "more")
            _child, fewer = await grown(home, made, "fewer")
            parent = await home.stack(made)
            told = [(e.status_text, e.reason) for e in await home.events(made) if e.status_text]
            await home.delete(made)
            last = await home.settled(made)
            return first, child, more, fewer, parent, told, last

    first, child, more, fewer, parent, told, last = run(story())

    assert (first["size"], more["size"], fewer["size"]) == (2, 3, 2)
    # Newcomers stand at the end, and the oldest goes first.
    assert set(first["refs"]) < set(more["refs"])
    assert more["refs"][1:] == fewer["refs"]
    assert more["first"] == first["refs"][0]
    assert more["said"] == ["v", "v", "v"]
    assert str(child.state) == "UPDATE_COMPLETE"
    assert str(parent.state) == "CREATE_COMPLETE"
    assert told == [("SIGNAL_COMPLETE", "No signal details provided")] * 2
    assert "/signal/arn" in first["url"]
    assert first["native"].endswith("/resources/more/signal")
    assert str(last.state) == "DELETE_COMPLETE", last.reason


@pytest.mark.parametrize(
    ("kind", "by", "step", "size"),
    [
        ("change_in_capacity", "3", "", 5),
        ("change_in_capacity", "9", "", 6),
        ("exact_capacity", "4", "", 4),
        ("exact_capacity", "0", "", 1),
        ("percent_change_in_capacity", "100", "", 4),
        ("percent_change_in_capacity", "-20", "", 1),
        ("percent_change_in_capacity", "10", "3", 5),
    ],
)
def test_a_policy_says_by_how_much(tmp_path: Path, kind: str, by: str, step: str, size: int):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled(kind, by, step))
            await home.settled(made)
            return await grown(home, made, "fewer")

    _child, found = run(story())

    assert found["size"] == size


def test_a_group_rests_after_it_was_made_and_after_it_was_scaled(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled())
            await home.settled(made)
            sizes = []
            for name, wait in (("more", 5), ("more", 20), ("fewer", 50), ("fewer", 15)):
                _child, found = await grown(home, made, name, wait)
                sizes.append(found["size"])
            told = [e for e in await home.events(made) if e.status_text]
            row = (await home.rows(made))["asg"]
            return sizes, told, row.metadata

    sizes, told, metadata = run(story())

    assert sizes == [2, 3, 3, 2]
    assert len(told) == 2
    assert metadata["scaling_in_progress"] is False
    assert list(metadata["cooldown_end"].values()) == ["change_in_capacity : -1"]


def test_a_group_of_which_a_snapshot_was_made_is_still_scaled(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled())
            await home.settled(made)
            ref = StackRef(made.name, made.stack_id)
            await home.bus.call(SnapshotStack(**home.command(), stack=ref))
            await home.settled(made)
            state = str((await home.rows(made))["asg"].state)
            _child, found = await grown(home, made, "more", 30)
            return state, found["size"]

    assert run(story()) == ("SNAPSHOT_COMPLETE", 3)


def test_two_signals_at_once_scale_once(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled(), parameters={"wait": 5})
            await home.settled(made)
            await home.clock.sleep(100)
            async with asyncio.TaskGroup() as both:
                both.create_task(signal(home, made, "more"))
                both.create_task(signal(home, made, "fewer"))
                both.create_task(signal(home, made, "more"))
            _child, found = await at_rest(home, made)
            told = [e for e in await home.events(made) if e.status_text]
            return found["size"], len(told)

    size, told = run(story())

    assert (size, told) in ((3, 1), (1, 1))


def test_a_signal_that_comes_twice_is_taken_once(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled("change_in_capacity", "1"))
            await home.settled(made)
            await home.clock.sleep(100)
            for _ in range(2):
                await signal(home, made, "fewer", id="the same")
                await at_rest(home, made)
            _child, found = await at_rest(home, made)
            return found["size"]

    assert run(story()) == 3


@pytest.mark.parametrize("moment", [0.01, 0.3, 3.1, 9.7])
def test_what_a_signal_began_is_done_whoever_dies_meanwhile(tmp_path: Path, moment: float):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled(), parameters={"wait": 8})
            await home.settled(made)
            await home.clock.sleep(100)
            await signal(home, made, "more")
            await home.clock.sleep(moment)
            await home.crash()
            await home.start()
            child, found = await at_rest(home, made)
            _child, rested = await grown(home, made, "more", 30)
            _child, later = await grown(home, made, "more", 40)
            return child, found["size"], rested["size"], later["size"]

    child, *sizes = run(story())

    assert str(child.state) == "UPDATE_COMPLETE", child.reason
    assert sizes == [3, 3, 4]


def test_a_group_that_is_being_worked_on_takes_no_signal(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled(), parameters={"wait": 10})
            await home.settled(made)
            await home.clock.sleep(100)
            await home.update(made, scaled(), parameters={"wait": 10, "word": "w"})
            await home.clock.sleep(5)
            await signal(home, made, "more")
            stack = await home.settled(made)
            told = [e for e in await home.events(made) if e.status_text]
            return stack, told

    stack, told = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["size"] == 2
    assert outputs(stack)["said"] == ["w", "w"]
    assert told == []


def test_an_update_keeps_the_size_that_signals_have_come_to(tmp_path: Path):
    template = scaled().replace("      desired_capacity: 2\n", "")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            await home.settled(made)
            await grown(home, made, "more")
            await grown(home, made, "more")
            await home.update(made, template, parameters={"word": "w"})
            return await home.settled(made)

    stack = run(story())

    assert outputs(stack)["size"] == 3
    assert outputs(stack)["said"] == ["w", "w", "w"]


def test_an_update_in_the_midst_of_scaling_takes_its_place(tmp_path: Path):
    template = scaled().replace("      desired_capacity: 2\n", "")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, parameters={"wait": 10})
            await home.settled(made)
            await home.clock.sleep(100)
            await signal(home, made, "more")
            await home.clock.sleep(3)
            await home.update(made, template, parameters={"wait": 10, "word": "w"})
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["said"] == ["w", "w"]


def test_members_that_must_stay_in_service_make_a_group_grow_for_a_while(tmp_path: Path):
    template = scaled(least=2)

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            before = outputs(await home.settled(made))
            await home.update(made, template, parameters={"word": "w"})
            return before, await home.settled(made)

    before, stack = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["said"] == ["w", "w"]
    # The newcomer stays, and the oldest is gone.
    assert outputs(stack)["refs"][0] == before["refs"][1]
    assert outputs(stack)["refs"][1] not in before["refs"]


def test_the_outputs_of_all_stacks_above_follow(tmp_path: Path):
    parent = """
heat_template_version: 2018-08-31
resources:
  inner: {type: inner.yaml}
outputs:
  size: {value: {get_attr: [inner, size]}}
"""

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", parent, files={"inner.yaml": scaled()})
            await home.settled(made)
            await home.clock.sleep(100)
            inner = await inside(home, made)
            ref = type(made)(inner.id, inner.name)
            await signal(home, ref, "more")
            await at_rest(home, ref)
            stale = (await home.stack(made)).outputs_stale
            await home.bus.call(
                RefreshOutputs(**home.command(), stack=StackRef(made.name, made.stack_id))
            )
            return stale, outputs(await home.stack(made))

    stale, found = run(story())

    assert stale
    assert found["size"] == 3


def test_a_failed_member_goes_first_and_is_not_counted(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled())
            await home.settled(made)
            child, _found = await grown(home, made, "more")
            rows = resources.shown(await home.store.read(resources.of, child.id))
            oldest, middle, newest = sorted(
                rows.values(), key=lambda row: (row.created_at, row.name)
            )
            await home.bus.call(
                MarkResource(
                    **home.command(),
                    stack=StackRef(child.name, child.id),
                    resource=newest.name,
                    unhealthy=True,
                )
            )
            _child, found = await grown(home, made, "fewer")
            after = resources.shown(await home.store.read(resources.of, child.id))
            return oldest.name, middle.name, newest.name, set(after), found["size"]

    _oldest, middle, _newest, after, size = run(story())

    assert size == 1
    assert after == {middle}


def test_a_group_never_grows_beyond_what_a_tree_may_have(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled("change_in_capacity", "2"))
            await home.settled(made)
            await home.clock.sleep(100)
            await home.stop()
            home.settings = replace(home.settings, max_resources_per_stack=6)
            await home.start()
            with pytest.raises(OverLimit):
                await signal(home, made, "fewer")
            await signal(home, made, "more")
            _child, found = await at_rest(home, made)
            return found["size"]

    assert run(story()) == 3


def test_a_policy_that_was_never_made_takes_no_signal(tmp_path: Path):
    broken = """
  broken: {type: OS::Heat::TestResource, properties: {fail: true}}
  more:
    depends_on: broken
"""

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", scaled().replace("\n  more:\n", broken))
            stack = await home.settled(made)
            with pytest.raises(Refused) as refused:
                await signal(home, made, "more")
            return stack, refused.value

    stack, refused = run(story())

    assert str(stack.state) == "CREATE_FAILED"
    assert refused.sentence == "Signal resource during INIT is not supported."
