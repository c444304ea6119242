"""Every type takes and gives what upstream's does, to the last flag."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hearth.kit import ResourceType
from hearth.resources import TYPES
from hearth.schema import Field, Kind, Support, schema_document

HERE = Path(__file__).resolve()
FACTS = HERE.parents[1] / "data" / "resource_types.json"
REFERENCE = HERE.parents[2].parent / "shared" / "reference" / "resource_types.json"


def facts() -> dict[str, Any]:
    """What is known of the types: the whole reference where it lies beside, else a part of it."""
    if REFERENCE.exists():
        found: dict[str, Any] = json.loads(REFERENCE.read_text())["resource_types"]
    else:
        found = json.loads(FACTS.read_text())
    return found


KNOWN = facts()


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_properties_attributes_and_update_policy_equal_upstreams(kind: type[ResourceType]):
    schema = kind().schema()
    known = KNOWN[kind.name]

    found = {
        "properties": {key: of_property(one) for key, one in schema.properties.items()},
        "attributes": {key: of_attribute(one) for key, one in schema.attributes.items()},
        "update_policy": {key: of_property(one) for key, one in schema.update_policy.items()},
        "support": of_support(schema.support),
    }

    assert found == {
        "properties": {key: plain_property(one) for key, one in known["properties"].items()},
        "attributes": {
            key: plain_attribute(one) for key, one in known["attributes"].items() if key != "show"
        },
        "update_policy": {
            key: plain_property(one) for key, one in (known.get("update_policy") or {}).items()
        },
        "support": plain_support(known.get("support_status")),
    }


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_type_property_and_attribute_says_what_it_is(kind: type[ResourceType]):
    document = schema_document(kind().schema())

    assert kind.__doc__
    for one in (*document["properties"].values(), *document["attributes"].values()):
        assert one["description"].strip().endswith("."), one


def test_the_part_of_the_facts_kept_here_is_the_reference():
    kept = json.loads(FACTS.read_text())

    assert set(kept) == {kind.name for kind in TYPES}
    for name, one in kept.items():
        for part, plain in (("properties", plain_property), ("attributes", plain_attribute)):
            ours = {key: plain(value) for key, value in one[part].items()}
            known = KNOWN[name][part].items()
            assert ours == {key: plain(value) for key, value in known if key != "show"}


def of_property(one: Field) -> dict[str, Any]:
    constraints = [constraint.document() for constraint in one.constraints]
    return {
        "type": one.kind.value,
        "required": one.required,
        "update_allowed": one.update,
        "immutable": one.immutable,
        "implemented": one.implemented,
        "default": one.default if one.defaulted else None,
        "constraints": constraints,
        "support": of_support(one.support),
        "items": of_property(one.item) if one.item is not None else None,
        "schema": {key: of_property(inner) for key, inner in one.fields.items()},
    }


def plain_property(known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": known["type"],
        "required": known.get("required", False),
        "update_allowed": known.get("update_allowed", False),
        "immutable": known.get("immutable", False),
        "implemented": known.get("implemented", True),
        "default": known.get("default"),
        "constraints": [
            {key: value for key, value in one.items() if key != "description"}
            for one in known.get("constraints", ())
        ],
        "support": plain_support(known.get("support_status")),
        "items": plain_property(known["items"]) if known.get("items") else None,
        "schema": {key: plain_property(one) for key, one in (known.get("schema") or {}).items()},
    }


def of_attribute(one: Field) -> dict[str, Any]:
    return {
        "type": None if one.kind is Kind.ANY else one.kind.value,
        "cached": one.cached,
        "support": of_support(one.support),
    }


def plain_attribute(known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": known["type"],
        "cached": known.get("cache_mode") != "cache_none",
        "support": plain_support(known.get("support_status")),
    }


def of_support(one: Support | None) -> tuple[Any, ...]:
    return () if one is None else (one.status, one.version, of_support(one.previous))


def plain_support(known: Mapping[str, Any] | None) -> tuple[Any, ...]:
    if known is None:
        return ("SUPPORTED", None, ())
    previous = known.get("previous")
    return (known["status"], known.get("version"), plain_support(previous) if previous else ())
