"""A plan says what is done, in which order, and why."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from hearth.base import Secret, Unknown
from hearth.plan import (
    ATTEMPTED,
    LINGERS,
    Desired,
    Do,
    Plan,
    Verdict,
    Wanted,
    act,
    decide,
    from_document,
    make,
    plan_document,
    to_document,
)
from hearth.schema import Record, prop
from hearth.stack import Action, ResourceRecord, State, Status


class Thing:
    """A type of which one property changes in place, one never, and one by replacement."""

    anything_goes = False
    renewed = False
    nests = False
    own_metadata: frozenset[str] = frozenset()
    revisited = False
    substitutes = ()
    mends = True

    class Properties(Record):
        name: str | None = prop("Its name.", update=True)
        size: int | None = prop("Its size.")
        fixed: str | None = prop("What never changes.", immutable=True)

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        return any(not self.Properties.fields[one].update for one in changed)


KIND = Thing()


def row(
    name: str, /, *requires: str, state: str = "CREATE_COMPLETE", **values: Any
) -> ResourceRecord:
    action, _, status = state.partition("_")
    return ResourceRecord(
        f"id-{name}",
        "stack",
        name,
        "T",
        State(Action(action), Status(status)),
        1.0,
        type_resolved="T",
        physical_id=f"object-{name}",
        properties=values,
        requires=requires,
    )


def wanted(name: str, /, *requires: str, **values: Any) -> Wanted:
    return Wanted(name, "T", "T", values, requires=requires)


def planned(rows: list[ResourceRecord], *things: Wanted, action: Action = Action.UPDATE) -> Plan:
    by_name = {one.name: one for one in things}
    numbers = count()
    desired = Desired(
        {one.name: one.requires for one in things}, lambda name, _fates: by_name[name]
    )
    return make(desired, rows, action, lambda _name: KIND, lambda: f"new-{next(numbers)}")


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ({"name": "a"}, {"name": "a"}, Verdict.NONE),
        ({"name": "a"}, {"name": "b"}, Verdict.UPDATE),
        ({"name": "a"}, {}, Verdict.UPDATE),
        ({"size": 1}, {"size": 2}, Verdict.REPLACE),
        ({"fixed": "a"}, {"fixed": "b"}, Verdict.REFUSE),
        ({"name": Secret("a")}, {"name": "a"}, Verdict.NONE),
    ],
)
def test_the_schema_decides(before, after, verdict):
    assert decide(KIND, row("x", **before), wanted("x", **after)).verdict is verdict


def test_another_update_policy_alone_is_an_update():
    before = replace(row("a", name="same"), update_policy={"rolling_update": {"pause": 1}})
    same = replace(wanted("a", name="same"), update_policy={"rolling_update": {"pause": 1}})
    other = replace(same, update_policy={"rolling_update": {"pause": 2}})

    assert decide(KIND, before, same).verdict is Verdict.NONE
    assert decide(KIND, before, other).verdict is Verdict.UPDATE
    assert decide(KIND, before, replace(same, update_policy={})).verdict is Verdict.UPDATE


def test_an_unknown_value_may_still_force_a_replacement():
    decision = decide(KIND, row("x", size=1), wanted("x", size=Unknown("y.size")))

    assert decision.verdict is Verdict.UPDATE
    assert decision.either


def test_what_may_be_replaced_is_told_and_counted_as_that():
    plan = planned(
        [row("x", size=1), row("y", name="a")],
        wanted("x", size=Unknown("z.size")), wanted("y", name=Unknown("z.name")),
    )  # fmt: skip

    document = plan_document(plan)
    x, y = document["steps"][:2]
    assert (x["do"], x["maybe"], x["reason"]) == (
        "update", True, "may be REPLACED: size not known yet",
    )  # fmt: skip
    assert (y["do"], y["maybe"], y["reason"]) == ("update", False, "")
    assert {what: n for what, n in plan.counts().items() if n} == {"update": 1, "perhaps": 1}


class Choosy(Thing):
    """A type of which a property changes in place, unless another says otherwise, or it shrinks."""

    class Properties(Record):
        name: str | None = prop("Its name.", update=True)
        policy: str | None = prop("What a new name means.", update=True)
        size: int | None = prop("Its size.", update=True)
        inner: list[Any] | None = prop("Its parts.", update=True)

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        renamed = "name" in changed and after.policy == "REPLACE"
        other = bool(after.inner) and after.inner != before.inner
        return renamed or after.size < before.size or other


@pytest.mark.parametrize(
    ("after", "tips"),
    [
        ({"name": Unknown("z")}, "name"),
        ({"name": Unknown("z"), "policy": "REBUILD"}, ""),
        ({"size": Unknown("z")}, "size"),
        ({"size": Unknown("z"), "policy": "REBUILD"}, "size"),
        ({"inner": [{"one": Unknown("z")}]}, "inner"),
        ({"inner": []}, ""),
        ({"policy": Unknown("z")}, ""),
    ],
)
def test_a_type_with_rules_of_its_own_is_asked_what_may_be(after: dict[str, Any], tips: str):
    before: dict[str, Any] = {"name": "a", "policy": "REPLACE", "size": 3, "inner": [{"one": "1"}]}

    decision = decide(Choosy(), row("x", **before), wanted("x", **{**before, **after}))

    assert (decision.verdict, decision.perhaps) == (Verdict.UPDATE, bool(tips))
    assert decision.reason == (f"may be REPLACED: {tips} not known yet" if tips else "")


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("CREATE_FAILED", Verdict.REPLACE),
        ("CHECK_FAILED", Verdict.REPLACE),
        ("DELETE_FAILED", Verdict.UPDATE),
        ("DELETE_IN_PROGRESS", Verdict.REPLACE),
        ("UPDATE_FAILED", Verdict.NONE),
    ],
)
def test_a_failure_is_mended(state, verdict):
    assert decide(KIND, row("x", state=state), wanted("x")).verdict is verdict


def test_what_could_not_go_and_was_never_made_is_made():
    never = replace(row("x", state="DELETE_FAILED"), physical_id=None)

    assert decide(KIND, never, wanted("x")).verdict is Verdict.REPLACE


class Elsewhere(Thing):
    """A type that looks at its object at every update, for itself."""

    revisited = True


@pytest.mark.parametrize(
    ("state", "ident", "verdict"),
    [
        ("CREATE_COMPLETE", "there", Verdict.UPDATE),
        ("CREATE_FAILED", "there", Verdict.UPDATE),
        ("CREATE_FAILED", None, Verdict.REPLACE),
        ("CHECK_FAILED", "there", Verdict.REPLACE),
    ],
)
def test_what_every_update_looks_at_is_updated_though_nothing_differs(state, ident, verdict):
    old = replace(row("x", state=state), physical_id=ident)

    assert decide(Elsewhere(), old, wanted("x")).verdict is verdict


def test_what_could_not_be_deleted_is_looked_at_before_it_is_taken_back():
    old = row("x", state="DELETE_FAILED", size=1, name="a")

    same = decide(KIND, old, wanted("x", size=1, name="a"))
    other = decide(KIND, old, wanted("x", size=2, name="a"))

    assert (same.verdict, same.either) == (Verdict.UPDATE, True)
    assert other.verdict is Verdict.REPLACE


def test_what_could_not_be_deleted_is_looked_at_until_an_update_has_found_it_well():
    unseen = replace(row("x", state="UPDATE_FAILED", size=1), data={LINGERS: True})
    seen = replace(unseen, data={})

    again = planned([unseen], wanted("x", size=1))
    known = decide(KIND, seen, wanted("x", size=1))

    assert (again.step("x").do, again.step("x").either) == (Do.UPDATE, True)
    assert again.step("-id-x").only_if == "x"
    assert known.verdict is Verdict.NONE


def test_a_rollback_takes_back_the_old_object_that_could_not_be_deleted():
    old = replace(row("x", state="DELETE_FAILED", size=1), replaced_by="id-new")
    new = replace(row("x", size=2), id="id-new", replaces="id-x", created_at=2.0)

    back = planned([old, new], wanted("x", size=1), action=Action.ROLLBACK)
    on = planned([old, new], wanted("x", size=2))

    assert (back.step("x").do, back.step("x").row, back.step("x").either) == (
        Do.UPDATE,
        "id-x",
        True,
    )
    assert back.step("-id-new").do is Do.DELETE
    assert (on.step("x").do, on.step("x").row) == (Do.NONE, "id-new")
    assert on.step("-id-x").do is Do.DELETE


def test_a_failed_update_is_taken_back_though_what_is_recorded_never_changed():
    half = replace(row("x", state="UPDATE_FAILED", name="a"), data={ATTEMPTED: {"name": "b"}})

    assert decide(KIND, half, wanted("x", name="a")).verdict is Verdict.UPDATE


def test_a_new_stack_is_created_in_order():
    plan = planned([], wanted("b", "a"), wanted("a"), action=Action.CREATE)

    assert [(step.key, step.do, step.requires) for step in plan.steps] == [
        ("a", Do.CREATE, ()),
        ("b", Do.CREATE, ("a",)),
    ]


def test_an_unchanged_stack_has_nothing_to_do():
    plan = planned([row("a"), row("b", "a")], wanted("a"), wanted("b", "a"))

    assert plan.idle
    assert plan.counts()["unchanged"] == 2


def test_what_is_no_longer_wanted_goes_last_and_after_what_required_it():
    plan = planned([row("a"), row("b", "a"), row("c")], wanted("c", name="new"))

    steps = {step.key: step for step in plan.steps}
    assert steps["c"].do is Do.UPDATE
    assert steps["-id-a"].do is steps["-id-b"].do is Do.DELETE
    assert "-id-b" in steps["-id-a"].requires
    assert steps["="].requires == ("c",)
    assert "=" in steps["-id-b"].requires


def test_a_replaced_object_goes_after_its_replacement_and_what_depends_upon_it():
    plan = planned([row("a", size=1), row("b", "a")], wanted("a", size=2), wanted("b", "a"))

    steps = {step.key: step for step in plan.steps}
    assert steps["a"].do is Do.REPLACE
    assert steps["a"].old_row == "id-a"
    assert {"a", "b", "-id-b"} <= set(steps["-id-a"].requires)
    assert {what: n for what, n in plan.counts().items() if n} == {"replace": 1, "unchanged": 1}


def test_deleting_goes_the_other_way_round():
    plan = planned([row("a"), row("b", "a")], action=Action.DELETE)

    steps = {step.key: step for step in plan.steps}
    assert steps["-id-a"].requires == ("-id-b",)
    assert steps["-id-b"].requires == ()


def test_rows_that_require_one_another_round_in_a_ring_can_still_go():
    plan = planned([row("a", "b"), row("b", "a")], action=Action.DELETE)

    assert len(plan.steps) == 2
    assert sum(len(step.requires) for step in plan.steps) == 1


def test_going_back_takes_the_old_object_up_again():
    old = replace(row("a", size=1), replaced_by="id-new")
    new = replace(row("a", size=2), id="id-new", replaces="id-a", created_at=2.0)

    plan = planned([old, new], wanted("a", size=1), action=Action.ROLLBACK)

    steps = {step.key: step for step in plan.steps}
    assert (steps["a"].do, steps["a"].row) == (Do.NONE, "id-a")
    assert steps["-id-new"].do is Do.DELETE


def test_suspending_goes_backwards_and_checking_all_at_once():
    rows = [row("a"), row("b", "a")]

    suspend = act(rows, Action.SUSPEND, Do.SUSPEND, backwards=True)
    check = act(rows, Action.CHECK, Do.CHECK, backwards=False)

    assert {step.key: step.requires for step in suspend.steps} == {"a": ("b",), "b": ()}
    assert {step.key: step.requires for step in check.steps} == {"a": (), "b": ()}


def test_a_plan_survives_being_stored():
    plan = planned([row("a", size=1)], wanted("a", size=2), wanted("b", "a"))

    again = from_document(to_document(plan))

    assert [(s.key, s.do, s.row, s.requires) for s in again.steps] == [
        (s.key, s.do, s.row, s.requires) for s in plan.steps
    ]


def test_nothing_secret_is_shown():
    plan = planned([row("a", name="old")], wanted("a", name=Secret("hush")))

    shown = plan_document(plan)

    assert "hush" not in repr(shown)
    assert shown["steps"][0]["changes"][0]["after"] == "******"
    assert shown["counts"]["update"] == 1


@pytest.mark.parametrize(
    ("values", "word"), [({"name": "new"}, "update"), ({"size": 2}, "replace")], ids=str
)
def test_what_the_environment_restricts_is_refused(values: dict[str, Any], word: str):
    recorded = row("a", name="old", size=1)
    after = wanted("a", **{"name": "old", "size": 1, **values})

    decision = decide(KIND, recorded, replace(after, restricted=frozenset({word})))

    assert decision.verdict is Verdict.REFUSE
    assert decision.forbidden
    assert word in decision.reason
    assert decide(KIND, recorded, after).verdict.value == word
