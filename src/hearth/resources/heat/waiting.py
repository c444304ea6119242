"""What wait conditions have in common: when they are done, when they fail, and with what words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from hearth.base import Value, plain
from hearth.base.errors import HearthError
from hearth.kit import Context, Near, Observation, Phase, ResourceType
from hearth.resources.heat.handles import STATUSES, fetch

PULSE_S = 2.0
"""How often it is looked where signals lie until they are fetched."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What a handle has been told, in its own words."""

    kept: Mapping[str, Value]
    words: tuple[str, str, str, str]

    def reasons(self, status: str) -> str:
        """Why signals of this status say they were sent."""
        key, reason = self.words[:2]
        return ";".join(str(one[reason]) for one in self.kept.values() if one[key] == status)

    @property
    def failed(self) -> bool:
        """Whether any tells of a failure."""
        return any(one[self.words[0]] != STATUSES[0] for one in self.kept.values())

    @property
    def data(self) -> str:
        """What they carry, by their ids, as JSON."""
        key = self.words[2]
        return json.dumps({ident: one.get(key) for ident, one in plain(self.kept).items()})


class Condition(ResourceType):
    """Waits until its handle has been signalled often enough, or its time is over.

    Its time is counted from the beginning of the step that waits, which is recorded before
    anything waits: whoever takes the step up again waits no longer than the first would have.
    """

    fenced = True
    hears = True
    names: tuple[str, str, str]
    """What its handle, its count and its timeout are called."""
    words: tuple[str, str, str, str]
    handles: tuple[str, ...]
    """Types whose resources it may wait upon."""
    transport: str | None = None
    """How its handles are signalled, where they do not say."""
    faults = ("WaitConditionFailure", "WaitConditionTimeout")

    async def create(self, ctx: Context, props: Any) -> str:
        ctx.data["count"] = self.wanted(props)
        return ctx.physical_name

    async def find(self, ctx: Context, props: Any) -> str | None:
        return None

    async def update(self, ctx: Context, ident: str, props: Any, changed: frozenset[str]) -> None:
        """Wait again, for the new count."""
        ctx.data["count"] = self.wanted(props)

    async def observe(self, ctx: Context, ident: str) -> Observation:
        """How far the signals have come."""
        near = await self.handle(ctx)
        if near.record.properties.get("signal_transport") == "NO_SIGNAL":
            return Observation(Phase.READY)
        fetched = await fetch(ctx, near, self.transport)
        if fetched:
            near = await self.handle(ctx)
        found, count = Signals(near.kept, self.words), int(ctx.data.get("count") or 1)
        if found.failed:
            raise HearthError(found.reasons("FAILURE"), kind=self.faults[0])
        if len(found.kept) >= count:
            return Observation(Phase.READY)
        until = ctx.began + float(plain(ctx.record.properties[self.names[2]]))
        if ctx.clock.now() >= until:
            told = f"{len(found.kept)} of {count} received"
            reasons = found.reasons("SUCCESS")
            words = f"{told} - {reasons}" if reasons else told
            raise HearthError(words, kind=self.faults[1])
        pulse = ctx.clock.now() + PULSE_S
        return Observation(Phase.WORKING, again_at=min(until, pulse) if fetched else until)

    async def delete(self, ctx: Context, ident: str) -> None:
        """What its handle was told is forgotten with it."""
        try:
            near = await self.handle(ctx)
        except HearthError:
            return
        if near.kept:
            await ctx.forget(near.record.id)

    async def live(
        self, ctx: Context, ident: str, attribute: str, path: tuple[Value, ...]
    ) -> Value:
        """The data of the signals at this moment."""
        if attribute not in self.Attributes.fields:
            return None
        return Signals((await self.handle(ctx)).kept, self.words).data

    async def handle(self, ctx: Context) -> Near:
        """What it waits upon."""
        reference = str(plain(ctx.record.properties[self.names[0]]))
        near = await ctx.near(self.named(ctx, reference))
        if near is None or near.record.type_resolved not in self.handles:
            shown = reference if "://" not in reference else "What is given"
            words = f"{shown} is not a valid wait condition handle."
            raise HearthError(words, kind="ValueError")
        return near

    def named(self, ctx: Context, reference: str) -> str:
        """By what the handle is found in the stack."""
        return reference

    def wanted(self, props: Any) -> int:
        """For how many signals it waits."""
        return int(getattr(props, self.names[1]))


def in_arn(ctx: Context, url: str) -> str:
    """The resource of this stack to which a signed URL leads."""
    arn = unquote(urlsplit(url).path).rpartition("/arn:")[2]
    fields = arn.split(":", 4)
    place = fields[-1].split("/")
    ours = ["stacks", ctx.stack.name, ctx.stack.id, "resources"]
    if len(fields) != 5 or fields[3] != ctx.stack.project_id or place[:4] != ours:
        raise HearthError("WaitCondition invalid Handle", kind="ValueError")
    return "/".join(place[4:])
