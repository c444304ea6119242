"""The Context that a verb is handed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any

from hearth.base import Value, plain
from hearth.cloud import Cloud
from hearth.engine.desk import Desk
from hearth.engine.fetching import fetch_template
from hearth.engine.nested import load_view
from hearth.engine.signalling import Signal, taken
from hearth.engine.software import Shelf
from hearth.engine.work import Work
from hearth.kit import (
    Context,
    InError,
    Near,
    Observation,
    Phase,
    ResourceType,
    StackFacts,
    marker,
)
from hearth.plan import ATTEMPTED, BEGAN, BELOW, DRIFT, LINGERS, MADE_OF, RELEASED, SCALING
from hearth.stack import ResourceRecord, physical_name
from hearth.store import Batch, Moved, PutHeard, SetStack, hearing, resources

TRIES = 10
"""So often a signal is taken anew because another one came first."""

SETTINGS = (
    "default_user_data_format",
    "default_software_config_transport",
    "default_deployment_signal_transport",
    "stack_scheduler_hints",
    "heat_metadata_server_url",
    "heat_stack_user_role",
    "heat_waitcondition_server_url",
    "max_server_name_length",
)
"""The options that types may know of."""

_OURS = frozenset({ATTEMPTED, BEGAN, BELOW, DRIFT, LINGERS, MADE_OF, RELEASED, SCALING})
"""What a row's data keeps for the engine, and is none of the types' business."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Waiting for a verb in the midst of its work."""

    desk: Desk
    kind: ResourceType
    ctx: Context

    async def until(self, ident: str, statuses: tuple[str, ...]) -> dict[str, Any]:
        """The document once the object is in one of the states, or ready."""

        def there(seen: Observation) -> bool:
            return seen.status in statuses or seen.phase is not Phase.WORKING

        seen = await self.desk.poller.until(self.kind, self.ctx, ident, there)
        if seen.status not in statuses and seen.phase is not Phase.READY:
            raise InError(seen.status or seen.phase.value, seen.reason)
        return seen.shown

    async def gone(self, ident: str) -> None:
        """Return once it is gone."""
        await self.desk.poller.until(
            self.kind, self.ctx, ident, lambda seen: seen.phase is Phase.GONE
        )


def shelf(desk: Desk, work: Work, properties: Mapping[str, Value]) -> Shelf:
    """The configs and deployments of one step."""
    stack = work.stack
    return Shelf(
        desk.store, desk.settings, stack.project_id, stack.root_id, work.room, properties
    )  # fmt: skip


async def _held_by_others(desk: Desk, row: ResourceRecord, idents: Iterable[str]) -> frozenset[str]:
    """Of these ids those that belong to other rows, which have not let go of them."""
    holders = await desk.store.read(resources.holding, row.type_resolved, list(idents))
    others = [one for one in holders if one.id != row.id and RELEASED not in one.data]
    return frozenset(one.physical_id for one in others if one.physical_id is not None)


