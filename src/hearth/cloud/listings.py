"""One LIST for all who wait, instead of a GET for each."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hearth.cloud.service import Service

CHUNK = 90  # ids in one address: 90 UUIDs stay below the 4 KiB that some proxies allow
PAGE = 1000
PAGES = 100  # no more than 100,000 objects are looked through at once
FEW = 2  # that many are asked one by one
OVERLAP = timedelta(seconds=5)  # clocks of a cloud's machines differ

_DETAIL = {("compute", "/servers"), ("volume", "/volumes"), ("volume", "/snapshots")}
_CHANGES = {("compute", "/servers")}


class Listing:
    """What is known of the objects of one collection, for one project.

    Absence proves nothing: only a GET that answers 404 says that an object is gone.
    """

    def __init__(self, service: Service, path: str, plural: str) -> None:
        self._service = service
        self._path = path
        self._plural = plural
        self._seen: dict[str, Mapping[str, Any]] = {}
        self._since: str = ""
        self.asked = 0
        """How many requests the last look took."""

    @property
    def batched(self) -> bool:
        """Whether the service's lists are detailed enough to wait by them."""
        where = (self._service.name, self._path)
        return self._service.name == "network" or where in _DETAIL

    async def look(self, idents: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """The documents of those that are listed, by id."""
        wanted = list(dict.fromkeys(idents))
        self.asked = 0
        if self._service.name == "network":
            return await self._by_id(wanted)
        found = {str(item["id"]): item async for item in self._pages()}
        if (self._service.name, self._path) not in _CHANGES:
            # The list is whole: what it shows no more is not what it was.
            return {ident: found[ident] for ident in wanted if ident in found}
        self._note(found.values())
        known = self._seen | found
        self._seen = {ident: known[ident] for ident in wanted if ident in known}
        return dict(self._seen)

    async def _by_id(self, wanted: list[str]) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for chunk in _chunks(wanted):
            self.asked += 1
            reply = await self._service.get(self._path, [("id", ident) for ident in chunk])
            found |= {str(item["id"]): item for item in reply.get(self._plural, ())}
        return found

    async def _pages(self) -> Any:
        where = (self._service.name, self._path)
        path = f"{self._path}/detail" if where in _DETAIL else self._path
        params: dict[str, str] = {"limit": str(PAGE)}
        if where in _CHANGES and self._since:
            params["changes-since"] = self._since
        for _ in range(PAGES):
            self.asked += 1
            reply = await self._service.get(path, params)
            for item in reply.get(self._plural, ()):
                yield item
            links = reply.get(f"{self._plural}_links", ())
            following = next((link["href"] for link in links if link.get("rel") == "next"), None)
            if following is None:
                return
            params = dict(parse_qsl(urlsplit(following).query))

    def _note(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Remember the newest change seen, less an overlap, as the next list's start."""
        newest = max((str(item.get("updated") or "") for item in found), default="")
        if newest:
            moment = datetime.fromisoformat(newest) - OVERLAP
            self._since = max(self._since, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
