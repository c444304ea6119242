"""Making a plan: gathers what the evaluation lacks and makes it again until nothing is lacking."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from hearth.base import Problem
from hearth.engine.adopting import free_rows
from hearth.engine.blueprint import Blueprint
from hearth.engine.copies import copier
from hearth.engine.desk import Desk
from hearth.engine.gather import gather
from hearth.engine.view import PlanView
from hearth.engine.work import Work
from hearth.kit import ResourceType
from hearth.plan import (
    NOTHING,
    Desired,
    Do,
    Fates,
    Plan,
    Wanted,
    Waves,
    act,
    adopting,
    copying,
    forgetting,
    hooked,
    make,
    waved,
)
from hearth.stack import Action, ResourceRecord
from hearth.template.registry import Registry

ROUNDS = 10
"""So often an evaluation may find that it lacks something new."""


@dataclass(slots=True)
class Planned:
    """A plan, the resources as they were evaluated for it, and what is wrong with them."""

    plan: Plan
    wanted: dict[str, Wanted] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


_ACTS: Mapping[Action, tuple[Do, bool]] = {
    Action.SUSPEND: (Do.SUSPEND, True),
    Action.RESUME: (Do.RESUME, False),
    Action.CHECK: (Do.CHECK, False),
    Action.SNAPSHOT: (Do.SNAPSHOT, False),
}


async def planned(desk: Desk, work: Work, action: Action, waves: Waves | None = None) -> Planned:
    """The plan of an action, from what is recorded and what the blueprint wants."""
    rows = list(work.rows.values())
    if action in _ACTS:
        do, backwards = _ACTS[action]
        plan = act(rows, action, do, backwards=backwards)
        return Planned(_copying(desk, work, plan) if do is Do.SNAPSHOT else plan)
    if action is Action.DELETE or wants_nothing(work, action):
        nothing = partial(make, NOTHING, rows, action, _no_kind, desk.ids.uuid)
        plan = await desk.aside.think(len(rows), nothing)
        plan = _copying(desk, work, _stopping(plan, work.registry))
        ours = [copy for copy in work.copies.values() if copy.stack_id not in work.rows]
        return Planned(replace(plan, steps=(*plan.steps, *forgetting(ours))))
    made = await _made(desk, work, action)
    if action is Action.ADOPT:
        made.plan = adopting(made.plan, await free_rows(desk, work))
    if waves is not None:
        made.plan = waved(made.plan, waves)
    return made


def wants_nothing(work: Work, action: Action) -> bool:
    """Whether a rollback leads back to before there was anything."""
    return action is Action.ROLLBACK and work.stack.previous_inputs_id is None


async def _made(desk: Desk, work: Work, action: Action) -> Planned:
    assert work.blueprint is not None, "what is made has a blueprint"
    blueprint = work.blueprint
    for _ in range(ROUNDS):
        evaluating = _Evaluating(blueprint, PlanView(work, desk.checks, desk.kind_of))
        desired = Desired(blueprint.requires, evaluating.evaluate)
        rows = list(work.rows.values())
        think = partial(make, desired, rows, action, evaluating.kind, desk.ids.uuid)
        plan = await desk.aside.think(len(rows) + len(blueprint.requires), think)
        plan = _copying(desk, work, _stopping(plan, blueprint.environment.registry))
        made = Planned(plan, evaluating.wanted, evaluating.problems)
        if not evaluating.view.needs:
            break
        await gather(desk, work, frozenset(evaluating.view.needs))
    work.missing.clear()
    return made


def _copying(desk: Desk, work: Work, plan: Plan) -> Plan:
    """The plan, making the copies that it is to make, or going on with what has been begun."""
    begun = {copy.stack_id: copy.id for copy in work.copies.values()}

    def copied(row: ResourceRecord) -> bool:
        return copier(desk, row) is not None

    def row_id(row: ResourceRecord) -> str:
        return begun.get(row.id) or desk.ids.uuid()

    return plan if work.aim.keeping else copying(plan, work.rows, copied, row_id)


def _stopping(plan: Plan, registry: Registry) -> Plan:
    """The plan, stopping at the hooks that the environment names."""
    return hooked(plan, registry.hooks) if registry.resources else plan


@dataclass(slots=True)
class _Evaluating:
    """One walk over all resources of a template."""

    blueprint: Blueprint
    view: PlanView
    wanted: dict[str, Wanted] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def evaluate(self, name: str, fates: Fates) -> Wanted:
        self.view.fates = fates
        found, report = self.blueprint.wanted(name, self.view)
        self.wanted[name] = found
        self.problems.extend(report.errors)
        return found

    def kind(self, resolved: str) -> ResourceType:
        return self.blueprint.kind_named(resolved)


def _no_kind(resolved: str) -> ResourceType:
    raise AssertionError(f"deleting asks nothing of the type {resolved}")
