"""A clock whose time passes only while somebody sleeps, and then at once."""

import asyncio


class JumpingClock:
    """Time as the tests want it."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self._start = self._now = now

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._now - self._start

    async def sleep(self, seconds: float) -> None:
        """Let so much time have passed."""
        self._now += seconds
        await asyncio.sleep(0)
