"""The real clock and the real chance, behind the protocols that the rest of hearth knows."""

import asyncio
import random
import secrets
import time
import uuid


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)


class SystemIds:
    """The machine's randomness."""

    def uuid(self) -> str:
        """A new UUID, version 4, with dashes."""
        return str(uuid.uuid4())

    def token(self, nbytes: int) -> str:
        """A URL-safe text of so many random bytes."""
        return secrets.token_urlsafe(nbytes)

    def choice(self, items: str) -> str:
        """One character of `items`."""
        return secrets.choice(items)

    def random(self) -> float:
        """A number in [0, 1), for jitter only."""
        return random.random()  # noqa: S311 (jitter needs no secrecy)
