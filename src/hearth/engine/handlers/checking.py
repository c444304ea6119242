"""Everything that is wrong with what was given, and the plan that it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from hearth.base import Problem, Report
from hearth.cloud import Cloud, auth_of
from hearth.engine.blueprint import Blueprint
from hearth.engine.desk import Desk
from hearth.engine.gather import gather
from hearth.engine.handlers.inside import Inside, Unmade
from hearth.engine.handlers.objecting import objections
from hearth.engine.handlers.permitted import Permitted
from hearth.engine.handlers.reading import Read, refusal
from hearth.engine.handlers.runs import timeout_of
from hearth.engine.machine import begin
from hearth.engine.needs import Need
from hearth.engine.planning import ROUNDS, Planned, planned
from hearth.engine.work import Work
from hearth.identity import Caller
from hearth.kit import CONSTRAINTS
from hearth.plan import Plan
from hearth.stack import Action, ResourceRecord, RunRecord, RunStatus, StackRecord
from hearth.template import Around, Checks, Parameters, Pseudo, bind, validate


@dataclass(frozen=True, slots=True)
class Checked:
    """What was given is right: its blueprint, the warnings, and the stacks inside by names."""

    blueprint: Blueprint
    work: Work
    warnings: tuple[Problem, ...]
    inside: Mapping[tuple[str, ...], Blueprint] = field(default_factory=dict)

    @property
    def delegates(self) -> bool:
        """Whether anything in the tree asks a service that is to act for the owner in turn."""
        return any(
            blueprint.kind(name).delegates
            for blueprint in (self.blueprint, *self.inside.values())
            for name in blueprint.active.resources
        )


async def checked(
    desk: Desk,
    caller: Caller,
    read: Read,
    stack: StackRecord,
    rows: Iterable[ResourceRecord] = (),
) -> Checked:
    """Validate it all; raises Invalid with every problem there is."""
    pseudo = Pseudo(stack.name, stack.id, stack.project_id)
    source = replace(read.source, timeout_s=timeout_of(desk, stack))
    blueprint = await desk.library.assembled(source, pseudo)
    work = working(desk, caller, stack, blueprint, rows)
    report = Report(list(read.report))
    types = Permitted(desk.registry, desk.policy, caller)
    inside: dict[tuple[str, ...], Blueprint] = {}
    found = await _problems(desk, work, read, types, inside)
    types.enforce()
    report.extend(found)
    if report.ok:
        report.extend(await objections(desk, work, blueprint, inside))
    if not report.ok:
        raise refusal(report)
    return Checked(blueprint, work, tuple(report), inside)


def working(
    desk: Desk,
    caller: Caller,
    stack: StackRecord,
    blueprint: Blueprint | None,
    rows: Iterable[ResourceRecord] = (),
) -> Work:
    """A run that nobody carries out: to plan and evaluate with, in the caller's name."""
    run = RunRecord("", stack.id, stack.root_id, Action.CREATE, RunStatus.RUNNING, {}, 0.0, 0.0, "")
    empty, _commands = begin(Plan(Action.CREATE))
    work = Work(run, stack, stack, blueprint, empty, {}, seen_by(desk, caller))
    for row in rows:
        work.keep(row)
    return work


def seen_by(desk: Desk, caller: Caller) -> Cloud:
    """The cloud as it shows itself to somebody who asks."""
    region = caller.region or desk.settings.region_name_for_services
    return Cloud(desk.patient.session(auth_of(caller), region, caller.request_id))


async def presumed(
    desk: Desk, caller: Caller, read: Read, stack: StackRecord
) -> tuple[Parameters, Report]:
    """All that creating the stack would meet, what is not given being unknown.

    The parameters as they are bound, and the problems; without any, raises Denied for types that
    are not for this caller.
    """
    pseudo = Pseudo(stack.name, stack.id, stack.project_id)
    blueprint = await desk.library.assembled(read.source, pseudo)
    work = working(desk, caller, stack, blueprint)
    types = Permitted(desk.registry, desk.policy, caller)
    report = Report(list(read.report))
    report.extend(await _problems(desk, work, read, types, {}, complete=False))
    if report.ok:
        types.enforce()
        report.extend((await planned(desk, work, Action.CREATE)).problems)
    return blueprint.parameters, report


async def plan_of(desk: Desk, work: Work, action: Action) -> Planned:
    """The plan that the blueprint comes to."""
    made = await planned(desk, work, action)
    if made.problems:
        raise refusal(Report(made.problems))
    return made


async def _problems(
    desk: Desk,
    work: Work,
    read: Read,
    types: Permitted,
    inside: dict[tuple[str, ...], Blueprint],
    *,
    complete: bool = True,
) -> Report:
    """What bind and validate find, once all that they lack has been gathered.

    complete: a stack is to be made of it, and all that this needs must be given.
    """
    report = Report()
    for _ in range(ROUNDS):
        view = Unmade(desk.checks, work.scope, work.ids, work.missing)
        size = len(read.source.template.resources)
        once = partial(_once, desk, work, read, view, types, complete=complete)
        walk = await desk.aside.think(size, once)
        report = walk.report
        if report.ok and work.blueprint is not None:
            walk.look(work.blueprint)
            inside.update(walk.found)
        if not view.needs:
            break
        await gather(desk, work, frozenset[Need](view.needs))
    return report


def _once(
    desk: Desk, work: Work, read: Read, view: Unmade, types: Permitted, *, complete: bool
) -> Inside:
    source, blueprint, stack = read.source, work.blueprint, work.stack
    assert blueprint is not None, "what is validated has a blueprint"
    pseudo = Pseudo(stack.name, stack.id, stack.project_id)
    checks = Checks(view.custom, view.matches, complete)
    _bound, report = bind(source.template, source.environment, source.given, pseudo, checks)
    around = Around(
        files=source.files,
        custom=view.custom,
        constraints=CONSTRAINTS,
        expressions=view.expressions,
        syntax=view.syntax,
        matches=view.matches,
        pseudo=pseudo,
        max_depth=desk.settings.max_nested_stack_depth,
        max_resources=desk.settings.most_resources,
        sure_outputs=not complete,
    )
    found = validate(source.template, source.environment, blueprint.parameters, types, around)
    report.extend(found)
    return Inside(desk, work, view, around, types, report)
