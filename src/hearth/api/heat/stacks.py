"""Stacks looked at: lists, one stack, its template, environment, files and outputs."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import msgspec

from hearth.api.heat import lookup
from hearth.api.heat.asking import Ask
from hearth.api.heat.documents import (
    link,
    listed_stack,
    output_description,
    shown_output,
    shown_stack,
)
from hearth.api.heat.faults import WrongProject
from hearth.api.heat.parts import Parts, Reply, ref, stack_at
from hearth.base import masked
from hearth.base.errors import Clash, Missing
from hearth.bus import RefreshOutputs
from hearth.stack import StackRecord
from hearth.store import StackQuery, hearing, inputs, stacks

FILTERS = (
    "id", "stack_identity", "name", "stack_name", "status", "stack_status", "action",
    "stack_action", "stack_status_reason", "tenant", "username", "stack_owner", "owner_id",
    "parent", "disable_rollback", "timeout_mins", "stack_user_project_id",
)  # fmt: skip


async def index(parts: Parts, ask: Ask) -> Reply:
    """GET /stacks: those of the project, filtered, sorted and paged as asked."""
    query = _query(parts, ask)
    found = await parts.store.read(stacks.listed, query)
    document: dict[str, Any] = {"stacks": [listed_stack(ask, stack) for stack in found]}
    if query.limit and len(found) == query.limit:
        document["links"] = [link(_next_page(ask, found[-1].id), "next")]
    if ask.flag("with_count"):
        document["count"] = await parts.store.read(stacks.counted, query)
    return Reply(document)


async def detail(parts: Parts, ask: Ask) -> Reply:
    """GET /stacks/detail: as the plain list, without filters."""
    found = await parts.store.read(stacks.listed, _everything(parts, ask))
    return Reply({"stacks": [listed_stack(ask, stack) for stack in found]})


def _everything(parts: Parts, ask: Ask) -> StackQuery:
    return StackQuery(ask.caller.project_id, hidden_tags=parts.settings.hidden_stack_tags)


def _query(parts: Parts, ask: Ask) -> StackQuery:
    everywhere = ask.flag("global_tenant")
    if everywhere and not parts.policy.allows(ask.caller, "stacks:global_index"):
        raise WrongProject("You are not authorized to use stacks:global_index.")
    return StackQuery(
        None if everywhere else ask.caller.project_id,
        filters={name: ask.many(name) for name in FILTERS if name in ask.query},
        sort_keys=ask.listed("sort_keys"),
        sort_dir=ask.choice("sort_dir", ("asc", "desc")),
        limit=ask.number("limit"),
        marker=ask.one("marker"),
        show_deleted=ask.flag("show_deleted"),
        show_nested=ask.flag("show_nested"),
        show_hidden=ask.flag("show_hidden"),
        hidden_tags=parts.settings.hidden_stack_tags,
        tags=ask.listed("tags"),
        tags_any=ask.listed("tags_any"),
        not_tags=ask.listed("not_tags"),
        not_tags_any=ask.listed("not_tags_any"),
    )


def _next_page(ask: Ask, marker: str) -> str:
    pairs = [(n, v) for n, values in ask.query.items() if n != "marker" for v in values]
    return f"{ask.url('stacks')}?{urlencode([*pairs, ('marker', marker)])}"


async def show_or_below(parts: Parts, ask: Ask) -> Reply:
    """GET /stacks/{name}/{id}: a stack; where a word stands for the id, what is below a name."""
    word = ask.path["stack_id"] in lookup.READ_BELOW
    rule = "stacks:lookup" if word else "stacks:show"
    if not parts.policy.allows(ask.caller, rule):
        raise WrongProject(f"You are not authorized to use {rule}.")
    return await (lookup.below if word else show)(parts, ask)


async def show(parts: Parts, ask: Ask) -> Reply:
    """A stack, with its outputs unless they are not wanted."""
    resolve = ask.flag("resolve_outputs", default=True)
    stack = await fresh(parts, ask) if resolve else await stack_at(parts, ask)
    return Reply({"stack": shown_stack(ask, stack, outputs=resolve)})


async def fresh(parts: Parts, ask: Ask) -> StackRecord:
    """The stack with outputs that hold: what is stale, an engine evaluates first."""
    stack = await stack_at(parts, ask)
    heard = await parts.store.read(hearing.total, stack)
    if stack.outputs_stale or heard != (stack.outputs_heard or 0):
        with suppress(Clash):  # it moves on all the time: what is stored held a moment ago
            await parts.call(RefreshOutputs(**parts.to_engine(ask), stack=ref(ask)))
        stack = await stack_at(parts, ask)
    return stack


async def template(parts: Parts, ask: Ask) -> Reply:
    """GET …/template: the document that the stack was last made from."""
    stack = await stack_at(parts, ask)
    given = await _inputs(parts, stack)
    text = await parts.store.read(inputs.document, given.template_hash)
    return Reply(msgspec.json.decode(text or "{}"))


async def environment(parts: Parts, ask: Ask) -> Reply:
    """GET …/environment: what was given beside the template, with what is hidden masked."""
    stack = await stack_at(parts, ask)
    given = await _inputs(parts, stack)
    empty: dict[str, Any] = {
        "parameters": {},
        "parameter_defaults": {},
        "resource_registry": {"resources": {}},
    }
    document = empty | {"event_sinks": [], "encrypted_param_names": []} | given.environment
    return Reply(masked(document | {"parameters": document["parameters"] | given.parameters}))


async def files(parts: Parts, ask: Ask) -> Reply:
    """GET …/files: the files that came with the template."""
    stack = await stack_at(parts, ask)
    given = await _inputs(parts, stack)
    text = await parts.store.read(inputs.text, given.files_hash) if given.files_hash else "{}"
    return Reply(msgspec.json.decode(text or "{}"))


async def _inputs(parts: Parts, stack: StackRecord) -> Any:
    given = await parts.store.read(inputs.find, stack.inputs_id)
    if given is None:
        raise Missing(f"What the Stack ({stack.name}) was made from is not kept any more.")
    return given


async def list_outputs(parts: Parts, ask: Ask) -> Reply:
    """GET …/outputs: which there are."""
    stack = await stack_at(parts, ask)
    found = [
        {"output_key": one.key, "description": output_description(one)} for one in stack.outputs
    ]
    return Reply({"outputs": found})


async def show_output(parts: Parts, ask: Ask) -> Reply:
    """GET …/outputs/{key}: one, with its value."""
    stack = await fresh(parts, ask)
    key = ask.path["output_key"]
    found = next((one for one in stack.outputs if one.key == key), None)
    if found is None:
        raise Missing(f"Specified output key {key} not found.", kind="NotFound")
    return Reply({"output": shown_output(found)})
