"""A template to begin with, drawn from a type's schema. Pure."""

from collections.abc import Mapping
from typing import Any

from hearth.schema import SHOW, Allowed, Field, Kind, Length, Pattern, Range, TypeSchema

_CFN_KINDS = {
    Kind.INTEGER: "Number",
    Kind.NUMBER: "Number",
    Kind.BOOLEAN: "Boolean",
    Kind.MAP: "Json",
    Kind.LIST: "CommaDelimitedList",
}
_HOT_KINDS = {
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.MAP: "json",
    Kind.LIST: "comma_delimited_list",
}


def skeleton(schema: TypeSchema, *, hot: bool) -> dict[str, Any]:
    """A template of one resource: a parameter for each property, an output each attribute."""
    name = schema.name.rpartition("::")[2]
    taken = {
        key: one
        for key, one in schema.properties.items()
        if one.implemented and not one.support.hidden
    }
    given = {"show": SHOW, **schema.attributes}
    about = f"Initial template of {name}"
    if hot:
        return {
            "heat_template_version": "2016-10-14",
            "description": about,
            "parameters": {key: _hot_parameter(one) for key, one in taken.items()},
            "resources": {
                name: {
                    "type": schema.name,
                    "properties": {key: {"get_param": key} for key in taken},
                }
            },
            "outputs": _outputs(given, name, ("get_attr", "value", "description")),
        }
    return {
        "HeatTemplateFormatVersion": "2012-12-12",
        "Description": about,
        "Parameters": {key: _cfn_parameter(one) for key, one in taken.items()},
        "Resources": {
            name: {
                "Type": schema.name,
                "Properties": {key: _cfn_reference(key, one) for key, one in taken.items()},
            }
        },
        "Outputs": _outputs(given, name, ("Fn::GetAtt", "Value", "Description")),
    }


def _outputs(
    attributes: Mapping[str, Field], name: str, words: tuple[str, str, str]
) -> dict[str, Any]:
    function, value, description = words
    return {
        key: {value: {function: [name, key]}, description: one.doc}
        for key, one in sorted(attributes.items())
        if not one.support.hidden
    }


def _cfn_reference(key: str, declared: Field) -> dict[str, Any]:
    if declared.kind is Kind.LIST:
        return {"Fn::Split": [",", {"Ref": key}]}
    return {"Ref": key}


def _cfn_parameter(declared: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"Type": _CFN_KINDS.get(declared.kind, "String")}
    if declared.doc:
        found["Description"] = declared.doc
    if declared.defaulted and declared.default is not None:
        found["Default"] = declared.default
    for constraint in declared.constraints:
        match constraint:
            case Allowed(values=values):
                found["AllowedValues"] = list(values)
            case Pattern(regex=regex):
                found["AllowedPattern"] = regex
            case Length(min=least, max=most):
                found |= _bounds(("MinLength", least), ("MaxLength", most))
            case Range(min=least, max=most):
                found |= _bounds(("MinValue", least), ("MaxValue", most))
            case _:
                continue
    return found


def _bounds(*pairs: tuple[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value is not None}


def _hot_parameter(declared: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _HOT_KINDS.get(declared.kind, "string")}
    if declared.doc:
        found["description"] = declared.doc
    if declared.defaulted and declared.default is not None:
        found["default"] = declared.default
    if declared.constraints:
        found["constraints"] = [one.document() for one in declared.constraints]
    return found
