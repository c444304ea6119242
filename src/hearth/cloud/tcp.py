"""The transport over TCP, by aiohttp."""

from ssl import SSLContext
from typing import Any

import aiohttp

from hearth.cloud.errors import Lost, Undelivered
from hearth.cloud.transport import Headers, Response

CONNECTIONS = 256
CONNECT_S = 10.0


class AiohttpTransport:
    """One pool of connections for all services. Made in any loop, bound to the first that uses it.

    ssl: how servers are verified; None is the system's way, False is not at all.
    """

    def __init__(self, *, ssl: SSLContext | bool | None = None) -> None:
        self._ssl: SSLContext | bool = True if ssl is None else ssl
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        headers: Headers,
        body: bytes | None,
        timeout_s: float,
    ) -> Response:
        """Send one request; redirects are not followed, for their target may be anywhere."""
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(CONNECT_S, timeout_s))
        options: dict[str, Any] = {
            "headers": headers,
            "data": body,
            "timeout": timeout,
            "allow_redirects": False,
        }
        try:
            async with self._open().request(method, url, **options) as reply:
                content = await reply.read()
                lower = {name.lower(): value for name, value in reply.headers.items()}
                return Response(reply.status, lower, content)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Undelivered(f"{url} cannot be reached: {error}") from error
        except aiohttp.InvalidURL as error:
            raise Undelivered(f"{url} is no address") from error
        except TimeoutError as error:
            raise Lost(f"{url} did not answer within {timeout_s:g} s") from error
        except aiohttp.ClientError as error:
            raise Lost(f"{url} broke off: {error}") from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=self._ssl),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
            )
        return self._session

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None
