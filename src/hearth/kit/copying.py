"""What is made of an object so that it can be restored: an image of a server, a volume's backup.

A copy is looked after like any other object: asked for once, found again by its marker, waited
for, and deleted with the snapshot that it belongs to. Nobody names it in a template.
"""

from typing import ClassVar

from hearth.kit.type import ResourceType
from hearth.schema import Record, prop


class Copy(ResourceType):
    """A copy of an object of another type.

    key: under which name the snapshot's document carries its id, among the data of the resource.
    needs: an option of heat.conf without which there are none.
    """

    key: ClassVar[str]
    needs: ClassVar[str] = ""

    class Properties(Record):
        """What it is made of."""

        source: str = prop("The id of the object that it is a copy of.")

    class Attributes(Record):
        """None."""
