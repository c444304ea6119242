"""The types of orchestration itself: what has no service behind it."""

from hearth.kit import ResourceType
from hearth.resources.heat.random_string import RandomString
from hearth.resources.heat.value import ValueType

TYPES: tuple[type[ResourceType], ...] = (RandomString, ValueType)

__all__ = ["TYPES", "RandomString", "ValueType"]
