from types import SimpleNamespace
from typing import Any

import pytest

from hearth.kit import Member, Nested, NothingToDo, Scale
from hearth.resources.heat.batches import Rolling
from hearth.resources.heat.cooldown import end_of, rested
from hearth.resources.heat.scaling import Sizes, adjusted, capacity, in_turn, manned
from tests.support.hand import SeededIds

SIZES = Sizes(1, 6, 3)


def nested(*members: tuple[str, float, bool]) -> Nested:
    return Nested("id", "group", {}, tuple(
        Member(name, "T", name, name, failed, made) for name, made, failed in members
    ))  # fmt: skip


def context(group: Nested | None, asked: int | None = None) -> Any:
    return SimpleNamespace(
        nested=group, capacity=asked, ids=SeededIds(), stack=SimpleNamespace(timeout_s=3600.0)
    )


@pytest.mark.parametrize(
    ("present", "by", "sense", "least", "size"),
    [
        (2, 2, "change", None, 4),
        (2, -5, "change", None, 1),
        (2, 5, "exact", None, 5),
        (2, 50, "exact", None, 6),
        (4, 30, "percent", None, 5),
        (4, 49, "percent", None, 5),
        (4, -49, "percent", None, 3),
        (2, 10, "percent", None, 3),
        (2, -10, "percent", None, 1),
        (3, 10, "percent", 2, 5),
        (4, -10, "percent", 2, 2),
    ],
)
def test_a_signal_comes_to_so_many_members(present, by, sense, least, size):
    assert adjusted(present, Scale("row", by, sense, least), SIZES) == size


@pytest.mark.parametrize(("present", "by", "sense"), [(6, 1, "change"), (3, 3, "exact")])
def test_a_signal_that_changes_nothing_is_nothing_to_do(present, by, sense):
    with pytest.raises(NothingToDo):
        adjusted(present, Scale("row", by, sense), SIZES)


def test_the_failed_go_first_and_then_the_oldest():
    group = nested(("new", 3.0, False), ("old", 1.0, False), ("sick", 2.0, True))

    assert [one.name for one in in_turn(group)] == ["sick", "old", "new"]
    assert manned(context(group), 1, None).names == ("new",)


def test_newcomers_are_called_at_random_and_stand_at_the_end():
    group = nested(("a", 1.0, False))

    names = manned(context(group), 3, None).names

    assert names[0] == "a"
    assert [len(name) for name in names[1:]] == [12, 12]
    assert len(set(names)) == 3


def test_where_nothing_is_said_a_group_keeps_its_size():
    four = nested(*((name, 1.0, False) for name in "abcd"))

    assert capacity(context(None), SIZES) == 3
    assert capacity(context(four), SIZES) == 3
    assert capacity(context(four), Sizes(1, 6)) == 4
    assert capacity(context(four), Sizes(1, 3)) == 3
    assert capacity(context(four, asked=6), SIZES) == 6


def test_a_changed_definition_reaches_the_members_before_the_group_gets_its_size():
    group = nested(("a", 1.0, False), ("b", 2.0, False))

    done = manned(context(group), 3, Rolling(1))

    assert [wave.room for wave in done.waves.waves] == [1, 1, 0]
    assert len(done.waves.waves[-1].born) == 1
    assert done.waves.order[:2] == ("a", "b")


def test_a_rest_is_recorded_as_a_moment_and_never_cut_short():
    first = rested({"mine": 1, "scaling_in_progress": True}, 1_790_000_100.0, "one")
    second = rested(first, 1_790_000_050.0, "two")

    assert first["mine"] == 1
    assert first["scaling_in_progress"] is False
    assert end_of(first) == end_of(second) == 1_790_000_100.0
    assert list(second["cooldown_end"].values()) == ["two"]
    assert end_of({}) == end_of({"cooldown_end": {"nonsense": ""}}) == 0.0
