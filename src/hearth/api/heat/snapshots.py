"""Snapshots of a stack: kept, listed, shown, deleted and gone back to."""

from typing import Any

import msgspec

from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import time_of
from hearth.api.heat.faults import BadRequest
from hearth.api.heat.parts import Parts, Reply, ref, stack_at
from hearth.base import masked
from hearth.base.errors import Missing
from hearth.bus import DeleteSnapshot, RestoreSnapshot, SnapshotStack
from hearth.stack import Inputs, SnapshotRecord, StackRecord, origins
from hearth.store import Connection, inputs, snapshots

LONGEST_NAME = 255


async def keep(parts: Parts, ask: Ask) -> Reply:
    """POST …/snapshots: begin to keep one; answered when that is recorded."""
    name = (ask.body or {}).get("name")
    if name is not None and (not isinstance(name, str) or len(name) > LONGEST_NAME):
        raise BadRequest(f'"name" must be a text of at most {LONGEST_NAME} characters.')
    stack = await stack_at(parts, ask)
    command = SnapshotStack(**parts.to_engine(ask), stack=ref(ask), name=name or "")
    made = await parts.call(command)
    found = await _found(parts, stack, made.body["id"])
    return Reply(_document(found))


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET …/snapshots: all of a stack."""
    stack = await stack_at(parts, ask)
    found = await parts.store.read(_whole, stack.id)
    return Reply({"snapshots": [_document(*one) for one in found]})


async def show(parts: Parts, ask: Ask) -> Reply:
    """GET …/snapshots/{s}: one, with what it keeps; what is hidden is masked."""
    stack = await stack_at(parts, ask)
    known = await _found(parts, stack, ask.path["snapshot"])
    return Reply({"snapshot": _document(known, await parts.store.read(_given, known))})


async def delete(parts: Parts, ask: Ask) -> Reply:
    """DELETE …/snapshots/{s}: begin to delete one."""
    snapshot_id = ask.path["snapshot"]
    command = DeleteSnapshot(**parts.to_engine(ask), stack=ref(ask), snapshot_id=snapshot_id)
    await parts.call(command)
    return Reply(status=204)


async def restore(parts: Parts, ask: Ask) -> Reply:
    """POST …/snapshots/{s}/restore: begin to make the stack be what it was."""
    snapshot_id = ask.path["snapshot"]
    command = RestoreSnapshot(**parts.to_engine(ask), stack=ref(ask), snapshot_id=snapshot_id)
    await parts.call(command)
    return Reply(status=202)


async def _found(parts: Parts, stack: StackRecord, snapshot_id: str) -> SnapshotRecord:
    known = await parts.store.read(snapshots.find, snapshot_id)
    if known is None or known.stack_id != stack.id:
        words = f"The Snapshot ({snapshot_id}) for Stack ({stack.name}) could not be found."
        raise Missing(words, kind="SnapshotNotFound")
    return known


Given = tuple[Inputs, dict[str, Any], dict[str, str]]
"""What a stack was made from: with its template and its files."""


def _whole(db: Connection, stack_id: str) -> list[tuple[SnapshotRecord, Given | None]]:
    return [(one, _given(db, one)) for one in snapshots.of(db, stack_id)]


def _given(db: Connection, known: SnapshotRecord) -> Given | None:
    given = inputs.find(db, known.inputs_id)
    if given is None:
        return None
    template = msgspec.json.decode(inputs.document(db, given.template_hash) or "{}")
    files = inputs.text(db, given.files_hash) if given.files_hash else None
    return given, template, msgspec.json.decode(files or "{}")


def _document(known: SnapshotRecord, given: Given | None = None) -> dict[str, Any]:
    """A snapshot as clients read it."""
    data = None
    if known.data and given is not None:
        data = masked({**known.data, **origins(*given)})
    return {
        "id": known.id,
        "name": known.name or None,
        "action": known.action.value,
        "status": known.status.value,
        "status_reason": known.reason or None,
        "data": data,
        "creation_time": time_of(known.created_at),
    }
