"""One request for many who ask for the same kind of thing at the same time.

No timer: alone, a question is asked at once; what gathers while it is under way is asked together.
So a thousand servers that become ready in one moment cost a dozen requests for their ports.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from hearth.cloud.errors import CloudError
from hearth.cloud.service import Service

CHUNK = 90
"""So many values in one address: 90 UUIDs stay below the 4 KiB that some proxies allow."""

Found = tuple[Mapping[str, Any], ...]


class Bundle:
    """Questions about one collection, by one field, that wait to be asked.

    Whoever comes to the lock first asks for all who wait behind; if that one is stopped, the next
    does.
    """

    def __init__(self) -> None:
        self._asking = asyncio.Lock()
        self._wanted: dict[str, list[asyncio.Future[Found]]] = {}

    @property
    def idle(self) -> bool:
        """Whether nobody waits."""
        return not self._asking.locked() and not self._wanted

    async def look(self, service: Service, path: str, plural: str, field: str, value: str) -> Found:
        """The documents of which the field has this value."""
        mine: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._wanted.setdefault(value, []).append(mine)
        try:
            async with self._asking:
                if not mine.done():
                    await self._ask(service, path, plural, field, value)
            return mine.result()
        finally:
            self._forget(value, mine)

    def _forget(self, value: str, mine: "asyncio.Future[Found]") -> None:
        """Who was stopped wants nothing any more."""
        waiting = self._wanted.get(value, [])
        if mine in waiting:
            waiting.remove(mine)
        if not waiting:
            self._wanted.pop(value, None)

    async def _ask(self, service: Service, path: str, plural: str, field: str, first: str) -> None:
        others = (one for one in self._wanted if one != first)
        values = [first, *(one for one, _ in zip(others, range(CHUNK - 1), strict=False))]
        asked = {one: self._wanted.pop(one) for one in values}
        try:
            reply = await service.get(path, [(field, one) for one in values])
        except CloudError as error:
            for waiting in (one for several in asked.values() for one in several):
                waiting.set_exception(error)
                waiting.exception()  # somebody may have gone who was to be told
            return
        except asyncio.CancelledError:
            for value, several in asked.items():  # for the next in line
                self._wanted.setdefault(value, []).extend(several)
            raise
        found: dict[str, list[Mapping[str, Any]]] = {}
        for item in reply.get(plural, ()):
            found.setdefault(str(item.get(field)), []).append(item)
        for value, several in asked.items():
            for waiting in several:
                waiting.set_result(tuple(found.get(value, ())))


async def among(service: Service, path: str, plural: str, field: str, value: str) -> Found:
    """What a collection has with this value in this field; asked together with others.

    For services that take a filter several times, and then find what any of them finds: Neutron.
    """
    session = service.session
    bundles = session.shared.bundles
    key = (repr(session.auth), session.region or "", session.request_id, service.name, path, field)
    bundle: Bundle = bundles.setdefault(key, Bundle())
    try:
        return await bundle.look(service, path, plural, field, value)
    finally:
        if bundle.idle:
            bundles.pop(key, None)
