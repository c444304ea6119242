"""What may be written, as values: a batch of changes is one transaction, or part of one.

`Put…` writes a new row, `Set…` changes columns of one (named as the record's fields), `Drop…`
removes. Changes of one batch apply together or not at all; several batches share a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.stack import (
    Cause,
    CommandRecord,
    ConfigRecord,
    Credentials,
    DeploymentRecord,
    EventRecord,
    HeardRecord,
    HookRecord,
    Inputs,
    ParkedRun,
    ResourceRecord,
    RunRecord,
    SnapshotRecord,
    SpareTrust,
    StackRecord,
    StepRecord,
    StepState,
)
from hearth.store.nouns import ServiceRecord


@dataclass(frozen=True, slots=True)
class PutStack:
    """A new stack. A root's name is unique among the project's roots that are not deleted."""

    record: StackRecord


@dataclass(frozen=True, slots=True)
class SetStack:
    """Change a stack. `deleted_at` frees its name, and the row stays; `tags` replaces them all.

    version: what the row's version must be still, or the batch alone fails with `Moved`.
    """

    id: str
    fields: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PutResource:
    """A new incarnation of a resource."""

    record: ResourceRecord


@dataclass(frozen=True, slots=True)
class SetResource:
    """Change a resource."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DropResource:
    """Remove one resource's row."""

    id: str


@dataclass(frozen=True, slots=True)
class DropResources:
    """Remove all rows of a stack's resources: it is deleted."""

    stack_id: str


@dataclass(frozen=True, slots=True)
class PutHeard:
    """What a resource keeps of signals, one more of them taken than before.

    The row's count must be one less still, or the batch alone fails with `Moved`.
    """

    record: HeardRecord


@dataclass(frozen=True, slots=True)
class DropHeard:
    """Forget what signals have told a resource."""

    resource_id: str


@dataclass(frozen=True, slots=True)
class PutInputs:
    """What a user gave. Never changed."""

    record: Inputs


@dataclass(frozen=True, slots=True)
class PutText:
    """A template, or a document of files, kept once by its hash; again is no error."""

    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class PutRun:
    """A new run. With an `owner` it is leased to that worker at once, under fence 1."""

    record: RunRecord


@dataclass(frozen=True, slots=True)
class SetRun:
    """Change a run: its status, its plan, by what it is superseded. Never its lease."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PutSteps:
    """The steps of a new run."""

    records: tuple[StepRecord, ...]


@dataclass(frozen=True, slots=True)
class SetStep:
    """Where a step stands from now on; all of its row that changes."""

    run_id: str
    key: str
    state: StepState
    outcome: str = ""
    reason: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class PutHook:
    """A step stops at a hook."""

    record: HookRecord


@dataclass(frozen=True, slots=True)
class ClearHook:
    """The step that stands at this hook may go on."""

    resource_id: str
    hook: str


@dataclass(frozen=True, slots=True)
class DropHooks:
    """A run has ended: none of its steps waits any more."""

    run_id: str


@dataclass(frozen=True, slots=True)
class PutSnapshot:
    """A new snapshot."""

    record: SnapshotRecord


@dataclass(frozen=True, slots=True)
class SetSnapshot:
    """Change a snapshot."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DropSnapshot:
    """A snapshot is gone."""

    id: str


@dataclass(frozen=True, slots=True)
class PutCause:
    """Why something failed."""

    record: Cause


@dataclass(frozen=True, slots=True)
class DropCauses:
    """Something new is begun: why things failed before, under this root, is forgotten."""

    root_id: str


@dataclass(frozen=True, slots=True)
class PutCredentials:
    """With what a stack's work is done; the trust's id is kept encrypted."""

    record: Credentials


@dataclass(frozen=True, slots=True)
class DropCredentials:
    """The trust is gone."""

    id: str


@dataclass(frozen=True, slots=True)
class PutSpareTrust:
    """A trust that no stack has yet, or has any more; its id is kept encrypted."""

    record: SpareTrust


@dataclass(frozen=True, slots=True)
class DropSpareTrust:
    """It has become a stack's, or is gone."""

    id: str


@dataclass(frozen=True, slots=True)
class PutParked:
    """A run waits for its credentials; makes its row, or brings it up to date."""

    record: ParkedRun


@dataclass(frozen=True, slots=True)
class DropParked:
    """A run goes on."""

    run_id: str


@dataclass(frozen=True, slots=True)
class PutAnswer:
    """A command's answer; an earlier one stands, and the batch fails alone with `Answered`."""

    record: CommandRecord


@dataclass(frozen=True, slots=True)
class PutConfig:
    """A new software config. Never changed."""

    record: ConfigRecord


@dataclass(frozen=True, slots=True)
class DropConfig:
    """Remove a software config."""

    id: str


@dataclass(frozen=True, slots=True)
class PutDeployment:
    """A new deployment."""

    record: DeploymentRecord


@dataclass(frozen=True, slots=True)
class SetDeployment:
    """Change a deployment.

    version: what the row's version must be still, or the batch alone fails with `Moved`.
    """

    id: str
    fields: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class DropDeployment:
    """Remove a deployment."""

    id: str


@dataclass(frozen=True, slots=True)
class PutService:
    """An engine shows that it lives: makes its row, or brings it up to date."""

    record: ServiceRecord


Change = (
    PutStack
    | SetStack
    | PutResource
    | SetResource
    | DropResource
    | DropResources
    | PutHeard
    | DropHeard
    | PutInputs
    | PutText
    | PutRun
    | SetRun
    | PutSteps
    | SetStep
    | PutHook
    | ClearHook
    | DropHooks
    | PutSnapshot
    | SetSnapshot
    | DropSnapshot
    | PutCause
    | DropCauses
    | PutCredentials
    | DropCredentials
    | PutSpareTrust
    | DropSpareTrust
    | PutParked
    | DropParked
    | PutAnswer
    | PutConfig
    | DropConfig
    | PutDeployment
    | SetDeployment
    | DropDeployment
    | PutService
)


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to write for a run: the number under which a worker holds its lease."""

    run_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes and events that become durable together.

    fence: with one, the batch applies only while the run is held under that number.
    sequence: with a fence, 1 for the first batch under it, then one more each time. A batch that
        comes out of turn (one before it failed) is refused as stale, so that nothing is ever
        written that builds upon what was not. A batch that was refused has used no number.
    """

    changes: tuple[Change, ...] = ()
    events: tuple[EventRecord, ...] = ()
    fence: Fence | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What the store says of a batch that is durable: the numbers its events were given."""

    events: tuple[int, ...] = field(default=())
