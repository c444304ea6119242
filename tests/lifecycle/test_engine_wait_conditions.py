"""Wait conditions and their handles: signals, failures, timeouts, and every way to signal."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearth.base import plain
from hearth.bus import Accepted, SignalResource, StackRef
from hearth.stack import ResourceRecord
from tests.support.hand import URL
from tests.support.house import House, house
from tests.support.virtual import run

ONE = """
heat_template_version: 2018-08-31
parameters:
  count: { type: number, default: 2 }
  timeout: { type: number, default: 600 }
  transport: { type: string, default: TOKEN_SIGNAL }
resources:
  handle:
    type: OS::Heat::WaitConditionHandle
    properties:
      signal_transport: { get_param: transport }
  condition:
    type: OS::Heat::WaitCondition
    properties:
      handle: { get_resource: handle }
      count: { get_param: count }
      timeout: { get_param: timeout }
outputs:
  data:
    value: { get_attr: [condition, data] }
"""
AMAZON = """
HeatTemplateFormatVersion: '2012-12-12'
Resources:
  handle:
    Type: AWS::CloudFormation::WaitConditionHandle
  condition:
    Type: AWS::CloudFormation::WaitCondition
    Properties:
      Handle: { Ref: handle }
      Timeout: 600
Outputs:
  data:
    Value: { 'Fn::GetAtt': [condition, Data] }
"""
RENEWED = """
heat_template_version: 2018-08-31
resources:
  handle:
    type: OS::Heat::UpdateWaitConditionHandle
  condition:
    type: AWS::CloudFormation::WaitCondition
    properties:
      Handle: { get_resource: handle }
      Timeout: 600
