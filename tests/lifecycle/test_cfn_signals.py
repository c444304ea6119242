"""heat-api-cfn: signed URLs, and what agents in servers ask for."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from hearth.api import cfn
from hearth.api.ec2 import KeystoneSignatures
from hearth.base import plain
from hearth.bus import Accepted
from hearth.cloud import AsgiTransport, DirectTokens, Response, ServiceUser, Sessions
from hearth.cloud.ec2 import canonical, signature_v2
from tests.support.hand import PASSWORD, URL
from tests.support.house import House, house
from tests.support.virtual import run

WAIT = """
heat_template_version: 2018-08-31
resources:
  handle:
    type: OS::Heat::WaitConditionHandle
    properties:
      signal_transport: CFN_SIGNAL
    metadata: { colour: red }
  other:
    type: OS::Heat::WaitConditionHandle
    properties:
      signal_transport: CFN_SIGNAL
  condition:
    type: OS::Heat::WaitCondition
    properties:
      handle: { get_resource: handle }
      timeout: 600
"""
GOOD = b'{"status": "SUCCESS", "reason": "up", "data": "d", "id": "i-1"}'


def served(home: House) -> AsgiTransport:
    """heat-api-cfn over what the house stands on."""
    user = ServiceUser(f"{URL}/identity/v3", "heat", PASSWORD)
    tokens = DirectTokens(home.transport, user, home.clock)
    sessions = Sessions(home.transport, tokens, home.clock, home.ids.random)
    desk = home.engine.desk
    parts = cfn.Parts(
        bus=home.bus,
        store=home.store,
        policy=desk.policy,
        registry=home.registry,
        clock=home.clock,
        ids=home.ids,
        settings=home.settings,
        signatures=KeystoneSignatures(sessions),
    )
    return AsgiTransport(cfn.make_app(parts))


async def begun(home: House) -> Accepted:
    made = await home.create("demo", WAIT)
    await home.clock.sleep(30.0)
    return made


async def url_of(home: House, made: Accepted, name: str = "handle") -> str:
    row = (await home.rows(made))[name]
    return str(json.loads(plain(row.attributes["signal"]))["alarm_url"])


async def put(home: House, url: str, body: bytes = GOOD, method: str = "PUT") -> Response:
    # As cfn-signal and curl send it: with no content type, or with that of a form.
    return await served(home).request(method, url, {"Content-Type": ""}, body, 30.0)


async def described(home: House, made: Accepted, name: str, **params: str) -> Response:
    """DescribeStackResource, signed as os-collect-config does with the keys of a resource."""
    row = (await home.rows(made))["handle"]
    params = {
        "Action": "DescribeStackResource",
        "StackName": made.name,
        "LogicalResourceId": name,
        "SignatureVersion": "2",
        "SignatureMethod": "HmacSHA256",
        "AWSAccessKeyId": str(row.data["access_key"]),
        **params,
    }
    secret = str(plain(row.data["secret_key"]))
    signature = signature_v2("GET", "cfn.test:8000", "/v1/", params, secret)
    query = canonical({**params, "Signature": signature})
    return await served(home).request("GET", f"http://cfn.test:8000/v1/?{query}", {}, None, 30.0)


def test_a_signed_url_signals_its_handle(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await begun(home)
            url = await url_of(home, made)
            plain_answer = await put(home, url)
            as_json = await put(home, url.replace("?", "?ContentType=JSON&", 1))
            stack = await home.settled(made)
            return url, plain_answer, as_json, str(stack.state)

    url, answer, as_json, state = run(life())

    assert "/waitcondition/arn%3Aopenstack%3Aheat%3A%3A" in url
    assert (answer.status, answer.body) == (200, b"<resource>handle</resource>")
    assert as_json.status == 403  # another parameter is another request
    assert state == "CREATE_COMPLETE"


def test_a_signed_url_is_good_for_its_own_verb_and_resource_alone(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await begun(home)
            url = await url_of(home, made)
            elsewhere = url.replace(quote("resources/handle", safe=""), "resources%2Fother")
            wrong = [
                await put(home, elsewhere),
                await put(home, url.replace("/waitcondition/", "/signal/"), method="POST"),
                await put(home, url.partition("?")[0]),
                await put(home, url.replace("AWSAccessKeyId=", "AWSAccessKeyId=x")),
            ]
            return [(one.status, one.body.decode().partition("<Code>")[2]) for one in wrong]

    found = run(life())

    assert [status for status, _ in found] == [403, 403, 400, 403]
    assert [words.partition("<")[0] for _, words in found] == [
        "AccessDenied", "AccessDenied", "IncompleteSignature", "InvalidClientTokenId",
    ]  # fmt: skip


def test_what_a_handle_does_not_understand_is_refused(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await begun(home)
            url = await url_of(home, made)
            wrong = [await put(home, url, body) for body in (b"{", b'{"status": "?"}')]
            return [(one.status, one.body.decode()) for one in wrong]

    found = run(life())

    assert [status for status, _ in found] == [400, 400]
    assert "Metadata format invalid" in found[1][1]


def test_a_signed_url_ends_with_its_resource(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await begun(home)
            url = await url_of(home, made)
            await home.delete(made)
            await home.settled(made)
            return (await put(home, url)).status

    assert run(life()) == 403


def test_a_resources_user_reads_its_metadata_and_no_others(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await begun(home)
            await put(home, await url_of(home, made))
            own = await described(home, made, "handle", ContentType="JSON")
            as_xml = await described(home, made, "handle", StackName=made.stack_id)
            other = await described(home, made, "other")
            missing = await described(home, made, "nobody")
            return own.json, as_xml.body.decode(), other.status, missing.status

    own, as_xml, other, missing = run(life())
    detail = own["DescribeStackResourceResponse"]["DescribeStackResourceResult"][
        "StackResourceDetail"
    ]

    assert json.loads(detail["Metadata"]) == {
        "colour": "red", "i-1": {"status": "SUCCESS", "reason": "up", "data": "d"},
    }  # fmt: skip
    assert detail["LogicalResourceId"] == "handle"
    assert "<Metadata>{" in as_xml
    assert other == 403
    assert missing == 400


def test_actions_that_are_yet_to_come_and_that_are_none(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await begun(home)
            found = [
                await described(home, made, "handle", Action=name)
                for name in ("ListStacks", "MakeCoffee")
            ]
            return [one.status for one in found]

    assert run(life()) == [501, 400]


def test_the_path_of_a_url_is_of_the_cloud(tmp_path: Path):
    async def life() -> Any:
        async with house(tmp_path) as home:
            made = await begun(home)
            return urlsplit(await url_of(home, made))

    found = run(life())

    assert found.path.startswith("/v1/waitcondition/arn%3A")
    assert "Timestamp" not in found.query
