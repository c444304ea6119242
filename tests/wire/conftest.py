"""Records to look at, and a way to ask about them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hearth.base import Secret
from hearth.stack import (
    Action,
    EventRecord,
    Inputs,
    Output,
    ResourceRecord,
    StackRecord,
    State,
    Status,
)
from hearth.store import Batch, PutInputs, PutResource, PutStack, PutText
from tests.support.api import Client, House, house

CREATED = State(Action.CREATE, Status.COMPLETE)
WEB = "10000000-0000-4000-8000-000000000001"
DB = "10000000-0000-4000-8000-000000000002"
AT = 1_790_000_000.25


def stack(project: str, ident: str = WEB, name: str = "web", **more: Any) -> StackRecord:
    """A stack that has been created."""
    fields: dict[str, Any] = {
        "id": ident,
        "name": name,
        "project_id": project,
        "state": CREATED,
        "reason": "Stack CREATE completed successfully",
        "inputs_id": f"inputs-{ident[-4:]}",
        "created_at": AT,
        "root_id": ident,
        "username": "demo",
        "description": "A web server",
        "timeout_mins": 60,
    }
    return StackRecord(**(fields | more))


def resource(stack_id: str, name: str, **more: Any) -> ResourceRecord:
    """A resource that has been created."""
    fields: dict[str, Any] = {
        "id": f"20000000-0000-4000-8000-{sum(map(ord, stack_id[-4:] + name)):012d}",
        "stack_id": stack_id,
        "name": name,
        "type": "OS::Heat::RandomString",
        "state": CREATED,
        "created_at": AT,
        "reason": "state changed",
        "physical_id": f"web-{name}",
    }
    return ResourceRecord(**(fields | more))


def event(number: int, stack_id: str, name: str, **more: Any) -> EventRecord:
    """Something that happened."""
    fields: dict[str, Any] = {
        "id": f"30000000-0000-4000-8000-{number:012d}",
        "stack_id": stack_id,
        "root_id": WEB,
        "resource_name": name,
        "resource_type": "OS::Heat::RandomString",
        "state": CREATED,
        "reason": "state changed",
        "at": AT + number,
        "operation_id": "req-1",
    }
    return EventRecord(**(fields | more))


def a_tree(project: str) -> Batch:
    """A stack `web` with a secret, an output, and a nested stack `web-db-x`."""
    return Batch(
        (
            PutText("t", '{"heat_template_version": "2018-08-31", "resources": {}}'),
            PutText("f", '{"db.yaml": "resources: {}"}'),
            PutInputs(
                Inputs(
                    "inputs-0001",
                    "t",
                    "f",
                    {"parameters": {"key": Secret("s3cret")}, "parameter_defaults": {"a": 1}},
                )
            ),
            PutStack(
                stack(
                    project,
                    shown_parameters={"OS::stack_name": "web", "key": "******"},
                    outputs=(
                        Output("ip", ["10.0.0.1"], "Where it answers"),
                        Output("key", Secret("s3cret"), "A key"),
                        Output("bad", None, "Fails", "it cannot be told"),
                    ),
                    tags=("a", "b"),
                )
            ),
            PutStack(
                stack(
                    project,
                    DB,
                    "web-db-x",
                    root_id=WEB,
                    parent_id=WEB,
                    parent_resource="db",
                    depth=1,
                )
            ),
            PutResource(resource(WEB, "key", attributes={"value": Secret("s3cret")})),
            PutResource(
                resource(WEB, "db", type="db.yaml", nested_id=DB, physical_id=DB, requires=("key",))
            ),
            PutResource(resource(DB, "disk", required_by=("server",), metadata={"m": 1})),
        ),
        events=(
            event(1, WEB, "web", resource_type="OS::Heat::Stack", physical_id=WEB),
            event(2, WEB, "key", properties={"salt": Secret("s3cret"), "length": 8}),
            event(3, DB, "disk", state=State(Action.CREATE, Status.FAILED), reason="no room"),
        ),
    )


@dataclass
class Desk:
    """Runs a test's requests in one loop, against a house of its own."""

    folder: Path

    def run(self, deed: Callable[[House, Client], Awaitable[Any]], **settings: Any) -> Any:
        """What the deed returns, done by the user demo."""

        async def main() -> Any:
            async with house(self.folder, **settings) as made:
                client = await made.client()
                await made.parts.store.write(a_tree(client.project))
                return await deed(made, client)

        return asyncio.run(main())

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The reply to one request of the user demo."""
        return self.run(lambda _house, client: client.ask(method, path, body, **headers))

    def get(self, path: str) -> Any:
        """The document of a GET that must succeed."""
        return self.run(lambda _house, client: client.get(path))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A place to ask from."""
    return Desk(tmp_path)
