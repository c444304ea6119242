"""Stacks as clients see them."""

from dataclasses import replace

import pytest

from hearth.base import Secret
from hearth.stack import (
    Action,
    Call,
    Cause,
    ParkedRun,
    RunRecord,
    RunStatus,
    SnapshotRecord,
    State,
    Status,
)
from hearth.store import Batch, PutCause, PutParked, PutRun, PutSnapshot, SetStack
from tests.wire.conftest import AT, DB, WEB

PATH = f"/stacks/web/{WEB}"


def test_a_list_has_every_key_that_clients_parse(desk):
    found = desk.get("/stacks")["stacks"]

    assert [one["stack_name"] for one in found] == ["web"]
    assert found[0] | {"links": None} == {
        "id": WEB,
        "links": None,
        "stack_name": "web",
        "description": "",
        "stack_status": "CREATE_COMPLETE",
        "stack_status_reason": "Stack CREATE completed successfully",
        "creation_time": "2026-09-21T14:13:20Z",
        "updated_time": None,
        "deletion_time": None,
        "stack_owner": "demo",
        "parent": None,
        "stack_user_project_id": None,
        "tags": ["a", "b"],
    }
    assert found[0]["links"][0]["href"].endswith(PATH)


def test_an_administrator_is_shown_the_project(desk):
    async def deed(house, client):
        admin = await house.client("admin", "demo")
        return client.project, (await admin.get("/stacks"))["stacks"][0]["project"]

    project, shown = desk.run(deed)

    assert shown == project


def test_show_has_outputs_with_their_values_and_errors(desk):
    shown = desk.get(PATH)["stack"]

    assert shown["parameters"] == {"OS::stack_name": "web", "key": "******"}
    assert shown["outputs"] == [
        {"output_key": "ip", "output_value": ["10.0.0.1"], "description": "Where it answers"},
        {"output_key": "key", "output_value": "s3cret", "description": "A key"},
        {
            "output_key": "bad",
            "output_value": None,
            "description": "Fails",
            "output_error": "it cannot be told",
        },
    ]
    assert shown["timeout_mins"] == 60
    assert (shown["capabilities"], shown["notification_topics"]) == ([], [])


def test_show_leaves_outputs_out_when_asked_to(desk):
    assert "outputs" not in desk.get(f"{PATH}?resolve_outputs=False")["stack"]


def test_nested_stacks_are_listed_only_when_asked_for(desk):
    found = desk.get("/stacks?show_nested=true&sort_keys=stack_name")["stacks"]

    assert [one["stack_name"] for one in found] == ["web", "web-db-x"]
    assert found[1]["parent"] == WEB


def test_filters_tags_count_and_pages_are_understood(desk):
    async def deed(_house, client):
        return [
            await client.get(f"/stacks?{query}")
            for query in (
                "stack_name=web",
                "name=other",
                "status=COMPLETE&status=FAILED",
                "status=CREATE_FAILED",
                "tags=a,b",
                "tags=a,c",
                "not_tags_any=a",
                "limit=1&with_count=true",
            )
        ]

    found = desk.run(deed)

    assert [len(page["stacks"]) for page in found] == [1, 0, 1, 0, 1, 0, 0, 1]
    assert found[-1]["count"] == 1
    assert found[-1]["links"][0]["rel"] == "next"
    assert f"marker={WEB}" in found[-1]["links"][0]["href"]


def test_hidden_stacks_are_shown_on_demand(desk):
    async def deed(_house, client):
        return [await client.get("/stacks"), await client.get("/stacks?show_hidden=True")]

    found = desk.run(deed, hidden_stack_tags=("b",))

    assert [len(page["stacks"]) for page in found] == [0, 1]


def test_template_environment_and_files_are_what_was_given(desk):
    async def deed(_house, client):
        return [await client.get(f"{PATH}/{word}") for word in ("template", "environment", "files")]

    template, environment, files = desk.run(deed)

    assert template == {"heat_template_version": "2018-08-31", "resources": {}}
    assert environment["parameters"] == {"key": "******"}
    assert environment["parameter_defaults"] == {"a": 1}
    assert files == {"db.yaml": "resources: {}"}


def test_outputs_are_listed_and_shown_one_by_one(desk):
    async def deed(_house, client):
        return (
            await client.get(f"{PATH}/outputs"),
            await client.get(f"{PATH}/outputs/ip"),
            await client.ask("GET", f"{PATH}/outputs/zz"),
        )

    listed, shown, missing = desk.run(deed)

    assert listed["outputs"][0] == {"output_key": "ip", "description": "Where it answers"}
    assert shown["output"]["output_value"] == ["10.0.0.1"]
    assert missing.status == 404
    assert missing.error["type"] == "NotFound"


def test_name_and_id_must_both_match(desk):
    reply = desk.ask("GET", f"/stacks/web/{DB}")

    assert reply.status == 404
    assert reply.error["type"] == "EntityNotFound"


def test_another_projects_stack_is_not_there(desk):
    async def deed(house, _client):
        other = await house.client("alt_demo", "alt_demo")
        return await other.get("/stacks"), await other.ask("GET", PATH)

    listed, shown = desk.run(deed)

    assert listed == {"stacks": []}
    assert shown.status == 404


