"""Fetching templates from the web, but not from where the service alone can reach.

A user must not read through this service what they cannot reach themselves: the machine itself,
its network, the cloud's metadata. A name is resolved once, its addresses are checked, and exactly
these are connected to; each redirect is checked in the same way.
"""

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AddressFamily
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from hearth.engine.fetching import SCHEMES, Unfetched

Address = IPv4Address | IPv6Address
Allowed = Callable[[Address], bool]
REDIRECTS = 5
CHUNK = 65536
REDIRECTING = (301, 302, 303, 307, 308)


class Web:
    """Fetches by HTTP. allowed: which addresses may be asked."""

    def __init__(self, allowed: Allowed | None = None) -> None:
        self._allowed = allowed or public

    async def fetch(self, url: str, largest: int, timeout_s: float) -> str:
        """The text at an address; raises Unfetched."""
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        connector = aiohttp.TCPConnector(resolver=Guarded(self._allowed))
        try:
            async with (
                asyncio.timeout(timeout_s),
                aiohttp.ClientSession(
                    connector=connector, timeout=timeout, trust_env=False
                ) as session,
            ):
                return await self._followed(session, url, largest)
        except TimeoutError:
            raise Unfetched(f"it took longer than {timeout_s:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as wrong:
            raise Unfetched(f"Failed to retrieve template: {wrong}") from None

    async def _followed(self, session: aiohttp.ClientSession, url: str, largest: int) -> str:
        for _ in range(REDIRECTS + 1):
            self._check(url)
            async with session.get(url, allow_redirects=False) as reply:
                if reply.status in REDIRECTING and "Location" in reply.headers:
                    url = urljoin(url, reply.headers["Location"])
                    continue
                if reply.status != 200:
                    raise Unfetched(f"Failed to retrieve template: HTTP status {reply.status}")
                return await _text(reply, largest)
        raise Unfetched(f"more than {REDIRECTS} redirects")

    def _check(self, url: str) -> None:
        """Whether the address may be asked, as far as it is written out."""
        if not url.startswith(SCHEMES):
            raise Unfetched("Invalid URL scheme")
        host = urlsplit(url).hostname or ""
        try:
            written = ip_address(host)
        except ValueError:
            return  # a name: its addresses are checked when it is resolved
        if not self._allowed(written):
            raise Unfetched(refusal(host))


class Guarded(AbstractResolver):
    """Resolves names, and gives only the addresses that may be asked."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name."""
        found = await self._inner.resolve(host, port, family)
        good = [one for one in found if self._allowed(ip_address(one["host"].partition("%")[0]))]
        if not good:
            raise Unfetched(refusal(host))
        return good

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()


def public(address: Address) -> bool:
    """Whether everybody can reach an address, looked at through the forms that hide another."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if hidden is None and address.packed[:12] == NAT64:
            hidden = IPv4Address(address.packed[12:])
        if hidden is not None:
            return public(hidden)
    return address.is_global and not address.is_multicast


def anywhere(_address: Address) -> bool:
    """Every address, where an operator has said so."""
    return True


NAT64 = ip_address("64:ff9b::").packed[:12]


def refusal(host: str) -> str:
    """Why a host is not asked."""
    return f"{host} is an address of the service's own network, which is not asked for templates"


async def _text(reply: aiohttp.ClientResponse, largest: int) -> str:
    """The body, if it is not too large; what is packed is counted unpacked."""
    data = b""
    async for chunk in reply.content.iter_chunked(CHUNK):
        data += chunk
        if len(data) > largest:
            raise Unfetched(f"Template exceeds maximum allowed size ({largest} bytes)")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unfetched("what is there is no text in UTF-8") from None
