"""A plan that takes objects over instead of making them. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from hearth.plan.values import Do, Plan, Step


def adopting(plan: Plan, rows: Mapping[str, str]) -> Plan:
    """The plan of a new stack, with everything taken over. rows: ids for some of the rows."""
    return replace(plan, steps=tuple(_adopting(step, rows) for step in plan.steps))


def _adopting(step: Step, rows: Mapping[str, str]) -> Step:
    if step.do is not Do.CREATE:
        return step
    row = rows.get(step.resource, step.row)
    return replace(step, do=Do.ADOPT, row=row, reason="it is taken over")
