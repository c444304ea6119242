"""One client for every OpenStack service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypedDict, Unpack
from urllib.parse import quote, urlencode

import msgspec

from hearth.cloud.catalogue import SERVICES, version_of
from hearth.cloud.errors import (
    SAFE,
    Ambiguous,
    CloudError,
    Failing,
    Lost,
    TooMany,
    Unavailable,
    Undelivered,
    failure,
)
from hearth.cloud.gate import Gate
from hearth.cloud.session import Session, agreed
from hearth.cloud.transport import Headers, Response
from hearth.cloud.words import said

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]

LONGEST_PAUSE_S = 30.0


class Limits(TypedDict, total=False):
    """What a request may be limited by: see `Service`."""

    deadline: float | None
    microversion: str | None


class Cloud:
    """All services, for one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._services: dict[str, Service] = {}

    def __getitem__(self, name: str) -> "Service":
        if name not in self._services:
            self._services[name] = Service(self.session, name)
        return self._services[name]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it is to leave."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    deadline: float | None = None
    microversion: str | None = None


class Service:
    """One service. Each verb gives the JSON that came back; `request` gives all of the response.

    deadline: the clock's monotonic second after which nothing may be under way.
    microversion: the version that a call needs; by default the newest that both sides know.
    """

    def __init__(self, session: Session, name: str) -> None:
        self.session = session
        self.name = name

    async def get(self, path: str, params: Params = (), **options: Any) -> Any:
        """Read something."""
        return (await self.request("GET", path, params=params, **options)).json

    async def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """Make something, or let something be done."""
        return (await self.request("POST", path, body, **options)).json

    async def put(self, path: str, body: Any = None, **options: Any) -> Any:
        """Put something in the place of what is there."""
        return (await self.request("PUT", path, body, **options)).json

    async def patch(self, path: str, body: Any = None, **options: Any) -> Any:
        """Change something."""
        return (await self.request("PATCH", path, body, **options)).json

    async def delete(self, path: str, params: Params = (), **options: Any) -> Any:
        """Let something go."""
        return (await self.request("DELETE", path, params=params, **options)).json

    async def head(self, path: str, **options: Any) -> Headers:
        """Read the headers only; their names are in lower case."""
        return (await self.request("HEAD", path, **options)).headers

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Params = (),
        headers: Headers | None = None,
        **limits: Unpack[Limits],
    ) -> Response:
        """Ask, again if that is safe, and raise what a status of 400 and above means.

        A redirect is an answer here: services that give one are asked at the wrong address.
        """
        given = dict(headers or {})
        content: bytes | None = body if isinstance(body, bytes) else None
        if body is not None and content is None:
            content = msgspec.json.encode(body)
            given.setdefault("Content-Type", "application/json")
        pairs = params.items() if isinstance(params, Mapping) else params
        query = urlencode([(key, _text(value)) for key, value in pairs], quote_via=quote)
        target = f"{path}?{query}" if query else path
        sent = Sent(method, target, given, content, **limits)
        try:
            response = await self._repeated(sent)
        except Ambiguous:
            _affected(self.session, method)
            raise
        _affected(self.session, method)
        return response

    async def supports(self, microversion: str) -> bool:
        """Whether the service has this microversion."""
        offered = await self.session.newest(self.name, await self.session.endpoint(self.name))
        return version_of(offered) >= version_of(microversion)

    async def _repeated(self, sent: Sent) -> Response:
        shared = self.session.shared
        last = shared.settings.attempts if sent.method in SAFE else 1
        for attempt in range(1, last + 1):
            try:
                return await self._authorised(sent)
            except (Unavailable, TooMany) as error:
                pause = min(error.retry_after or 2.0**attempt / 4, LONGEST_PAUSE_S)
                pause *= 1 + shared.random() / 4
                late = sent.deadline is not None and (
                    shared.clock.monotonic() + pause >= sent.deadline
                )
                if attempt == last or late:
                    raise
                await shared.clock.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _authorised(self, sent: Sent) -> Response:
        """Send with a token, and once more with a new one when the token is refused."""
        token = await self.session.token()
        response = await self._send(sent, token.id)
        if response.status == 401:
            token = await self.session.token(stale=token.id)
            response = await self._send(sent, token.id)
        trail = self.session.trail
        if trail is not None and sent.method not in SAFE:
            trail.service, trail.method, trail.path = self.name, sent.method, sent.path
            trail.status, trail.request_id = response.status, _request_id(response)
        if response.status >= 400:
            raise failure(self._failing(sent, response))
        return response

    async def _send(self, sent: Sent, token: str) -> Response:
        headers = {"Accept": "application/json", "X-Auth-Token": token, **sent.headers}
        if self.session.request_id:
            headers["X-OpenStack-Request-ID"] = self.session.request_id
        try:
            endpoint = await self.session.endpoint(self.name)
            headers |= await self._versioned(endpoint, sent.microversion)
            url = endpoint + sent.path
            gate, project = self.session.gate(self.name), self.session.auth.project_id
            async with gate.turn(project):
                timeout_s = self._time_left(sent)
                if self.session.guard and sent.method not in SAFE:
                    self.session.guard(sent.method, url, timeout_s)
                reply = await self.session.transport.request(
                    sent.method, url, headers, sent.body, timeout_s
                )
                _told(gate, project, reply)
                return reply
        except Undelivered as error:
            raise Unavailable(self._failing(sent, words=str(error))) from error
        except Lost as error:
            kind: type[CloudError] = Unavailable if sent.method in SAFE else Ambiguous
            raise kind(self._failing(sent, words=str(error))) from error

    async def _versioned(self, endpoint: str, wanted: str | None) -> dict[str, str]:
        known = SERVICES.get(self.name)
        if known is None or not known.header:
            return {}
        version = agreed(self.name, await self.session.newest(self.name, endpoint), wanted)
        if not version:
            return {}
        headers = {"OpenStack-API-Version": f"{known.header} {version}"}
        if self.name == "share":
            headers["X-OpenStack-Manila-API-Version"] = version
        return headers

    def _time_left(self, sent: Sent) -> float:
        shared = self.session.shared
        if sent.deadline is None:
            return shared.settings.timeout_s
        left = sent.deadline - shared.clock.monotonic()
        if left <= 0:
            words = f"There is no time left to ask {self.name}."
            raise Unavailable(self._failing(sent, words=words))
        return min(left, shared.settings.timeout_s)

    def _failing(self, sent: Sent, reply: Response | None = None, words: str = "") -> Failing:
        if reply is None:
            return Failing(self.name, sent.method, sent.path, message=words)
        code, message = said(reply)
        return Failing(
            self.name,
            sent.method,
            sent.path,
            reply.status,
            message,
            _request_id(reply),
            code,
            _retry_after(reply),
        )


def _affected(session: Session, method: str) -> None:
    """Count a request that has changed something, or may have."""
    if session.trail is not None and method not in SAFE:
        session.trail.effects += 1


def _told(gate: Gate, project: str, reply: Response) -> None:
    """Let the gate know how the service bears what it is asked."""
    wait_s = _retry_after(reply)
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
        gate.overloaded(wait_s)
    elif reply.status == HTTPStatus.TOO_MANY_REQUESTS or (
        reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and wait_s is not None
    ):
        gate.too_many(project, wait_s)
    elif reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        gate.well(project)


def _retry_after(reply: Response) -> float | None:
    after = reply.headers.get("retry-after", "")
    return float(after) if after.isdigit() else None


def _request_id(reply: Response) -> str:
    headers = reply.headers
    return headers.get("x-openstack-request-id") or headers.get("x-compute-request-id", "")


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case dict() | list():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)
