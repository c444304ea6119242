"""A group is made and changed a few members at a time, with pauses that outlive the engine."""

from pathlib import Path

import pytest

from hearth.base import plain
from hearth.base.errors import Invalid
from hearth.store import EventQuery, events, stacks
from tests.support.house import house
from tests.support.virtual import run

GROUP = """
heat_template_version: 2018-08-31
parameters:
  count: {type: number, default: 4}
  word: {type: string, default: v}
  fail: {type: boolean, default: false}
  other: {type: string, default: ""}
resources:
  group:
    type: OS::Heat::ResourceGroup
    update_policy: POLICY
    properties:
      count: {get_param: count}
      resource_def:
        type: OS::Heat::TestResource
        properties:
          value: {list_join: ["", [{get_param: word}, "%index%"]]}
          fail: {get_param: fail}
          update_replace_value: {get_param: other}
          wait_secs: 10
outputs:
  said: {value: {get_attr: [group, output]}}
  refs: {value: {get_attr: [group, refs_map]}}
"""


def group(policy: str) -> str:
    return GROUP.replace("POLICY", policy)


def outputs(stack):
    return {one.key: plain(one.value) for one in stack.outputs}


async def member_events(home, made, since: float):
    """What happened inside, in tens of seconds, each member's state."""
    (child,) = await home.store.read(stacks.children, made.stack_id)
    told = await home.store.read(events.listed, EventQuery(child.id))
    found: dict[int, list[str]] = {}
    for one in told:
        if one.at >= since and one.resource_name != child.name:
            found.setdefault(int((one.at - since + 1) // 10), []).append(
                f"{one.resource_name} {one.state}"
            )
    return {moment: sorted(lines) for moment, lines in found.items()}


async def changed(home, made, template, **parameters):
    began = home.clock.now()
    await home.update(made, template, parameters=parameters)
    stack = await home.settled(made)
    return stack, await member_events(home, made, began)


def test_members_are_changed_in_batches_from_the_highest_number(tmp_path: Path):
    template = group("{rolling_update: {max_batch_size: 2}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            await home.settled(made)
            return await changed(home, made, template, word="w")

    stack, told = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert told == {
        0: ["2 UPDATE_IN_PROGRESS", "3 UPDATE_IN_PROGRESS"],
        1: [
            "0 UPDATE_IN_PROGRESS",
            "1 UPDATE_IN_PROGRESS",
            "2 UPDATE_COMPLETE",
            "3 UPDATE_COMPLETE",
        ],
        2: ["0 UPDATE_COMPLETE", "1 UPDATE_COMPLETE"],
    }
    assert outputs(stack)["said"] == ["w0", "w1", "w2", "w3"]


def test_a_group_grows_for_a_while_so_that_members_stay_in_service(tmp_path: Path):
    template = group("{rolling_update: {min_in_service: 2}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, parameters={"count": 2})
            await home.settled(made)
            first = await changed(home, made, template, word="w", count=2)
            again, _told = await changed(home, made, template, word="w", count=2)
            return *first, again

    stack, told, again = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert told[0] == ["2 CREATE_IN_PROGRESS"]
    assert told[1] == ["1 UPDATE_IN_PROGRESS", "2 CREATE_COMPLETE"]
    assert told[3] == ["0 UPDATE_COMPLETE", "2 DELETE_IN_PROGRESS"]
    assert told[4] == ["2 DELETE_COMPLETE"]
    assert outputs(stack)["said"] == outputs(again)["said"] == ["w0", "w1"]


def test_members_are_made_in_batches_with_pauses(tmp_path: Path):
    template = group("{batch_create: {max_batch_size: 3, pause_time: 40}}")

    async def story():
        async with house(tmp_path) as home:
            began = home.clock.now()
            made = await home.create("tale", template, parameters={"count": 5})
            stack = await home.settled(made)
            return stack, await member_events(home, made, began)

    stack, told = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert {moment: len(lines) for moment, lines in told.items()} == {0: 3, 1: 3, 5: 2, 6: 2}


@pytest.mark.parametrize("moments", [(25.3, 9.1), (18.7, 22.9, 31.3)])
def test_a_pause_ends_when_it_would_have_whoever_dies_meanwhile(tmp_path: Path, moments):
    template = group("{rolling_update: {max_batch_size: 2, pause_time: 60}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            await home.settled(made)
            began = home.clock.now()
            await home.update(made, template, parameters={"word": "w"})
            for seconds in moments:
                await home.clock.sleep(seconds)
                await home.crash()
                await home.start()
            stack = await home.settled(made)
            return stack, home.clock.now() - began

    stack, seconds = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["said"] == ["w0", "w1", "w2", "w3"]
    assert 80 <= seconds < 90


def test_a_batch_that_fails_is_the_last_and_the_rest_is_taken_up_by_the_next_update(
    tmp_path: Path,
):
    template = group("{rolling_update: {max_batch_size: 1, pause_time: 5}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            await home.settled(made)
            failed, told = await changed(home, made, template, word="w", fail="true")
            last, more = await changed(home, made, template, word="x")
            return failed, told, last, more

    failed, told, last, more = run(story())

    assert str(failed.state) == "UPDATE_FAILED"
    assert told == {0: ["3 UPDATE_FAILED", "3 UPDATE_IN_PROGRESS"]}
    assert str(last.state) == "UPDATE_COMPLETE", last.reason
    assert outputs(last)["said"] == ["x0", "x1", "x2", "x3"]
    assert more[0][-1].startswith("3 ")


def test_members_are_replaced_in_batches_and_the_old_go_with_theirs(tmp_path: Path):
    template = group("{rolling_update: {max_batch_size: 1}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, parameters={"count": 2})
            await home.settled(made)
            return await changed(home, made, template, other="x", count=2)

    stack, told = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    # The old of the first batch is gone before the second batch begins.
    begun = next(moment for moment, lines in told.items() if "0 CREATE_IN_PROGRESS" in lines)
    gone = next(moment for moment, lines in told.items() if "1 DELETE_COMPLETE" in lines)
    assert gone <= begun


def test_a_cancelled_update_does_not_wait_for_a_pause_to_end(tmp_path: Path):
    template = group("{rolling_update: {max_batch_size: 2, pause_time: 600}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template)
            await home.settled(made)
            began = home.clock.now()
            await home.update(made, template, parameters={"word": "w"})
            await home.clock.sleep(30)
            await home.act(made, "cancel_without_rollback")
            return await home.settled(made), home.clock.now() - began

    stack, seconds = run(story())

    assert str(stack.state) == "UPDATE_FAILED"
    assert seconds < 60


def test_pauses_longer_than_the_stack_may_take_fail_the_group_at_once(tmp_path: Path):
    template = group("{rolling_update: {max_batch_size: 1, pause_time: 40}}")

    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", template, timeout_mins=2)
            await home.settled(made)
            return await changed(home, made, template, word="w")

    stack, told = run(story())

    assert str(stack.state) == "UPDATE_FAILED"
    assert "ValueError: resources.group: The update policy leads to a time-out" in stack.reason
    assert told == {}


def test_pauses_longer_than_the_stack_may_take_are_refused_before_anything_is_made(
    tmp_path: Path,
):
    template = group("{batch_create: {max_batch_size: 1, pause_time: 40}}")

    async def story():
        async with house(tmp_path) as home:
            parameters = {"count": 5}
            with pytest.raises(Invalid) as refused:
                await home.create("tale", template, parameters=parameters, timeout_mins=2)
            return refused.value

    error = run(story())

    assert error.kind == "StackValidationFailed"
    assert [one.path for one in error.problems] == ["resources.group"]
    assert "leads to a time-out" in error.sentence