"""


async def signal(home: House, made: Accepted, details: Any) -> None:
    ref = StackRef(made.name, made.stack_id)
    command = SignalResource(**home.command(), stack=ref, resource="handle", details=details)
    await home.bus.call(command)


async def waiting(home: House, template: str = ONE, **parameters: Any) -> Accepted:
    made = await home.create("demo", template, parameters=parameters)
    async with asyncio.timeout(300.0):
        while "condition CREATE_IN_PROGRESS" not in await home.told(made):
            await home.clock.sleep(0.5)
    return made


async def handle(home: House, made: Accepted) -> ResourceRecord:
    return (await home.rows(made))["handle"]


async def data(home: House, made: Accepted) -> Any:
    stack = await home.stack(made)
    return json.loads(next(one.value for one in stack.outputs if one.key == "data"))


def test_it_waits_for_as_many_signals_as_it_counts(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await waiting(home)
            await signal(home, made, {"status": "SUCCESS", "data": "first"})
            await home.clock.sleep(30.0)
            under_way = str((await home.stack(made)).state)
            await signal(home, made, None)
            stack = await home.settled(made)
            found = await data(home, made)
            told = [e.reason for e in await home.events(made) if e.status_text]
            await home.delete(made)
            await home.settled(made)
            return under_way, str(stack.state), found, told, before, home.objects()

    under_way, state, found, told, before, after = run(life())

    assert under_way == "CREATE_IN_PROGRESS"
    assert state == "CREATE_COMPLETE"
    assert found == {"1": "first", "2": None}
    assert told == [
        "Signal: status:SUCCESS reason:Signal 1 received",
        "Signal: status:SUCCESS reason:Signal 2 received",
    ]
    assert after == before


def test_a_signal_of_the_same_id_takes_the_place_of_the_other(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home)
            await signal(home, made, {"id": "5", "data": "a"})
            await signal(home, made, {"id": "5", "data": "b"})
            await home.clock.sleep(30.0)
            under_way = str((await home.stack(made)).state)
            await signal(home, made, {"id": "6"})
            await home.settled(made)
            return under_way, await data(home, made)

    assert run(life()) == ("CREATE_IN_PROGRESS", {"5": "b", "6": None})


def test_a_failure_fails_it_at_once_with_its_reasons(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home)
            await signal(home, made, {"status": "SUCCESS"})
            await signal(home, made, {"status": "FAILURE", "reason": "no disk"})
            return await home.settled(made)

    stack = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert stack.reason == (
        "Resource CREATE failed: WaitConditionFailure: resources.condition: no disk"
    )


def test_it_fails_when_its_time_is_over(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home, timeout=120)
            began = home.clock.now()
            await signal(home, made, {"reason": "only me"})
            stack = await home.settled(made)
            return stack, home.clock.now() - began

    stack, seconds = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert stack.reason == (
        "Resource CREATE failed: WaitConditionTimeout: resources.condition:"
        " 1 of 2 received - only me"
    )
    assert 110.0 < seconds < 125.0


def test_its_time_goes_on_through_crashes(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home, timeout=120)
            began = home.clock.now()
            for _ in range(3):
                await home.clock.sleep(30.0)
                await home.crash()
                await home.start()
            stack = await home.settled(made)
            return stack.reason, home.clock.now() - began

    reason, seconds = run(life())

    assert reason.endswith("0 of 2 received")
    assert 110.0 < seconds < 125.0


@pytest.mark.parametrize(
    "details", [{"status": "MAYBE"}, {"colour": "red"}, "a text", ["a", "list"]], ids=str
)
def test_what_is_no_signal_of_a_handle_counts_for_nothing(details: Any, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home, count=1)
            await signal(home, made, details)
            await home.clock.sleep(30.0)
            event = next(e for e in await home.events(made) if e.status_text)
            return str((await home.stack(made)).state), event.status_text, event.reason

    assert run(life()) == (
        "CREATE_IN_PROGRESS", "SIGNAL_FAILED", "Signal: Metadata format invalid",
    )  # fmt: skip


def test_a_greater_count_waits_again_and_a_signal_after_the_end_is_in_the_data(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home, count=1)
            await signal(home, made, {"data": 1})
            await home.settled(made)
            await home.update(made, ONE, parameters={"count": 2})
            await home.clock.sleep(30.0)
            under_way = str((await home.stack(made)).state)
            await signal(home, made, {"data": 2})
            stack = await home.settled(made)
            return under_way, str(stack.state), await data(home, made)

    assert run(life()) == ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", {"1": 1, "2": 2})


def test_without_a_signal_to_be_sent_nothing_is_waited_for(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await home.create("demo", ONE, parameters={"transport": "NO_SIGNAL"})
            return str((await home.settled(made)).state)

    assert run(life()) == "CREATE_COMPLETE"


def test_a_condition_upon_something_else_is_refused(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            template = ONE.replace("{ get_resource: handle }", "nobody")
            made = await home.create("demo", template)
            return (await home.settled(made)).reason

    assert "nobody is not a valid wait condition handle." in run(life())


def test_amazons_handle_wants_all_four_keys(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            made = await waiting(home, AMAZON)
            url = plain((await handle(home, made)).reference)
            await signal(home, made, {"Status": "SUCCESS"})
            await home.clock.sleep(30.0)
            under_way = str((await home.stack(made)).state)
            given = {"Status": "SUCCESS", "Reason": "up", "Data": "d", "UniqueId": "i-1"}
            await signal(home, made, given)
            stack = await home.settled(made)
            return url, under_way, str(stack.state), await data(home, made)

    url, under_way, state, found = run(life())

    assert "/waitcondition/arn%3Aopenstack%3Aheat%3A%3A" in url
    assert (under_way, state, found) == ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", {"i-1": "d"})


def test_a_renewed_handle_makes_every_update_wait_again(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await waiting(home, RENEWED)
            given = {"Status": "SUCCESS", "Reason": "", "Data": "", "UniqueId": "1"}
            await signal(home, made, given)
            await home.settled(made)
            first = plain((await handle(home, made)).reference)
            await home.update(made, RENEWED)
            await home.clock.sleep(60.0)
            under_way = str((await home.stack(made)).state)
            second = plain((await handle(home, made)).reference)
            await signal(home, made, given)
            stack = await home.settled(made)
            await home.delete(made)
            await home.settled(made)
            return first != second, under_way, str(stack.state), before == home.objects()

    assert run(life()) == (True, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", True)


async def put(home: House, url: str, body: bytes) -> int:
    reply = await home.transport.request("PUT", url, {}, body, 10.0)
    return reply.status


def test_signals_are_put_to_a_temporary_url_and_fetched(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await waiting(home, transport="TEMP_URL_SIGNAL", count=3)
            row = await handle(home, made)
            url = json.loads(plain(row.attributes["signal"]))["alarm_url"]
            statuses = [await put(home, url, b'{"data": "a"}')]
            await home.clock.sleep(20.0)
            statuses.append(await put(home, url, b'{"data": "b"}'))
            await home.clock.sleep(0.1)
            statuses.append(await put(home, url, b""))
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            found = await data(home, made)
            await home.delete(made)
            await home.settled(made)
            words = sorted(map(str, found.values()))
            return statuses, str(stack.state), words, before, home.objects()

    statuses, state, found, before, after = run(life())

    assert statuses == [201, 201, 201]
    assert state == "CREATE_COMPLETE"
    assert found == ["None", "a", "b"]
    assert after == before


def test_signals_are_posted_to_a_queue_and_fetched(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await waiting(home, transport="ZAQAR_SIGNAL")
            told = json.loads(plain((await handle(home, made)).attributes["signal"]))
            token = await log_in(home, told)
            headers = {
                "X-Auth-Token": token, "Client-ID": "11111111-1111-4111-8111-111111111111",
                "Content-Type": "application/json",
            }  # fmt: skip
            body = {"messages": [{"body": {"data": n}, "ttl": 600} for n in (1, 2)]}
            path = f"{URL}/messaging/v2/queues/{told['queue_id']}/messages"
            await home.transport.request("POST", path, headers, msgspec.json.encode(body), 10.0)
            stack = await home.settled(made)
            found = await data(home, made)
            await home.delete(made)
            await home.settled(made)
            return str(stack.state), found, before, home.objects()

    state, found, before, after = run(life())

    assert (state, found) == ("CREATE_COMPLETE", {"1": 1, "2": 2})
    assert after == before


async def log_in(home: House, told: dict[str, Any]) -> str:
    """As a guest does with the credentials that it is handed."""
    user = {"id": told["user_id"], "password": told["password"]}
    auth = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"id": told["project_id"]}},
    }
    reply = await home.transport.request(
        "POST", f"{told['auth_url']}/auth/tokens", {}, msgspec.json.encode({"auth": auth}), 10.0
    )
    return str(reply.headers["x-subject-token"])


@pytest.mark.parametrize(
    ("transport", "changes"),
    [
        *(("HEAT_SIGNAL", changes) for changes in range(2, 6)),
        *(("ZAQAR_SIGNAL", changes) for changes in range(5, 7)),
        *(("TEMP_URL_SIGNAL", changes) for changes in range(5, 9)),
    ],
)
def test_nothing_is_left_behind_by_a_death_while_a_handle_is_made(
    transport: str, changes: int, tmp_path: Path
):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            home.fuse.arm(changes)
            made = await home.create("demo", ONE, parameters={"transport": transport})
            for _ in range(200):
                if home.fuse.blown.is_set():
                    break
                await home.clock.sleep(0.1)
            assert home.fuse.blown.is_set()
            await home.crash()
            await home.start()
            await home.delete(made)
            stack = await home.settled(made)
            return str(stack.state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before


QUEUE = """
heat_template_version: 2018-08-31
resources:
  handle: {type: OS::Heat::WaitConditionHandle, properties: {signal_transport: ZAQAR_SIGNAL}}
