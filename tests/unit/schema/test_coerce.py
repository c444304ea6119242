"""hearth.schema.coerce."""

from typing import Any

import pytest

from hearth.base import Secret, Unknown
from hearth.schema import Record, Where, coerce, prop


class Part(Record):
    """One part."""

    kind: str = prop("Which.", default="digits", allowed=("digits", "letters"))
    min: int = prop("How many.", default=1, range=(1, 512))


class Renamed(Record):
    """Something whose properties got other names."""

    net: str | None = prop("Which.", ref="neutron.network")
    net_id: str | None = prop("Which.", becomes="net")
    agents: list[str] | None = prop("Several.", allowed=("a", "b"))
    agent: str | None = prop("One.", becomes="agents")


class Thing(Record):
    """Something."""

    length: int = prop("How long.", default=32, range=(1, 512))
    parts: list[Part] | None = prop("Its parts.")
    name: str | None = prop("Its name.")
    on: bool | None = prop("Whether it is on.")
    factor: float | None = prop("How much.")
    more: dict[str, Any] | None = prop("More.")
    needed: str = prop("Needed.")
    flavor: str | None = prop("Its size.", ref="nova.flavor")


UPSTREAM = (
    'Property error: : p.parts[0].kind: : "digit" is not an allowed value ["digits", "letters"]'
)


def coerced(**given):
    return coerce(Thing.fields, {"needed": "x", **given}, Where("p", "A thing"))


@pytest.mark.parametrize(
    ("key", "given", "wanted"),
    [
        ("length", "12", 12),
        ("length", 12.9, 12),
        ("name", 5, "5"),
        ("name", True, "True"),
        ("on", "TRUE", True),
        ("factor", "1.5", 1.5),
        ("factor", "8", 8),
        ("parts", [{}], [{"kind": "digits", "min": 1}]),
        ("length", Unknown("x"), Unknown("x")),
        ("length", Secret("5"), Secret(5)),
        ("length", None, 32),
    ],
)
def test_values_become_what_is_declared(key, given, wanted):
    values, report = coerced(**{key: given})

    assert report.ok, list(report)
    assert values[key] == wanted
    assert type(values[key]) is type(wanted)


@pytest.mark.parametrize(
    ("given", "upstream"),
    [
        ({"length": "abc"}, "Property error: : p.length: : Value 'abc' is not an integer"),
        ({"length": 0}, "Property error: : p.length: : 0 is out of range (min: 1, max: 512)"),
        ({"name": ["a"]}, "Property error: : p.name: : Value must be a string; got ['a']"),
        ({"name": 1.5}, "Property error: : p.name: : Value must be a string; got 1.5"),
        ({"on": "no"}, 'Property error: : p.on: : "no" is not a valid boolean'),
        ({"parts": "abc"}, "Property error: : p.parts: : \"'abc'\" is not a list"),
        ({"more": "abc"}, 'Property error: : p.more: : "abc" is not a map'),
        ({"lenght": 1}, "Property error: : p: : Unknown Property lenght"),
        ({"parts": [{"x": 1}]}, "Property error: : p.parts[0]: : Unknown Property x"),
        (
            {"parts": [{"kind": "digit"}]},
            UPSTREAM,
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_words_that_are_known(given, upstream):
    _, report = coerced(**given)

    assert [one.upstream for one in report] == [upstream]


def test_everything_wrong_is_reported_at_once_with_what_was_meant():
    _, report = coerce(Thing.fields, {"lenght": 1, "parts": [{"min": 0}], "on": 3})

    assert [one.code for one in report] == [
        "unknown-property",
        "constraint",
        "wrong-kind",
        "missing-property",
    ]
    assert next(iter(report)).hint == 'did you mean "length"?'


def test_what_was_meant_by_another_name_is_not_also_missing():
    _, report = coerce(Thing.fields, {"neded": "x", "parts": [{"kimd": "digits"}]})

    assert [(one.code, one.hint) for one in report] == [
        ("unknown-property", 'did you mean "needed"?'),
        ("unknown-property", 'did you mean "kind"?'),
    ]


def test_a_secret_is_checked_and_not_shown():
    _, report = coerced(length=Secret(4711), name=Secret(["hush"]))

    assert len(report) == 2
    assert not any("4711" in one.sentence or "hush" in one.sentence for one in report)


def test_named_constraints_are_asked_for_with_the_value():
    def custom(name, value):
        return f"no {name} {value}" if value == "huge" else None

    _, fine = coerce(Thing.fields, {"needed": "x", "flavor": "tiny"}, None, custom)
    _, wrong = coerce(Thing.fields, {"needed": "x", "flavor": "huge"}, None, custom)

    assert fine.ok
    assert "no nova.flavor huge" in next(iter(wrong)).sentence


def test_a_default_may_be_changed_by_who_gets_it():
    class Listed(Record):
        """Has a list."""

        items: list[Any] = prop("Items.", default=[])

    first, _ = coerce(Listed.fields, {})
    first["items"].append(1)
    second, _ = coerce(Listed.fields, {})

    assert second == {"items": []}


def test_what_stands_under_an_older_name_is_told_under_it() -> None:
    asked: list[tuple[Any, ...]] = []

    def span(path: tuple[str | int, ...], _key: bool) -> None:  # noqa: FBT001 - SpanOf
        asked.append(path)

    given = {"net_id": "x", "agent": "c"}
    _, report = coerce(
        Renamed.fields, given, Where("p", "this", span), lambda _name, value: f"no {value}"
    )

    told = [(one.sentence, one.path, one.upstream) for one in report]
    assert told[0] == ("net_id: no x", "p.net_id", "Property error: : p.net: : no x")
    assert told[1][:2] == ('agent: "["c"]" is not an allowed value ["a", "b"]', "p.agent")
    assert asked == [("net_id",), ("agent",)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"parts": "auto"}, 'parts: "auto" is not a list'),
        ({"parts": {"a": [None, True]}}, 'parts: {"a": [null, true]} is not a list'),
        ({"more": ["x"]}, 'more: ["x"] is not a map'),
    ],
)
def test_people_read_values_as_they_are_written(given: dict[str, Any], sentence: str) -> None:
    _, report = coerce(Thing.fields, given | {"needed": "x"}, Where("p"))

    assert [one.sentence for one in report] == [sentence]
