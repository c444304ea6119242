"""The rows, as values. Times are seconds since the epoch, UTC; ids are UUIDs with dashes.

Values of type `Value` may hold `Secret` and `Unknown` marks; the store writes secrets encrypted
and gives them back marked.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from hearth.base import Value
from hearth.stack.states import Action, State


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a user gave for a stack: what it is planned and evaluated from. Never changed.

    template_hash, files_hash: keys of texts kept once by content.
    environment: the merged environment document (parameters, parameter_defaults,
        resource_registry …), secrets marked.
    parameters: what the request or the parent gave beside the environment, secrets marked.
    """

    id: str
    template_hash: str
    files_hash: str
    environment: dict[str, Value] = field(default_factory=dict)
    parameters: dict[str, Value] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    timeout_s: float = 3600.0
    disable_rollback: bool = True


@dataclass(frozen=True, slots=True)
class Output:
    """One output as last evaluated; `value` may be a `Secret`."""

    key: str
    value: Value = None
    description: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class StackRecord:
    """A stack. What a query shows is stored here when it changes.

    parent_id, parent_resource: the stack and the resource in it that this one belongs to.
    root_id: the topmost stack (its own id when it is the root); depth 0 there.
    shown_parameters: name → text, as `show` answers it, hidden ones masked.
    outputs_stale: something below has changed; an engine evaluates them before the next answer.
    outputs_heard: how many signals its resources had taken when they were evaluated.
    inputs_id: what it is to be. previous_inputs_id: what it last came to be, which a rollback leads
    back to; None while nothing has ever held.
    run_id: the run under way, if any. version: grows with every change of the row.
    abandoned_at: when it was let go of; its users' project stays for who takes it over.
    """

    id: str
    name: str
    project_id: str
    state: State
    reason: str
    inputs_id: str
    created_at: float
    root_id: str
    user_id: str = ""
    username: str = ""
    previous_inputs_id: str | None = None
    parent_id: str | None = None
    parent_resource: str | None = None
    depth: int = 0
    description: str = ""
    shown_parameters: dict[str, str] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    outputs_stale: bool = False
    outputs_heard: int | None = None
    tags: tuple[str, ...] = ()
    timeout_mins: int | None = None
    disable_rollback: bool = True
    credentials_id: str | None = None
    stack_user_project_id: str | None = None
    run_id: str | None = None
    version: int = 0
    updated_at: float | None = None
    deleted_at: float | None = None
    abandoned_at: float | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A request about to be made that creates something: written before it leaves.

    attempt: counts from 1. at: when it was written. request_deadline: after it, the request
    cannot take effect any more, save for the service's visibility window. refused: the service
    has said no, and nothing was made: what looks like the object is somebody else's.
    """

    attempt: int
    at: float
    request_deadline: float
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """One incarnation of a resource: a replacement is a new row under the same name.

    type: as the template says it; type_resolved: after the environment's registry.
    properties: as last applied, names resolved to ids; attributes: as last observed.
    reference: what get_resource gives. nested_id: the stack that it is, for nesting types.
    data: what the type keeps for itself. requires: names it depended upon when last applied.
    where: `file:line` of its definition.
    """

    id: str
    stack_id: str
    name: str
    type: str
    state: State
    created_at: float
    reason: str = ""
    type_resolved: str = ""
    physical_id: str | None = None
    properties: dict[str, Value] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)
    metadata: dict[str, Value] = field(default_factory=dict)
    reference: Value = None
    required_by: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    replaces: str | None = None
    replaced_by: str | None = None
    nested_id: str | None = None
    intent: Intent | None = None
    data: dict[str, Value] = field(default_factory=dict)
    deletion_policy: str = "Delete"
    update_policy: dict[str, Value] = field(default_factory=dict)
    external: bool = False
    description: str = ""
    where: str = ""
    updated_at: float | None = None


@dataclass(frozen=True, slots=True)
class HeardRecord:
    """What signals have told a resource. Only signals write it, so that no run overwrites it.

    count: how many were taken; a change is refused when another came first. kept: what the type
    keeps of them all. letters: names of signals that were fetched from where they had been left,
    the last ones, so that none is taken twice; a change that names none leaves them as they are.
    """

    resource_id: str
    stack_id: str
    count: int = 0
    kept: dict[str, Value] = field(default_factory=dict)
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What a user is told. `number` orders the events of one root stack, without gaps seen."""

    id: str
    stack_id: str
    root_id: str
    resource_name: str
    resource_type: str
    state: State | None
    reason: str
    at: float
    number: int = 0
    physical_id: str | None = None
    properties: dict[str, Value] = field(default_factory=dict)
    operation_id: str = ""
    status_text: str = ""


class RunStatus(Enum):
    """Where a run stands."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    SUPERSEDED = "SUPERSEDED"


class StepState(Enum):
    """Where one step of a run stands."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A plan being carried out. The lease columns are set and compared only in SQL.

    plan: the Plan as a document. deadline_at: when the stack's time is up.
    parent_run_id, parent_step: the step that waits for this run, for a nested stack.
    superseded_by: a newer run of the same stack wants to begin (or a word: it is to stop).
    fence: grows with every change of owner; every write carries it.
    """

    id: str
    stack_id: str
    root_id: str
    action: Action
    status: RunStatus
    plan: dict[str, Any]
    started_at: float
    deadline_at: float
    inputs_id: str
    operation_id: str = ""
    parent_run_id: str | None = None
    parent_step: str | None = None
    superseded_by: str | None = None
    fence: int = 0
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """Where one step of a run stands, and what came of it (`outcome`, e.g. `replaced`)."""

    run_id: str
    key: str
    state: StepState
    outcome: str = ""
    reason: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Credentials:
    """With what a stack's work is done when its user is away: a trust. Kept encrypted."""

    id: str
    user_id: str
    project_id: str
    trust_id: str
    trustor_domain: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A command's answer, kept under its id so that a second delivery gets the first answer."""

    id: str
    answer: bytes
    at: float
