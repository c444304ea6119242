"""One step while it is carried out: what it is done with, and how it can be stopped."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.base import Value
from hearth.base.errors import HearthError
from hearth.engine.software import Shelf
from hearth.kit import Context, Expansion, ResourceType, Waiting
from hearth.plan import Step
from hearth.stack import Action, ResourceRecord
from hearth.store import Change


class Aborted(HearthError):
    """The step was stopped while it waited."""

    default_kind = "Aborted"


@dataclass(slots=True, eq=False)
class Job:
    """A step under way.

    row: as last recorded; `change` records more of it durably. properties: as evaluated, with
    marks; props: the same as the type's Record, laid open. changed: names that differ. again:
    an earlier worker was lost while at it. refused: the service would not make it, and nothing was
    made. asked_at: when this worker itself may have made some of it, and was not told its id.
    old: what a replacement stands in for.
    rivals: other rows of the same name and type, which stand for objects of their own; others:
    these as jobs, where they are to let go of what they hold.
    theirs: ids of objects that other rows of the name see to, and this one leaves alone.
    shelf: the configs and deployments that its verbs change.
    child: the run of the nested stack that the step waits for; expansion: what that is to be.
    made_of: what the resource is made of beside its properties.
    hook: where the step stands and waits, and does nothing else. copy: the making of a
    copy, which comes first. kept: what is deleted is a row, and the object stays.
    """

    step: Step
    action: Action
    kind: ResourceType
    ctx: Context
    shelf: Shelf
    row: ResourceRecord
    properties: Mapping[str, Value]
    props: Any = None
    changed: frozenset[str] = frozenset()
    metadata: Mapping[str, Value] = field(default_factory=dict)
    update_policy: Mapping[str, Value] = field(default_factory=dict)
    again: bool = False
    refused: bool = False
    asked_at: float | None = None
    old: ResourceRecord | None = None
    rivals: tuple[ResourceRecord, ...] = ()
    others: "tuple[Job, ...]" = ()
    theirs: frozenset[str] = frozenset()
    child: str | None = None
    expansion: Expansion | None = None
    made_of: str = ""
    hook: str = ""
    copy: "Job | None" = None
    kept: bool = False
    _aborted: str | None = None
    _waiting: asyncio.Future[Any] | None = None

    def abort(self, reason: str) -> None:
        """Stop it where it can be stopped: while it waits."""
        self._aborted = self._aborted or reason
        for inner in (self.copy, *self.others):
            if inner is not None:
                inner.abort(reason)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.cancel()

    async def wait(self, begin: Callable[[], Any]) -> Any:
        """Wait for what `begin` makes an awaitable of; Aborted when the step is stopped."""
        self.check()
        self._waiting = asyncio.ensure_future(begin())
        try:
            return await self._waiting
        except asyncio.CancelledError:
            if self._aborted is not None and self._waiting.cancelled():
                self.check()
            raise
        finally:
            if not self._waiting.done():
                self._waiting.cancel()
            self._waiting = None

    def changes(self) -> list[Change]:
        """What its verbs have changed beside the row, to be written with what comes next."""
        return self.shelf.taken()

    def check(self) -> None:
        """Go on only if nobody has stopped it."""
        if self._aborted is not None:
            raise Aborted(self._aborted)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended. fields: of its row, to be recorded with the outcome.

    untold: a failure that says nothing new of the resource, whose row stays as it is.
    failure: the reason, if it failed. error: what it failed with; without one the cause is
    recorded where it is, in the nested stack that the step waited for.
    """

    job: Job
    fields: Mapping[str, Any] = field(default_factory=dict)
    failure: str | None = None
    error: BaseException | None = None
    outcome: str = ""
    reason: str = "state changed"
    drop: bool = False
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Heeding:
    """A verb's waiting in the midst of its work, which ends when the step is stopped."""

    job: Job
    inner: Waiting

    async def until(self, ident: str, statuses: tuple[str, ...]) -> dict[str, Any]:
        """The document once the object is in one of the states, or ready."""
        found: dict[str, Any] = await self.job.wait(lambda: self.inner.until(ident, statuses))
        return found

    async def gone(self, ident: str) -> None:
        """Return once it is gone."""
        await self.job.wait(lambda: self.inner.gone(ident))
