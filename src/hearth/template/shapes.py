"""A HOT version as a JSON Schema, for editors: sections, types, properties and functions.

It refuses less than validation does: a name that is mapped by an environment may be any type, and
what a call comes to may be anything.
"""

from collections.abc import Mapping
from typing import Any

from hearth.schema import Allowed, Field, Kind, Pattern, Range, TypeSchema, TypeSource
from hearth.template.dialects import Dialect
from hearth.template.functions import ALIASES, usable
from hearth.template.nodes import Function

DRAFT = "http://json-schema.org/draft-07/schema#"
Shape = dict[str, Any]
_CALL: Shape = {"$ref": "#/definitions/call"}
_WORDS: Shape = {"type": ["string", "number", "boolean", "null"]}
_KINDS: Mapping[Kind, Shape] = {
    Kind.STRING: _WORDS,
    Kind.INTEGER: {"type": ["integer", "string", "null"]},
    Kind.NUMBER: {"type": ["number", "string", "null"]},
    Kind.BOOLEAN: {"type": ["boolean", "string", "integer", "null"]},
    Kind.MAP: {"type": ["object", "null"]},
    Kind.LIST: {"type": ["array", "null"]},
    Kind.ANY: {},
}
SECTION_WORDS = {
    "description": "What the template is for.",
    "parameter_groups": "How the parameters are shown together.",
    "parameters": "What its user may choose.",
    "resources": "What is made.",
    "outputs": "What is shown when it is made.",
    "conditions": "What is made only sometimes depends on these.",
}
RESOURCE_WORDS = {
    "type": "What is made: a type, or a template's file name.",
    "properties": "How it is made; the type says what may be given.",
    "metadata": "What goes with it, for who asks for it.",
    "depends_on": "What has to be there before.",
    "update_policy": "How a group is changed, a few members at a time.",
    "deletion_policy": "What becomes of it when it is not needed any more.",
    "condition": "It is made only where this holds.",
    "external_id": "Something that is there already, to be used instead of making it.",
    "description": "What it is for.",
}


def json_schema(dialect: Dialect, types: TypeSource) -> Shape:
    """The schema of templates of a HOT version."""
    known = [schema for name in types.names() if (schema := types.find(name)) is not None]
    functions = dialect.functions
    versions = [dialect.version, *(alias for alias, of in ALIASES.items() if of == dialect.version)]
    return {
        "$schema": DRAFT,
        "title": f"HOT {dialect.version}",
        "type": "object",
        "required": [dialect.key],
        "properties": {
            dialect.key: {"description": "The language's version.", "enum": versions},
            **{
                name: {"description": SECTION_WORDS[name], **_sections()[name]}
                for name in dialect.sections.values()
            },
        },
        "additionalProperties": False,
        "definitions": {
            "call": _calls(usable(functions.values)),
            "condition": {
                "anyOf": [{"type": ["string", "boolean"]}, _calls(usable(functions.conditions))]
            },
            "parameter": _parameter(dialect),
            "constraint": _constraint(),
            "resource": _resource(dialect, known),
            "output": _output(dialect),
            **{one.name: _properties(one) for one in known},
        },
    }


def _sections() -> dict[str, Shape]:
    return {
        "description": {},
        "parameter_groups": {
            "type": ["array", "null"],
            "items": {
                "type": "object",
                "required": ["parameters"],
                "properties": {"parameters": {"type": "array", "items": {"type": "string"}}},
            },
        },
        "parameters": _map_of("parameter"),
        "resources": _map_of("resource"),
        "outputs": _map_of("output"),
        "conditions": _map_of("condition"),
    }


def _map_of(name: str) -> Shape:
    return {
        "type": ["object", "null"],
        "additionalProperties": {"$ref": f"#/definitions/{name}"},
    }


def _calls(functions: Mapping[str, Function]) -> Shape:
    """A map with the name of a function as its one key."""
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {name: {"description": sentence(one)} for name, one in functions.items()},
    }


def sentence(function: Function) -> str:
    """What a function is for, from what its code says of it."""
    code = getattr(function.run, "func", function.run)
    return (code.__doc__ or "").partition("\n")[0]


