"""What a value may be: kinds, constraints, fields, and whole types.

Rule: declarations and pure checks only; used alike by parameters, properties and attributes.
"""

from hearth.schema.checks import GENERIC, generic
from hearth.schema.coerce import Where, coerce, default_of
from hearth.schema.constraints import (
    Against,
    Allowed,
    Constraint,
    Custom,
    Length,
    Matches,
    Modulo,
    Pattern,
    Range,
    Unmatched,
    fully_matches,
)
from hearth.schema.document import attribute_document, property_document, schema_document
from hearth.schema.fields import MISSING, Field, Record, attr, prop
from hearth.schema.kinds import Kind
from hearth.schema.near import did_you_mean, near_names, nearest
from hearth.schema.patterns import ENDLESS, effort
from hearth.schema.support import Support, fading, since
from hearth.schema.types import SHOW, MemberType, TypeSchema, TypeSource, type_schema

__all__ = [
    "ENDLESS",
    "GENERIC",
    "MISSING",
    "SHOW",
    "Against",
    "Allowed",
    "Constraint",
    "Custom",
    "Field",
    "Kind",
    "Length",
    "Matches",
    "MemberType",
    "Modulo",
    "Pattern",
    "Range",
    "Record",
    "Support",
    "TypeSchema",
    "TypeSource",
    "Unmatched",
    "Where",
    "attr",
    "attribute_document",
    "coerce",
    "default_of",
    "did_you_mean",
    "effort",
    "fading",
    "fully_matches",
    "generic",
    "near_names",
    "nearest",
    "prop",
    "property_document",
    "schema_document",
    "since",
    "type_schema",
]
