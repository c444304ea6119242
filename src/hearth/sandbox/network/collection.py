"""What all kinds of objects have in common: owners, names, stamps, who sees them, how they change.

A subclass declares its fields and says in `make`, `alter` and `unmake` what is particular.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from hearth.sandbox.lists import stamp
from hearth.sandbox.network import fields as f
from hearth.sandbox.network.fields import ABSENT, READ_ONLY, Field, read_change, read_new
from hearth.sandbox.network.shelf import Shelf
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Call, Refusal

_OWNER = Field(f.text(255), ABSENT, put=False)

COMMON: dict[str, Field] = {
    "id": READ_ONLY,
    "tenant_id": _OWNER,
    "project_id": _OWNER,
    "created_at": READ_ONLY,
    "updated_at": READ_ONLY,
    "revision_number": READ_ONLY,
    "tags": READ_ONLY,
    "description": f.DESCRIPTION,
}

Charge = Callable[[str, str, int], None]
"""Asked before an object is made: (project, resource, how many); raises OverQuota."""


class Collection:
    """Objects of one kind, as the API shows them under one path."""

    singular: ClassVar[str]
    plural: ClassVar[str]
    missing: ClassVar[str]
    """The kind of the error for an object that is not there."""
    fields: ClassVar[dict[str, Field]]
    hidden: ClassVar[frozenset[str]] = frozenset()
    """Attributes that only administrators see."""
    share_action: ClassVar[str] = "access_as_shared"
    quota: ClassVar[str | None] = None
    indexed: ClassVar[tuple[str, ...]] = ()
    """Attributes that the table has an index of, worth using in a list's filter."""

    def __init__(self, shelf: Shelf, table: Table, charge: Charge) -> None:
        self.shelf = shelf
        self.table = table
        self.charge = charge

    def create(self, call: Call, sent: Mapping[str, Any]) -> Document:
        """Make an object from a document that a user sent."""
        values = read_new(self.fields, sent, call)
        values["project_id"] = _owner(call, values)
        if self.quota is not None:
            self.charge(values["project_id"], self.quota, 1)
        return self.make(call, values)

    def make(self, call: Call, values: Document) -> Document:
        """Make an object from checked values."""
        return self.add(values)

    def add(self, values: Document) -> Document:
        """Keep a new object with its id and stamps."""
        return self.table.add({**self.shelf.fresh(), "tags": [], **values})

    def update(self, call: Call, key: str, sent: Mapping[str, Any]) -> Document:
        """Change an object as a user asked."""
        row = self.own(call, key)
        values = read_change(self.fields, sent, call)
        self.alter(call, row, values)
        return self.table.get(key) or row

    def alter(self, call: Call, row: Document, values: Document) -> None:
        """Change an object by checked values."""
        self.set(row["id"], **values)

    def set(self, key: str, **values: Any) -> Document:
        """Change fields of an object, and its stamps."""
        row = self.table.get(key)
        if row is None:
            raise self.not_found(key)
        return self.table.change(key, **values, **self.shelf.touch(row))

    def delete(self, call: Call, key: str) -> None:
        """Remove an object as a user asked."""
        row = self.own(call, key)
        self.unmake(call, row)
        self.table.remove(key)
        for grant in self.shelf.grants.where("object_id", key):
            self.shelf.grants.remove(grant["id"])

    def unmake(self, call: Call, row: Document) -> None:
        """Refuse what is in use, and remove what goes with the object."""

    def show(self, call: Call, row: Document) -> Document:
        """The object as the caller may see it."""
        shown = {
            name: value
            for name, value in row.items()
            if name != "due" and (call.admin or name not in self.hidden)
        }
        if "project_id" in row:
            shown["tenant_id"] = row["project_id"]
        for name in ("created_at", "updated_at"):
            shown[name] = stamp(row[name])
        return shown

    def before_list(self, call: Call) -> None:
        """Make what a list of this kind is never without."""

    def sees(self, call: Call, row: Document) -> bool:
        """Whether the object exists for the caller."""
        return (
            call.admin
            or row.get("project_id") == call.project_id
            or bool(row.get("shared"))
            or self.shelf.granted(call, row["id"], self.share_action)
        )

    def find(self, call: Call, key: str) -> Document:
        """The object, if it exists for the caller."""
        row = self.table.get(key)
        if row is None or not self.sees(call, row):
            raise self.not_found(key)
        return row

    def own(self, call: Call, key: str) -> Document:
        """The object, if the caller may change it."""
        row = self.find(call, key)
        if not call.admin and row.get("project_id") != call.project_id:
            message = f"Changing {self.singular} {key} is disallowed by policy"
            raise Refusal(403, message, "PolicyNotAuthorized")
        return row

    def not_found(self, key: str) -> Refusal:
        """The error for an object that is not there."""
        words = self.singular.replace("_", " ").capitalize()
        return Refusal(404, f"{words} {key} could not be found.", self.missing)


def _owner(call: Call, values: Document) -> str:
    named = values.pop("tenant_id", None)
    owner = str(values.pop("project_id", None) or named or call.project_id)
    if owner != call.project_id and not call.admin:
        raise Refusal(
            403,
            "Making objects for another project is disallowed by policy",
            "PolicyNotAuthorized",
        )
    return owner
