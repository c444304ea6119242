"""Names and ids in templates: asked from the cloud in bulk, kept for a minute.

One list of a kind answers for all names of it in a project. What is there is remembered; what is
missing never, for it is often about to be made: who asked is told, and who asks again asks anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hearth.base import Clock
from hearth.cloud import Cloud, CloudError, Forbidden, NoService, NotFound, ServerFault
from hearth.cloud.errors import BadRequest
from hearth.config import Cache
from hearth.engine.expressions import Evaluator, Expressions
from hearth.kit import DOMAIN, REFS, NotThere, Ref, chosen, entry_of, noun, with_domain
from hearth.schema import Against, near_names

TRIES = 4
SCOPES = 1000
"""So many lists are kept at most; the oldest goes first."""
PAGES = 20
PAGE = 1000
LEAST_S = 5.0
"""An answer lasts at least until the evaluation that asked for it has seen it."""
NEAR = 3
ALIKE = 0.4
"""How alike a name must be to be shown as near, from 0 to 1."""

Name = tuple[str, str]
"""A row of kit.refs, and the name or id that a template gives."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a service listed, and when. trouble: why it did not."""

    at: float
    entries: tuple[Mapping[str, Any], ...]
    trouble: CloudError | None = None


class Checks:
    """What is known of the things that templates may refer to."""

    def __init__(
        self, clock: Clock, evaluator: Evaluator | None = None, cache: Cache | None = None
    ) -> None:
        self._clock = clock
        self._cache = cache or Cache()
        self._lists: dict[Name, Listed] = {}
        self.expressions = Expressions(clock, evaluator)

    def now(self) -> float:
        """The time, for constraints that look at it."""
        return self._clock.now()

    def answer(self, scope: str, ref: str, wanted: str) -> str | None:
        """What the cloud is given for it; None when it must be asked first."""
        listed = self._lists.get((scope, ref))
        kept_s = max(self._cache.expiration_time * self._cache.caching, LEAST_S)
        if listed is None or self._clock.now() - listed.at > kept_s:
            return None
        try:
            return chosen(REFS[ref], listed.entries, wanted)
        except NotThere:
            return None

    async def learn(self, cloud: Cloud, scope: str, names: Iterable[Name]) -> dict[Name, Against]:
        """List all things of these kinds; what is wrong with those that are not among them."""
        wanted: dict[str, list[str]] = {}
        for ref, name in sorted(set(names)):
            wanted.setdefault(ref, []).append(name)
        wrong: dict[Name, Against] = {}
        for ref, several in wanted.items():
            await self._learn(cloud, (scope, ref), several, wrong)
        return wrong

    async def _learn(
        self, cloud: Cloud, key: Name, wanted: list[str], wrong: dict[Name, Against]
    ) -> None:
        name = key[1]
        ref = REFS[name]
        listed = await _listed(cloud, ref, self._clock)
        found = list(listed.entries)
        if any(with_domain(ref, one)[1] for one in wanted):
            found = await _in_domains(cloud, found, self._clock)
        for one in wanted:
            if ref.single and not _known(ref, found, one):
                found.extend(await _single(cloud, ref, one))
        self._keep(key, Listed(listed.at, tuple(found)))
        for one in wanted:
            against = _against(name, found, one, listed.trouble)
            if against is not None:
                wrong[name, one] = against

    def _keep(self, key: Name, listed: Listed) -> None:
        self._lists.pop(key, None)
        self._lists[key] = listed
        while len(self._lists) > SCOPES:
            self._lists.pop(next(iter(self._lists)))


async def _listed(cloud: Cloud, ref: Ref, clock: Clock) -> Listed:
    """All pages of a list."""
    at = clock.now()
    params: dict[str, Any] = {**ref.query, **({"limit": PAGE} if ref.pages else {})}
    pairs: list[tuple[str, Any]] = list(params.items())
    if ref.service == "network":
        pairs += [("fields", "id"), ("fields", "name")]
    entries: list[Mapping[str, Any]] = []
    try:
        for _ in range(PAGES):
            reply = await _patiently(cloud, ref, pairs, clock)
            page: list[Any] = reply.get(ref.key) or []
            entries.extend(page)
            if not page or not _continued(reply, ref.key):
                break
            last = entry_of(ref, page[-1]).get(ref.answer)
            pairs = [*((k, v) for k, v in pairs if k != "marker"), ("marker", last)]
    except (NotFound, Forbidden, NoService, BadRequest) as error:
        return Listed(at, tuple(entries), error)
    return Listed(at, tuple(entries))


