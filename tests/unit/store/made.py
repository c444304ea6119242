"""Records as tests need them, and the state in which a run is held and may be written for."""

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hearth.stack import (
    Action,
    Call,
    Cause,
    EventRecord,
    ResourceRecord,
    RunRecord,
    RunStatus,
    StackRecord,
    State,
    Status,
    StepRecord,
    StepState,
)
from hearth.store import Batch, Fence, PutResource, PutRun, PutStack, PutSteps, Store

KEY = "notgood but just long enough i t"
INIT = State(Action.INIT, Status.COMPLETE)
CREATING = State(Action.CREATE, Status.IN_PROGRESS)
CREATED = State(Action.CREATE, Status.COMPLETE)


class Maker:
    """Makes records with ids from a seed."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)

    def id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def stack(self, name: str = "web", project: str = "demo", **fields: Any) -> StackRecord:
        id_ = fields.pop("id", None) or self.id()
        fields = {"root_id": id_, "created_at": 1.0} | fields
        return StackRecord(id_, name, project, CREATING, "", self.id(), **fields)

    def resource(self, stack: StackRecord, name: str, **fields: Any) -> ResourceRecord:
        given: dict[str, Any] = {"state": INIT, "created_at": 1.0, "type": "OS::Heat::None"}
        return ResourceRecord(self.id(), stack.id, name, **given | fields)

    def event(self, stack: StackRecord, name: str = "server", **fields: Any) -> EventRecord:
        given: dict[str, Any] = {
            "resource_type": "OS::Heat::None",
            "state": CREATING,
            "reason": "state changed",
            "at": 1.0,
        }
        return EventRecord(self.id(), stack.id, stack.root_id, resource_name=name, **given | fields)

    def run(self, stack: StackRecord, owner: str | None = "me", **fields: Any) -> RunRecord:
        given: dict[str, Any] = {"started_at": 1.0, "deadline_at": 99.0, "plan": {"steps": []}}
        return RunRecord(
            self.id(),
            stack.id,
            stack.root_id,
            Action.CREATE,
            RunStatus.RUNNING,
            inputs_id=stack.inputs_id,
            owner=owner,
            **given | fields,
        )


@dataclass
class Held:
    """A stack of resources `r0` … whose run is held by worker `me` under fence 1."""

    stack: StackRecord
    run: RunRecord
    resources: list[ResourceRecord]

    @property
    def fence(self) -> Fence:
        return Fence(self.run.id, 1)


async def held(store: Store, maker: Maker, resources: int = 1, name: str = "web") -> Held:
    """Write a stack, its resources, and a run with a step for each of them."""
    stack = maker.stack(name)
    run = maker.run(stack)
    rows = [maker.resource(stack, f"r{number}") for number in range(resources)]
    steps = tuple(StepRecord(run.id, row.name, StepState.WAITING) for row in rows)
    await store.write(Batch((PutStack(stack), PutRun(run), PutSteps(steps))))
    await store.write(Batch(tuple(PutResource(row) for row in rows)))
    return Held(stack, run, rows)


def cause(run_id: str = "r", root_id: str = "s", **more: Any) -> Cause:
    """Why a resource failed."""
    fields: dict[str, Any] = {
        "run_id": run_id,
        "step": "server",
        "root_id": root_id,
        "stack_id": root_id,
        "operation_id": "req-1",
        "action": Action.CREATE,
        "at": 1.0,
        "error": "Forbidden",
        "message": 'quote " and \\ ä',
        "path": ("db", "server"),
        "where": ("template:7", "db.yaml:9"),
        "call": Call("compute", "POST", "/servers", 403, "req-9"),
    }
    return Cause(**(fields | more))
