"""Where a stack stands at hooks, as its events tell."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hearth.cli.session import Session
from hearth.cli.watching import Watch

_STOPPED = re.compile(r"paused until Hook (\S+) is cleared$")
_CLEARED = re.compile(r"^Hook (\S+) is cleared$")
GIVEN_UP = "Failure occurred while waiting."


@dataclass(frozen=True, slots=True)
class Standing:
    """A resource that waits. place: the names that lead to it. path: of it, in the REST API."""

    place: str
    hook: str
    since: str
    path: str


def standing(session: Session, name: str) -> list[Standing]:
    """Every resource that waits at a hook, in nested stacks too."""
    stack = session.find(name)
    seen = Watch(session.heat, session.out, stack["id"], stack["stack_name"])
    found: dict[tuple[str, str], Standing] = {}
    while told := seen.events():
        for event in told:
            _take(found, event, seen)
    busy = str(stack["stack_status"]).endswith("IN_PROGRESS")
    return list(found.values()) if busy else []


def _take(found: dict[tuple[str, str], Standing], event: dict[str, Any], seen: Watch) -> None:
    path, reason = _path(event), str(event.get("resource_status_reason") or "")
    if stopped := _STOPPED.search(reason):
        place = Standing(_place(event, seen), stopped[1], event["event_time"], path)
        found[path, stopped[1]] = place
    elif cleared := _CLEARED.match(reason):
        found.pop((path, cleared[1]), None)
    elif reason == GIVEN_UP:
        for key in [one for one in found if one[0] == path]:
            del found[key]


def _path(event: dict[str, Any]) -> str:
    """The resource's path below `/v1/<project>`."""
    href = next(link["href"] for link in event["links"] if link["rel"] == "resource")
    path: str = urlsplit(href).path.lstrip("/").split("/", 2)[2]
    return f"/{path}"


def _place(event: dict[str, Any], seen: Watch) -> str:
    stack = _path(event).split("/")[2]
    name = str(event["resource_name"])
    return name if stack == seen.name else f"{stack}/{name}"
