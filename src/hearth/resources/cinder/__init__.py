"""The types of Cinder, the volume service."""

from hearth.kit import ResourceType
from hearth.resources.cinder.volume import Volume
from hearth.resources.cinder.volume_attachment import VolumeAttachment

TYPES: tuple[type[ResourceType], ...] = (
    Volume,
    VolumeAttachment,
)

__all__ = [
    "TYPES",
    "Volume",
    "VolumeAttachment",
]
