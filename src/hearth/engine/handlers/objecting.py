"""What services say against properties, before anything is made.

Some mistakes only a service can tell: whether a template is one to the orchestration service that
is to take it. It is asked what it would say; one that does not answer just now says nothing, and
no more is asked once that has lasted too long. Nothing is written here, so nothing can be lost.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from hearth.base import Problem, Report
from hearth.base.errors import HearthError
from hearth.cloud import Ambiguous, ServerFault, TooMany, TrustGone, Unavailable
from hearth.engine.blueprint import Blueprint
from hearth.engine.contexts import context
from hearth.engine.desk import Desk
from hearth.engine.handlers.inside import Unmade
from hearth.engine.work import Work
from hearth.kit import Context, ResourceType
from hearth.plan import Wanted
from hearth.stack import Action, ResourceRecord, State, Status

SILENT = (Ambiguous, ServerFault, TooMany, TrustGone, Unavailable)
"""What tells nothing of properties: the run will see whether it lasts."""

LONGEST_S = 20.0
"""So long all are asked: whoever wants the stack waits for an answer meanwhile."""


async def objections(
    desk: Desk, work: Work, blueprint: Blueprint, inside: Mapping[tuple[str, ...], Blueprint]
) -> Report:
    """All objections, of the whole tree, as far as they come in time."""
    report = Report()
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_S):
            await _collect(desk, work, {(): blueprint, **inside}, report)
    return report


async def _collect(
    desk: Desk, work: Work, tree: Mapping[tuple[str, ...], Blueprint], report: Report
) -> None:
    view = Unmade(desk.checks, work.scope, work.ids, work.missing)
    for names, one in tree.items():
        above = "".join(f"resources.{name}." for name in names)
        for kind, wanted in _asked(one, view):
            ctx = _context(desk, work, one, kind, wanted)
            path = f"{above}resources.{wanted.name}.properties"
            for words in await _said(desk, kind, ctx, wanted):
                upstream = f"{path}: : {words}"
                report.add(Problem("objection", words, path=path, upstream=upstream))


def _asked(blueprint: Blueprint, view: Unmade) -> Iterator[tuple[ResourceType, Wanted]]:
    for name in blueprint.active.resources:
        kind = blueprint.kind(name)
        if kind.objections is None:
            continue
        wanted, report = blueprint.wanted(name, view)
        if report.ok and wanted.external_id is None:
            yield kind, wanted


async def _said(desk: Desk, kind: ResourceType, ctx: Context, wanted: Wanted) -> tuple[str, ...]:
    try:
        return tuple(await kind.objections(ctx, desk.record(kind, wanted.properties)))
    except SILENT:
        return ()
    except HearthError as error:
        return (error.sentence,)


def _context(
    desk: Desk, work: Work, blueprint: Blueprint, kind: ResourceType, wanted: Wanted
) -> Context:
    """The context of what is not there."""
    row = ResourceRecord(
        desk.ids.uuid(),
        work.stack.id,
        wanted.name,
        wanted.type,
        State(Action.INIT, Status.COMPLETE),
        desk.clock.now(),
    )
    ctx = context(desk, work, row, kind)
    return replace(
        ctx, files=blueprint.files, below=partial(blueprint.environment_below, wanted.name, {})
    )
