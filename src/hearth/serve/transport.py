"""From `transport_url`, as oslo.messaging writes it, to the broker's addresses."""

from urllib.parse import urlsplit

from hearth.bus.broker import Broker

SCHEMES = frozenset({"rabbit", "amqp"})
PORT = 5672
NOBODY = "guest:guest"


class WrongUrl(ValueError):
    """What is wrong with a transport_url, without its password."""


def broker(transport_url: str, prefix: str) -> Broker:
    """`rabbit://user:password@host:port,user:password@other:port/vhost`: all hosts, in order."""
    scheme, found, rest = transport_url.partition("://")
    if not found or scheme not in SCHEMES:
        raise WrongUrl(f"a rabbit:// URL is needed, not {scheme or 'nothing'}://")
    hosts, _, path = rest.partition("/")
    vhost, _, _options = path.partition("?")
    return Broker(tuple(_address(host, vhost) for host in hosts.split(",")), prefix)


def _address(host: str, vhost: str) -> str:
    who, _, where = host.rpartition("@")
    try:
        parts = urlsplit(f"amqp://{where or 'localhost'}")
        port = parts.port or PORT
    except ValueError as error:
        raise WrongUrl(f"{where} is no host and port: {error}") from error
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"amqp://{who or NOBODY}@{name}:{port}/{vhost}"
