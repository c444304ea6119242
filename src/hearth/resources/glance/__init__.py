"""The types of Glance, the image service."""

from hearth.kit import ResourceType
from hearth.resources.glance.web_image import WebImage

TYPES: tuple[type[ResourceType], ...] = (WebImage,)

__all__ = [
    "TYPES",
    "WebImage",
]
