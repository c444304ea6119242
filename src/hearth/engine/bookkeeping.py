"""What a plan changes in the rows of resources that stay: who requires whom, and policies."""

from typing import Any

from hearth.engine.planning import Planned
from hearth.engine.work import Work
from hearth.plan import Do
from hearth.stack import ResourceRecord
from hearth.store import SetResource


def bookkeeping(work: Work, made: Planned) -> list[SetResource]:
    """Changes that no user sees an event of, applied when the plan is recorded."""
    changes = []
    for step in made.plan.steps:
        row = work.rows.get(step.row)
        if row is None or step.key.startswith("-") or step.do not in (Do.NONE, Do.UPDATE):
            continue
        values = _differing(work, made, row)
        if values:
            changes.append(work.change(row.id, values))
    return changes


def _differing(work: Work, made: Planned, row: ResourceRecord) -> dict[str, Any]:
    wanted = made.wanted.get(row.name)
    if wanted is None or work.blueprint is None:
        return {}
    should: dict[str, Any] = {
        "requires": wanted.requires,
        "required_by": work.blueprint.required_by(row.name),
        "deletion_policy": wanted.deletion_policy,
        "where": wanted.where,
        "replaced_by": None,
    }
    return {name: value for name, value in should.items() if getattr(row, name) != value}
