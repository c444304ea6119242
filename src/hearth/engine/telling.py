"""What users are told: events and the texts of reasons, in the words that upstream uses."""

import re

from hearth.base import covered, masked
from hearth.base.errors import HearthError
from hearth.engine.job import Aborted
from hearth.kit import InError
from hearth.stack import (
    Action,
    EventRecord,
    ResourceRecord,
    StackRecord,
    State,
    Status,
    physical_name,
)

_FAILED = re.compile(r"^Resource \w+ failed: ")
_NAMED = re.compile(r"^[^:]+: (?=\w+: resources\.)")
_PATH = re.compile(r"^(?P<error>\w+): (?P<path>resources\..*)$", re.DOTALL)
STACK_TYPE = "OS::Heat::Stack"


def resource_event(
    ident: str,
    stack: StackRecord,
    row: ResourceRecord,
    at: float,
    operation: str,
    name_limit: int = 255,
) -> EventRecord:
    """What happened to a resource, as its row now says.

    What has no id yet goes by the name that it would be given, no longer than the limit.
    """
    return EventRecord(
        id=ident,
        stack_id=stack.id,
        root_id=stack.root_id,
        resource_name=row.name,
        resource_type=row.type,
        state=row.state,
        reason=row.reason,
        at=at,
        physical_id=row.physical_id or physical_name(stack.name, row.name, row.id, name_limit),
        properties=masked(dict(row.properties)),
        operation_id=operation,
    )


def stack_event(ident: str, stack: StackRecord, at: float, operation: str) -> EventRecord:
    """What happened to a stack, as its row now says."""
    return EventRecord(
        id=ident,
        stack_id=stack.id,
        root_id=stack.root_id,
        resource_name=stack.name,
        resource_type=STACK_TYPE,
        state=stack.state,
        reason=stack.reason,
        at=at,
        physical_id=stack.id,
        operation_id=operation,
    )


def begun(action: Action) -> str:
    """The reason of a stack whose action has begun."""
    return f"Stack {action.value} started"


def completed(action: Action) -> str:
    """The reason of a stack whose action is done."""
    return f"Stack {action.value} completed successfully"


def paused(hook: str) -> str:
    """The reason of a resource whose step has stopped at a hook, in the words that clients seek."""
    return f"{hook.partition('-')[2].upper()} paused until Hook {hook} is cleared"


def let_go(hook: str) -> str:
    """The reason of a resource whose step may go on."""
    return f"Hook {hook} is cleared"


HALF_CHECKED = ". 'CHECK' not fully supported (see resources)"
"""What upstream adds to the reason of a check that some resource knows nothing of."""


def cancelled(action: Action) -> str:
    """The reason of a stack whose action was cancelled."""
    return f"Stack {action.value} cancelled"


def failed(action: Action, reason: str) -> str:
    """The reason of a stack of which a resource failed."""
    return f"Resource {action.value} failed: {reason}"


def cause(error: BaseException, row: ResourceRecord, hidden: frozenset[str]) -> str:
    """Why a resource failed: the kind of error, the path of the resource, the sentence.

    hidden: texts that must not show, which a service's answer may quote.
    """
    if isinstance(error, Aborted):
        return error.sentence  # upstream names neither the kind nor the path here
    sentence = error.sentence if isinstance(error, HearthError) else str(error)
    return f"{kind(error)}: resources.{row.name}: {covered(sentence, hidden)}"


def kind(error: BaseException) -> str:
    """The kind of an error, by the name that users know."""
    match error:
        case InError():
            return "ResourceInError"
        case HearthError():
            return error.kind
        case _:
            return type(error).__name__


def inherited(name: str, below: str) -> str:
    """Why a nested stack failed, told by the resource that it is: the path grows to the left."""
    reason = _FAILED.sub("", below.removesuffix(HALF_CHECKED))
    reason = _NAMED.sub("", reason)  # a check names the resource before each reason
    found = _PATH.match(reason)
    if found:
        return f"{found['error']}: resources.{name}.{found['path']}"
    return f"ResourceFailure: resources.{name}: {reason}"


def state(action: Action, status: Status) -> State:
    """Short for a State."""
    return State(action, status)
