"""What changes stacks, or shows what would change: commands to an engine."""

from typing import Any

from hearth.api.heat import given
from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import link, stack_url
from hearth.api.heat.faults import BadRequest, WrongProject, problems
from hearth.api.heat.parts import Parts, Reply, ref
from hearth.base.errors import Invalid, Refused
from hearth.bus import (
    CreateStack,
    DeleteStack,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    PreviewUpdate,
    StackAction,
    UpdateStack,
    ValidateTemplate,
)

ACTIONS = ("suspend", "resume", "check", "cancel_update", "cancel_without_rollback")


def _name(body: dict[str, Any]) -> str:
    if "stack_name" not in body:
        raise BadRequest("No stack name specified")
    name = body["stack_name"]
    if not isinstance(name, str):
        raise Invalid(f"Invalid stack name {name}, must be a string")
    return name


async def create(parts: Parts, ask: Ask) -> Reply:
    """POST /stacks: create a stack; answered when that is validated and recorded."""
    body = ask.given()
    given.refuse_converge(body)
    adopt = given.adopted(body)
    if adopt is not None and not parts.settings.enable_stack_adopt:
        raise Refused("Stack Adopt is not supported.", kind="NotSupported")
    no_rollback = given.disable_rollback(body)
    made = await parts.call(
        CreateStack(
            **parts.to_engine(ask),
            name=_name(body),
            source=given.source(body if adopt is None else body | given.template_of(adopt)),
            timeout_mins=given.timeout_mins(body),
            disable_rollback=True if no_rollback is None else no_rollback,
            tags=given.tags(body) or (),
            adopt=adopt,
        )
    )
    where = stack_url(ask, made.name, made.stack_id)
    document = {"stack": {"id": made.stack_id, "links": [link(where)]}}
    return Reply(document, 201, {"Location": where})


async def preview(parts: Parts, ask: Ask) -> Reply:
    """POST /stacks/preview: the stack as it would be, and nothing is made."""
    body = ask.given()
    given.refuse_converge(body)
    no_rollback = given.disable_rollback(body)
    shown = await parts.call(
        PreviewStack(
            **parts.to_engine(ask),
            name=_name(body),
            source=given.source(body),
            timeout_mins=given.timeout_mins(body),
            disable_rollback=True if no_rollback is None else no_rollback,
            tags=given.tags(body) or (),
        )
    )
    document = shown.body | {"links": [link(stack_url(ask, _name(body), shown.body.get("id", "")))]}
    return Reply({"stack": document})


async def plan_new(parts: Parts, ask: Ask) -> Reply:
    """POST /stacks/plan: the plan of a new stack; nothing is made."""
    body = ask.given()
    command = PlanNew(**parts.to_engine(ask), name=_name(body), source=given.source(body))
    planned = await parts.call(command)
    return Reply({"plan": planned.body, "problems": problems(planned.problems)})


async def update(parts: Parts, ask: Ask) -> Reply:
    """PUT /stacks/{name}/{id}: update a stack to a template."""
    return await _update(parts, ask, existing=False)


async def update_patch(parts: Parts, ask: Ask) -> Reply:
    """PATCH /stacks/{name}/{id}: update in part; an empty body changes nothing, policed as such."""
    if not ask.body and not parts.policy.allows(ask.caller, "stacks:update_no_change"):
        raise WrongProject("You are not authorized to use stacks:update_no_change.")
    return await _update(parts, ask, existing=True)


async def _update(parts: Parts, ask: Ask, *, existing: bool) -> Reply:
    body = (ask.body or {}) if existing else ask.given()
    await parts.call(
        UpdateStack(
            **parts.to_engine(ask),
            stack=ref(ask),
            source=given.source(body, template_needed=not existing),
            existing=existing,
            clear_parameters=given.cleared(body),
            converge=given.converge(body),
            tags=given.tags(body),
            timeout_mins=given.timeout_mins(body),
            disable_rollback=given.disable_rollback(body),
            expected_version=given.expected_version(body),
        )
    )
    return Reply(status=202)