def _parameter(dialect: Dialect) -> Shape:
    tags = {"tags": {"type": "array"}} if dialect.version >= "2018-03-02" else {}
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"description": "The kind of value.", "enum": list(dialect.parameter_types)},
            "label": {"description": "What forms call it."},
            "description": {"description": "What it is for."},
            "default": {"description": "Its value where none is given."},
            "hidden": {
                "description": "Whether its value is shown to nobody.",
                "type": ["boolean", "string"],
            },
            "immutable": {
                "description": "Whether no update may change it.",
                "type": ["boolean", "string"],
            },
            "constraints": {
                "description": "What its value may be.",
                "type": ["array", "null"],
                "items": {"$ref": "#/definitions/constraint"},
            },
            "schema": {},
            **tags,
        },
        "additionalProperties": False,
    }


def _constraint() -> Shape:
    bounds = {
        "type": "object",
        "properties": {key: {"type": ["number", "string"]} for key in ("min", "max")},
        "additionalProperties": False,
    }
    numbers = {key: {"type": ["number", "string"]} for key in ("step", "offset")}
    return {
        "type": "object",
        "properties": {
            "description": {"description": "What is said where it does not hold."},
            "length": {"description": "How long it may be.", **bounds},
            "range": {"description": "How large it may be.", **bounds},
            "modulo": {
                "description": "It is an offset plus a multiple of a step.",
                "type": "object",
                "properties": numbers,
            },
            "allowed_values": {"description": "It is one of these.", "type": "array"},
            "allowed_pattern": {"description": "It looks like this.", "type": "string"},
            "custom_constraint": {"description": "It is something that the cloud has."},
        },
        "additionalProperties": False,
    }


def _output(dialect: Dialect) -> Shape:
    condition = {"condition": {"$ref": "#/definitions/condition"}} if dialect.conditional else {}
    return {
        "type": "object",
        "required": ["value"],
        "properties": {
            "value": {"description": "What is shown."},
            "description": {"description": "What it is."},
            **condition,
        },
    }


def _resource(dialect: Dialect, known: list[TypeSchema]) -> Shape:
    shapes: dict[str, Shape] = {
        "type": {"anyOf": [{"enum": [one.name for one in known]}, {"type": "string"}]},
        "properties": {"type": ["object", "null"]},
        "metadata": {"type": "object"},
        "depends_on": {"type": ["string", "array"], "items": {"type": "string"}},
        "update_policy": {"type": "object"},
        "deletion_policy": {"anyOf": [{"enum": [*dialect.deletion_policies, None]}, _CALL]},
        "condition": {"$ref": "#/definitions/condition"},
        "external_id": {"anyOf": [{"type": "string"}, _CALL]},
        "description": {"type": "string"},
    }
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            key: {"description": RESOURCE_WORDS[key], **shapes[key]} for key in dialect.resource
        },
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"type": {"const": one.name}}, "required": ["type"]},
                "then": {"properties": {"properties": {"$ref": f"#/definitions/{one.name}"}}},
            }
            for one in known
        ],
    }


def _properties(schema: TypeSchema) -> Shape:
    """The properties of a type."""
    if schema.anything_goes:
        return {"description": schema.description}
    return {
        "description": schema.description,
        "anyOf": [_map(schema.properties), _CALL, {"type": "null"}],
    }


def _map(fields: Mapping[str, Field]) -> Shape:
    missing = [key for key, one in fields.items() if one.required]
    older = {one.becomes: key for key, one in fields.items() if one.becomes}
    return {
        "type": "object",
        "properties": {key: _value(one) for key, one in fields.items()},
        "required": [key for key in missing if key not in older],
        "additionalProperties": False,
    }


def _value(declared: Field) -> Shape:
    """What may be given to a property."""
    shape: Shape = {"description": declared.doc} if declared.doc else {}
    if declared.defaulted and declared.default is not None:
        shape["default"] = declared.default
    if declared.support.status != "SUPPORTED":
        shape["deprecated"] = True
    own = _own(declared)
    return shape | ({"anyOf": [own, _CALL]} if own else {})


def _own(declared: Field) -> Shape:
    """What may be written there without a call."""
    if declared.kind is Kind.LIST and declared.item is not None:
        return {"type": ["array", "null"], "items": _value(declared.item)}
    if declared.kind is Kind.MAP and declared.fields:
        return {"anyOf": [_map(declared.fields), {"type": "null"}]}
    shape = dict(_KINDS[declared.kind])
    for one in declared.constraints:
        if isinstance(one, Allowed) and declared.kind is not Kind.LIST:
            return {"enum": [*dict.fromkeys((*one.values, *map(str, one.values))), None]}
        if isinstance(one, Range):
            bounds = {"minimum": one.min, "maximum": one.max}
            shape |= {key: bound for key, bound in bounds.items() if bound is not None}
        if isinstance(one, Pattern):
            shape["examples"] = [one.regex]
    return shape
