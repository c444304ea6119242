"""Objects in the cloud that carry our marker and belong to no row: told of, and left alone.

There are none, unless somebody restored an old database, or a fault of ours made one. Whose they
are cannot be known for certain, so a person decides; the log says what, where, and for which row.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hearth.base.errors import HearthError
from hearth.cloud import Cloud, CloudError, NoService, TrustAuth
from hearth.engine.desk import Desk
from hearth.kit import Marker, Rest, marker_in, row_of
from hearth.stack import StackRecord
from hearth.store import credentials, resources, stacks

log = logging.getLogger(__name__)

PROJECTS = 50
"""So many projects are asked about at once."""

SURE_S = 60.0
"""After so long it is looked again: what was on its way has arrived, or gone."""

_CARRIERS = frozenset({Marker.METADATA, Marker.TAGS, Marker.DESCRIPTION})


@dataclass(frozen=True, slots=True)
class Stray:
    """An object without a row."""

    rest: Rest
    project_id: str
    ident: str
    name: str
    row: str


async def tell_of_strays(desk: Desk) -> list[Stray]:
    """Look through every project that has stacks; what is found twice is told of."""
    places = _places(desk)
    found: list[Stray] = []
    after = ""
    while True:
        some = await desk.store.read(stacks.one_of_each_project, PROJECTS, after)
        if not some:
            return found
        after = some[-1].project_id
        seen = [await _in_project(desk, stack, places) for stack in some]
        suspects = {one for strays in seen for one in strays}
        if not suspects:
            continue
        await desk.clock.sleep(SURE_S)
        again = [await _in_project(desk, stack, places) for stack in some]
        sure = [one for strays in again for one in strays if one in suspects]
        for one in sure:
            log.warning(
                "%s %s (%s) of project %s has our marker for row %s, which does not exist",
                one.rest.wraps, one.ident, one.name, one.project_id, one.row,
            )  # fmt: skip
        found += sure


def _places(desk: Desk) -> list[Rest]:
    """Where objects that carry a marker are listed, each once."""
    kinds = (desk.registry.type(name) for name in desk.registry.names())
    rests = (kind.rest for kind in kinds if kind is not None and kind.rest is not None)
    marked = {(one.service, one.path): one for one in rests if one.marker in _CARRIERS}
    return [marked[key] for key in sorted(marked)]


async def _in_project(desk: Desk, stack: StackRecord, places: Iterable[Rest]) -> list[Stray]:
    kept = await desk.store.read(credentials.find, stack.credentials_id or "")
    if kept is None or not kept.trust_id:
        return []
    auth = TrustAuth(kept.trust_id, kept.project_id)
    cloud = Cloud(desk.patient.session(auth, desk.settings.region_name_for_services))
    found: list[Stray] = []
    for rest in places:
        try:
            reply = await cloud[rest.service].get(rest.path + rest.detail)
        except NoService:
            continue
        except CloudError as error:
            log.info(
                "%s of project %s is not looked through: %s", rest.many, stack.project_id, error
            )
            continue
        found += await _without_row(desk, rest, stack.project_id, reply.get(rest.many, []))
    return found


async def _without_row(
    desk: Desk, rest: Rest, project_id: str, listed: Iterable[dict[str, Any]]
) -> list[Stray]:
    marked = {row: shown for shown in listed if (row := row_of(marker_in(shown))) is not None}
    try:
        there = await desk.store.read(resources.there, list(marked))
    except HearthError:
        return []
    return [
        Stray(rest, project_id, str(shown[rest.ident]), str(shown.get("name") or ""), row)
        for row, shown in marked.items()
        if row not in there
    ]
