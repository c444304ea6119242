"""The schema of a type as the REST API answers it (GET /resource_types/T)."""

from typing import Any

from hearth.schema.fields import Field
from hearth.schema.kinds import Kind
from hearth.schema.types import SHOW, TypeSchema


def schema_document(schema: TypeSchema) -> dict[str, Any]:
    """The document: hidden and unimplemented fields are left out, as they always were."""
    attributes = {"show": SHOW, **schema.attributes}
    return {
        "resource_type": schema.name,
        "properties": {
            key: property_document(one)
            for key, one in schema.properties.items()
            if one.implemented and not one.support.hidden
        },
        "attributes": {
            key: attribute_document(one)
            for key, one in attributes.items()
            if not one.support.hidden
        },
        "support_status": schema.support.document(),
    }


def property_document(declared: Field) -> dict[str, Any]:
    """One property, with what is inside."""
    found: dict[str, Any] = {
        "type": declared.kind.value.lower(),
        "required": declared.required,
        "update_allowed": declared.update,
        "immutable": declared.immutable,
    }
    if declared.doc:
        found["description"] = declared.doc
    if declared.defaulted and declared.default is not None:
        found["default"] = declared.default
    if declared.constraints:
        found["constraints"] = [
            one.document() | ({"description": one.description} if one.description else {})
            for one in declared.constraints
        ]
    if declared.item is not None:
        found["schema"] = {"*": property_document(declared.item)}
    elif declared.fields:
        found["schema"] = {key: property_document(one) for key, one in declared.fields.items()}
    return found


def attribute_document(declared: Field) -> dict[str, Any]:
    """One attribute."""
    found: dict[str, Any] = {"description": declared.doc}
    if declared.kind is not Kind.ANY:
        found["type"] = declared.kind.value.lower()
    return found
