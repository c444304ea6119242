"""Doing with a resource type what the engine would do, step by step and by hand."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from hearth.base import Ids, Secret, plain
from hearth.cloud import (
    AsgiTransport,
    CallerAuth,
    Cloud,
    Conflict,
    DirectTokens,
    DomainAdmin,
    ServiceUser,
    Session,
    Sessions,
    Transport,
)
from hearth.kit import REFS, Context, NotYet, Phase, ResourceType, StackFacts, chosen, marker
from hearth.sandbox import Cloud as Sandbox
from hearth.sandbox import Settings, Times, build
from hearth.schema import Field, coerce
from hearth.stack import Action, ResourceRecord, State, Status, physical_name
from tests.support.clock import JumpingClock

URL = "http://cloud.test:8005"
PASSWORD = Secret("secret")
DOMAIN_ADMIN = DomainAdmin("heat_domain_admin", PASSWORD, domain_name="heat")


class SeededIds:
    """Ids and chance from a seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)

    def uuid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def token(self, nbytes: int) -> str:
        return self._random.randbytes(nbytes).hex()

    def choice(self, items: str) -> str:
        return self._random.choice(items)

    def random(self) -> float:
        return self._random.random()


@dataclass(slots=True)
class Made:
    """A resource that was made, and all that is known of it."""

    kind: ResourceType
    ctx: Context
    props: Any
    ident: str
    values: dict[str, Any]
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> Any:
        return self.kind.reference(self.ctx.record)


class Waiter:
    """Looks every second until it is so."""

    def __init__(self, hand: "Hand", kind: ResourceType, ctx: Context) -> None:
        self.hand, self.kind, self.ctx = hand, kind, ctx

    async def until(self, ident: str, statuses: tuple[str, ...]) -> dict[str, Any]:
        for _ in range(200):
            seen = await self.kind.observe(self.ctx, ident)
            if seen.status in statuses or seen.phase is Phase.READY:
                return seen.shown
            assert seen.phase is Phase.WORKING, seen
            await self.hand.clock.sleep(1.0)
        raise AssertionError(f"{self.kind.name} never became {statuses or 'ready'}: {seen}")

    async def gone(self, ident: str) -> None:
        for _ in range(200):
            if (await self.kind.observe(self.ctx, ident)).phase is Phase.GONE:
                return
            await self.hand.clock.sleep(1.0)
        raise AssertionError(f"{self.kind.name} never went")


