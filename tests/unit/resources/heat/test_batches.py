from itertools import count

import pytest

from hearth.base.errors import HearthError
from hearth.plan import Wave, Waves
from hearth.resources.heat.batches import Rolling, batches, paused, rolled, sooner


def oldest_first(names, _size):
    return sorted(names)


def fresh(names, _size):
    return (f"n{number}" for number in count() if f"n{number}" not in names)


@pytest.mark.parametrize(
    ("wanted", "present", "how", "sizes"),
    [
        (4, 4, Rolling(2), [(4, 2), (4, 2)]),
        (2, 4, Rolling(1), [(2, 1), (2, 1)]),
        (5, 0, Rolling(2), [(2, 2), (4, 2), (5, 1)]),
        (3, 3, Rolling(1, 3), [(4, 1), (4, 1), (4, 1), (4, 1), (3, 0)]),
        (0, 0, Rolling(1), []),
        (0, 2, Rolling(1), [(0, 0)]),
    ],
)
def test_batches_have_upstreams_sizes(wanted, present, how, sizes):
    assert list(batches(wanted, present, how)) == sizes


def test_where_members_must_stay_in_service_the_group_grows_for_a_while():
    done = rolled(["a", "b", "c"], batches(3, 3, Rolling(1, 3)), oldest_first, fresh)

    assert done.waves.waves == (
        Wave(("n0",), 0, ()),
        Wave((), 1, ()),
        Wave((), 1, ()),
        Wave((), 1, ()),
        Wave((), 0, ("a",)),
    )
    assert done.names == ("b", "c", "n0")
    assert done.passing == ()


def test_who_is_there_only_for_a_while_is_told():
    def last_first(names, _size):
        return sorted(names, reverse=True)

    done = rolled(["a", "b"], batches(2, 2, Rolling(1, 2)), last_first, fresh)

    assert done.passing == ("n0",)
    assert set(done.names) == {"a", "b"}
    assert done.waves.waves[-1].gone == ("n0",)


def test_what_is_to_be_removed_goes_with_the_first_batch():
    waves = sooner(Waves(("a",), (Wave((), 1, ("b",)), Wave())), ["c", "b"])

    assert waves.waves == (Wave((), 1, ("b", "c")), Wave())


def test_pauses_that_take_all_the_time_are_refused():
    waves = Waves(("a",), (Wave(), Wave(), Wave()))

    assert [one.pause_s for one in paused(waves, 49.0, 100.0).waves] == [49.0] * 3
    with pytest.raises(HearthError, match="time-out"):
        paused(waves, 50.0, 100.0)
