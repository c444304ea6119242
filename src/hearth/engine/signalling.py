"""What a signal changes, and its event: drafted here, to become durable in one transaction."""

from dataclasses import dataclass, replace
from typing import Any

from hearth.base.errors import OverLimit
from hearth.engine.desk import Desk
from hearth.engine.hearing import attentive
from hearth.engine.software import Shelf
from hearth.engine.telling import resource_event
from hearth.engine.work import Work
from hearth.kit import Context, NothingToDo, Scale, Told, WrongSignal, words
from hearth.stack import EventRecord, HeardRecord, ResourceRecord
from hearth.store import Change, PutHeard

LETTERS = 100
"""So many names of signals that were fetched are kept: more than are ever fetched at once."""

MOST_KEPT = 10_000
"""So many different signals one resource keeps."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal as it came. strict: refuse what is not understood, instead of telling of it.

    letter: the name under which it was fetched, where it was.
    """

    details: Any = None
    strict: bool = False
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a signal changes, what is told of it, and what it asks of a group."""

    changes: tuple[Change, ...] = ()
    events: tuple[EventRecord, ...] = ()
    scale: Scale | None = None


async def taken(desk: Desk, work: Work, ctx: Context, heard: HeardRecord, signal: Signal) -> Taken:
    """What the resource of the context makes of a signal."""
    row = ctx.record
    ctx.kept = dict(heard.kept)
    counts = attentive(ctx)
    try:
        kind = desk.kind_of(work, row)
        told: Told = await kind.signal(ctx, row.physical_id or "", signal.details)
        reason = f"Signal: {told.reason}" if told.reason else words(signal.details)
        event = _event(desk, work, row, reason)
    except NothingToDo:
        return Taken()
    except WrongSignal as error:
        if signal.strict:
            raise
        # Upstream takes such a signal without a word; here the stack's owner can read why.
        told = Told()
        event = _event(desk, work, row, f"Signal: {error.sentence}")
        event = replace(event, status_text="SIGNAL_FAILED")
    if told.kept is None and signal.letter:
        told = replace(told, kept=heard.kept)
    assert isinstance(ctx.software, Shelf), "the engine's own context"
    changes = (*ctx.software.taken(), *_kept(ctx, told, counts, heard, signal))
    return Taken(changes, (event,), told.scale)


def _kept(
    ctx: Context, told: Told, counts: dict[str, int], heard: HeardRecord, signal: Signal
) -> list[Change]:
    """What resources keep of the signal, if nothing else has come to them in between."""
    changes: list[Change] = [
        PutHeard(HeardRecord(ident, ctx.stack.id, counts[ident] + 1, dict(values)))
        for ident, values in told.others.items()
    ]
    if told.kept is not None:
        if len(told.kept) > MOST_KEPT:
            raise OverLimit(f"A resource keeps {MOST_KEPT} signals, and no more.")
        # Its own are as they were handed over, whatever has come since.
        letters = (*heard.letters, signal.letter)[-LETTERS:] if signal.letter else ()
        changes.append(
            PutHeard(replace(heard, count=heard.count + 1, kept=dict(told.kept), letters=letters))
        )
    return changes


def _event(desk: Desk, work: Work, row: ResourceRecord, reason: str) -> EventRecord:
    event = resource_event(
        desk.ids.uuid(),
        work.stack,
        replace(row, reason=reason),
        desk.clock.now(),
        work.run.operation_id,
    )
    return replace(event, state=None, status_text=f"SIGNAL_{row.state.status.value}")
