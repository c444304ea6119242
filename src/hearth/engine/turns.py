"""One after the other within this process, where all at once would only get in each other's way.

What must hold between processes is a matter of the store; this saves the tries that would fail.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Turn:
    """A key that somebody holds or waits for."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0


class Turns:
    """Turns by key; a key that nobody wants costs nothing."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Have the key to oneself while the context is open."""
        one = self._turns.setdefault(key, Turn())
        one.wanted += 1
        try:
            async with one.lock:
                yield
        finally:
            one.wanted -= 1
            if not one.wanted:
                self._turns.pop(key, None)
