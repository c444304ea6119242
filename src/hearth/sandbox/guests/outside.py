"""How guests reach the world outside their cloud: over HTTP, as any server does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from hearth.sandbox.web import Json


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Json:
        """The body as JSON; an empty map where it is none."""
        try:
            return msgspec.json.decode(self.body) if self.body else {}
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return {}


class Outside(Protocol):
    """Whoever runs the guests brings it: it carries requests, however it does so."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | None:
        """What is answered; None if nothing is."""
        ...


def written(document: Any) -> bytes:
    """A document as a body."""
    return msgspec.json.encode(document)


JSON = {"Content-Type": "application/json"}
