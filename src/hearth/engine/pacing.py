"""How often one may look: not more often than a service is glad of, however many wait."""

from hearth.base import Clock

PER_S = 40.0
"""So many times a second a service is looked at, by all that wait on it together."""


class Pacer:
    """Gives moments to look, one after the other; while few look, each has its own at once."""

    def __init__(self, clock: Clock, per_s: float = PER_S) -> None:
        self._clock = clock
        self._apart_s = 1.0 / per_s
        self._next_at = 0.0

    async def turn(self) -> None:
        """Wait for the next moment."""
        now = self._clock.monotonic()
        at = max(now, self._next_at)
        self._next_at = at + self._apart_s
        if at > now:
            await self._clock.sleep(at - now)

    def spent(self, requests: int) -> None:
        """A look took so many requests: the next comes later by that."""
        self._next_at += max(0, requests - 1) * self._apart_s