def test_what_is_not_enabled_says_so(desk):
    async def deed(_house, client):
        return [
            await client.ask("DELETE", f"{PATH}/abandon"),
            await client.ask("GET", f"{PATH}/export"),
        ]

    replies = desk.run(deed)

    assert [(one.status, one.error["type"]) for one in replies] == [(400, "NotSupported")] * 2


def test_snapshots_are_shown_with_what_was_given_then_and_nothing_hidden(desk):
    known = SnapshotRecord(
        "s1", WEB, "", 1_790_000_000.0, "inputs-0001", status=Status.COMPLETE,
        reason="Stack SNAPSHOT completed successfully",
        data={"name": "web", "resources": {"word": {"resource_data": {"value": Secret("sesame")}}}},
    )  # fmt: skip

    async def deed(house, client):
        await house.parts.store.write(Batch((PutSnapshot(known),)))
        listed = await client.get(f"{PATH}/snapshots")
        shown = await client.get(f"{PATH}/snapshots/s1")
        return listed, shown, await client.ask("GET", f"{PATH}/snapshots/s2")

    listed, shown, missing = desk.run(deed)

    assert listed["snapshots"] == [shown["snapshot"]]
    snapshot = shown["snapshot"]
    data = snapshot.pop("data")
    assert snapshot == {
        "id": "s1",
        "name": None,
        "action": "CREATE",
        "status": "COMPLETE",
        "status_reason": "Stack SNAPSHOT completed successfully",
        "creation_time": "2026-09-21T14:13:20Z",
    }
    assert data["resources"] == {"word": {"resource_data": {"value": "******"}}}
    assert {"environment", "files", "template"} < data.keys()
    assert missing.error["type"] == "SnapshotNotFound"


def test_a_failure_is_told_with_its_cause_of_a_nested_stack_its_own_first(desk):
    async def deed(house, client):
        run = RunRecord(
            "run", WEB, WEB, Action.UPDATE, RunStatus.FAILED, {}, 1.0, 2.0, "i", "req-1"
        )
        nested = replace(run, id="below", stack_id=DB)
        call = Call("compute", "POST", "/servers", 403, "req-9")
        root = Cause(
            "run", "key", WEB, WEB, "req-1", Action.UPDATE, AT, "Forbidden", "over quota",
            ("key",), "OS::Nova::Server", ("template:7",), call, "Ask for more.",
        )  # fmt: skip
        inner = replace(root, run_id="below", step="disk", stack_id=DB, at=AT + 1, call=None)
        changes = (PutRun(run), PutRun(nested), PutCause(root), PutCause(inner))
        await house.parts.store.write(Batch(changes))
        of_root = (await client.get(f"{PATH}/causes"))["causes"]
        of_nested = (await client.get(f"/stacks/web-db-x/{DB}/causes"))["causes"]
        return of_root, of_nested

    (first, second), nested = desk.run(deed)

    assert first == {
        "path": ["key"],
        "resource_type": "OS::Nova::Server",
        "action": "UPDATE",
        "error": "Forbidden",
        "message": "over quota",
        "call": {
            "service": "compute", "method": "POST", "path": "/servers", "status": 403,
            "request_id": "req-9",
        },
        "template": ["template:7"],
        "hint": "Ask for more.",
        "follows": False,
        "stack_id": WEB,
        "operation_id": "req-1",
        "time": "2026-09-21T14:13:20Z",
    }  # fmt: skip
    assert nested == [second]


def test_a_failed_stack_of_which_nothing_more_is_known_tells_its_reason(desk):
    async def deed(house, client):
        values = {"state": State(Action.UPDATE, Status.FAILED), "reason": "it broke"}
        await house.parts.store.write(Batch((SetStack(WEB, values),)))
        return (await client.get(f"{PATH}/causes"))["causes"]

    (told,) = desk.run(deed)

    assert (told["message"], told["path"], told["call"]) == ("it broke", [], None)


def test_a_stack_of_which_nothing_failed_has_no_causes(desk):
    assert desk.get(f"{PATH}/causes") == {"causes": [], "waiting": []}


def test_what_waits_for_its_credentials_is_told_with_its_place(desk):
    async def deed(house, client):
        run = RunRecord(
            "run", DB, WEB, Action.UPDATE, RunStatus.RUNNING, {"steps": []}, AT, AT + 60.0, "i", "o"
        )
        reason = SetStack(DB, {"reason": "Stack UPDATE is paused"})
        changes = (PutRun(run), PutParked(ParkedRun("run", WEB, AT)), reason)
        await house.parts.store.write(Batch(changes))
        return (await client.get(f"{PATH}/causes"))["waiting"]

    (told,) = desk.run(deed)

    assert (told["stack_id"], told["action"], told["snapshot"]) == (DB, "UPDATE", None)
    assert told["message"] == "Stack UPDATE is paused"
    assert (told["since"], told["until"]) == ("2026-09-21T14:13:20Z", "2026-09-21T14:14:20Z")
    assert len(told["path"]) == 1


@pytest.mark.parametrize("name", ["files_container", "template_url"])
@pytest.mark.parametrize("value", [5, 1.5, [1], {"a": 1}, True])
@pytest.mark.parametrize("path", ["/validate", "/stacks", "/stacks/preview"])
def test_what_is_to_be_a_text_is_one(desk, name, value, path):
    body = {"stack_name": "tale", "template": {"heat_template_version": "2018-08-31"}}

    reply = desk.ask("POST", path, body | {name: value})

    assert reply.status == 400
    assert name in reply.error["message"]
