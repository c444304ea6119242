"""Who listens to doorbells inside one process, whatever brought the bells there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BELLS_LIMIT = 10_000


@dataclass(slots=True, eq=False)
class Listener:
    """Keys rung and not yet heard, each once. What is over the bound is lost, as bells may be."""

    keys: dict[str, None] = field(default_factory=dict)
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, key: str) -> None:
        """Let the key be heard."""
        if len(self.keys) < BELLS_LIMIT:
            self.keys[key] = None
        self.rung.set()

    async def heard(self) -> AsyncIterator[str]:
        """The keys as they come, each once until it is heard."""
        while True:
            await self.rung.wait()
            self.rung.clear()
            while self.keys:
                key = next(iter(self.keys))
                del self.keys[key]
                yield key


class Listeners:
    """All who listen, by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, list[Listener]] = {}

    def ring(self, topic: str, key: str) -> None:
        """Tell all who listen to the topic."""
        for listener in self._by_topic.get(topic, ()):
            listener.ring(key)

    @contextmanager
    def listening(self, topic: str) -> Iterator[Listener]:
        """One more who listens, while the context is open."""
        listener = Listener()
        self._by_topic.setdefault(topic, []).append(listener)
        try:
            yield listener
        finally:
            self._by_topic[topic].remove(listener)
