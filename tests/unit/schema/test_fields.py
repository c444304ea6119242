"""hearth.schema.fields."""

from typing import Any

import pytest

from hearth.schema import Kind, Record, attr, prop
from hearth.schema.constraints import Allowed, Custom, Range


class Rule(Record):
    """One rule."""

    direction: str = prop("Which way.", default="ingress", allowed=("ingress", "egress"))
    port: int | None = prop("Which port.", range=(0, 65535), wire="port_range")


class Base(Record):
    """What several have."""

    tags: list[str] | None = prop("Its tags.", wire=None, item=prop("One.", check="mac_addr"))


class Group(Base):
    """A group."""

    name: str = prop("What it is called.", update=True)
    network: str = prop("Where.", ref="neutron.network", check="x", wire="network_id")
    rules: list[Rule] | None = prop("What is let in.")
    read: str | None = prop("Who may read.", key="X-Container-Read")
    anything: Any = prop("Anything.", default=None)
    status: str = attr("How it is.")


def test_the_annotation_says_kind_and_whether_it_is_required():
    fields = Group.schema()

    assert fields["name"].kind is Kind.STRING
    assert fields["name"].required
    assert fields["rules"].kind is Kind.LIST
    assert not fields["rules"].required
    assert not fields["anything"].required


def test_fields_are_inherited_and_known_by_their_names_in_templates():
    assert list(Group.fields)[:2] == ["tags", "name"]
    assert Group.fields["X-Container-Read"].name == "read"


def test_a_list_says_what_its_entries_are():
    rules, tags = Group.fields["rules"], Group.fields["tags"]

    assert rules.item is not None
    assert rules.item.fields["port"].constraints == (Range(0, 65535),)
    assert tags.item is not None
    assert tags.item.constraints == (Custom("mac_addr"),)


def test_a_reference_is_a_constraint_and_the_first():
    assert Group.fields["network"].constraints == (Custom("neutron.network"), Custom("x"))
    assert Rule.fields["direction"].constraints == (Allowed(("ingress", "egress")),)


def test_a_record_is_made_of_coerced_values_nested_ones_included():
    record = Group.of({"name": "g", "network": "n", "rules": [{"port": 5}]})

    assert record.rules is not None
    assert record.rules[0].port == 5
    assert record.rules[0].direction == "ingress"
    assert record.given == {"name", "network", "rules"}
    assert record == Group.of(record.values())


def test_a_record_refuses_what_is_not_declared_and_cannot_be_changed():
    with pytest.raises(TypeError, match="wibble"):
        Group.of({"wibble": 1})
    with pytest.raises(AttributeError, match="frozen"):
        Group.of({}).name = "x"


def test_the_wire_is_renamed_without_the_absent_and_the_withheld():
    record = Group.of({"name": "g", "network": "n", "tags": ["a"], "rules": [{"port": 5}]})

    assert record.wire() == {
        "name": "g",
        "network_id": "n",
        "rules": [{"direction": "ingress", "port_range": 5}],
    }


def test_what_changed_is_sent_even_where_it_was_taken_away():
    record = Group.of({"name": "g", "network": "n"})

    assert record.wire(only=("rules", "name", "tags")) == {"name": "g", "rules": None}
