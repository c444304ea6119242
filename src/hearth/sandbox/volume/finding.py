"""Objects as the caller may see them, and lists of them: filters, sorting, pages."""

from ast import literal_eval
from collections.abc import Callable, Sequence
from typing import Any

from hearth.sandbox.lists import ordered, page
from hearth.sandbox.store import Document, Table
from hearth.sandbox.volume.state import Cinder
from hearth.sandbox.web import Call, Refusal

_CONTROL = frozenset(
    {
        "limit",
        "marker",
        "offset",
        "sort",
        "sort_key",
        "sort_dir",
        "all_tenants",
        "with_count",
        "usage",
    }
)
_SORTABLE = (
    "id",
    "name",
    "display_name",
    "status",
    "size",
    "created_at",
    "updated_at",
    "availability_zone",
    "bootable",
    "volume_id",
    "volume_type_id",
    "project_id",
    "user_id",
)
_TRUE = ("true", "1", "yes", "on", "t", "y")

Show = Callable[[Document], Document]


def find(call: Call, table: Table, key: str, words: str) -> Document:
    """An object by its id, if it exists for the caller."""
    row = table.get(key)
    if row is None or not (call.admin or row["project_id"] == call.project_id):
        raise missing(words, key)
    return row


def missing(words: str, key: str) -> Refusal:
    """The error for an object that is not there."""
    return Refusal(404, f"{words} {key} could not be found.")


def only_admin(call: Call, what: str) -> None:
    """Refuse what only administrators may do."""
    if not call.admin:
        raise Refusal(403, f"Policy doesn't allow {what} to be performed.")


def inner(document: Document, key: str) -> Document:
    """The object under a key of a document, as `{"os-reset_status": {…}}`."""
    found = document.get(key)
    if not isinstance(found, dict):
        raise Refusal(400, f"Invalid input for field/attribute {key}. Value: {found}.")
    return found


def mine(call: Call, table: Table) -> Sequence[Document]:
    """The objects of the caller's project, or all for an administrator who asks for them."""
    if call.admin and call.flag("all_tenants"):
        wanted = call.arg("project_id")
        return list(table) if wanted is None else table.where("project_id", wanted)
    return table.where("project_id", call.project_id)


def listed(
    cinder: Cinder, call: Call, rows: Sequence[Document], key: str, show: Show
) -> dict[str, Any]:
    """The document that answers a list request; `key` names the list."""
    found = [row for row in cinder.world.listed(rows) if _meets(call, row)]
    found = ordered(found[::-1], _orders(call))
    body: dict[str, Any] = {}
    if call.flag("with_count") and call.version >= (3, 45):
        body["count"] = len(found)
    offset = call.arg("offset")
    if offset is not None:
        if not offset.isdigit():
            raise Refusal(400, f"offset param must be an integer: {offset}")
        found = found[int(offset) :]
    part, following = page(call, found, missing=404)
    body[key] = [show(row) for row in part]
    if following is not None:
        href = f"{cinder.world.url(call.path)}?{following}"
        body[f"{key}_links"] = [{"rel": "next", "href": href}]
    return body


def _meets(call: Call, row: Document) -> bool:
    for name in call.query:
        if name in _CONTROL or name == "project_id":
            continue
        text = call.arg(name) or ""
        if name.endswith("~"):
            if text not in str(row.get(name[:-1]) or ""):
                return False
        elif name == "metadata":
            if not _within(text, row.get("metadata") or {}):
                return False
        elif not _same(row.get(name), text):
            return False
    return True


def _same(value: Any, text: str) -> bool:
    match value:
        case bool():
            return value is (text.lower() in _TRUE)
        case None:
            return text in ("", "None")
        case _:
            return text in (str(value), str(value).lower())


def _within(text: str, metadata: dict[str, str]) -> bool:
    """Whether the metadata holds a filter's pairs, written as Python or JSON writes a mapping."""
    try:
        wanted = literal_eval(text)
    except (ValueError, SyntaxError):
        raise Refusal(400, f"Invalid filter value for metadata: {text}") from None
    if not isinstance(wanted, dict):
        raise Refusal(400, f"Invalid filter value for metadata: {text}")
    return all(metadata.get(key) == value for key, value in wanted.items())


def _orders(call: Call) -> list[tuple[str, bool]]:
    text = call.arg("sort")
    if text is not None:
        pairs = [one.strip().partition(":") for one in text.split(",")]
        return [(_field(name), (direction or "desc") == "desc") for name, _, direction in pairs]
    keys = call.args("sort_key")
    downs = call.args("sort_dir") or ["desc"]
    return [
        (_field(name), downs[min(index, len(downs) - 1)] == "desc")
        for index, name in enumerate(keys)
    ]


def _field(name: str) -> str:
    if name not in _SORTABLE:
        raise Refusal(400, f"Invalid sort key: {name}")
    return {"display_name": "name"}.get(name, name)
