"""Fetching templates from the web, but not from where the service alone can reach.

A user must not read through this service what they cannot reach themselves: the machine itself,
its network, the cloud's metadata. What is checked is the address that a connection is opened to,
when it is opened: whatever the host was written as (a name, an address, an address in digits of
another alphabet that the client turns into one), and for each redirect anew.
"""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import AddressFamily
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from hearth.engine.fetching import SCHEMES, Unfetched

Address = IPv4Address | IPv6Address
Allowed = Callable[[Address], bool]
AddrInfo = tuple[AddressFamily | int, socket.SocketKind | int, int, str, tuple[Any, ...]]
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
        connector = aiohttp.TCPConnector(
            resolver=Guarded(self._allowed), socket_factory=self._socket
        )
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
            if not url.startswith(SCHEMES):
                raise Unfetched("Invalid URL scheme")
            async with session.get(url, allow_redirects=False) as reply:
                if reply.status in REDIRECTING and "Location" in reply.headers:
                    url = urljoin(url, reply.headers["Location"])
                    continue
                if reply.status != 200:
                    raise Unfetched(f"Failed to retrieve template: HTTP status {reply.status}")
                return await _text(reply, largest)
        raise Unfetched(f"more than {REDIRECTS} redirects")

    def _socket(self, info: AddrInfo) -> socket.socket:
        """What connects to an address, if that may be asked; every connection begins here."""
        family, kind, protocol, _name, (host, *_port) = info
        if not self._allowed(_address(str(host))):
            raise Unfetched(refusal(str(host)))
        return socket.socket(family, kind, protocol)


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
        good = [one for one in found if self._allowed(_address(one["host"]))]
        if not good:
            raise Unfetched(refusal(host))
        return good

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()


def _address(host: str) -> Address:
    """An address as a number, without the interface that it may name."""
    return ip_address(host.partition("%")[0])


def public(address: Address) -> bool:
    """Whether everybody can reach an address, looked at through the forms that hide another.

    Of IPv6 only what is given out at all is public: outside of it lie the forms that carry an
    address of IPv4 in ways of long ago, which a network may still know.
    """
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if hidden is None and address.packed[:12] == NAT64:
            hidden = IPv4Address(address.packed[12:])
        if hidden is not None:
            return public(hidden)
        if address not in GIVEN_OUT:
            return False
    return address.is_global and not address.is_multicast


def anywhere(_address: Address) -> bool:
    """Every address, where an operator has said so."""
    return True


NAT64 = ip_address("64:ff9b::").packed[:12]
GIVEN_OUT = IPv6Network("2000::/3")


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
