"""What stands beside a stack's rows for a while: hooks that are waited for, and snapshots."""

from dataclasses import dataclass, field

from hearth.base import Value
from hearth.stack.states import Action, Status


@dataclass(frozen=True, slots=True)
class HookRecord:
    """A step that has stopped at a hook, or has been told to go on; it lasts until its run ends.

    resource_id: the row whose step waits. hook: as `pre-create`. cleared: somebody said go on.
    """

    resource_id: str
    hook: str
    stack_id: str
    run_id: str
    at: float
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """What is kept of a stack so that it can be restored.

    inputs_id: what the stack was made from then. data: the stack's document of that moment, with
    what each resource's type kept of it; empty until the snapshot is complete.
    """

    id: str
    stack_id: str
    name: str
    created_at: float
    inputs_id: str
    action: Action = Action.CREATE
    status: Status = Status.IN_PROGRESS
    reason: str = ""
    data: dict[str, Value] = field(default_factory=dict)
