"""What would be: validation, previews and plans. Nothing here writes anything."""

from dataclasses import replace
from typing import Any

from hearth.base import Report, masked
from hearth.bus import (
    CreateStack,
    Document,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    PreviewUpdate,
    Source,
    ValidateTemplate,
)
from hearth.engine.blueprint import Blueprint
from hearth.engine.blueprint import Source as Given
from hearth.engine.desk import Desk
from hearth.engine.handlers.checking import Checked, checked, plan_of
from hearth.engine.handlers.create import check_name, new_stack
from hearth.engine.handlers.declared import (
    NO_DESCRIPTION,
    environment_of,
    nested_parameters_of,
    parameters_of,
)
from hearth.engine.handlers.inside import Unmade
from hearth.engine.handlers.reading import gathered, refusal
from hearth.engine.handlers.update import Wished, wish
from hearth.engine.needs import Asked, evaluate_all
from hearth.engine.planning import ROUNDS, Planned
from hearth.identity import Caller
from hearth.plan import Do, Step, Wanted, plan_document
from hearth.stack import Action, StackRecord
from hearth.template import Checks, Parameters, Pseudo, Scope, bind, validate
from hearth.template.validate import Around


async def validate_template(desk: Desk, command: ValidateTemplate) -> Document:
    """What the template's parameters are; Invalid with all that is wrong."""
    given = await gathered(desk, command.source)
    source, report = given.source, given.report
    parameters, found = await _validated(desk, source, thorough=command.thorough)
    report.extend(found)
    passed = {_PASSED.get(code) for code in command.ignore_errors}
    report = Report([one for one in report if one.kind not in passed])
    if not report.ok:
        raise refusal(report)
    template = source.template
    named = {**source.environment.parameters, **source.given}
    body: dict[str, Any] = {
        "Description": template.description or NO_DESCRIPTION,
        "Parameters": parameters_of(template, named),
        "Environment": environment_of(template, source.environment),
    }
    if template.groups:
        body["ParameterGroups"] = [dict(group) for group in template.groups]
    if command.show_nested:
        scope = Scope(parameters=parameters, files=source.files)
        inside = nested_parameters_of(template, source.environment, scope)
        body |= {"NestedParameters": inside} if inside else {}
    return Document(body, tuple(report))


async def _validated(desk: Desk, source: Given, *, thorough: bool) -> tuple[Parameters, Report]:
    """What is wrong with the template alone, once its expressions are evaluated."""
    for _ in range(ROUNDS):
        asked = Asked(desk.checks)
        parameters, report = bind(
            source.template,
            source.environment,
            source.given,
            Pseudo(),
            Checks(matches=asked.matches),
            strict=False,
        )
        around = Around(
            files=source.files,
            expressions=asked.expressions,
            syntax=asked.syntax,
            matches=asked.matches,
            strict=thorough,
            sure_outputs=thorough,
            max_depth=desk.settings.max_nested_stack_depth,
            max_resources=desk.settings.most_resources,
        )
        found = validate(source.template, source.environment, parameters, desk.registry, around)
        report.extend(found)
        if not asked.needs:
            break
        await evaluate_all(desk.checks, asked.needs)
    return parameters, report


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
    document = plan_document(wished.made.plan) | {"version": wished.stack.version}
    return Document(document, wished.good.warnings)


async def preview_update(desk: Desk, command: PreviewUpdate) -> Document:
    """What an update would touch, in upstream's five lists."""
    wished = await wish(desk, command)
    groups: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("unchanged", "updated", "replaced", "added", "deleted")
    }
    for step in wished.made.plan.steps:
        group = _GROUPS.get(step.do)
        if step.key.startswith("-"):
            group = "deleted" if step.only_if is None and step.old_row is None else None
            group = group if step.do is Do.DELETE else None
        if group is not None and step.resource:
            wanted = wished.made.wanted.get(step.resource)
            record = _resource(step.resource, step.type, wanted)
            groups[group].append(record | _known(wished, step))
    return Document(groups, wished.good.warnings)


_GROUPS = {
    Do.NONE: "unchanged",
    Do.UPDATE: "updated",
    Do.REPLACE: "replaced",
    Do.CREATE: "added",
}


async def _new(
    desk: Desk, caller: Caller, name: str, source: Source
) -> tuple[StackRecord, Checked, Planned]:
    check_name(name)
    given = await gathered(desk, source)
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
        record = _resource(name, definition.type, wanted)
        found.append(record | {"required_by": list(blueprint.required_by(name))})
    return found


def _resource(name: str, kind: str, wanted: Wanted | None) -> dict[str, Any]:
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


def _known(wished: Wished, step: Step) -> dict[str, Any]:
    """What is recorded of a resource already."""
    row = wished.good.work.rows.get(step.old_row or step.row)
    if row is None:
        return {}
    stack = wished.stack
    return {
        "resource_action": row.state.action.value,
        "resource_status": row.state.status.value,
        "resource_status_reason": row.reason,
        "physical_resource_id": row.physical_id or "",
        "required_by": list(row.required_by),
        "stack_name": stack.name,
        "stack_identity": {
            "tenant": stack.project_id,
            "stack_name": stack.name,
            "stack_id": stack.id,
            "path": "",
        },
        "creation_time": row.created_at,
        "updated_time": row.updated_at,
    }
