"""Resources and events as clients see them."""

import pytest

from tests.wire.conftest import DB, WEB

PATH = f"/stacks/web/{WEB}"


def test_a_list_has_every_key_that_clients_parse(desk):
    found = {one["resource_name"]: one for one in desk.get(f"{PATH}/resources")["resources"]}

    assert set(found) == {"key", "db"}
    assert found["key"] | {"links": None} == {
        "resource_name": "key",
        "logical_resource_id": "key",
        "physical_resource_id": "web-key",
        "resource_type": "OS::Heat::RandomString",
        "resource_status": "CREATE_COMPLETE",
        "resource_status_reason": "state changed",
        "creation_time": "2026-09-21T14:13:20Z",
        "updated_time": "2026-09-21T14:13:20Z",
        "required_by": [],
        "links": None,
    }
    links = {one["rel"]: one["href"] for one in found["db"]["links"]}
    assert links["self"].endswith(f"{PATH}/resources/db")
    assert links["stack"].endswith(PATH)
    assert links["nested"].endswith(f"/stacks/web-db-x/{DB}")


def test_depth_shows_what_is_nested_with_its_parent(desk):
    found = {
        one["resource_name"]: one
        for one in desk.get(f"{PATH}/resources?nested_depth=2")["resources"]
    }

    assert set(found) == {"key", "db", "disk"}
    assert found["disk"]["parent_resource"] == "db"
    assert found["disk"]["links"][1]["href"].endswith(f"/stacks/web-db-x/{DB}")
    assert "parent_resource" not in found["key"]


def test_details_and_filters(desk):
    async def deed(_house, client):
        return [
            (await client.get(f"{PATH}/resources?{query}"))["resources"]
            for query in (
                "with_detail=true&name=key",
                "type=db.yaml",
                "status=FAILED",
                "action=CREATE",
            )
        ]

    detailed, typed, failed, created = desk.run(deed)

    assert detailed[0]["attributes"] == {"value": "s3cret"}
    assert [one["resource_name"] for one in typed] == ["db"]
    assert failed == []
    assert len(created) == 2


def test_an_unknown_filter_is_refused_by_name(desk):
    reply = desk.ask("GET", f"{PATH}/resources?colour=blue")

    assert reply.status == 400
    assert "colour" in reply.error["message"]


def test_one_resource_has_its_attributes_and_never_its_metadata(desk):
    async def deed(_house, client):
        return (
            await client.get(f"/stacks/web-db-x/{DB}/resources/disk"),
            await client.get(f"/stacks/web-db-x/{DB}/resources/disk/metadata"),
            await client.ask("GET", f"{PATH}/resources/zz"),
        )

    shown, metadata, missing = desk.run(deed)

    assert shown["resource"]["required_by"] == ["server"]
    assert "metadata" not in shown["resource"]
    assert metadata == {"metadata": {"m": 1}}
    assert missing.error == {
        "type": "ResourceNotFound",
        "traceback": None,
        "message": "The Resource (zz) could not be found in Stack web.",
        "problems": [],
    }


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"mark_unhealthy": "maybe"}, "maybe"),
        ({"mark_unhealthy": True, "other": 1}, "other"),
        ({"mark_unhealthy": True, "resource_status_reason": {"a": 1}}, "resource_status_reason"),
        ({"mark_unhealthy": True, "resource_status_reason": True}, "resource_status_reason"),
        ({}, "mark_unhealthy"),
        (None, "body"),
    ],
)
def test_a_wrong_mark_is_refused(desk, body, word):
    reply = desk.ask("PATCH", f"{PATH}/resources/key", body)

    assert reply.status == 400
    assert word in reply.error["message"]


def test_events_come_in_order_with_their_links(desk):
    found = desk.get(f"{PATH}/events")["events"]

    assert [one["resource_name"] for one in found] == ["web", "key"]
    assert found[0] | {"links": None} == {
        "id": "30000000-0000-4000-8000-000000000001",
        "event_time": "2026-09-21T14:13:21Z",
        "resource_name": "web",
        "logical_resource_id": "web",
        "physical_resource_id": WEB,
        "resource_status": "CREATE_COMPLETE",
        "resource_status_reason": "state changed",
        "operation_id": "req-1",
        "links": None,
    }
    links = {one["rel"]: one["href"] for one in found[1]["links"]}
    assert links["resource"].endswith(f"{PATH}/resources/key")
    assert links["stack"].endswith(PATH)
    assert links["self"].endswith(f"{PATH}/resources/key/events/{found[1]['id']}")


def test_events_to_a_depth_carry_a_link_to_the_root(desk):
    found = desk.get(f"{PATH}/events?nested_depth=1")["events"]

    assert [one["resource_name"] for one in found] == ["web", "key", "disk"]
    assert all(one["links"][-1]["rel"] == "root_stack" for one in found)
    assert f"/stacks/web-db-x/{DB}/" in found[2]["links"][0]["href"]


def test_events_are_filtered_sorted_and_paged(desk):
    async def deed(_house, client):
        return [
            [one["resource_name"] for one in (await client.get(f"{PATH}/events?{q}"))["events"]]
            for q in (
                "resource_action=CREATE&resource_status=FAILED&nested_depth=5",
                "sort_dir=desc&limit=1",
                "marker=30000000-0000-4000-8000-000000000001",
                "resource_type=OS::Heat::Stack",
            )
        ]

    assert desk.run(deed) == [["disk"], ["key"], ["key"], ["web"]]


def test_one_event_shows_properties_without_secrets(desk):
    path = f"{PATH}/resources/key/events/30000000-0000-4000-8000-000000000002"

    shown = desk.get(path)["event"]

    assert shown["resource_properties"] == {"salt": "******", "length": 8}
    assert shown["resource_type"] == "OS::Heat::RandomString"


def test_a_resource_without_events_is_not_found(desk):
    async def deed(_house, client):
        return [
            (await client.ask("GET", f"{PATH}/resources/{tail}")).status
            for tail in ("key/events", "db/events", "key/events/none")
        ]

    assert desk.run(deed) == [200, 404, 404]
