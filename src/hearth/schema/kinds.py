"""Which kinds of value there are."""

from enum import Enum


class Kind(Enum):
    """The kind of a property, an attribute or a parameter's value."""

    STRING = "String"
    INTEGER = "Integer"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    MAP = "Map"
    LIST = "List"
    ANY = "Any"
