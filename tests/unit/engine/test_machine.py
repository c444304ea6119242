"""Any graph, any order of events, any crash point: the same end."""

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hearth.engine.machine import (
    Done,
    Failed,
    Finish,
    Halt,
    IllegalStep,
    Perform,
    Stop,
    advance,
    begin,
)
from hearth.plan import REPLACED, Do, Plan, Step
from hearth.stack import Action, StepState


def step(key: str, *requires: str, do: Do = Do.CREATE, only_if: str | None = None) -> Step:
    return Step(key, key, do, f"row-{key}", requires=requires, only_if=only_if)


@dataclass
class World:
    """A runner and a store in one: steps end in the order that `order` says."""

    plan: Plan
    failing: frozenset[str]
    order: list[int]
    crashes: set[int]
    stored: dict[str, tuple[StepState, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def life(self) -> Finish:
        """To the end, with crashes between events."""
        for turn in range(10_000):
            progress, commands = begin(self.plan, self.stored)
            finish = self.through(progress, commands, turn)
            if finish is not None:
                return finish
        raise AssertionError("it never ends")

    def through(self, progress, commands, turn: int) -> Finish | None:
        under_way: list[str] = []
        queue = list(commands)
        while True:
            for command in queue:
                if isinstance(command, Finish):
                    return command
                needed = progress.steps[command.step].requires
                done = {one for one in needed if progress.states[one] is StepState.DONE}
                # What costs nothing is not stored: a step taken up again had it behind it.
                idle = {one for one in needed if command.again and progress.steps[one].idle}
                assert done | idle == set(needed)
                under_way.append(command.step)
                self.stored[command.step] = (StepState.RUNNING, "")
            if len(self.log) in self.crashes and turn < 50:
                self.crashes.discard(len(self.log))
                return None
            pick = self.order[len(self.log) % len(self.order)] % len(under_way)
            key = under_way.pop(pick)
            self.log.append(key)
            if key in self.failing:
                self.stored[key] = (StepState.FAILED, "")
                queue = advance(progress, Failed(key, "broken"))
            else:
                self.stored[key] = (StepState.DONE, "")
                queue = advance(progress, Done(key))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(1, 12))
    steps = []
    for index in range(count):
        needs = draw(st.sets(st.integers(0, index - 1))) if index else set()
        do = draw(st.sampled_from([Do.CREATE, Do.CREATE, Do.NONE]))
        steps.append(step(f"s{index}", *(f"s{one}" for one in sorted(needs)), do=do))
    return Plan(Action.CREATE, tuple(steps))


ORDERS = st.lists(st.integers(0, 100), min_size=1, max_size=20)


@given(plans(), ORDERS, st.sets(st.integers(0, 15)))
def test_crashes_and_orders_do_not_change_the_end(plan, order, crashes):
    calm = World(plan, frozenset(), [0], set())
    wild = World(plan, frozenset(), order, crashes)

    assert calm.life() == wild.life() == Finish(ok=True, halt=None)
    assert sorted(calm.log) == sorted(wild.log)


IDLE_FIRST = Plan(Action.CREATE, (step("s0", do=Do.NONE), step("s1"), step("s2", "s0")))


@given(plans(), ORDERS, st.sets(st.integers(0, 15)), st.integers(0, 11))
@example(IDLE_FIRST, [0], {1}, 0)
def test_a_failure_stays_one_whatever_happens(plan, order, crashes, index):
    busy = [one.key for one in plan.steps if not one.idle]
    failing = frozenset(busy[index : index + 1])
    wild = World(plan, failing, order, crashes)

    end = wild.life()

    assert end.ok == (not failing)
    assert len(wild.log) == len(set(wild.log))


def test_what_requires_a_failure_never_begins():
    progress, commands = begin(Plan(Action.CREATE, (step("a"), step("b", "a"))))

    assert commands == [Perform("a")]
    assert advance(progress, Failed("a")) == [Finish(ok=False, halt=Halt.FAILURE)]
    assert progress.states["b"] is StepState.SKIPPED


def test_a_stop_lets_what_is_under_way_end():
    progress, _ = begin(Plan(Action.CREATE, (step("a"), step("b"), step("c", "a"))))

    assert advance(progress, Stop(Halt.TIMEOUT)) == []
    assert advance(progress, Done("a")) == []
    assert advance(progress, Done("b")) == [Finish(ok=False, halt=Halt.TIMEOUT)]


@pytest.mark.parametrize(("outcome", "cleaned"), [("", False), (REPLACED, True)])
def test_cleaning_up_is_done_only_after_a_replacement(outcome, cleaned):
    cleanup = step("-old", "a", do=Do.DELETE, only_if="a")
    progress, _ = begin(Plan(Action.UPDATE, (step("a", do=Do.UPDATE), cleanup)))

    commands = advance(progress, Done("a", outcome))

    assert commands == ([Perform("-old")] if cleaned else [Finish(ok=True, halt=None)])


def test_a_step_cannot_end_twice():
    progress, _ = begin(Plan(Action.CREATE, (step("a"), step("b"))))
    advance(progress, Done("a"))

    with pytest.raises(IllegalStep):
        advance(progress, Done("a"))


def test_ten_thousand_steps_in_a_chain_are_looked_at_once_each():
    chain = tuple(step(f"s{i}", *([f"s{i - 1}"] if i else []), do=Do.NONE) for i in range(10_000))

    _progress, commands = begin(Plan(Action.UPDATE, chain))

    assert commands == [Finish(ok=True, halt=None)]


@pytest.mark.parametrize(
    ("persistent", "then"),
    [(False, [Finish(ok=False, halt=Halt.FAILURE)]), (True, [Perform("c")])],
)
def test_a_failure_recorded_before_a_crash_stops_what_it_would_have_stopped(persistent, then):
    plan = Plan(Action.CREATE, (step("a"), step("b"), step("c", "b")))
    stored = {"a": (StepState.FAILED, "broken"), "b": (StepState.RUNNING, "")}

    progress, commands = begin(plan, stored, persistent=persistent)

    assert commands == [Perform("b", again=True)]
    assert progress.reasons == {"a": "broken"}
    assert advance(progress, Done("b")) == then


def test_a_persistent_run_does_all_that_does_not_depend_on_a_failure():
    steps = (step("a"), step("b"), step("after a", "a"), step("after b", "b"))
    progress, _ = begin(Plan(Action.DELETE, steps), persistent=True)

    assert advance(progress, Failed("a", "broken")) == []
    assert advance(progress, Done("b")) == [Perform("after b")]
    assert advance(progress, Done("after b")) == [Finish(ok=False, halt=None)]
    assert progress.states["after a"] is StepState.SKIPPED
