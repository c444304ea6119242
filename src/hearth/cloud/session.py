"""Sessions: who asks, and through what. Made once per process, and once per stack's work."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from hearth.base import Clock
from hearth.cloud.auth import Auth, ForeignAuth, Token
from hearth.cloud.catalogue import SERVICES, Known, address, newest, version_of
from hearth.cloud.errors import Failing, Lost, NoService, Unavailable, Undelivered
from hearth.cloud.foreign import USUAL, ForeignTokens, Verify, Verifying
from hearth.cloud.gate import Gate
from hearth.cloud.tokens import Tokens
from hearth.cloud.transport import Transport

OTHERS = 100
"""So many ways to verify other clouds are remembered; the oldest goes first."""


@dataclass(slots=True)
class Trail:
    """The last request that changed something, as the service's own log has it.

    effects: how many requests have changed something, or may have.
    """

    effects: int = 0
    service: str = ""
    method: str = ""
    path: str = ""
    status: int = 0
    request_id: str = ""


Guard = Callable[[str, str, float], None]
"""Asked directly before an unsafe request leaves (method, URL, seconds it may last); may raise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the cloud is asked.

    interface: which endpoints are used (public, internal, admin), and per service if it differs.
    timeout_s: how long one request may last. attempts: how often a safe one is made.
    at_once: how many requests one service gets at a time from this process.
    """

    interface: str = "public"
    interfaces: tuple[tuple[str, str], ...] = ()
    region: str | None = None
    timeout_s: float = 60.0
    attempts: int = 4
    at_once: int = 32


class Sessions:
    """What all sessions of a process share: the transport, tokens, gates and known versions."""

    def __init__(
        self,
        transport: Transport,
        tokens: Tokens,
        clock: Clock,
        random: Callable[[], float],
        settings: Settings | None = None,
        verifying: Verifying | None = None,
    ) -> None:
        self.transport = transport
        self.verifying = verifying
        self.tokens = tokens
        self.clock = clock
        self.random = random
        self.settings = settings or Settings()
        self.versions: dict[str, str] = {}
        self.bundles: dict[tuple[str, ...], Any] = {}
        """Questions that wait to be asked together: see `hearth.cloud.bundles`."""
        self._gates: dict[str, Gate] = {}
        self._others: dict[Verify, tuple[Transport, ForeignTokens]] = {}

    def within(self, timeout_s: float) -> "Sessions":
        """The same, with requests that last no longer than this."""
        how = replace(self.settings, timeout_s=min(timeout_s, self.settings.timeout_s))
        made = Sessions(
            self.transport, self.tokens, self.clock, self.random, how, self.verifying
        )  # fmt: skip
        made._others = self._others
        return made

    def session(self, auth: Auth, region: str | None = None, request_id: str = "") -> "Session":
        """A session for this authority; nothing is asked yet."""
        return Session(self, auth, region or self.settings.region, request_id)

    def elsewhere(self, verify: Verify) -> tuple[Transport, ForeignTokens]:
        """The transport to other clouds that are verified so, and their tokens."""
        found = self._others.get(verify)
        if found is None:
            make = self.verifying
            transport = self.transport if verify.usual or make is None else make(verify)
            found = self._others[verify] = (transport, ForeignTokens(transport, self.clock))
            while len(self._others) > OTHERS:
                self._others.pop(next(iter(self._others)))
        return found

    def other_transports(self) -> list[Transport]:
        """The transports that were made for other clouds."""
        found = [transport for transport, _tokens in self._others.values()]
        return [one for one in found if one is not self.transport]

    def gate(self, service: str) -> Gate:
        """The gate before a service."""
        if service not in self._gates:
            self._gates[service] = Gate(self.settings.at_once, self.clock, self.random)
        return self._gates[service]


@dataclass(frozen=True, slots=True)
class Session:
    """One authority in one region. A value: copies with another guard or request id are cheap."""

    shared: Sessions
    auth: Auth
    region: str | None = None
    request_id: str = ""
    guard: Guard | None = None
    trail: Trail | None = None
    verify: Verify = USUAL

    @property
    def transport(self) -> Transport:
        """What carries its requests."""
        usual = self.verify.usual
        return self.shared.transport if usual else self.shared.elsewhere(self.verify)[0]

    def elsewhere(self, auth: Auth | None, region: str | None, verify: Verify) -> "Session":
        """The same work as somebody else, in another region, with servers verified so."""
        return replace(self, auth=auth or self.auth, region=region or self.region, verify=verify)

    def guarded(self, guard: Guard | None, request_id: str = "") -> "Session":
        """The same, with a guard before each unsafe request."""
        return replace(self, guard=guard, request_id=request_id or self.request_id)

    def traced(self) -> "Session":
        """The same, with a trail of its own."""
        return replace(self, trail=Trail())

    def gate(self, service: str) -> Gate:
        """The gate before a service; what other clouds bear says nothing of this one."""
        foreign = isinstance(self.auth, ForeignAuth)
        return self.shared.gate(f"{service} elsewhere" if foreign else service)

    async def token(self, stale: str = "") -> Token:
        """The token to send."""
        if isinstance(self.auth, ForeignAuth):
            return await self.shared.elsewhere(self.verify)[1].token(self.auth, stale)
        return await self.shared.tokens.token(self.auth, stale)

    async def renewed(self) -> Token:
        """A new look at who asks, and at the catalogue that comes with it."""
        return await self.token(stale=(await self.token()).id)

    async def endpoint(self, service: str) -> str:
        """Where a service is to be asked."""
        known = SERVICES.get(service, Known((service,)))
        settings = self.shared.settings
        interface = dict(settings.interfaces).get(service, settings.interface)
        token = await self.token()
        project = token.project_id or self.auth.project_id
        found = address(known, token.endpoints, interface, self.region, project)
        if found is None:
            where = f" in region {self.region}" if self.region else ""
            raise NoService(Failing(service, message=f"The cloud offers no {service}{where}."))
        return found

    async def offers(self, service: str) -> bool:
        """Whether the cloud has such a service."""
        try:
            await self.endpoint(service)
        except NoService:
            return False
        return True

    async def newest(self, service: str, endpoint: str) -> str:
        """The newest microversion that the service has; asked once per address.

        Unavailable where that cannot be known now: an older version has other meanings.
        """
        root = endpoint.removesuffix(f"/{self.auth.project_id}")
        if root not in self.shared.versions:
            timeout_s = self.shared.settings.timeout_s
            headers = {"Accept": "application/json"}
            try:
                async with self.gate(service).turn(self.auth.project_id):
                    reply = await self.transport.request(
                        "GET", f"{root}/", headers, None, timeout_s
                    )
            except (Undelivered, Lost) as error:
                raise Unavailable(Failing(service, "GET", "/", message=str(error))) from error
            later = reply.status == HTTPStatus.TOO_MANY_REQUESTS or reply.status >= 500
            closed = reply.status >= HTTPStatus.BAD_REQUEST and not later
            if closed:
                return ""  # it tells nobody, which may change
            if later or not reply.json:
                words = "It does not say which versions it has."
                raise Unavailable(Failing(service, "GET", "/", reply.status, words))
            self.shared.versions[root] = newest(reply.json)
        return self.shared.versions[root]


def agreed(service: str, offered: str, wanted: str | None) -> str:
    """The microversion to ask with: the wanted one, or the newest known to both."""
    if wanted is None:
        known = SERVICES[service].microversion if service in SERVICES else ""
        return min(known, offered, key=version_of) if known and offered else ""
    if version_of(wanted) > version_of(offered):
        has = f"{offered} at most" if offered else "no microversions"
        words = f"This needs version {wanted} of {service}, and the cloud has {has}."
        raise NoService(Failing(service, message=words))
    return wanted
