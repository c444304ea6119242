"""What one engine at a time does now and then, for all of them.

Who does it holds a row of the database for that long; whoever dies at it loses the row in time.
Each of these may be cut short anywhere and begun again.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hearth.base.errors import HearthError
from hearth.engine.desk import Desk
from hearth.engine.strays import tell_of_strays
from hearth.engine.sweeping import sweep
from hearth.store import chores, commands, runs

log = logging.getLogger(__name__)

HOLD_S = 600.0
"""For so long a chore is nobody else's, should the engine that is at it die."""

BATCHES = 100
"""So many batches are purged in one turn at most; the next turn goes on."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so many seconds; 0: never."""

    name: str
    every_s: float
    do: Callable[[Desk], Awaitable[object]]


def all_chores(desk: Desk) -> tuple[Chore, ...]:
    """What there is to be done, and how often."""
    settings = desk.settings
    return (
        Chore("purge", float(settings.periodic_interval), purge),
        Chore("sweep", float(settings.sweep_interval), sweep),
        Chore("strays", float(settings.strays_interval), tell_of_strays),
    )


async def keep_house(desk: Desk) -> None:
    """Do what is due, at every interval, until cancelled."""
    while True:
        for chore in all_chores(desk):
            if chore.every_s > 0:
                await turn(desk, chore)
        await desk.clock.sleep(float(desk.settings.periodic_interval))


async def turn(desk: Desk, chore: Chore) -> bool:
    """Do it, if it is due and nobody else is at it; whether it was done."""
    try:
        mine = await desk.store.transact(
            chores.take, chore.name, desk.worker, chore.every_s, HOLD_S
        )
        if not mine:
            return False
        try:
            await chore.do(desk)
        finally:
            await desk.store.transact(chores.done, chore.name, desk.worker)
    except HearthError as error:
        log.warning("%s was not done to its end: %s", chore.name, error)
        return False
    return True


async def purge(desk: Desk) -> None:
    """Forget answers that nobody asks for any more, and runs that ended long ago."""
    now = desk.clock.now()
    await desk.store.transact(commands.purge, now - desk.settings.answers_kept)
    for _ in range(BATCHES):
        if not await desk.store.transact(runs.purge, now - desk.settings.runs_kept):
            return
