"""What a verb may use. The engine makes one Context for each step and hands it in."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from hearth.base import Clock, Ids, Value
from hearth.cloud import Cloud
from hearth.kit.software import Nothing, Software
from hearth.plan import Waves
from hearth.stack import ResourceRecord


class InError(Exception):
    """The object went into an error state of the service's; another attempt may help.

    status: what the service calls the state. reason: what the service says of its cause.
    """

    def __init__(self, status: str, reason: str = "") -> None:
        super().__init__(f'Went to status {status} due to "{reason or "Unknown"}"')
        self.status = status
        self.reason = reason


class NeedsReplacing(Exception):
    """Raised by `update`: what was asked cannot be done in place after all."""


class NotYet(Exception):
    """Raised by `update`: what it has asked for takes a while; it is to be called again then.

    The engine waits, longer each time. What must not be forgotten meanwhile is put into `ctx.data`
    and kept before the request leaves. within_s: how long all of it may take; None: as long as the
    stack has time.
    """

    def __init__(self, words: str, *, within_s: float | None = 90.0) -> None:
        super().__init__(words)
        self.within_s = within_s


@dataclass(frozen=True, slots=True)
class StackFacts:
    """What a type may know of the stack that its resource belongs to.

    timeout_s: the time that it has for an action.
    """

    id: str
    name: str
    project_id: str
    root_id: str
    path: tuple[str, ...] = ()
    stack_user_project_id: str | None = None
    timeout_s: float = inf


class Lacking(Exception):
    """Raised by `expand`: something must be asked from outside before. Its text says what."""


class NoMember(LookupError):
    """Raised by `nested_attribute`: the stack has no member of that name."""


class NoAttribute(LookupError):
    """Raised by `nested_attribute`: nothing is meant by the attribute as it was asked for."""


@dataclass(frozen=True, slots=True)
class Member:
    """One resource of a nested stack, as a nesting type sees it.

    failed: it is in a bad state.
    """

    name: str
    type: str
    physical_id: str | None
    reference: Value
    failed: bool
    created_at: float
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nested:
    """The stack that a nesting resource is: its outputs and its resources, as last recorded.

    members: those that its template names. version: of the stack's row, as it was read.
    busy: something is being done to it.
    """

    id: str
    name: str
    outputs: dict[str, Value] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    version: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource stands.

    resources: its template's, by name. timeout_s: the time the stack has. name: what the resource
    is called among them. update_policy: what is said beside the properties.
    """

    resources: Mapping[str, Any]
    timeout_s: float
    name: str = ""
    update_policy: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Near:
    """A resource of the same stack, as it is recorded at this moment.

    kept: what it keeps of its signals; count: how many there were. nested: the stack that it is,
    where it is one.
    """

    record: ResourceRecord
    kept: Mapping[str, Value] = field(default_factory=dict)
    count: int = 0
    nested: Nested | None = None


class Waiting(Protocol):
    """The engine's side of waiting: looks now and then, together with all who wait."""

    async def until(self, ident: str, statuses: tuple[str, ...]) -> dict[str, Any]:
        """Return the object's document once it is in one of the states, or ready."""
        ...

    async def gone(self, ident: str) -> None:
        """Return once the object is gone."""
        ...


def _nothing_beside(_text: str) -> ResourceRecord | None:
    return None


async def _nothing_fetched(url: str) -> str:
    raise AssertionError(f"{url} is fetched only where the engine does it")


async def _nothing_kept() -> None:
    return None


async def _nothing_taken(_ids: Iterable[str]) -> frozenset[str]:
    return frozenset()


async def _not_kept(_project_id: str) -> None:
    raise AssertionError("the project of a stack's users is kept only where the engine does it")


async def _nobody_listens(_text: str, _details: Any, _letter: str) -> None:
    raise AssertionError("signals are taken only where the engine takes them")


async def _nothing_forgotten(_text: str) -> None:
    raise AssertionError("signals are forgotten only where the engine takes them")


def _nothing_derived(_purpose: str) -> str:
    raise AssertionError("secrets are derived only where the engine does it")


async def _nobody_near(_text: str) -> Near | None:
    return None


