"""What resources say as it is written, before anything is evaluated. Pure.

Two properties name the same thing when they are written the same way: the same name, or the same
reference. From this follows what a resource needs though its template does not say so.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from hearth.template import plain_of


def said(definition: Any) -> dict[str, Any]:
    """A resource's properties as they are written."""
    found = plain_of(definition.properties) if definition.properties is not None else {}
    return found if isinstance(found, dict) else {}


def first_said(definition: Any, keys: Collection[str]) -> Any:
    """What a resource says under the first of these keys that it uses."""
    properties = said(definition)
    return next((properties[key] for key in keys if properties.get(key)), None)


def those(others: Mapping[str, Any], kind: str, keys: Collection[str], value: Any) -> Iterator[str]:
    """The resources of a type that say a value under one of these keys."""
    for name, other in others.items():
        if value is not None and other.type == kind and first_said(other, keys) == value:
            yield name


def named(reference: Any) -> str | None:
    """The resource that a reference is to, in either dialect."""
    if not isinstance(reference, dict):
        return None
    found = reference.get("get_resource") or reference.get("Ref")
    return found if isinstance(found, str) else None
