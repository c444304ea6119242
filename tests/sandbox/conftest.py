"""A cloud in this process, asked over ASGI, in virtual time."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest

from hearth.sandbox import Cloud, Faults, Settings, build


class StillClock:
    """Time that moves when told to, or when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


class DrawnIds:
    """Ids drawn from a seed."""

    def __init__(self, seed: int = 1) -> None:
        self.source = Random(seed)

    def uuid(self) -> str:
        return str(UUID(int=self.source.getrandbits(128), version=4))

    def token(self, nbytes: int) -> str:
        return self.source.randbytes(nbytes).hex()

    def choice(self, items: str) -> str:
        return self.source.choice(items)

    def random(self) -> float:
        return self.source.random()


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Client:
    """Speaks ASGI to a cloud, as one user."""

    cloud: Cloud
    clock: StillClock
    token: str = ""
    microversion: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request; keyword `X_Foo` is the header X-Foo."""
        return asyncio.run(self._ask(method, path, body, headers))

    def get(self, path: str, **headers: str) -> Any:
        """A GET that must answer 200: its document."""
        reply = self.ask("GET", path, **headers)
        assert reply.status == 200, (reply.status, reply.body)
        return reply.json

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """A POST that must succeed: its document, None where there is none."""
        reply = self.ask("POST", path, body, **headers)
        assert 200 <= reply.status < 300, (reply.status, reply.body)
        return reply.json if reply.body else None

    def delete(self, path: str) -> None:
        """A DELETE that must succeed."""
        reply = self.ask("DELETE", path)
        assert 200 <= reply.status < 300, (reply.status, reply.body)

    def refused(self, method: str, path: str, body: Any = None, **headers: str) -> int:
        """The status of a request that must be refused."""
        reply = self.ask(method, path, body, **headers)
        assert reply.status >= 400, (reply.status, reply.body)
        return reply.status

    def login(self, user: str, project: str | None = None, **scope: Any) -> "Client":
        """The same cloud as this user sees it, for a project, or for what `scope` says."""
        domain = "heat" if user == "heat_domain_admin" else "Default"
        who = {"name": user, "password": "secret", "domain": {"name": domain}}
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": who}}}
        if project is not None:
            auth["scope"] = {"project": {"name": project, "domain": {"name": "Default"}}}
        elif scope:
            auth["scope"] = scope
        return self.enter({"auth": auth})

    def enter(self, document: Any) -> "Client":
        """The same cloud with the token that an authentication request gives."""
        reply = self.ask("POST", "/identity/v3/auth/tokens", document)
        assert reply.status == 201, (reply.status, reply.body)
        return replace(self, token=reply.headers["x-subject-token"])

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.time += seconds

    async def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        )
        sent: list[Any] = []
        events = [{"type": "http.request", "body": raw, "more_body": False}]

        async def receive() -> Any:
            return events.pop(0) if events else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.cloud.app(self._scope(method, path, raw, headers), receive, send)
        start = sent[0]
        data = b"".join(one.get("body", b"") for one in sent[1:])
        found = {key.decode().lower(): value.decode() for key, value in start["headers"]}
        return Reply(start["status"], found, data)

    def _scope(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Any:
        given = {key.replace("_", "-").lower(): value for key, value in headers.items()}
        given = {**self.headers, "content-length": str(len(raw)), **given}
        given.setdefault("content-type", "application/json")
        if self.token:
            given.setdefault("x-auth-token", self.token)
        if self.microversion:
            given.setdefault("openstack-api-version", self.microversion)
        location, _, query = path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": location,
            "raw_path": location.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(key.encode(), value.encode()) for key, value in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8005),
        }


def open_cloud(
    settings: Settings | None = None, faults: Faults | None = None, clock: StillClock | None = None
) -> Client:
    """A client without a token of a cloud of its own."""
    clock = clock or StillClock()
    return Client(build(settings or Settings(), clock, DrawnIds(), faults), clock)


@pytest.fixture
def anyone() -> Iterator[Client]:
    """A caller who is not logged in."""
    client = open_cloud()
    yield client
    client.cloud.close()


@pytest.fixture
def demo(anyone: Client) -> Client:
    """The user demo in the project demo."""
    return anyone.login("demo", "demo")


@pytest.fixture
def other(anyone: Client) -> Client:
    """The user alt_demo in the project alt_demo."""
    return anyone.login("alt_demo", "alt_demo")


@pytest.fixture
def admin(anyone: Client) -> Client:
    """The administrator."""
    return anyone.login("admin", "admin")


@pytest.fixture
def make() -> Callable[..., Client]:
    """A function that opens a cloud: settings, faults and a clock may be given."""
    return open_cloud
