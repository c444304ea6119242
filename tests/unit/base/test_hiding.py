"""What tells of a secret becomes one."""

from hypothesis import given
from hypothesis import strategies as st

from hearth.base import Secret, Unknown, closed, covered, hidden_in, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_what_is_hidden_is_found_however_deep_and_only_that():
    given_ = {"a": "open", "b": [Secret({"x": "s3cret", "y": [17, True, ""]})], "c": Secret(1.5)}

    assert hidden_in(given_) == {"s3cret", "17", "1.5"}


def test_texts_that_are_or_hold_it_and_numbers_that_are_it_are_closed():
    hidden = hidden_in([Secret("s3cret"), Secret(1500)])

    assert closed({"a": ["s3cret", "x=s3cret;", "open"], "mtu": 1500, "n": 150}, hidden) == {
        "a": [Secret("s3cret"), Secret("x=s3cret;"), "open"],
        "mtu": Secret(1500),
        "n": 150,
    }


def test_a_key_that_tells_closes_its_map():
    assert closed({"s3cret": {"a": Secret(1)}}, hidden_in(Secret("s3cret"))) == Secret(
        {"s3cret": {"a": 1}}
    )


def test_a_short_one_is_hidden_only_where_nothing_else_is_said():
    hidden = hidden_in(Secret("ab"))

    assert closed(["ab", "cable"], hidden) == [Secret("ab"), "cable"]


def test_what_is_closed_or_unknown_stays_as_it_is():
    hidden = hidden_in(Secret("s3cret"))

    assert closed([Secret("s3cret"), Unknown("s3cret"), True, None], hidden) == [
        Secret("s3cret"), Unknown("s3cret"), True, None,
    ]  # fmt: skip


@given(JSON, st.text(min_size=1))
def test_closing_changes_nothing_but_the_marks(value, secret):
    assert plain(closed(value, hidden_in(Secret(secret)))) == value


def test_what_is_hidden_is_put_out_of_sight_in_a_sentence_the_longest_first():
    hidden = hidden_in([Secret("s3cret"), Secret("s3cret-and-more"), Secret("ab")])

    assert covered("s3cret-and-more, s3cret, cable", hidden) == "******, ******, cable"
    assert covered("ab", hidden) == "******"
