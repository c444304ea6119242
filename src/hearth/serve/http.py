"""HTTP servers that live in our loop: uvicorn, without its hands on the process's signals."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from hearth.base.errors import HearthError

GRACE_S = 5
KEEP_ALIVE_S = 75
"""Longer than any client's pause between two looks, or a connection ends under its request."""
BACKLOG = 1024


class PortTaken(HearthError):
    """Something else listens there."""

    default_kind = "PortTaken"


class NoSuchHost(HearthError):
    """No address of this machine."""

    default_kind = "NoSuchHost"


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the loop, and says when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serves = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and say so."""
        await super().startup(sockets)
        self.serves.set()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at the address; port 0 takes one that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise _unbound(host, port, error) from error


def _unbound(host: str, port: int, error: OSError) -> HearthError:
    """Why nothing can listen there, and what to choose instead."""
    another = (
        "give an address of this machine (hearth up: --host; heat-api and the like: bind_host)"
    )
    # The library puts another error in the place of the one that says so.
    if isinstance(error.__context__, socket.gaierror):
        why = error.__context__.strerror
        return NoSuchHost(f'The name "{host}" cannot be resolved ({why}); {another}.')
    why = os.strerror(error.errno or 0)
    if error.errno == errno.EADDRNOTAVAIL:
        return NoSuchHost(f"Cannot listen on {host}: {why}; {another}.")
    return PortTaken(
        f"Cannot listen on {host} port {port}: {why}; choose other ports"
        " (hearth up: --port-base; heat-api and the like: bind_port)."
    )


def port_of(listening: socket.socket) -> int:
    """The port that the socket got."""
    port: int = listening.getsockname()[1]
    return port


def address(host: str, port: int) -> str:
    """The URL that clients on this machine use."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 (any address)
    return f"http://{f'[{shown}]' if ':' in shown and '[' not in shown else shown}:{port}"


@asynccontextmanager
async def serving(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    """Serve the application while the context is open; requests under way get a little grace."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listening]))
        try:
            await server.serves.wait()
            yield
        finally:
            server.should_exit = True
