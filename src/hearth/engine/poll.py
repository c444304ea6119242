"""Waiting on the cloud, batched: one LIST for all who wait on one collection.

Absence in a list proves nothing: what a list does not show is asked for by its id. However many
wait, a service is looked at so often in a second and no oftener; only the first look at each object
that no list shows comes at once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hearth.base import Clock
from hearth.cloud import Listing, ServerFault, TooMany, Unavailable
from hearth.engine.hearing import Hearing
from hearth.engine.pacing import Pacer
from hearth.kit import Context, Observation, Phase, ResourceType

FEW = 2  # so many are asked one by one
FAULTS = 30  # so many ticks in a row may fail
AT_ONCE = 16  # single looks of one group under way together
MANY = 500  # so many are told what was seen before others have their turn

Settled = Callable[[Observation], bool]


@dataclass(slots=True, eq=False)
class Watch:
    """One who waits for an object to settle."""

    kind: ResourceType
    ctx: Context
    ident: str
    settled: Settled
    answer: asyncio.Future[Observation]
    since: float
    faults: int = 0
    looked: bool = False


@dataclass(slots=True, eq=False)
class Group:
    """All who wait on one collection with one authority, in the order in which they came."""

    key: tuple[str, ...]
    pacer: Pacer
    watches: dict[Watch, None] = field(default_factory=dict)
    listing: Listing | None = None
    task: asyncio.Task[None] | None = None


class Poller:
    """Looks for all who wait. Enter it before anybody waits."""

    def __init__(self, clock: Clock, hearing: Hearing | None = None) -> None:
        self._clock = clock
        self._hearing = hearing
        self._groups: dict[tuple[str, ...], Group] = {}
        self._pacers: dict[tuple[str, str], Pacer] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self, running: asyncio.Event) -> None:
        """Serve until cancelled; `running` is set when waiting may begin."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            running.set()
            await asyncio.get_running_loop().create_future()

    async def until(
        self, kind: ResourceType, ctx: Context, ident: str, settled: Settled
    ) -> Observation:
        """The first observation that is settled."""
        if kind.hears and self._hearing is not None:
            return await self._hearing.until(kind, ctx, ident, settled)
        assert self._tasks is not None, "the poller is not running"
        loop = asyncio.get_running_loop()
        watch = Watch(kind, ctx, ident, settled, loop.create_future(), self._clock.monotonic())
        group = self._group(watch)
        group.watches[watch] = None
        try:
            if group.task is None or group.task.done():
                group.task = self._begun(self._tasks, group)
            return await watch.answer
        finally:
            group.watches.pop(watch, None)

    def _begun(self, tasks: asyncio.TaskGroup, group: Group) -> asyncio.Task[None]:
        serving = self._serve(group)
        try:
            return tasks.create_task(serving)
        except RuntimeError as error:
            # The engine ends and nothing new begins: what will never run is closed unbegun, and
            # whoever would wait for it ends as well, which is no failure of a step.
            serving.close()
            raise asyncio.CancelledError from error

    def _group(self, watch: Watch) -> Group:
        """Those who may be answered by one list stand in one group."""
        rest = watch.kind.rest
        session = watch.ctx.cloud.session
        alone = rest is None or not rest.batched or _own_eyes(watch.kind)
        place = (watch.kind.name, watch.ident) if rest is None or alone else (
            rest.service, rest.path
        )  # fmt: skip
        key = (repr(session.auth), session.region or "", *place)
        group = self._groups.get(key)
        if group is None:
            service = (session.region or "", rest.service if rest is not None else watch.kind.name)
            pacer = self._pacers.setdefault(service, Pacer(self._clock))
            group = self._groups[key] = Group(key, pacer)
        if group.listing is None and rest is not None and not alone:
            group.listing = Listing(watch.ctx.cloud[rest.service], rest.path, rest.many)
        return group

    async def _serve(self, group: Group) -> None:
        while group.watches:
            await self._clock.sleep(self._interval(group))
            await self._look(group)
        if self._groups.get(group.key) is group:
            del self._groups[group.key]

    def _interval(self, group: Group) -> float:
        """Short while somebody has only begun to wait, longer when all have waited long."""
        now = self._clock.monotonic()
        youngest = min((now - watch.since for watch in group.watches), default=0.0)
        return min(2.0, max(0.2, youngest / 5))

    async def _look(self, group: Group) -> None:
        watches = [watch for watch in group.watches if not watch.answer.done()]
        listed: Mapping[str, Mapping[str, Any]] = {}
        if group.listing is not None and group.listing.batched and len(watches) > FEW:
            await group.pacer.turn()
            try:
                listed = await group.listing.look(watch.ident for watch in watches)
            except Exception as error:  # the top of a look, for all who wait for it
                for watch in watches:
                    _failed(watch, error)
                return
            finally:
                group.pacer.spent(group.listing.asked)
        room = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as looks:
            for at, watch in enumerate(watches, start=1):
                shown = listed.get(watch.ident)
                if shown is None:
                    looks.create_task(_ask(watch, room, group.pacer))
                else:
                    _tell(watch, partial(watch.kind.seen, dict(shown)))
                if at % MANY == 0:
                    await asyncio.sleep(0)


async def _ask(watch: Watch, room: asyncio.Semaphore, pacer: Pacer) -> None:
    async with room:
        if watch.looked:
            await pacer.turn()
        watch.looked = True
        try:
            found = await watch.kind.observe(watch.ctx, watch.ident)
        except Exception as error:  # the top of a look: whoever waits has to hear of it
            _failed(watch, error)
        else:
            _tell(watch, lambda: found)


def _tell(watch: Watch, see: Callable[[], Observation]) -> None:
    watch.faults = 0
    try:
        seen = see()
        settled = watch.settled(seen)
    except Exception as error:  # the top of a look: it must not end those of others
        _answer(watch, error)
        return
    if settled and not watch.answer.done():
        watch.answer.set_result(seen)


def _failed(watch: Watch, error: Exception) -> None:
    """A service that is away for a while is waited for; any other refusal is the answer."""
    watch.faults += 1
    away = isinstance(error, Unavailable | ServerFault | TooMany)
    if not away or watch.faults >= FAULTS:
        _answer(watch, error)


def _answer(watch: Watch, error: Exception) -> None:
    if not watch.answer.done():
        watch.answer.set_exception(error)


def _own_eyes(kind: ResourceType) -> bool:
    """Whether the type looks in a way of its own, which no list can replace."""
    return type(kind).observe is not ResourceType.observe


def ready(seen: Observation) -> bool:
    """Neither under way nor still to be waited for."""
    return seen.phase is not Phase.WORKING


def gone(seen: Observation) -> bool:
    """No longer there."""
    return seen.phase is Phase.GONE
