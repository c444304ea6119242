"""At which hooks the steps of a plan stop: a user's wish, which the environment names. Pure.

As upstream has it, hooks of a creation count while the stack is created, those of an update while
it is updated (also for a resource that is replaced or stays as it is), those of a deletion while
the whole stack goes.
"""

from collections.abc import Callable
from dataclasses import replace

from hearth.plan.values import Do, Plan, Step
from hearth.stack import Action

_BEFORE = {
    (Action.CREATE, Do.CREATE): "pre-create",
    (Action.DELETE, Do.DELETE): "pre-delete",
} | {
    (action, do): "pre-update"
    for action in (Action.UPDATE, Action.ROLLBACK, Action.RESTORE)
    for do in (Do.UPDATE, Do.REPLACE, Do.NONE)
}
_AFTER = {
    (Action.CREATE, Do.CREATE): "post-create",
    (Action.DELETE, Do.DELETE): "post-delete",
    (Action.UPDATE, Do.UPDATE): "post-update",
    (Action.ROLLBACK, Do.UPDATE): "post-update",
    (Action.RESTORE, Do.UPDATE): "post-update",
}


def hooked(plan: Plan, hooks: Callable[[str], frozenset[str]]) -> Plan:
    """The plan with steps that stop where the user wants. hooks: of a resource, by its name."""
    return replace(plan, steps=tuple(_hooked(plan.action, step, hooks) for step in plan.steps))


def _hooked(action: Action, step: Step, hooks: Callable[[str], frozenset[str]]) -> Step:
    cleaning = step.key.startswith("-")
    if not step.resource or cleaning is not (action is Action.DELETE):
        return step
    wished = hooks(step.resource)
    possible = (_BEFORE.get((action, step.do)), _AFTER.get((action, step.do)))
    found = tuple(one for one in possible if one is not None and one in wished)
    return replace(step, hooks=found) if found else step