@dataclass(slots=True)
class Context:
    """What a verb may use.

    cloud: `ctx.cloud["network"]` is a client of that service, with the stack's credentials.
    stack: facts of the stack. name: the resource's name in it. row: the id of its row.
    physical_name: the generated name. marker: `hearth:` and the row's 32 hex digits.
    record: the resource's row as last recorded. metadata: the resource's metadata.
    data: what the type keeps for itself; changes are recorded with the step's outcome.
    settings: options of heat.conf that types need, by name.
    nested: for nesting types, the nested stack as it is, None before it exists.
    seen: the object's document, if a verb came by it; spares the engine a look.
    taken: which of these ids already belong to some row.
    near: the resource of this stack that goes by a row, name, physical id or reference, with
    what signals have told it; its own row by `ctx.row`. began: when the step did.
    kept: for the verb `signal`, what the resource keeps of those that came before.
    tell: have another resource of the stack take a signal that was fetched for it, once for each
    name of a letter; forget: let go of what it was told so far.
    keep_project: record which project the users of the stack are in.
    software: the configs and deployments that hearth keeps.
    referenced: for nesting types, the paths of the attributes that others ask of the resource.
    files: those that came with the template. below: the environment of a stack that the resource
    is, as a document. beside: for nesting types, the row of the resource of this stack that goes
    by a text. answers: what `ask` has found, by what was asked. fetch: the text at an address.
    capacity: for nesting types, how many members a signal comes to.
    engines: how many engines are at work. keep: makes `data`, and what was changed of `software`,
    durable before the verb goes on. deed: an id that this step alone has, whoever attempts it.
    derived: a secret for a purpose, the same for all engines.
    """

    cloud: Cloud
    stack: StackFacts
    name: str
    row: str
    physical_name: str
    marker: str
    record: ResourceRecord
    ids: Ids
    clock: Clock
    waiting: Waiting | None = None
    metadata: dict[str, Value] = field(default_factory=dict)
    data: dict[str, Value] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    nested: Nested | None = None
    seen: dict[str, Any] | None = None
    taken: Callable[[Iterable[str]], Awaitable[frozenset[str]]] = _nothing_taken
    near: Callable[[str], Awaitable[Near | None]] = _nobody_near
    kept: dict[str, Value] = field(default_factory=dict)
    tell: Callable[[str, Any, str], Awaitable[None]] = _nobody_listens
    forget: Callable[[str], Awaitable[None]] = _nothing_forgotten
    keep_project: Callable[[str], Awaitable[None]] = _not_kept
    created_after: float = 0.0
    began: float = 0.0
    software: Software = field(default_factory=Nothing)
    referenced: tuple[tuple[Value, ...], ...] = ()
    beside: Callable[[str], ResourceRecord | None] = _nothing_beside
    files: Mapping[str, str] = field(default_factory=dict)
    below: Callable[[], dict[str, Value]] = dict
    answers: Mapping[str, Any] = field(default_factory=dict)
    fetch: Callable[[str], Awaitable[str]] = _nothing_fetched
    capacity: int | None = None
    engines: int = 1
    keep: Callable[[], Awaitable[None]] = _nothing_kept
    deed: str = ""
    derived: Callable[[str], str] = _nothing_derived

    async def until(self, kind: Any, ident: str, *statuses: str) -> dict[str, Any]:
        """Wait until the object is in one of the states (or ready); return its document."""
        del kind
        assert self.waiting is not None, "verbs wait only when the engine calls them"
        return await self.waiting.until(ident, statuses)


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a nesting type is: a template, the parameters given to it, and files.

    template: the document or its text. name_as: the stack's name, the generated one by default.
    environment: what is added to the parent's environment (resource_registry …).
    waves: in which batches its resources are made and changed. meanwhile: the template by which
    that is done, where it has resources that are there only for a while.
    """

    template: str | dict[str, Any]
    parameters: dict[str, Value] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, Value] = field(default_factory=dict)
    timeout_s: float | None = None
    name_as: str | None = None
    waves: Waves | None = None
    meanwhile: dict[str, Any] | None = None
