"""The database: tables, one module of queries per noun, the writer, leases, migrations.

Rule: what changes something goes through `Store.write` as a batch of changes, and is durable when
that returns; queries are plain functions over a connection, run by `Store.read`:

    async with Store(url, key) as store:
        stack = await store.read(stacks.named, project_id, "web")
        await store.write(Batch((SetStack(stack.id, {"reason": "…"}),), events=(event,)))
        held = await store.transact(runs.claim, worker, 10)
"""

from hearth.store import (
    commands,
    configs,
    credentials,
    deployments,
    events,
    hooks,
    inputs,
    resources,
    runs,
    services,
    snapshots,
    stacks,
)
from hearth.store.changes import (
    Batch,
    Change,
    ClearHook,
    DropConfig,
    DropCredentials,
    DropDeployment,
    DropHooks,
    DropResource,
    DropResources,
    DropSnapshot,
    Fence,
    PutAnswer,
    PutConfig,
    PutCredentials,
    PutDeployment,
    PutHook,
    PutInputs,
    PutResource,
    PutRun,
    PutService,
    PutSnapshot,
    PutStack,
    PutSteps,
    PutText,
    SetDeployment,
    SetResource,
    SetRun,
    SetSnapshot,
    SetStack,
    SetStep,
    Written,
)
from hearth.store.database import Connection
from hearth.store.dialects import SqlClock, bound_clock, database_clock, driver_for
from hearth.store.errors import Answered, Moved, Rejected, Stale, Unsettled
from hearth.store.events import EventQuery
from hearth.store.executors import Executor, Inline, Threads
from hearth.store.leases import Leases, LoopRenewal, Renewal
from hearth.store.nouns import HeldRun, ServiceRecord
from hearth.store.resources import Placed, ResourceQuery
from hearth.store.stacks import StackQuery
from hearth.store.store import Options, Store

__all__ = [
    "Answered",
    "Batch",
    "Change",
    "ClearHook",
    "ConfigRecord",
    "Connection",
    "DropConfig",
    "DropCredentials",
    "DropDeployment",
    "DropHooks",
    "DropResource",
    "DropResources",
    "DropSnapshot",
    "EventQuery",
    "Executor",
    "Fence",
    "HeldRun",
    "Inline",
    "Leases",
    "LoopRenewal",
    "Moved",
    "Options",
    "Placed",
    "PutAnswer",
    "PutConfig",
    "PutCredentials",
    "PutDeployment",
    "PutHook",
    "PutInputs",
    "PutResource",
    "PutRun",
    "PutService",
    "PutSnapshot",
    "PutStack",
    "PutSteps",
    "PutText",
    "Rejected",
    "Renewal",
    "ResourceQuery",
    "ServiceRecord",
    "SetDeployment",
    "SetResource",
    "SetRun",
    "SetSnapshot",
    "SetStack",
    "SetStep",
    "SqlClock",
    "StackQuery",
    "Stale",
    "Store",
    "Threads",
    "Unsettled",
    "Written",
    "bound_clock",
    "commands",
    "configs",
    "credentials",
    "database_clock",
    "deployments",
    "driver_for",
    "events",
    "hooks",
    "inputs",
    "resources",
    "runs",
    "services",
    "snapshots",
    "stacks",
]
