import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.base import Secret, Unknown, plain
from hearth.store.codec import Codec, fernet_key
from hearth.store.errors import Rejected

CODEC = Codec("notgood but just long enough i t")

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text()
)
keys = st.text() | st.sampled_from(["$secret", "$$secret", "secret", "$number", "$"])
plain_values = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=10
)
values = st.recursive(
    leaves | st.builds(Secret, plain_values),
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=10,
)


@given(values)
def test_what_is_written_is_read_back(value):
    assert CODEC.value(CODEC.text(value)) == value


def test_a_secret_does_not_show():
    text = CODEC.text({"password": Secret(["hunter2"]), "user": "me"})

    assert "hunter2" not in text
    assert '"user":"me"' in text


@pytest.mark.parametrize(
    "value",
    [Unknown("a.b"), [Unknown("a.b")], {"x": {"y": Unknown("a.b")}}, Secret({"z": Unknown("a.b")})],
)
def test_what_is_not_known_is_refused_wherever_it_hides(value):
    with pytest.raises(Rejected, match=r"a\.b"):
        CODEC.text(value)


def test_another_key_does_not_open_it():
    found = Codec("another key of thirty-two bytes!").value(CODEC.text(Secret("x")))

    with pytest.raises(Rejected) as caught:
        _ = found.value

    assert caught.value.kind == "InvalidEncryptionKey"


def test_a_secret_that_was_stored_is_a_secret_like_any_other():
    found = CODEC.value(CODEC.text({"a": Secret(["x", 1])}))["a"]

    assert found == Secret(["x", 1])
    assert Secret(["x", 1]) == found
    assert found != Secret("y")
    assert plain(found) == ["x", 1]
    assert "x" not in repr(found)
    assert hash(CODEC.value(CODEC.text(Secret("x")))) == hash(Secret("x"))


def test_a_secret_that_is_written_as_it_was_read_is_not_encrypted_again():
    text = CODEC.text({"a": Secret("x")})

    assert CODEC.text(CODEC.value(text)) == text


def test_a_secret_under_another_key_is_encrypted_anew():
    found = CODEC.value(CODEC.text(Secret("x")))
    other = Codec("another key of thirty-two bytes!")

    assert other.value(other.text(found)) == Secret("x")


@pytest.mark.parametrize(
    ("given_key", "same_as"),
    [
        ("0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        ("0123456789abcdef0123456789abcdefXYZ", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_a_short_key_is_repeated_and_a_long_one_cut(given_key, same_as):
    assert fernet_key(given_key) == fernet_key(same_as)


def test_an_empty_key_is_refused():
    with pytest.raises(Rejected):
        Codec("")
