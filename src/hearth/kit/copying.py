"""What is made of an object so that it can be restored: an image of a server, a volume's backup.

A copy is looked after like any other object: asked for once, found again by its marker, waited
for, and deleted with the snapshot that it belongs to. Nobody names it in a template.
"""

from typing import Any, ClassVar

from hearth.kit.type import ResourceType
from hearth.schema import Record, prop
from hearth.stack import ResourceRecord


class Copy(ResourceType):
    """A copy of an object of another type.

    key: under which name the snapshot's document carries its id, among the data of the resource.
    needs: an option of heat.conf without which there are none.
    outlives: whether it is of use when its object is gone (`deletion_policy: Snapshot`).
    """

    key: ClassVar[str]
    needs: ClassVar[str] = ""
    outlives: ClassVar[bool] = True

    class Properties(Record):
        """What it is made of."""

        source: str = prop("The id of the object that it is a copy of.")

    class Attributes(Record):
        """None."""

    def made_of(self, row: ResourceRecord) -> dict[str, Any]:
        """The properties of a copy of this row's object."""
        return {"source": row.physical_id}