def context(
    desk: Desk,
    work: Work,
    row: ResourceRecord,
    kind: ResourceType,
    software: Shelf | None = None,
) -> Context:
    """What the verbs of a resource may use."""
    stack = work.stack

    async def near(text: str) -> Near | None:
        return await listener(desk, stack.id, text)

    async def tell(text: str, details: Any, letter: str) -> None:
        await leave(desk, work, text, Signal(details, letter=letter))

    async def forget(text: str) -> None:
        await forgotten(desk, stack.id, text)

    async def keep_project(project_id: str) -> None:
        await keep(desk, work, project_id)

    made = Context(
        cloud=work.cloud if kind.touches_nothing else Cloud(work.cloud.session.traced()),
        stack=StackFacts(
            stack.id, stack.name, stack.project_id, stack.root_id,
            stack_user_project_id=work.root.stack_user_project_id,
            timeout_s=work.blueprint.timeout_s if work.blueprint is not None else inf,
        ),
        name=row.name,
        row=row.id,
        physical_name=physical_name(stack.name, row.name, row.id, kind.name_limit),
        marker=marker(row.id),
        record=row,
        ids=desk.ids,
        clock=desk.clock,
        metadata=dict(row.metadata),
        data={key: value for key, value in row.data.items() if key not in _OURS},
        settings={name: getattr(desk.settings, name) for name in SETTINGS},
        nested=work.views.get(row.id),
        taken=partial(_held_by_others, desk, row),
        near=near,
        tell=tell,
        forget=forget,
        keep_project=keep_project,
        created_after=row.created_at,
        began=float(row.data.get(BEGAN, row.created_at)),
        software=software or shelf(desk, work, row.properties),
    )  # fmt: skip
    made.waiting = Waiter(desk, kind, made)
    made.engines, made.derived = desk.census.engines, desk.store.codec.derived
    if work.blueprint is not None:
        made.files = work.blueprint.files
        made.below = partial(work.blueprint.environment_below, row.name, {})
        if kind.nests:
            _nest(desk, work, made, kind)
    return made


def _nest(desk: Desk, work: Work, made: Context, kind: ResourceType) -> None:
    """What a type may know that is a stack of its own."""
    blueprint = work.blueprint
    assert blueprint is not None, "what nests has a blueprint"

    def beside(text: str) -> ResourceRecord | None:
        return next(
            (row for row in resources.shown(work.rows.values()).values() if _goes_by(row, text)),
            None,
        )

    async def fetch(url: str) -> str:
        return await fetch_template(desk.fetcher, desk.settings, url)

    made.referenced = blueprint.asked_of.paths(made.name)
    made.beside = beside
    made.fetch = fetch
    made.answers = {key: found for (name, key), found in work.answers.items() if name == kind.name}


def _goes_by(row: ResourceRecord, text: str) -> bool:
    return text in (row.physical_id, plain(row.reference), row.name)


async def keep(desk: Desk, work: Work, project_id: str) -> None:
    """Record, in the root and in the stack at hand, which project the users of the tree are in.

    Everybody who comes by it finds the same project, so no fence is needed.
    """
    values = {"stack_user_project_id": project_id}
    idents = dict.fromkeys((work.root.id, work.stack.id))
    await desk.store.write(Batch(tuple(SetStack(ident, values) for ident in idents)))
    work.root = replace(work.root, stack_user_project_id=project_id)


async def leave(desk: Desk, work: Work, text: str, signal: Signal) -> None:
    """Take a signal that was fetched from where it had been left; once under its letter's name."""
    for left in reversed(range(TRIES)):
        found = await desk.store.read(hearing.near, work.stack.id, text)
        if found is None or signal.letter in found.heard.letters:
            return
        ctx = context(desk, work, found.resource, desk.kind_of(work, found.resource))
        told = await taken(desk, work, ctx, found.heard, signal)
        try:
            await desk.store.write(Batch(told.changes, told.events))
        except Moved:
            if not left:
                raise
        else:
            return


async def forgotten(desk: Desk, stack_id: str, text: str) -> None:
    """Let go of what signals have told a resource, but not of the names of those fetched."""
    for left in reversed(range(TRIES)):
        found = await desk.store.read(hearing.near, stack_id, text)
        if found is None or not found.heard.kept:
            return
        emptied = replace(found.heard, count=found.heard.count + 1, kept={})
        try:
            await desk.store.write(Batch((PutHeard(emptied),)))
        except Moved:
            if not left:
                raise
        else:
            return


async def listener(desk: Desk, stack_id: str, text: str) -> Near | None:
    """The resource of a stack that goes by this text, with what signals have told it."""
    found = await desk.store.read(hearing.near, stack_id, text)
    if found is None:
        return None
    row, heard = found.resource, found.heard
    nested = await load_view(desk, row.nested_id) if row.nested_id else None
    return Near(row, heard.kept, heard.count, nested)
