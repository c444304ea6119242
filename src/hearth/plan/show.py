"""A plan as a document, for the REST API and the command line. Everything in it is masked."""

from collections.abc import Mapping
from typing import Any

from hearth.base import masked
from hearth.plan.values import Do, Plan, Step


def plan_document(plan: Plan, nested: Mapping[str, Plan] | None = None) -> dict[str, Any]:
    """What the plan would do. nested: the plans of nested stacks, by the step's key."""
    inner = nested or {}
    return {
        "action": plan.action.value,
        "counts": plan.counts(),
        "steps": [_step_document(step, inner.get(step.key)) for step in plan.steps if _shown(step)],
    }


def _shown(step: Step) -> bool:
    """Cleaning up after a replacement is part of the replacement."""
    if not step.resource or (step.key.startswith("-") and step.idle):
        return False
    return not (step.do is Do.DELETE and (step.only_if is not None or step.old_row is not None))


def _step_document(step: Step, nested: Plan | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "do": step.do.value,
        "resource": step.resource,
        "type": step.type,
        "where": step.where,
        "reason": step.reason,
        "maybe": step.perhaps,
        "changes": [
            {
                "path": change.path,
                "before": change.before,
                "after": change.after,
                "replaces": change.replaces,
            }
            for change in step.changes
        ],
        "properties": masked(dict(step.shown)),
        "requires": [key for key in step.requires if key[0] not in "-="],
    }
    if nested is not None:
        document["nested"] = plan_document(nested)
    return document
