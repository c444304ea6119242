"""Names and ids in properties: asked from the cloud in bulk, kept for a minute.

A positive answer holds for a minute; a negative one only for seconds, for what is missing is
often about to be made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hearth.base import Clock
from hearth.cloud import Cloud, Forbidden, NoService, NotFound, ServerFault
from hearth.kit import REFS, NotThere, Ref, chosen

KEPT_S = 60.0
MISSED_S = 2.0
TRIES = 4
SCOPES = 1000
"""So many lists are kept at most; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a service listed, and when."""

    at: float
    entries: tuple[Mapping[str, Any], ...]
    trouble: str = ""


class Checks:
    """What is known of the things that properties may refer to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lists: dict[tuple[str, str], Listed] = {}

    def answer(self, scope: str, ref: str, wanted: str) -> str | NotThere | None:
        """What the cloud is given for it; why it cannot be; None when it must be asked first."""
        listed = self._lists.get((scope, ref))
        if listed is None:
            return None
        age_s = self._clock.now() - listed.at
        if age_s > KEPT_S:
            return None
        if listed.trouble:
            return NotThere(listed.trouble) if age_s <= MISSED_S else None
        try:
            return chosen(REFS[ref], listed.entries, wanted)
        except NotThere as missing:
            return missing if age_s <= MISSED_S else None

    async def learn(self, cloud: Cloud, scope: str, refs: Iterable[str]) -> None:
        """List all things of these kinds."""
        for ref in sorted(set(refs)):
            self._keep((scope, ref), await self._list(cloud, REFS[ref]))

    async def _list(self, cloud: Cloud, ref: Ref) -> Listed:
        params = {"fields": ["id", "name"]} if ref.service == "network" else {}
        pairs = [(key, one) for key, several in params.items() for one in several]
        for attempt in range(1, TRIES + 1):
            try:
                reply = await cloud[ref.service].get(ref.path, pairs)
            except ServerFault:
                if attempt == TRIES:
                    raise
                await self._clock.sleep(0.5 * attempt)
            except (NotFound, Forbidden, NoService) as error:
                return Listed(self._clock.now(), (), str(error))
            else:
                return Listed(self._clock.now(), tuple(reply.get(ref.key, ())))
        raise AssertionError("the last attempt returns or raises")

    def _keep(self, key: tuple[str, str], listed: Listed) -> None:
        self._lists.pop(key, None)
        self._lists[key] = listed
        while len(self._lists) > SCOPES:
            self._lists.pop(next(iter(self._lists)))
