"""Waiting for signals: one look into the database for all who wait in this process.

What a signal has changed is in the database; the bell only says when to look. Each who waits is
asked again when a resource that it looked at has taken another signal, or when the time has come
that it named itself: its deadline, or its next look at where else signals may lie.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from hearth.base import Clock
from hearth.base.errors import HearthError
from hearth.bus import Bus
from hearth.cloud import ServerFault, TooMany, Unavailable
from hearth.kit import Context, Near, Observation, ResourceType
from hearth.store import Store, hearing

BELL = "signals"
"""The topic on which a stack is rung when one of its resources has taken a signal."""

GLANCE_S = 2.0
"""How often the database is asked, bell or no bell, while somebody waits."""

FAULTS = 30  # so many looks in a row may fail
AT_ONCE = 16  # looks under way together
CHUNK = 500  # stacks asked about in one query

Settled = Callable[[Observation], bool]


@dataclass(slots=True, eq=False)
class Ear:
    """One who waits. counts: signals that what it looked at had taken; again_at: its own time."""

    kind: ResourceType
    ctx: Context
    ident: str
    settled: Settled
    answer: asyncio.Future[Observation]
    counts: dict[str, int] = field(default_factory=dict)
    again_at: float | None = 0.0
    faults: int = 0

    def due(self, counts: dict[str, int], now: float) -> bool:
        """Whether it is to look again."""
        if self.again_at is not None and self.again_at <= now:
            return True
        return any(counts.get(ident, 0) != seen for ident, seen in self.counts.items())


class Hearing:
    """Looks for all who wait for signals."""

    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._ears: set[Ear] = set()
        self._rung = asyncio.Event()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            while True:
                await self._pause()
                await self._look()

    async def until(
        self, kind: ResourceType, ctx: Context, ident: str, settled: Settled
    ) -> Observation:
        """The first observation that is settled; raises what the type says is wrong."""
        answer: asyncio.Future[Observation] = asyncio.get_running_loop().create_future()
        ear = Ear(kind, ctx, ident, settled, answer)
        ear.counts = attentive(ctx)
        self._ears.add(ear)
        self._rung.set()
        try:
            return await answer
        finally:
            self._ears.discard(ear)

    async def _listen(self) -> None:
        async with self._bus.listen(BELL) as bells:
            await self._hear(bells)

    async def _hear(self, bells: AsyncIterator[str]) -> None:
        async for stack_id in bells:
            if any(ear.ctx.stack.id == stack_id for ear in self._ears):
                self._rung.set()

    async def _pause(self) -> None:
        """Until the bell rings, or somebody's time has come, or some time has passed."""
        if not self._ears:
            await self._rung.wait()
        now = self._clock.now()
        soonest = min((ear.again_at - now for ear in self._ears if ear.again_at), default=GLANCE_S)
        late = asyncio.ensure_future(self._clock.sleep(min(GLANCE_S, max(0.0, soonest))))
        rung = asyncio.ensure_future(self._rung.wait())
        try:
            await asyncio.wait((rung, late), return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()
            late.cancel()
        self._rung.clear()

    async def _look(self) -> None:
        stack_ids = sorted({ear.ctx.stack.id for ear in self._ears})
        counts: dict[str, int] = {}
        try:
            for first in range(0, len(stack_ids), CHUNK):
                some = stack_ids[first : first + CHUNK]
                counts |= await self._store.read(hearing.counts, some)
        except HearthError:
            return  # the database is away for a moment; the next glance asks again
        now = self._clock.now()
        due = [ear for ear in self._ears if not ear.answer.done() and ear.due(counts, now)]
        room = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as looks:
            for ear in sorted(due, key=lambda one: one.ctx.row):
                looks.create_task(self._ask(ear, room))

    async def _ask(self, ear: Ear, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                seen = await ear.kind.observe(ear.ctx, ear.ident)
            except (Unavailable, ServerFault, TooMany) as error:
                ear.faults += 1
                ear.again_at = self._clock.now() + GLANCE_S
                if ear.faults >= FAULTS and not ear.answer.done():
                    ear.answer.set_exception(error)
            except HearthError as error:
                if not ear.answer.done():
                    ear.answer.set_exception(error)
            else:
                ear.faults, ear.again_at = 0, seen.again_at
                if not ear.answer.done() and ear.settled(seen):
                    ear.answer.set_result(seen)


def attentive(ctx: Context) -> dict[str, int]:
    """From now on: how many signals the resources that the context looks at had taken then."""
    counts: dict[str, int] = {}
    look = ctx.near

    async def near(text: str) -> Near | None:
        found = await look(text)
        if found is not None:
            counts[found.record.id] = found.count
        return found

    ctx.near = near
    return counts
