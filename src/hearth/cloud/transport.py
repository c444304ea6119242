"""The seam to the network: one request out, one response back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON; an empty map where it is none."""
        if not self.body:
            return {}
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return {}


class Transport(Protocol):
    """Carries requests: over TCP, or straight to an application in this process.

    It raises `Undelivered` when the request surely never left, and `Lost` when no answer came.
    """

    async def request(
        self,
        method: str,
        url: str,
        headers: Headers,
        body: bytes | None,
        timeout_s: float,
    ) -> Response:
        """Send one request, and return its response whatever its status is."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...
