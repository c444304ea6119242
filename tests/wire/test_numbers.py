"""Whatever number or bytes a client sends, the mistake is the client's: 400, never a fault."""

from typing import Any

from tests.wire.conftest import WEB

PATH = f"/stacks/web/{WEB}"


def replies(desk, requests: list[tuple[str, str, Any]]) -> list[Any]:
    """The reply to each request of the user demo."""

    async def deed(_house, client):
        return [await client.ask(*request) for request in requests]

    found: list[Any] = desk.run(deed)
    return found


def test_a_number_that_no_database_holds_is_a_bad_request(desk):
    places = (
        "/stacks?limit=",
        f"{PATH}/events?limit=",
        f"{PATH}/events?nested_depth=",
        f"{PATH}/resources?nested_depth=",
        "/software_configs?limit=",
    )
    numbers = ("9" * 30, str(2**63), "9" * 5000)

    found = replies(desk, [("GET", place + number, None) for place in places for number in numbers])

    assert {reply.status for reply in found} == {400}
    assert all("too large" in reply.error["message"] for reply in found)


def test_the_largest_number_of_a_database_is_a_limit_like_any(desk):
    paths = (f"/stacks?limit={2**63 - 1}", f"{PATH}/events?limit={2**63 - 1}")

    found = replies(desk, [("GET", path, None) for path in paths])

    assert [reply.status for reply in found] == [200, 200]


def test_a_number_in_a_body_that_no_column_holds_is_a_bad_request(desk):
    template = {"heat_template_version": "2018-08-31"}
    given = [
        (name, number)
        for name in ("timeout_mins", "expected_version")
        for number in (2**31, 2**70, str(2**31), -1, 1.5, True, {"a": 1})
    ]

    found = replies(desk, [("PUT", PATH, {"template": template, n: v}) for n, v in given])

    assert {reply.status for reply in found} == {400}
    for (name, _number), reply in zip(given, found, strict=True):
        assert f'"{name}"' in reply.error["message"]


def test_bytes_that_are_no_text_are_a_bad_request(desk):
    bodies = (b'{"stack_name": "\xff"}', b"\xff\xfe", b'{"\xc3(": 1}', b"1" * 5000, b"1e400")

    found = replies(desk, [("POST", "/stacks", body) for body in bodies])

    assert {reply.status for reply in found} == {400}
    assert all("The body is not JSON" in reply.error["message"] for reply in found)


def test_an_address_of_no_text_is_answered(desk):
    paths = ("/stacks/%ED%A0%80", "/stacks/%00", "/stacks?marker=%ED%A0%80%00")

    found = replies(desk, [("GET", path, None) for path in paths])

    assert {reply.status for reply in found} <= {200, 400, 404}
