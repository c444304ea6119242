"""Stored records as the documents that clients parse. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import msgspec

from hearth.api.heat.asking import Ask
from hearth.base import masked, plain
from hearth.stack import Cause, EventRecord, Output, ResourceRecord, StackRecord

Document = dict[str, Any]


def time_of(seconds: float | None) -> str | None:
    """A moment, as every client reads it."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stack_url(ask: Ask, name: str, stack_id: str, *more: str) -> str:
    """The address of a stack, or of something in it."""
    return ask.url("stacks", name, stack_id, *more)


def link(href: str, rel: str = "self") -> Document:
    """One entry of `links`."""
    return {"href": href, "rel": rel}


def stack_link(ask: Ask, stack: StackRecord) -> list[Document]:
    """The links that a stack has."""
    return [link(stack_url(ask, stack.name, stack.id))]


def listed_stack(ask: Ask, stack: StackRecord) -> Document:
    """A stack as a list shows it; its project only to administrators."""
    document = {
        "id": stack.id,
        "links": stack_link(ask, stack),
        "stack_name": stack.name,
        "description": "",
        **_standing(stack),
        "deletion_time": time_of(stack.deleted_at),
        **_belonging(stack),
    }
    return document | ({"project": stack.project_id} if ask.caller.is_admin else {})


def shown_stack(ask: Ask, stack: StackRecord, *, outputs: bool) -> Document:
    """A stack as `show` gives it, with its outputs where they were asked for."""
    document = {
        "id": stack.id,
        "links": stack_link(ask, stack),
        "stack_name": stack.name,
        "description": stack.description,
        "template_description": stack.description,
        **_standing(stack),
        "deletion_time": time_of(stack.deleted_at),
        "parameters": stack.shown_parameters,
        "capabilities": [],
        "notification_topics": [],
        "disable_rollback": stack.disable_rollback,
        "timeout_mins": stack.timeout_mins,
        **_belonging(stack),
    }
    return document | ({"outputs": [shown_output(one) for one in stack.outputs]} if outputs else {})


def _standing(stack: StackRecord) -> Document:
    return {
        "stack_status": str(stack.state),
        "stack_status_reason": stack.reason,
        "creation_time": time_of(stack.created_at),
        "updated_time": time_of(stack.updated_at),
    }


def _belonging(stack: StackRecord) -> Document:
    return {
        "stack_owner": stack.username or None,
        "parent": stack.parent_id,
        "stack_user_project_id": stack.stack_user_project_id,
        "tags": list(stack.tags),
    }


def output_description(output: Output) -> str:
    """What the template says of it, or that it says nothing, in upstream's words."""
    return output.description or "No description given"


def written(value: Any) -> Any:
    """A value as JSON can carry it; numbers that JSON does not have as Python writes them.

    Upstream's clients read `Infinity` and `NaN`; null in their place would be another value.
    """
    match value:
        case float() if not isfinite(value):
            return msgspec.Raw(json.dumps(value).encode())
        case dict():
            return {key: written(item) for key, item in value.items()}
        case list():
            return [written(item) for item in value]
        case _:
            return value


def shown_output(output: Output) -> Document:
    """An output with its value, secrets laid open to who may read the stack."""
    document: Document = {
        "output_key": output.key,
        "output_value": written(plain(output.value)),
        "description": output_description(output),
    }
    return document | ({"output_error": output.error} if output.error else {})


def resource(
    ask: Ask, stack: StackRecord, record: ResourceRecord, nested: Mapping[str, str]
) -> Document:
    """A resource as lists show it. nested: id → name of the stacks below."""
    return {
        "resource_name": record.name,
        "logical_resource_id": record.name,
        "physical_resource_id": record.physical_id or "",
        "resource_type": record.type,
        "resource_status": str(record.state),
        "resource_status_reason": record.reason,
        "creation_time": time_of(record.created_at),
        "updated_time": time_of(record.updated_at or record.created_at),
        "required_by": list(record.required_by),
        "links": _resource_links(ask, stack, record, nested),
        **({"parent_resource": stack.parent_resource} if stack.parent_resource else {}),
    }


def _resource_links(
    ask: Ask, stack: StackRecord, record: ResourceRecord, nested: Mapping[str, str]
) -> list[Document]:
    links = [
        link(stack_url(ask, stack.name, stack.id, "resources", record.name)),
        link(stack_url(ask, stack.name, stack.id), "stack"),
    ]
    if record.nested_id is not None and record.nested_id in nested:
        links.append(link(stack_url(ask, nested[record.nested_id], record.nested_id), "nested"))
    return links


def detailed_resource(document: Document, record: ResourceRecord) -> Document:
    """What `show` and `with_detail` add."""
    return document | {
        "description": record.description,
        "attributes": plain(record.attributes),
    }


def event(
    ask: Ask, record: EventRecord, names: Mapping[str, str], root: StackRecord | None
) -> Document:
    """An event as lists show it. names: id → name of stacks. root: given for nested lists."""
    name = names[record.stack_id]
    where = stack_url(ask, name, record.stack_id)
    its = stack_url(ask, name, record.stack_id, "resources", record.resource_name)
    links = [
        link(f"{its}/events/{record.id}"),
        link(its, "resource"),
        link(where, "stack"),
    ]
    if root is not None:
        links.append(link(stack_url(ask, root.name, root.id), "root_stack"))
    return {
        "id": record.id,
        "event_time": time_of(record.at),
        "resource_name": record.resource_name,
        "logical_resource_id": record.resource_name,
        "physical_resource_id": record.physical_id,
        "resource_status": record.status_text or str(record.state),
        "resource_status_reason": record.reason,
        "operation_id": record.operation_id,
        "links": links,
    }


def cause(record: Cause) -> Document:
    """Why something failed, as data."""
    call = record.call
    return {
        "path": list(record.path),
        "resource_type": record.type,
        "action": record.action.value,
        "error": record.error,
        "message": record.message,
        "call": None if call is None else asdict(call),
        "template": list(record.where),
        "hint": record.hint,
        "follows": record.follows,
        "stack_id": record.stack_id,
        "operation_id": record.operation_id,
        "time": time_of(record.at),
    }


def shown_event(document: Document, record: EventRecord) -> Document:
    """What a single event adds."""
    return document | {
        "resource_type": record.resource_type,
        "resource_properties": masked(record.properties),
    }
