"""The marker: written into what is created, found again after a crash, never shown to a user."""

import re
from typing import Any
from uuid import UUID

from hearth.kit.rest import Marker

_MARKER = re.compile(r"^hearth:[0-9a-f]{32}$")
METADATA_KEY = "hearth"


def marker(row_id: str) -> str:
    """The marker of a resource's row: the same for every attempt."""
    return f"hearth:{UUID(row_id).hex}"


def row_of(text: Any) -> str | None:
    """The row id that a marker names, None when the text is no marker."""
    if isinstance(text, str) and _MARKER.match(text):
        return str(UUID(text.removeprefix("hearth:")))
    return None


def carried(body: dict[str, Any], how: Marker, mark: str) -> dict[str, Any]:
    """The body with the marker in it. What the user gave is never altered."""
    match how:
        case Marker.METADATA:
            return body | {"metadata": (body.get("metadata") or {}) | {METADATA_KEY: mark}}
        case Marker.TAGS:
            return body | {"tags": [*(body.get("tags") or []), mark]}
        case Marker.DESCRIPTION if not body.get("description"):
            return body | {"description": mark}
        case Marker.CLIENT_ID:
            return body | {"id": row_of(mark)}
        case _:
            return body


def marked(shown: dict[str, Any], mark: str) -> bool:
    """Whether an object's document carries the marker."""
    metadata = shown.get("metadata")
    return (
        (isinstance(metadata, dict) and metadata.get(METADATA_KEY) == mark)
        or shown.get(METADATA_KEY) == mark
        or mark in (shown.get("tags") or ())
        or shown.get("description") == mark
        or shown.get("id") == row_of(mark)
    )


def marker_in(shown: dict[str, Any]) -> str | None:
    """The marker that a document carries, whosever it is."""
    metadata = shown.get("metadata")
    carriers: list[Any] = [
        shown.get("description"), shown.get(METADATA_KEY), *(shown.get("tags") or ())
    ]  # fmt: skip
    if isinstance(metadata, dict):
        carriers.append(metadata.get(METADATA_KEY))
    return next((text for text in carriers if row_of(text)), None)


def unmarked(shown: dict[str, Any]) -> dict[str, Any]:
    """The document as a user may see it: without the marker."""
    clean = dict(shown)
    metadata = clean.get("metadata")
    if isinstance(metadata, dict) and row_of(metadata.get(METADATA_KEY)):
        clean["metadata"] = {k: v for k, v in metadata.items() if k != METADATA_KEY}
    tags = clean.get("tags")
    if isinstance(tags, list) and any(row_of(tag) for tag in tags):
        clean["tags"] = [tag for tag in tags if not row_of(tag)]
    if row_of(clean.get("description")):
        clean["description"] = ""
    return clean
