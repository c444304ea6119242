"""Taking objects over: what the document of an abandoned stack says of each resource.

Nothing in the cloud is changed. The document goes with the run's plan, so that whoever takes the
run up again knows it; it may hold secrets, and is kept as one.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hearth.base import Secret, Value, plain
from hearth.engine.desk import Desk
from hearth.engine.work import Work
from hearth.kit import Member, Nested, ResourceType
from hearth.kit.stack_users import KEY, PASSWORD
from hearth.stack import HIDDEN, OURS, ROW
from hearth.store import Connection, resources

CREDENTIALS = frozenset({PASSWORD, KEY})
"""What is a secret wherever it comes from: Heat's own documents do not tell."""


def told_of(work: Work, name: str) -> Mapping[str, Any]:
    """What the document says of a resource; nothing where it does not name it."""
    document = plain(work.aim.adopted) or {}
    told = _map(document.get("resources")).get(name)
    return _map(told)


def physical_id(told: Mapping[str, Any]) -> str | None:
    """The id of the object that is to be taken over."""
    found = told.get("resource_id")
    return str(found) if found not in (None, "") else None


def data(kind: ResourceType, told: Mapping[str, Any]) -> dict[str, Value]:
    """What the type had kept for itself, without what was the engine's."""
    declared = kind.Attributes.fields
    hidden = {name for name, attribute in declared.items() if attribute.secret} | CREDENTIALS
    if isinstance(named := told.get(HIDDEN), list):
        hidden |= {name for name in named if isinstance(name, str)}
    return {
        key: Secret(value) if key in hidden else value
        for key, value in _map(told.get("resource_data")).items()
        if not key.startswith(OURS)
    }


def metadata(told: Mapping[str, Any]) -> dict[str, Value]:
    """The metadata that the resource had."""
    return _map(told.get("metadata"))


def foreseen(told: Mapping[str, Any]) -> Nested:
    """The nested stack that a resource was: a group's members are taken over as they are called.

    The document tells of them in the order in which they were made.
    """
    inner = _map(told.get("resources"))
    members = tuple(
        Member(name, str(_map(one).get("type") or ""), None, name, failed=False, created_at=place)
        for place, (name, one) in enumerate(inner.items())
    )
    return Nested(str(told.get("id") or ""), str(told.get("name") or ""), {}, members)


async def free_rows(desk: Desk, work: Work) -> dict[str, str]:
    """The rows' ids of old, by which objects are marked, where no row has them any more."""
    named = _map((plain(work.aim.adopted) or {}).get("resources"))
    old = {name: row for name, told in named.items() if (row := _row(_map(told)))}
    taken = await desk.store.read(_taken, list(old.values()))
    found: dict[str, str] = {}
    for name, row in old.items():
        if row not in taken and row not in found.values():
            found[name] = row
    return found


def _row(told: Mapping[str, Any]) -> str | None:
    text = told.get(ROW)
    try:
        return text if isinstance(text, str) and str(UUID(text)) == text else None
    except ValueError:
        return None


def _taken(db: Connection, rows: list[str]) -> set[str]:
    return {row for row in rows if resources.find(db, row) is not None}


def _map(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {key: item for key, item in value.items() if isinstance(key, str)}
