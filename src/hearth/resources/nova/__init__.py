"""The types of Nova, the compute service."""

from hearth.kit import ResourceType
from hearth.resources.nova.flavor import Flavor
from hearth.resources.nova.key_pair import KeyPair
from hearth.resources.nova.server import Server
from hearth.resources.nova.server_group import ServerGroup

TYPES: tuple[type[ResourceType], ...] = (
    Flavor,
    KeyPair,
    Server,
    ServerGroup,
)

__all__ = [
    "TYPES",
    "Flavor",
    "KeyPair",
    "Server",
    "ServerGroup",
]