"""


@pytest.mark.parametrize("changes", [1, 2])
def test_a_death_while_a_handle_with_a_queue_goes_is_made_good(changes: int, tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", QUEUE)
            await home.settled(made)
            home.fuse.arm(changes)
            await home.delete(made)
            await asyncio.wait_for(home.fuse.blown.wait(), 60.0)
            await home.crash()
            await home.start()
            return str((await home.settled(made)).state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before


def test_a_queue_goes_whose_user_sleeps(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", QUEUE)
            await home.settled(made)
            await home.act(made, "suspend")
            await home.settled(made)
            await home.delete(made)
            return str((await home.settled(made)).state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before


TWO = """
heat_template_version: 2018-08-31
resources:
  one: {type: OS::Heat::WaitConditionHandle, properties: {signal_transport: TEMP_URL_SIGNAL}}
  two: {type: OS::Heat::WaitConditionHandle, properties: {signal_transport: TEMP_URL_SIGNAL}}
"""


def test_objects_go_that_no_list_shows_yet(tmp_path: Path):
    async def life():
        async with house(tmp_path, list_delay_s=20.0) as home:
            before = home.objects()
            made = await home.create("demo", TWO.rpartition("  two")[0])
            await home.settled(made)
            await home.clock.sleep(30.0)
            await home.update(made, TWO)
            await home.settled(made)
            await home.delete(made)
            return str((await home.settled(made)).state), before, home.objects()

    state, before, after = run(life())

    assert state == "DELETE_COMPLETE"
    assert after == before


BOXES = """
heat_template_version: 2018-08-31
resources:
  first: {type: "OS::Heat::WaitConditionHandle", properties: {signal_transport: TEMP_URL_SIGNAL}}
  second: {type: "OS::Heat::WaitConditionHandle", properties: {signal_transport: TEMP_URL_SIGNAL}}
  third: {type: "OS::Heat::WaitConditionHandle", properties: {signal_transport: TEMP_URL_SIGNAL}}
"""


def test_the_container_of_several_letterboxes_goes_with_the_last(tmp_path: Path):
    """Seed 251 of the simulation: they go at the same time, and each saw the others."""

    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", BOXES)
            await home.settled(made)
            await home.delete(made)
            return await home.settled(made), before, home.objects()

    stack, before, after = run(story())

    assert str(stack.state) == "DELETE_COMPLETE", stack.reason
    assert after == before