async def _in_domains(
    cloud: Cloud, entries: Iterable[Mapping[str, Any]], clock: Clock
) -> list[Mapping[str, Any]]:
    """The entries with the names of their domains; who may not list domains gives their ids."""
    listed = await _listed(cloud, REFS["keystone.domain"], clock)
    names = {one.get("id"): one.get("name") for one in listed.entries}
    return [{**one, DOMAIN: names.get(one.get("domain_id"))} for one in entries]


async def _patiently(cloud: Cloud, ref: Ref, pairs: list[tuple[str, Any]], clock: Clock) -> Any:
    """One page, asked for again while the service has a fault of its own."""
    for attempt in range(1, TRIES):
        try:
            return await cloud[ref.service].get(ref.path, pairs)
        except ServerFault:
            await clock.sleep(0.5 * attempt)
    return await cloud[ref.service].get(ref.path, pairs)


def _continued(reply: Mapping[str, Any], key: str) -> bool:
    """Whether there is another page: Glance says where, the others in a list of links."""
    links = reply.get(f"{key}_links") or ()
    return "next" in reply or any(link.get("rel") == "next" for link in links)


async def _single(cloud: Cloud, ref: Ref, ident: str) -> list[Mapping[str, Any]]:
    """A thing that is there although the list does not show it: another project's, say."""
    if not ident.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return []
    try:
        reply = await cloud[ref.service].get(f"{ref.path.removesuffix('/detail')}/{ident}")
    except CloudError:
        return []
    found = reply.get(ref.wraps, reply) if isinstance(reply, dict) else None
    return [found] if isinstance(found, dict) else []


def _known(ref: Ref, entries: Iterable[Mapping[str, Any]], wanted: str) -> bool:
    """Whether the list says something about a name, be it that there are two."""
    shown = [entry_of(ref, entry) for entry in entries]
    wanted, _domain = with_domain(ref, wanted)
    return any(str(entry.get(field)) == wanted for entry in shown for field in ref.matches)


def _against(
    name: str, entries: list[Mapping[str, Any]], wanted: str, trouble: CloudError | None
) -> Against | None:
    """What is wrong with a name, given what was listed; None if it is there."""
    ref = REFS[name]
    try:
        chosen(ref, entries, wanted)
    except NotThere as missing:
        words = f"Error validating value '{wanted}': {missing}"
        what = noun(name)
        if missing.ambiguous:
            said = f'there are several things called "{wanted}" where a {what} is meant'
            return Against(words, said, "give the id instead of the name")
        if trouble is not None and not isinstance(trouble, NotFound | BadRequest):
            return _silent(wanted, trouble, what, ref)
        return Against(
            words, f'there is no {what} "{wanted}"{ref.where}', _near(ref, entries, wanted)
        )
    return None


def _silent(wanted: str, trouble: CloudError, what: str, ref: Ref) -> Against:
    """That a service could not be asked, and why."""
    if isinstance(trouble, NoService):
        why = f"this cloud offers no {ref.service} service"
    else:
        why = f"the {ref.service} service does not let you list what there is"
    words = f"Error validating value '{wanted}': {trouble}"
    return Against(words, f'the {what} "{wanted}" cannot be checked: {why}', str(trouble))


def _near(ref: Ref, entries: Iterable[Mapping[str, Any]], wanted: str) -> str | None:
    names = {
        str(shown[field])
        for shown in (entry_of(ref, entry) for entry in entries)
        for field in ref.matches
        if field not in ("id", "uuid") and shown.get(field)
    }
    close = near_names(wanted, sorted(names), NEAR, ALIKE)
    return f"near: {', '.join(close)}" if close else None
