"""Where RabbitMQ, PostgreSQL and MariaDB listen, as `make services` has written it down."""

import os
import socket
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
WRITTEN = ROOT / ".services" / "env"
NAMES = ("postgresql", "mariadb", "rabbitmq")
CONNECT_S = 2.0


def variable(service: str) -> str:
    """The environment variable that carries a service's address."""
    return f"HEARTH_{service.upper()}_URL"


def read(path: Path) -> dict[str, str]:
    """The assignments in a file of NAME=value lines; none if there is no such file."""
    if not path.exists():
        return {}
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def url(service: str) -> str | None:
    """A service's address: from the environment, else from what `make services` wrote."""
    name = variable(service)
    return os.environ.get(name) or read(WRITTEN).get(name)


@cache
def answers(service: str) -> bool:
    """Whether somebody listens at the service's address. Asked once in a process."""
    address = url(service)
    if address is None:
        return False
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), CONNECT_S):
            return True
    except OSError:
        return False


def missing(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named services (all, when none is named) that do not answer."""
    return tuple(name for name in names or NAMES if not answers(name))
