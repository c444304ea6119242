"""Changes in waves: each waits for the one before, and nobody takes a turn in vain."""

from typing import Any

from hearth.plan import Do, Plan, Step, Wave, Waves, from_document, later, to_document, waved
from hearth.stack import Action


def change(name: str, **more: Any) -> Step:
    return Step(name, name, Do.UPDATE, f"row-{name}", new_row=f"new-{name}", **more)


def needs(plan: Plan) -> dict[str, set[str]]:
    return {step.key: set(step.requires) for step in plan.steps}


def test_a_wave_waits_for_the_gate_of_the_one_before():
    plan = Plan(Action.UPDATE, (change("a"), change("b"), change("c")))

    done = waved(plan, Waves(("c", "b", "a"), (Wave(room=2, pause_s=5.0), Wave(room=2))))

    assert needs(done) == {"c": set(), "b": set(), "=1": {"c", "b"}, "a": {"=1"}}
    gate = done.step("=1")
    assert (gate.do, gate.pause_s) == (Do.PAUSE, 5.0)


def test_without_a_pause_a_gate_costs_nothing():
    plan = Plan(Action.UPDATE, (change("a"), change("b")))

    done = waved(plan, Waves(("a", "b"), (Wave(room=1), Wave(room=1))))

    assert done.step("=1").idle


def test_who_is_as_wanted_takes_nobodys_turn():
    same = Step("a", "a", Do.NONE, "row-a")
    looked_at = change("b", quiet=True)
    plan = Plan(Action.UPDATE, (same, looked_at, change("c"), change("d")))

    done = waved(plan, Waves(("a", "b", "c", "d"), (Wave(room=1), Wave(room=1))))

    assert needs(done) == {"a": set(), "b": set(), "c": set(), "=1": {"c"}, "d": {"=1"}}


def test_where_nothing_is_to_be_done_there_is_no_wave_and_no_pause():
    same = Step("a", "a", Do.NONE, "row-a")
    plan = Plan(Action.UPDATE, (same, change("b")))

    waves = Waves(("a", "b"), tuple(Wave(room=1, pause_s=60.0, gone=("z",)) for _ in range(3)))
    done = waved(plan, waves)

    assert needs(done) == {"a": set(), "b": set()}


def test_what_goes_in_a_wave_goes_when_the_wave_is_done_and_before_the_next():
    old = Step("-row-z", "z", Do.DELETE, "row-z", requires=("=",))
    replaced = Step("-row-a", "a", Do.DELETE, "row-a", only_if="a", requires=("a", "="))
    barrier = Step("=", "", Do.NONE, "", requires=("a", "b"))
    plan = Plan(Action.UPDATE, (change("a"), change("b"), barrier, replaced, old))

    done = waved(plan, Waves(("a", "b"), (Wave(room=1, gone=("z",)), Wave(room=1))))

    assert needs(done) == {
        "a": set(),
        "-row-a": {"a"},
        "-row-z": {"a"},
        "=1": {"a", "-row-a", "-row-z"},
        "b": {"=1"},
        "=": {"a", "b"},
    }


def test_who_stands_in_for_a_while_is_made_and_goes_again_in_one_plan():
    made = Step("x", "x", Do.CREATE, "row-x")
    plan = Plan(Action.UPDATE, (change("a"), made))

    waves = Waves(("a",), (Wave(("x",)), Wave(room=1), Wave(gone=("x",))))
    done = waved(plan, waves)

    assert needs(done) == {
        "x": set(), "=1": {"x"}, "a": {"=1"}, "=2": {"a", "=1"}, "-row-x": {"=2", "x"}
    }  # fmt: skip
    assert done.step("-row-x").do is Do.DELETE


def test_who_was_left_over_goes_with_whatever_row_it_has_come_to():
    plan = Plan(
        Action.UPDATE,
        (change("x", either=True), Step("-row-x", "x", Do.DELETE, "row-x", only_if="x")),
    )

    done = waved(plan, Waves((), (Wave(("x",)), Wave(gone=("x",)))))

    assert needs(done) == {
        "x": set(), "=1": {"x"}, "-row-x": {"=1", "x"}, "-new-x": {"=1", "x"}
    }  # fmt: skip
    assert (done.step("-row-x").only_if, done.step("-new-x").only_if) == (None, "x")


def test_waves_are_kept_until_the_plan_is_made():
    waves = Waves(("a",), (Wave(("b",), 2, ("c",), 1.5),))
    pause = Step("=1", "", Do.PAUSE, "", requires=("a",), pause_s=1.5)

    kept = from_document(to_document(later(Action.UPDATE, waves=waves)))
    made = from_document(to_document(Plan(Action.UPDATE, (change("a"), pause))))

    assert kept.waves == waves
    assert made.step("=1").pause_s == 1.5
