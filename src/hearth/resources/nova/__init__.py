"""The types of Nova, the compute service."""

from hearth.kit import ResourceType
from hearth.resources.nova.server import Server

TYPES: tuple[type[ResourceType], ...] = (Server,)

__all__ = ["TYPES", "Server"]
