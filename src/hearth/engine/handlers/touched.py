"""What an update would touch, in upstream's five lists, and in the stacks below where asked."""

from datetime import UTC, datetime
from typing import Any

from hearth.base import masked
from hearth.bus import Document, PreviewUpdate
from hearth.engine.desk import Desk
from hearth.engine.handlers.checking import Checked, working
from hearth.engine.handlers.update import wish
from hearth.engine.planning import Planned, planned
from hearth.engine.work import Work
from hearth.identity import Caller
from hearth.plan import Do, Step, Wanted
from hearth.stack import Action, StackRecord
from hearth.store import Connection, resources, stacks

Groups = dict[str, list[dict[str, Any]]]
"""The resources that are unchanged, updated, replaced, added and deleted."""

Names = tuple[str, ...]
"""The names of resources that lead to a stack inside."""

_GROUPS = {
    Do.NONE: "unchanged",
    Do.UPDATE: "updated",
    Do.REPLACE: "replaced",
    Do.CREATE: "added",
}


async def preview_update(desk: Desk, command: PreviewUpdate) -> Document:
    """What an update would touch."""
    wished = await wish(desk, command)
    groups: Groups = {name: [] for name in (*_GROUPS.values(), "deleted")}
    good = wished.good
    _note(groups, good.work, wished.made)
    if command.show_nested:
        await _below(desk, command.caller, good, groups, (good.work, wished.made), ())
    return Document(groups, good.warnings)


async def _below(
    desk: Desk,
    caller: Caller,
    good: Checked,
    groups: Groups,
    level: tuple[Work, Planned],
    names: Names,
) -> None:
    """The same of the stacks that resources are: those that stay, and those that are made."""
    work, made = level
    for step in made.plan.steps:
        inner = (*names, step.resource)
        blueprint = good.inside.get(inner)
        if step.key.startswith("-") or blueprint is None or step.do is Do.REPLACE:
            continue
        row = work.rows.get(step.row)
        known = await desk.store.read(_stored, row.nested_id) if row and row.nested_id else None
        stack, rows = known or (work.stack, [])
        child = working(desk, caller, stack, blueprint, rows)
        plan = await planned(desk, child, Action.UPDATE)
        _note(groups, child, plan)
        await _below(desk, caller, good, groups, (child, plan), inner)


def _stored(db: Connection, nested_id: str) -> tuple[StackRecord, list[Any]] | None:
    stack = stacks.find(db, nested_id)
    return None if stack is None else (stack, resources.of(db, nested_id))


def _note(groups: Groups, work: Work, made: Planned) -> None:
    """Put every resource of a stack into its list."""
    for step in made.plan.steps:
        group = _GROUPS.get(step.do)
        if step.key.startswith("-"):
            goes = step.do is Do.DELETE and step.only_if is None and step.old_row is None
            group = "deleted" if goes else None
        if group is not None and step.resource:
            record = as_previewed(step.resource, step.type, made.wanted.get(step.resource))
            groups[group].append(record | _placed(work, step.resource) | _known(work, step))


def as_previewed(name: str, kind: str, wanted: Wanted | None) -> dict[str, Any]:
    """A resource as previews tell of it."""
    return {
        "resource_name": name,
        "resource_type": kind,
        "resource_action": "INIT",
        "resource_status": "COMPLETE",
        "resource_status_reason": "",
        "resource_identity": {},
        "physical_resource_id": "",
        "description": wanted.description if wanted else "",
        "properties": masked(dict(wanted.properties)) if wanted else {},
        "metadata": masked(dict(wanted.metadata)) if wanted else {},
        "attributes": {},
        "required_by": [],
    }


def _placed(work: Work, name: str) -> dict[str, Any]:
    """Where a resource is, and who needs it there."""
    stack, blueprint = work.stack, work.blueprint
    identity = {"tenant": stack.project_id, "stack_name": stack.name, "stack_id": stack.id}
    needed = blueprint is not None and name in blueprint.active.resources
    return {
        "stack_name": stack.name,
        "stack_identity": {**identity, "path": ""},
        "resource_identity": {**identity, "path": f"/resources/{name}"},
        "required_by": list(blueprint.required_by(name)) if blueprint and needed else [],
        "creation_time": None,
        "updated_time": None,
    }


def _known(work: Work, step: Step) -> dict[str, Any]:
    """What is recorded of a resource already."""
    row = work.rows.get(step.old_row or step.row)
    if row is None:
        return {}
    return {
        "resource_action": row.state.action.value,
        "resource_status": row.state.status.value,
        "resource_status_reason": row.reason,
        "physical_resource_id": row.physical_id or "",
        "creation_time": _time(row.created_at),
        "updated_time": _time(row.updated_at or row.created_at),
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
