"""The actions of the CloudFormation API, by name. Those that are yet to come say so."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from hearth.api.cfn.arns import Arn, is_arn, read
from hearth.api.cfn.parts import Ask, Parts
from hearth.api.metadata import allow, incarnation, shown_metadata
from hearth.base.errors import Missing, Refused
from hearth.stack import StackRecord
from hearth.store import stacks

Action = Callable[[Parts, Ask], Awaitable[dict[str, Any]]]

NAMES = frozenset(
    {
        "CancelUpdateStack",
        "CreateStack",
        "DeleteStack",
        "DescribeStackEvents",
        "DescribeStackResource",
        "DescribeStackResources",
        "DescribeStacks",
        "EstimateTemplateCost",
        "GetTemplate",
        "ListStackResources",
        "ListStacks",
        "UpdateStack",
        "ValidateTemplate",
    }
)
"""All that there are in Heat."""


async def act(parts: Parts, ask: Ask) -> dict[str, Any]:
    """Do what is asked; its response, whose one key is the root."""
    name = ask.params.get("Action", "")
    if name not in NAMES:
        raise Refused("The action or operation requested is invalid", kind="InvalidAction")
    action = ACTIONS.get(name)
    if action is None:
        words = f"{name} is not implemented on this server."
        raise Refused(words, kind="APINotImplemented")
    parts.policy.enforce(ask.caller, f"cloudformation:{name}")
    return {f"{name}Response": {f"{name}Result": await action(parts, ask)}}


async def describe_resource(parts: Parts, ask: Ask) -> dict[str, Any]:
    """A resource with its metadata: what configuration agents in servers ask for."""
    stack = await _stack(parts, ask)
    name = _needed(ask, "LogicalResourceId")
    record = await incarnation(parts, ask.caller, stack.id, name)
    if record is None:
        words = f"The Resource ({name}) could not be found in Stack {stack.name}."
        raise Missing(words, kind="ResourceNotFound")
    allow(ask.caller, parts.settings.heat_stack_user_role, record)
    detail = {
        "Description": record.description,
        "LastUpdatedTimestamp": _time(record.updated_at or record.created_at),
        "LogicalResourceId": record.name,
        "Metadata": await shown_metadata(parts, record),
        "PhysicalResourceId": record.physical_id or "",
        "ResourceStatus": str(record.state),
        "ResourceStatusReason": record.reason,
        "ResourceType": record.type,
        "StackId": str(Arn(stack.project_id, stack.name, stack.id)),
        "StackName": stack.name,
    }
    return {"StackResourceDetail": detail}


ACTIONS: dict[str, Action] = {"DescribeStackResource": describe_resource}


async def _stack(parts: Parts, ask: Ask) -> StackRecord:
    """The stack that is meant, by name, id or ARN, if it is the caller's to see."""
    given, caller = _needed(ask, "StackName"), ask.caller
    arn = read(given) if is_arn(given) else None
    found = await parts.store.read(stacks.find, arn.stack_id if arn else given)
    if found is None and arn is None:
        found = await parts.store.read(stacks.reached, caller.project_id, given)
    projects = {found.project_id, found.stack_user_project_id} if found else set()
    wrong = arn is not None and found is not None and found.name != arn.name
    seen = caller.project_id in projects or caller.is_admin
    if found is None or wrong or not seen or found.deleted_at is not None:
        raise Missing(f"The Stack ({given}) could not be found.")
    return found


def _needed(ask: Ask, name: str) -> str:
    value = ask.params.get(name)
    if not value:
        raise Refused(f"The request must contain the parameter {name}", kind="MissingParameter")
    return value


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
