"""The nouns we store: stacks, resources, runs, steps, events; and which changes are legal.

Rule: plain frozen values. Nobody here knows how they are kept (store) or carried out (engine).
"""

from hearth.stack.causes import Call, Cause
from hearth.stack.exporting import HIDDEN, OURS, ROW, Tree, exported, kept, origins
from hearth.stack.names import physical_name
from hearth.stack.records import (
    CommandRecord,
    Credentials,
    EventRecord,
    HeardRecord,
    Inputs,
    Intent,
    Output,
    ResourceRecord,
    RunRecord,
    RunStatus,
    StackRecord,
    StepRecord,
    StepState,
)
from hearth.stack.software import TYPES as IO_TYPES
from hearth.stack.software import ConfigRecord, DeploymentRecord, as_input, as_output
from hearth.stack.states import Action, IllegalChange, State, Status, changed
from hearth.stack.trusting import ParkedRun, SpareTrust
from hearth.stack.waiting import HookRecord, SnapshotRecord

__all__ = [
    "HIDDEN",
    "IO_TYPES",
    "OURS",
    "ROW",
    "Action",
    "Call",
    "Cause",
    "CommandRecord",
    "ConfigRecord",
    "Credentials",
    "DeploymentRecord",
    "EventRecord",
    "HeardRecord",
    "HookRecord",
    "IllegalChange",
    "Inputs",
    "Intent",
    "Output",
    "ParkedRun",
    "ResourceRecord",
    "RunRecord",
    "RunStatus",
    "SnapshotRecord",
    "SpareTrust",
    "StackRecord",
    "State",
    "Status",
    "StepRecord",
    "StepState",
    "Tree",
    "as_input",
    "as_output",
    "changed",
    "exported",
    "kept",
    "origins",
    "physical_name",
]