async def preview_update(parts: Parts, ask: Ask) -> Reply:
    """PUT …/preview: which resources an update would touch."""
    return await _preview_update(parts, ask, existing=False)


async def preview_update_patch(parts: Parts, ask: Ask) -> Reply:
    """PATCH …/preview: the same of an update in part."""
    return await _preview_update(parts, ask, existing=True)


async def _preview_update(parts: Parts, ask: Ask, *, existing: bool) -> Reply:
    body = (ask.body or {}) if existing else ask.given()
    shown = await parts.call(
        PreviewUpdate(
            **parts.to_engine(ask),
            stack=ref(ask),
            source=given.source(body, template_needed=not existing),
            existing=existing,
            clear_parameters=given.cleared(body),
            converge=given.converge(body),
            show_nested=ask.flag("show_nested"),
        )
    )
    return Reply({"resource_changes": shown.body})


async def plan_update(parts: Parts, ask: Ask) -> Reply:
    """PUT …/plan: the plan of an update; nothing is changed."""
    return await _plan_update(parts, ask, existing=False)


async def plan_update_patch(parts: Parts, ask: Ask) -> Reply:
    """PATCH …/plan: the same of an update in part."""
    return await _plan_update(parts, ask, existing=True)


async def _plan_update(parts: Parts, ask: Ask, *, existing: bool) -> Reply:
    body = (ask.body or {}) if existing else ask.given()
    planned = await parts.call(
        PlanUpdate(
            **parts.to_engine(ask),
            stack=ref(ask),
            source=given.source(body, template_needed=not existing),
            existing=existing,
            clear_parameters=given.cleared(body),
            converge=given.converge(body),
            tags=given.tags(body),
            timeout_mins=given.timeout_mins(body),
            disable_rollback=given.disable_rollback(body),
        )
    )
    return Reply({"plan": planned.body, "problems": problems(planned.problems)})


async def delete(parts: Parts, ask: Ask) -> Reply:
    """DELETE /stacks/{name}/{id}: delete a stack, whatever else is being done to it."""
    await parts.call(DeleteStack(**parts.to_engine(ask), stack=ref(ask)))
    return Reply(status=204)


async def act(parts: Parts, ask: Ask) -> Reply:
    """POST …/actions: the body holds one action, policed by its own rule."""
    body = ask.body or {}
    if not body:
        raise BadRequest("No action specified")
    if len(body) > 1:
        raise BadRequest("Multiple actions specified")
    action = next(iter(body))
    if action not in ACTIONS:
        raise BadRequest(f"Invalid action {action} specified")
    if not parts.policy.allows(ask.caller, f"actions:{action}"):
        raise WrongProject(f"You are not authorized to use actions:{action}.")
    await parts.call(StackAction(**parts.to_engine(ask), stack=ref(ask), action=action))
    return Reply()


async def validate(parts: Parts, ask: Ask) -> Reply:
    """POST /validate: check a template; `with_problems=true` tells all.

    It adds the warnings to the answer, and takes as errors what upstream lets pass: values that
    no deployment could have, and names of what the cloud does not have. Parameters that are not
    given are no mistake.
    """
    ignored = ask.one("ignore_errors")
    codes = tuple(ignored.split(",")) if ignored else ()
    for code in codes:
        if not code.isdecimal():
            raise BadRequest(f"Invalid codes in ignore_errors : {codes}")
    command = ValidateTemplate(
        **parts.to_engine(ask),
        source=given.source(ask.given()),
        show_nested=ask.flag("show_nested"),
        ignore_errors=codes,
        thorough=ask.flag("with_problems"),
    )
    try:
        shown = await parts.call(command)
    except Invalid as error:
        raise _as_validation_answers(error) from error
    told = {"problems": problems(shown.problems)} if ask.flag("with_problems") else {}
    return Reply(shown.body | told)


def _as_validation_answers(error: Invalid) -> Invalid:
    """What validation finds wrong is a bad request here, as upstream has it."""
    if error.kind != "StackValidationFailed":
        return error
    return Invalid(error.sentence, kind="HTTPBadRequest", problems=error.problems)
