"""What would be: validation, previews and plans. Nothing here writes anything."""

from dataclasses import replace
from typing import Any

from hearth.base import Report
from hearth.bus import (
    CreateStack,
    Document,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    Source,
    ValidateTemplate,
)
from hearth.engine.blueprint import Blueprint
from hearth.engine.desk import Desk
from hearth.engine.handlers.below import looked_into
from hearth.engine.handlers.checking import Checked, checked, plan_of, presumed
from hearth.engine.handlers.create import check_name, new_stack
from hearth.engine.handlers.declared import (
    NO_DESCRIPTION,
    environment_of,
    nested_parameters_of,
    parameters_of,
)
from hearth.engine.handlers.inside import Unmade
from hearth.engine.handlers.reading import Read, gathered, refusal
from hearth.engine.handlers.touched import as_previewed
from hearth.engine.handlers.update import converging, settled, wish
from hearth.engine.handlers.wording import aside, in_words
from hearth.engine.needs import Asked, evaluate_all
from hearth.engine.planning import ROUNDS, Planned
from hearth.identity import Caller
from hearth.kit import CONSTRAINTS
from hearth.plan import plan_document
from hearth.stack import Action, StackRecord
from hearth.template import Checks, Parameters, Pseudo, Scope, bind, validate
from hearth.template.bind import undeclared
from hearth.template.validate import Around


async def validate_template(desk: Desk, command: ValidateTemplate) -> Document:
    """What the template's parameters are; Invalid with all that is wrong.

    Thorough: all that creating a stack of it would find wrong, asking the cloud too.
    """
    given = await gathered(desk, command.caller, command.source)
    source = given.source
    if command.thorough:
        wanted = CreateStack(
            id="", deadline=0.0, caller=command.caller, name=_NAMELESS, source=command.source
        )
        stack = new_stack(desk, wanted)
        parameters, report = await presumed(desk, command.caller, given, stack)
    else:
        parameters, report = await _validated(desk, given)
    passed = {_PASSED.get(code) for code in command.ignore_errors}
    report = Report([one for one in report if one.kind not in passed])
    if not report.ok:
        raise refusal(report)
    template = source.template
    named = {**source.environment.parameters, **source.given}
    body: dict[str, Any] = {
        "Description": template.description or NO_DESCRIPTION,
        "Parameters": parameters_of(template, named, source.environment.parameter_defaults),
        "Environment": environment_of(template, source.environment, source.given),
    }
    if template.groups:
        body["ParameterGroups"] = [dict(group) for group in template.groups]
    if command.show_nested:
        scope = Scope(parameters=parameters, files=source.files)
        inside = nested_parameters_of(template, source.environment, scope)
        body |= {"NestedParameters": inside} if inside else {}
    return Document(body, tuple(report))


async def _validated(desk: Desk, given: Read) -> tuple[Parameters, Report]:
    """What is wrong with the template alone, once its expressions are evaluated."""
    source, told = given.source, given.report
    told.extend(undeclared(source.template, {**source.environment.parameters, **source.given}))
    for _ in range(ROUNDS):
        asked = Asked(desk.checks)
        checks = Checks(matches=asked.matches)
        parameters, report = bind(
            source.template, source.environment, source.given, Pseudo(), checks, strict=False
        )
        around = Around(
            files=source.files,
            constraints=CONSTRAINTS,
            expressions=asked.expressions,
            syntax=asked.syntax,
            matches=asked.matches,
            strict=False,
            max_depth=desk.settings.max_nested_stack_depth,
            max_resources=desk.settings.most_resources,
        )
        found = validate(source.template, source.environment, parameters, desk.registry, around)
        report.extend(found)
        if not asked.needs:
            break
        await evaluate_all(desk.checks, asked.needs)
    return parameters, Report([*told, *report])


_NAMELESS = "stack"
"""What a stack is called that nobody is to make: names of resources are built on it."""
_PASSED = {"99001": "ResourceTypeUnavailable"}
"""Kinds of problems that a request may ask to be passed over, by upstream's codes for them."""


async def preview(desk: Desk, command: PreviewStack) -> Document:
    """The stack that would be, with its resources."""
    stack, good, _made = await _new(desk, command.caller, command.name, command.source)
    stack = replace(
        stack,
        tags=command.tags,
        timeout_mins=command.timeout_mins,
        disable_rollback=command.disable_rollback,
    )
    body = {
        "id": stack.id,
        "stack_name": stack.name,
        "description": stack.description,
        "template_description": stack.description,
        "parameters": stack.shown_parameters,
        "tags": list(stack.tags) or None,
        "timeout_mins": stack.timeout_mins,
        "disable_rollback": stack.disable_rollback,
        "capabilities": [],
        "notification_topics": [],
        "resources": _resources(desk, good, good.blueprint, ()),
    }
    return Document(body, good.warnings)


async def plan_new(desk: Desk, command: PlanNew) -> Document:
    """The plan that creating the stack would carry out."""
    _stack, good, made = await _new(desk, command.caller, command.name, command.source)
    return Document(plan_document(made.plan), good.warnings)


async def plan_update(desk: Desk, command: PlanUpdate) -> Document:
    """The plan that the update would carry out."""
    wished = await wish(desk, command)
    stack, good, before = wished.stack, wished.good, wished.before
    made = wished.made
    if not converging(desk, command):
        # Else what stands below is looked at, and nothing is known before that.
        made.plan = await looked_into(desk, command.caller, good.work, made)
    plan = await in_words(desk, good.work, stack, before.inputs, made)
    own = aside(stack, settled(stack, command), before, wished.given, good.blueprint)
    document = plan_document(plan) | {"itself": own, "version": stack.version}
    return Document(document, good.warnings)


async def _new(
    desk: Desk, caller: Caller, name: str, source: Source
) -> tuple[StackRecord, Checked, Planned]:
    check_name(name)
    given = await gathered(desk, caller, source)
    command = CreateStack(id="", deadline=0.0, caller=caller, name=name, source=source)
    stack = new_stack(desk, command)
    good = await checked(desk, caller, given, stack)
    made = await plan_of(desk, good.work, Action.CREATE)
    stack = replace(
        stack,
        description=str(given.source.template.description or ""),
        shown_parameters=good.blueprint.parameters.shown(),
    )
    return stack, good, made


def _resources(
    desk: Desk, good: Checked, blueprint: Blueprint, names: tuple[str, ...]
) -> list[Any]:
    """All resources of a stack; one that is a stack itself is the list of its own."""
    view = Unmade(desk.checks, good.work.scope, good.work.ids, good.work.missing)
    found: list[Any] = []
    for name, definition in blueprint.active.resources.items():
        inner = good.inside.get((*names, name))
        if inner is not None:
            found.append(_resources(desk, good, inner, (*names, name)))
            continue
        wanted, _report = blueprint.wanted(name, view)
        absent = dict.fromkeys(blueprint.schema(name).properties)
        wanted = replace(wanted, properties={**absent, **wanted.properties})
        record = as_previewed(name, definition.type, wanted)
        found.append(record | {"required_by": list(blueprint.required_by(name))})
    return found
