"""hearth.template.reader."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth.base import Report
from hearth.template.nodes import Literal, at, plain_of
from hearth.template.reader import MAX_NODES, Unreadable, read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


def node(text):
    found = read(text, "t.yaml", Report())
    assert found is not None
    return found


@settings(max_examples=40)
@given(st.dictionaries(st.text(), JSON))
def test_json_is_read_as_json_reads_it(data):
    assert plain_of(node(json.dumps(data))) == data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2018-08-31", "2018-08-31"),
        ("yes", True),
        ("0755", 493),
        ("0x1F", 31),
        ("1e3", "1e3"),
        ("~", None),
        ("'5'", "5"),
        ("1.5", 1.5),
        ("!!str 5", "5"),
        ("!!binary aGk=", "hi"),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_values_are_what_yaml_says_save_dates(text, value):
    assert plain_of(node(f"a: {text}")) == {"a": value}


def test_every_value_knows_its_place():
    root = node("a: &x {b: 1}\nc:\n  - d\n  - e: f\n")

    assert str(at(root, ("c", 1, "e")).span) == "t.yaml:4:8"
    assert root.span.end_line == 4


def test_aliases_and_merges_are_what_they_stand_for_and_own_keys_win():
    root = node("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\nc: *x\nd: {'<<': 1}\n")

    assert plain_of(root) == {
        "a": {"k": 1, "l": 2},
        "b": {"k": 3, "l": 2},
        "c": {"k": 1, "l": 2},
        "d": {"<<": 1},
    }


def test_a_key_given_twice_is_a_warning_and_the_last_counts():
    report = Report()

    root = read("a: 1\nb: 2\na: 3\n", "t.yaml", report)

    assert root is not None
    assert plain_of(root) == {"a": 3, "b": 2}
    [problem] = report
    assert (problem.code, str(problem.span), report.ok) == ("duplicate-key", "t.yaml:3:1", True)


def test_keys_that_are_no_texts_are_written_as_json_writes_them():
    assert plain_of(node("5: a\ntrue: b\n~: c\n")) == {"5": "a", "true": "b", "null": "c"}


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "a:\n\tb: c",
        "a: [1",
        "a: !foo b",
        "a: *x",
        "--- a\n--- b",
        "[a]: b",
        "a: &x [*x]",
        "<<: 5",
        "a: \x01",
    ],
)
def test_what_is_no_yaml_is_refused_with_its_place(text):
    with pytest.raises(Unreadable) as caught:
        node(text)

    assert caught.value.sentence
    assert caught.value.span is not None


def test_depth_is_bounded():
    with pytest.raises(Unreadable, match="levels deep"):
        node("[" * 5_000 + "]" * 5_000)


def test_a_bomb_of_aliases_is_refused_before_it_bursts():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    with pytest.raises(Unreadable, match=str(MAX_NODES)):
        node("\n".join(lines))


def test_a_bomb_of_merges_is_refused_too():
    wide = ", ".join(f"k{n}: 1" for n in range(2_000))
    lines = [f"a: &a {{{wide}}}", *(f"b{n}: {{<<: *a}}" for n in range(300))]

    with pytest.raises(Unreadable, match=str(MAX_NODES)):
        node("\n".join(lines))


def test_an_empty_text_is_nothing_and_a_mark_of_order_is_skipped():
    assert read("# nothing", "t", Report()) is None
    assert isinstance(node("\ufeffabc"), Literal)


FACE = "\\ud83d\\ude00"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (FACE, "\U0001f600"),
        ("\\/", "/"),
        ("\x7f", "\x7f"),
        ("\\ud800", "\ud800"),
        ("a\u2028b", "a\u2028b"),
    ],
)
def test_json_that_yaml_cannot_read_has_its_places(written, read_as):
    text = f'{{"a": "{written}", "b": [1,\r\n  {{"c": NaN, "d": [true, null]}}]}}'

    root = node(text)

    assert plain_of(at(root, ("a",))) == read_as
    assert str(at(root, ("b", 1, "d", 1)).span) == "t.yaml:2:26"
    assert str(root.key_span("b")) == f"t.yaml:1:{text.find(', ') + 3}"


def test_what_json_gives_twice_is_told_at_its_second_place():
    report = Report()

    root = read(f'{{"e": "{FACE}",\n "a": 1, "a": 2}}', "t.json", report)

    assert root is not None
    assert plain_of(at(root, ("a",))) == 2
    assert [str(one.span) for one in report] == ["t.json:2:10"]


@pytest.mark.parametrize(
    ("odd", "place"),
    [
        ("\x7f", "2:4"),
        ("\x0b", "2:4"),
        ("\x00", "2:4"),
        ('"\\ud800"', "2:7"),
        ('"\ud800"', "2:5"),
        ("\udfff", "2:4"),
    ],
)
def test_yaml_refuses_what_heat_s_yaml_refuses_at_its_place(odd, place):
    with pytest.raises(Unreadable) as found:
        node(f"é: x\na: {odd}\n")

    assert str(found.value.span) == f"t.yaml:{place}"


def test_a_control_character_is_counted_as_clients_know_it():
    with pytest.raises(Unreadable) as found:
        node("é: x\na: \x01\n")

    assert (
        found.value.sentence == "unacceptable character #x0001: control characters are not allowed"
    )
    assert found.value.upstream is not None
    assert found.value.upstream.endswith('not allowed in "<unicode string>", position 8')
