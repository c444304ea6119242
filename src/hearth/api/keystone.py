"""Tokens checked by keystonemiddleware: its options are what operators know.

It is called as the WSGI application that it is, in threads of its own: it blocks while it asks
Keystone, and the loop must never wait for itself.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from hearth.api.tokens import REFUSAL, Asked, Checked, checked_from
from hearth.base.errors import Unauthenticated, Unavailable

THREADS = 8

StartResponse = Callable[[str, list[tuple[str, str]]], None]


class KeystoneTokens:
    """A `TokenValidator` that asks keystonemiddleware.

    files: heat.conf, whose group keystone_authtoken it reads. options: the same options given
    directly; they win.
    """

    def __init__(
        self, files: Iterable[Path] = (), options: Mapping[str, str] | None = None
    ) -> None:
        self._files = tuple(files)
        self._options = dict(options or {})
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="token")
        self._making = Lock()
        self._middleware: Callable[[dict[str, Any], StartResponse], Iterable[bytes]] | None = None
        where = self._options.get("www_authenticate_uri", "")
        self.challenge = f'Keystone uri="{where}"' if where else "Keystone"

    async def check(self, asked: Asked) -> Checked:
        """The caller, once a thread has asked."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._check, asked)

    async def warm(self) -> None:
        """Load the middleware before the first request needs it."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._ready)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, asked: Asked) -> Checked:
        environ = _environ(asked)
        said: list[tuple[str, list[tuple[str, str]]]] = []
        self._ready()(environ, lambda status, headers, *_: said.append((status, headers)))
        status, headers = said[0]
        if status.startswith("200"):
            return checked_from(environ["keystone.token_info"], asked.token)
        self.challenge = dict(headers).get("WWW-Authenticate", self.challenge)
        if status.startswith("401"):
            raise Unauthenticated(REFUSAL)
        raise Unavailable("Keystone does not answer, so that no token can be checked; try again.")

    def _ready(self) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
        with self._making:
            if self._middleware is None:
                self._middleware = _middleware(self._files, self._options)
            return self._middleware


def _middleware(files: tuple[Path, ...], options: dict[str, str]) -> Any:
    # 0.3 s of start-up, spent in a thread when the first token comes or a little before.
    from keystonemiddleware.auth_token import AuthProtocol
    from oslo_config import cfg

    conf = cfg.ConfigOpts()
    conf([], project="heat", default_config_files=[str(f) for f in files])
    fixed = {"oslo_config_config": conf, "delay_auth_decision": False}
    return AuthProtocol(_let_in, {"service_type": "orchestration"} | options | fixed)


def _let_in(_environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The application behind the middleware: reached only with a token that holds."""
    start_response("200 OK", [])
    return []


def _environ(asked: Asked) -> dict[str, Any]:
    """As much of a WSGI request as the middleware looks at."""
    return {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": asked.path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_X_AUTH_TOKEN": asked.token,
        **({"HTTP_X_SERVICE_TOKEN": asked.service_token} if asked.service_token else {}),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
