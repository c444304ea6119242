"""The types that have no service behind them."""

import asyncio

import pytest

from hearth.base import Secret, Unknown
from hearth.base.errors import HearthError
from hearth.kit import NeedsReplacing, Phase
from hearth.resources.heat import (
    NoneType,
    RandomString,
    TestResource,
    ValueType,
)
from tests.support.hand import Hand


def test_a_random_string_has_its_length_and_its_minimums_and_is_its_own_reference():
    async def story() -> None:
        hand = Hand()
        values = {
            "length": 20,
            "character_classes": [{"class": "digits", "min": 15}],
            "character_sequences": [{"sequence": "#!", "min": 4}],
        }

        made = await hand.create(RandomString(), values)
        other = await hand.create(RandomString(), {})

        text = made.attributes["value"]
        assert len(text) == 20
        assert sum(character.isdigit() for character in text) >= 15
        assert sum(character in "#!" for character in text) >= 4
        assert made.reference == Secret(text)
        assert len(other.attributes["value"]) == 32
        assert other.attributes["value"].isalnum()
        assert await hand.replaces(other, salt="x")
        wrong = RandomString.Properties.of(values | {"length": 5})
        assert "minimums" in next(iter(made.kind.problems(wrong)))

    asyncio.run(story())


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (None, {"a": 1}),
        ("string", 3),
        ("string", None),
        ("number", "3.5"),
        ("boolean", "True"),
        ("comma_delimited_list", ["a", 1]),
        ("json", {"a": [1]}),
    ],
)
def test_a_value_stays_as_it_was_given_where_it_reads_as_its_type(kind: str | None, value: object):
    async def story() -> None:
        hand = Hand()
        given = {"value": value} if kind is None else {"value": value, "type": kind}

        made = await hand.create(ValueType(), given)

        assert list(made.kind.problems(ValueType.Properties.of(given))) == []
        assert made.attributes == {"value": value}

    asyncio.run(story())


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", [1]),
        ("number", "three"),
        ("boolean", "yes"),
        ("comma_delimited_list", "a,b"),
        ("json", '{"a": [1]}'),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: object):
    props = ValueType.Properties.of({"value": value, "type": kind})

    wrong = list(ValueType().problems(props))

    assert len(wrong) == 1


def test_a_value_keeps_the_mark_of_a_secret_and_waits_for_what_is_unknown():
    kind = ValueType()
    unknown = kind.Properties.of({"value": Unknown("a.b"), "type": "number"})
    wrong = kind.Properties.of({"value": "x", "type": "number"})

    assert list(kind.problems(unknown)) == []
    assert len(list(kind.problems(wrong))) == 1

    async def story() -> None:
        hand = Hand()
        made = await hand.create(kind, {"value": "hush"})
        record = made.ctx.record
        record.properties["value"] = Secret("hush")
        assert kind.attributes({}, made.props, record) == {"value": Secret("hush")}

    asyncio.run(story())


def test_a_test_resource_takes_its_time_and_fails_when_told_to():
    async def story() -> None:
        hand = Hand()
        began = hand.clock.now()

        made = await hand.create(TestResource(), {"value": "x", "wait_secs": 30})
        created = hand.clock.now()
        await hand.update(made, value="y", action_wait_secs={"update": 5})
        updated = hand.clock.now()
        await hand.update(made, update_replace=True)
        with pytest.raises(NeedsReplacing):
            await hand.update(made, value="z", update_replace=True)
        with pytest.raises(HearthError, match="Test Resource failed"):
            await hand.update(made, fail=True)

        assert 30 <= created - began < 33
        assert 5 <= updated - created < 8
        assert made.attributes == {"output": "y"}
        assert not await hand.replaces(made, update_replace=True)
        assert await hand.replaces(made, update_replace_value="z")
        await made.kind.delete(made.ctx, made.ident)
        await hand.clock.sleep(40)
        assert (await made.kind.observe(made.ctx, made.ident)).phase is Phase.GONE

    asyncio.run(story())


def test_nothing_exists_by_being_recorded():
    async def story() -> None:
        hand = Hand()

        none = await hand.create(NoneType(), {})

        assert none.attributes == {}
        assert none.kind.schema().anything_goes

    asyncio.run(story())
