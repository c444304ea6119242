"""What holds for every request: versions, tokens, projects, methods, errors, redirects."""

import pytest

from tests.wire.conftest import WEB

PATH = f"/stacks/web/{WEB}"


@pytest.mark.parametrize("path", ["//", "//versions", "//v2/x", "//v1.5"])
def test_discovery_needs_no_token(desk, path):
    reply = desk.ask("GET", f"{path}", X_Auth_Token="")

    assert reply.status == 300
    assert reply.json == {
        "versions": [
            {
                "id": "v1.0",
                "status": "CURRENT",
                "links": [{"rel": "self", "href": "http://heat.test/v1/"}],
            }
        ]
    }


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_token_that_holds_nobody_enters(desk, token):
    reply = desk.ask("GET", "/stacks", X_Auth_Token=token)

    assert reply.status == 401
    assert reply.headers["www-authenticate"] == 'Keystone uri="http://cloud.test/identity/v3"'


def test_every_answer_has_a_request_id_of_its_own(desk):
    async def deed(_house, client):
        return [
            (await client.ask("GET", path)).headers["x-openstack-request-id"]
            for path in ("/stacks", "/stacks", "/nowhere")
        ]

    found = desk.run(deed)

    assert len(set(found)) == 3
    assert all(one.startswith("req-") for one in found)


def test_the_path_must_be_of_the_tokens_project(desk):
    async def deed(house, client):
        admin = await house.client("admin", "admin")
        return [
            await client.ask("GET", "//v1/elsewhere/stacks"),
            await admin.ask("GET", f"//v1/{client.project}/stacks"),
        ]

    mine, admins = desk.run(deed)

    assert mine.status == 403
    assert mine.error["type"] == "HTTPForbidden"
    assert admins.json == {"stacks": []}, "an administrator acts in a project of their own"


def test_methods_and_paths_that_are_not_there(desk):
    async def deed(_house, client):
        return [
            await client.ask("PUT", "/stacks", {}),
            await client.ask("OPTIONS", "/stacks"),
            await client.ask("GET", "/nowhere"),
        ]

    method, options, path = desk.run(deed)

    assert (method.status, method.error["type"]) == (405, "HTTPMethodNotAllowed")
    assert {"GET", "POST"} <= set(method.headers["allow"].split(", "))
    assert (options.status, options.body) == (204, b"")
    assert {"GET", "POST"} <= set(options.headers["allow"].split(", "))
    assert (path.status, path.error["type"]) == (404, "HTTPNotFound")


@pytest.mark.parametrize(
    ("given", "below"),
    [
        ("/stacks/web", ""),
        (f"/stacks/{WEB}", ""),
        (f"/stacks/arn:openstack:heat::PROJECT:stacks/web/{WEB}", ""),
        ("/stacks/web/resources?nested_depth=2", "/resources?nested_depth=2"),
        ("/stacks/web?resolve_outputs=False", "?resolve_outputs=False"),
        ("/stacks/web/events", "/events"),
    ],
)
def test_a_name_leads_to_the_stacks_own_address(desk, given, below):
    async def deed(_house, client):
        return await client.ask("GET", given.replace("PROJECT", client.project)), client.project

    reply, project = desk.run(deed)

    assert reply.status == 302
    assert reply.headers["location"] == f"http://heat.test/v1/{project}{PATH}{below}"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_method_is_led_on(desk, method):
    assert desk.ask(method, "/stacks/web", {}).status == 302


def test_a_post_is_led_on_to_actions(desk):
    reply = desk.ask("POST", "/stacks/web/actions", {"check": None})

    assert reply.status == 302
    assert reply.headers["location"].endswith(f"{PATH}/actions")


@pytest.mark.parametrize("path", ["/stacks/none", "/stacks/none/resources", "/stacks/web/other"])
def test_what_no_stack_is_called_is_not_found(desk, path):
    assert desk.ask("GET", path).status == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "word"),
    [
        ("GET", "/stacks?limit=-1", None, "limit"),
        ("GET", "/stacks?limit=x", None, "limit"),
        ("GET", "/stacks?show_nested=perhaps", None, "perhaps"),
        ("GET", "/stacks?sort_dir=up", None, "sort_dir"),
        ("GET", f"{PATH}?resolve_outputs=1", None, "resolve_outputs"),
        ("GET", f"{PATH}/events?nested_depth=deep", None, "deep"),
        ("POST", "/stacks", b"{", "JSON"),
        ("POST", "/stacks", [1], "object"),
        ("POST", "/stacks", None, "body"),
        ("POST", "/stacks", {}, "No stack name specified"),
        ("POST", "/stacks", {"stack_name": "a"}, "No template specified"),
        ("POST", "/stacks", {"stack_name": "a", "template": 5}, "template"),
        ("POST", "/stacks", {"stack_name": "a", "template": {}, "converge": True}, "converge"),
        ("POST", "/stacks", {"stack_name": "a", "template": {}, "environment": []}, "environment"),
        ("POST", "/stacks", {"stack_name": "a", "template": {}, "timeout_mins": "x"}, "timeout"),
        ("POST", "/stacks", {"stack_name": "a", "template": {}, "tags": "x" * 81}, "80"),
        ("POST", "/stacks", {"stack_name": "a", "template": {}, "tags": [None]}, "None"),
        ("POST", "/stacks", {"stack_name": "a", "adopt_stack_data": "{}"}, "Adopt"),
        ("POST", "/stacks", {"stack_name": "a", "adopt_stack_data": "[" * 90000}, "not JSON"),
        ("POST", "/software_configs", {"name": "a", "group": ["x"]}, "group"),
        ("POST", f"{PATH}/actions", {}, "No action specified"),
        ("POST", f"{PATH}/actions", {"wibble": None}, "wibble"),
        ("POST", f"{PATH}/actions", {"check": None, "suspend": None}, "Multiple"),
        ("POST", "/validate?ignore_errors=x", {"template": {}}, "ignore_errors"),
        ("GET", "/resource_types/OS::Heat::Value/template?template_type=x", None, "x"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(desk, method, path, body, word):
    reply = desk.ask(method, path, body)

    assert reply.status == 400
    assert word in reply.error["message"]


@pytest.mark.parametrize("name", ["files", "parameters"])
def test_what_upstream_has_no_words_for_is_told_as_a_problem(desk, name):
    reply = desk.ask("POST", "/stacks", {"stack_name": "a", "template": {}, name: ["x"]})

    assert (reply.status, reply.error["type"], reply.error["message"]) == (400, "ValueError", None)
    assert name in reply.error["problems"][0]["message"]


def test_a_body_over_the_limit_is_refused(desk):
    async def deed(_house, client):
        return await client.ask("POST", "/stacks", {"stack_name": "x" * 100})

    reply = desk.run(deed, max_json_body_size=50)

    assert reply.status == 400
    assert reply.error["type"] == "RequestLimitExceeded"
    assert "50" in reply.error["message"]


def test_without_an_engine_a_command_ends_at_its_deadline(desk):
    async def deed(_house, client):
        body = {"stack_name": "a", "template": {}}
        return await client.ask("POST", "/stacks", body)

    reply = desk.run(deed, rpc_response_timeout=0)

    assert reply.status == 504
    assert "id is" in reply.error["message"]


def test_health_is_told_to_anybody(desk):
    reply = desk.ask("GET", "//healthcheck", X_Auth_Token="")

    assert (reply.status, reply.body) == (200, b"OK")
