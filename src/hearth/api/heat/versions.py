"""Which version of the API a request is for; discovery where it is for none. Pure."""

import re
from dataclasses import dataclass
from typing import Any

ACCEPTED = "application/vnd.openstack.orchestration-"
_VERSION = re.compile(r"v(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to happen: `path` below the version to be served, `discover`, or nothing here."""

    path: str | None = None
    discover: bool = False


def choose(path: str, accept: str) -> Chosen:
    """Read the version from the path, else from the Accept header."""
    first, _, rest = path.lstrip("/").partition("/")
    if first in {"", "versions"}:
        return Chosen(discover=True)
    if found := _VERSION.fullmatch(first):
        return Chosen(path=f"/{rest}") if _served(found) else Chosen(discover=True)
    if accept.startswith(ACCEPTED):
        wanted = _VERSION.match(accept.removeprefix(ACCEPTED))
        served = wanted is not None and _served(wanted)
        return Chosen(path=path) if served else Chosen(discover=True)
    return Chosen(path=path) if accept in {"", "*/*", "application/json"} else Chosen()


def _served(version: re.Match[str]) -> bool:
    return (version[1], version[2] or "0") == ("1", "0")


def discovery(host: str) -> dict[str, Any]:
    """The document of what there is."""
    links = [{"rel": "self", "href": f"{host}/v1/"}]
    return {"versions": [{"id": "v1.0", "status": "CURRENT", "links": links}]}