class Hand:
    """A user of a fresh sandbox, with a stack to which all resources belong."""

    def __init__(self, user: str = "demo", project: str = "demo") -> None:
        self.clock = JumpingClock()
        self.ids: Ids = SeededIds()
        self.sandbox: Sandbox = build(Settings(url=URL, times=Times()), self.clock, SeededIds(1))
        self.transport = AsgiTransport(self.sandbox.app)
        service = ServiceUser(f"{URL}/identity/v3", "heat", PASSWORD, domain_admin=DOMAIN_ADMIN)
        tokens = DirectTokens(self.transport, service, self.clock)
        self.sessions = Sessions(self.transport, tokens, self.clock, self.ids.random)
        self.user, self.project = user, project
        self._session: Session | None = None

    async def session(self) -> Session:
        if self._session is None:
            token, project = await login(self.transport, self.user, self.project)
            self._session = self.sessions.session(CallerAuth(token, project))
        return self._session

    async def cloud(self) -> Cloud:
        return Cloud(await self.session())

    async def context(self, kind: ResourceType, name: str = "thing") -> Context:
        session = await self.session()
        row, stack = self.ids.uuid(), self.ids.uuid()
        state = State(Action.CREATE, Status.IN_PROGRESS)
        record = ResourceRecord(row, stack, name, kind.name, state, self.clock.now())
        ctx = Context(
            cloud=Cloud(session),
            stack=StackFacts(stack, "stack", session.auth.project_id, stack),
            name=name,
            row=row,
            physical_name=physical_name("stack", name, row, kind.name_limit),
            marker=marker(row),
            record=record,
            ids=self.ids,
            clock=self.clock,
        )
        ctx.waiting = Waiter(self, kind, ctx)
        return ctx

    async def properties(self, kind: ResourceType, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values checked, defaults filled in, and names made ids."""
        coerced, report = coerce(kind.Properties.fields, values)
        assert report.ok, [problem.sentence for problem in report.errors]
        cloud = await self.cloud()
        resolved = {
            key: await _resolved(cloud, kind.Properties.fields[key], value)
            for key, value in coerced.items()
        }
        found = list(kind.problems(kind.Properties.of(resolved)))
        assert not found, found
        return resolved

    async def create(
        self, kind: ResourceType, values: Mapping[str, Any], name: str = "thing"
    ) -> Made:
        """Make it, wait for it, complete it, and look at it."""
        given = await self.properties(kind, values)
        ctx = await self.context(kind, name)
        ctx.record = replace(ctx.record, properties=given)
        props = kind.Properties.of(given)
        ident = await kind.create(ctx, props)
        made = Made(kind, ctx, props, ident, dict(values))
        await self._settle(made)
        return made

    async def update(self, made: Made, **values: Any) -> frozenset[str]:
        """Change properties in place; gives the names of those that differ."""
        wanted = {key: value for key, value in (made.values | values).items() if value is not None}
        given = await self.properties(made.kind, wanted)
        before = made.ctx.record.properties
        changed = frozenset(key for key in before | given if before.get(key) != given.get(key))
        after = made.kind.Properties.of(given)
        assert not made.kind.replaces(made.props, after, changed), "this would replace it"
        await self.bring(made, after, changed)
        made.props, made.values = after, wanted
        made.ctx.record = replace(made.ctx.record, properties=given)
        await self._settle(made)
        return changed

    async def bring(self, made: Made, after: Any, changed: frozenset[str]) -> None:
        """Have the object be as wanted, however often it is not yet."""
        for _ in range(30):
            try:
                await made.kind.update(made.ctx, made.ident, after, changed)
            except NotYet:
                await self.clock.sleep(1.0)
            else:
                return
        raise AssertionError(f"{made.kind.name} never did what it was asked")

    async def replaces(self, made: Made, **values: Any) -> bool:
        """Whether changing these needs a new object."""
        given = await self.properties(made.kind, made.values | values)
        before = made.ctx.record.properties
        changed = frozenset(key for key in before | given if before.get(key) != given.get(key))
        return made.kind.replaces(made.props, made.kind.Properties.of(given), changed)

    async def delete(self, made: Made) -> None:
        """Have it gone; once more does nothing."""
        await self.insist(lambda: made.kind.delete(made.ctx, made.ident))
        if made.kind.phases.field:
            await Waiter(self, made.kind, made.ctx).gone(made.ident)
        await made.kind.delete(made.ctx, made.ident)

    async def insist(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Ask again as long as something is in the way, but not for ever."""
        for attempt in range(6):
            try:
                await ask()
            except Conflict:
                if attempt == 5:
                    raise
                await self.clock.sleep(1.0 + attempt)
            else:
                return

    async def _settle(self, made: Made) -> None:
        kind, ctx = made.kind, made.ctx
        if not kind.touches_nothing:
            await Waiter(self, kind, ctx).until(made.ident, ())
        await kind.configure(ctx, made.ident, made.props)
        shown = (await kind.observe(ctx, made.ident)).shown
        shown = await kind.gather(ctx, made.ident, shown)
        ctx.record = replace(ctx.record, physical_id=made.ident, data=dict(ctx.data))
        found = kind.attributes(shown, made.props, ctx.record)
        ctx.record = replace(ctx.record, attributes=found)
        made.attributes = plain(found)
        strayed = kind.drift(made.props, shown) if not kind.touches_nothing else {}
        assert strayed == {}, f"what was just made is said to have strayed: {strayed}"


async def login(
    transport: Transport, user: str, project: str, url: str = URL
) -> tuple[Secret, str]:
    """A token by name and password, and the id of its project."""
    domain = {"name": "Default"}
    person = {"name": user, "password": PASSWORD.value, "domain": domain}
    body = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": person}},
            "scope": {"project": {"name": project, "domain": domain}},
        }
    }
    reply = await transport.request(
        "POST",
        f"{url}/identity/v3/auth/tokens",
        {"Content-Type": "application/json"},
        msgspec.json.encode(body),
        10.0,
    )
    assert reply.status == 201, reply
    return Secret(reply.headers["x-subject-token"]), reply.json["token"]["project"]["id"]


async def _resolved(cloud: Cloud, declared: Field, value: Any) -> Any:
    """The value with names made ids, as deep as it goes."""
    if isinstance(value, list) and declared.item is not None:
        return [await _resolved(cloud, declared.item, one) for one in value]
    if isinstance(value, dict) and declared.fields:
        return {
            key: await _resolved(cloud, declared.fields[key], one) for key, one in value.items()
        }
    if isinstance(value, str) and declared.ref is not None and declared.ref in REFS:
        ref = REFS[declared.ref]
        listed = await cloud[ref.service].get(ref.path)
        return chosen(ref, listed[ref.key], value)
    return value
