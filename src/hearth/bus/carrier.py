"""The seam between API and engine: what any carrier of messages can do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from hearth.bus.messages import Answer, Command

A = TypeVar("A", bound=Answer)

Handler = Callable[[Command[Any]], Awaitable[Answer]]
"""What an engine offers: does a command, answers it, or raises one of `base.errors`."""

Bells = AbstractAsyncContextManager[AsyncIterator[str]]
"""A subscription to one topic: enter it, then iterate over the keys that were rung."""


class Bus(Protocol):
    """Carries commands to one engine out of many, and doorbells to whoever listens."""

    async def call(self, command: Command[A]) -> A:
        """Have the command done, and return its answer; raises what the engine refused with.

        Late when the deadline passes first: whether it was done is then to be looked up.
        """
        ...

    async def serve(self, handler: Handler) -> None:
        """Take commands, several at once, until cancelled."""
        ...

    def ring(self, topic: str, key: str) -> None:
        """Tell all who listen to `topic`. May be lost, and repeats may melt into one."""
        ...

    def listen(self, topic: str) -> Bells:
        """Hear the keys rung on `topic` while the context is open."""
        ...
