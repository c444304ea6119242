"""The transport straight to an ASGI application in the same loop, for simulation and tests."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from hearth.cloud.errors import Lost
from hearth.cloud.transport import Headers, Response

Message = MutableMapping[str, Any]
App = Callable[..., Awaitable[None]]
"""An ASGI application: called with a scope, receive and send, whose types frameworks name apart."""


class AsgiTransport:
    """Calls the application as a server would: it goes on when its client has given up."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: set[asyncio.Task[Response]] = set()

    async def request(
        self,
        method: str,
        url: str,
        headers: Headers,
        body: bytes | None,
        timeout_s: float,
    ) -> Response:
        """Send one request; a failing application is a connection that breaks off."""
        task = asyncio.ensure_future(self._serve(_scope(method, url, headers), body or b""))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=timeout_s)
        if not done:
            raise Lost(f"{url} did not answer within {timeout_s:g} s")
        if (error := task.exception()) is not None:
            raise Lost(f"{url} broke off: {error}") from error
        return task.result()

    async def _serve(self, scope: Message, body: bytes) -> Response:
        asked: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        start: Message = {}
        chunks: list[bytes] = []

        async def receive() -> Message:
            return asked.pop() if asked else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self._app(scope, receive, send)
        if not start:
            raise Lost(f"{scope['path']} broke off")
        headers = {
            bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1")
            for name, value in start.get("headers", ())
        }
        return Response(start["status"], headers, b"".join(chunks))

    async def close(self) -> None:
        """Wait for what is still being served."""
        if self._running:
            await asyncio.wait(self._running)


def _scope(method: str, url: str, headers: Headers) -> Message:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    given = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": parts.path.encode() or b"/",
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(b"host", parts.netloc.encode()), *given],
        "client": ("127.0.0.1", 1),
        "server": (parts.hostname or "127.0.0.1", port),
    }
