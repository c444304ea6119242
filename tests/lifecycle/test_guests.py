"""Whole flows with guests in the servers: user data, metadata, deployments and signals."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearth.base import plain
from tests.support.samples import folder
from tests.support.scripts import ECHO, SCRIPT, WAYS, outputs
from tests.support.served import Served, served
from tests.support.virtual import run


@pytest.mark.parametrize(("transport", "signal"), WAYS)
def test_a_guest_applies_what_it_is_told_and_answers(tmp_path: Path, transport: str, signal: str):
    given = {"text": ECHO, "transport": transport, "signal": signal}

    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", SCRIPT, parameters=given)
            stacks = [await home.settled(made)]
            await home.update(made, SCRIPT, parameters=given | {"word": "two"})
            stacks.append(await home.settled(made))
            await home.delete(made)
            stacks.append(await home.settled(made))
            await home.clock.sleep(10)
            return stacks, before, home.objects()

    stacks, before, after = run(life())

    states = [str(one.state) for one in stacks]
    assert states == ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"], stacks
    assert outputs(stacks[0]) == {"result": "one", "stdout": "CREATE one\n"}
    assert outputs(stacks[1]) == {"result": "two", "stdout": "UPDATE two\n"}
    assert after == before


KINDS = {
    "POLL_SERVER_CFN": "cfn",
    "POLL_SERVER_HEAT": "heat",
    "POLL_TEMP_URL": "request",
    "ZAQAR_MESSAGE": "zaqar",
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("POLL_SERVER_CFN", "POLL_SERVER_HEAT"),
        ("POLL_SERVER_HEAT", "POLL_TEMP_URL"),
        ("POLL_TEMP_URL", "ZAQAR_MESSAGE"),
        ("ZAQAR_MESSAGE", "POLL_SERVER_CFN"),
    ],
)
def test_another_transport_reaches_a_guest_through_the_one_before(
    tmp_path: Path, before: str, after: str
):
    given = {"text": ECHO, "transport": before}

    async def life():
        async with served(tmp_path) as home:
            empty = home.objects()
            made = await home.create("demo", SCRIPT, parameters=given)
            await home.settled(made)
            other = given | {"transport": after}
            await home.update(made, SCRIPT, parameters=other)
            await home.settled(made)
            told = (await home.rows(made))["server"].attributes["os_collect_config"]
            await home.clock.sleep(10)
            home.sent.clear()
            await home.update(made, SCRIPT, parameters=other | {"word": "two"})
            stack = await home.settled(made)
            sent = list(home.sent)
            await home.delete(made)
            await home.settled(made)
            await home.clock.sleep(10)
            assert home.objects() == empty
            return stack, plain(told), sent

    stack, told, sent = run(life())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert outputs(stack)["result"] == "two"
    assert told["collectors"] == ["ec2", KINDS[after], "local"]
    assert set(told[KINDS[before]].values()) == {None}
    there = {
        "cfn": "8000/v1/",
        "heat": "/metadata",
        "request": "/object-store/",
        "zaqar": "/messages",
    }
    assert any(there[KINDS[after]] in url for _method, url, _status in sent), sent


@pytest.mark.parametrize(
    ("text", "reason"),
    [("echo no\nexit 2", "code: 2"), ("# guest: fail 7 broken", "code: 7")],
)
def test_a_script_that_fails_fails_the_stack(tmp_path: Path, text: str, reason: str):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", SCRIPT, parameters={"text": text})
            return await home.settled(made)

    stack = run(life())

    assert str(stack.state) == "CREATE_FAILED"
    assert reason in stack.reason


def test_a_guest_that_is_silent_is_waited_for_until_the_time_is_up(tmp_path: Path):
    async def life():
        async with served(tmp_path) as home:
            given = {"text": "# guest: silent"}
            made = await home.create("demo", SCRIPT, parameters=given, timeout_mins=2)
            return await home.settled(made)

    assert run(life()).reason == "Timed out"


def test_the_same_cloud_without_guests_answers_nothing(tmp_path: Path):
    async def life():
        async with served(tmp_path) as home:
            template = SCRIPT.replace("cirros", "cirros\n      metadata: {guest: none}")
            made = await home.create("demo", template, parameters={"text": ECHO}, timeout_mins=2)
            return await home.settled(made), home.sent

    stack, sent = run(life())

    assert stack.reason == "Timed out"
    assert sent == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("transport", "signal"), [WAYS[0], *WAYS[2:4]])
def test_what_is_lost_and_comes_again_changes_nothing(
    tmp_path: Path, seed: int, transport: str, signal: str
):
    """The engine and its APIs die again and again; the guest asks and answers until it is heard."""
    given = {"text": "# guest: take 3\n" + ECHO, "transport": transport, "signal": signal}

    async def disturbed(home: Served, made: Any) -> Any:
        for seconds in (0.3 + 0.9 * seed, 1.7, 2.1 + 0.3 * seed):
            await home.clock.sleep(seconds)
            await home.crash()
            await home.clock.sleep(0.7 * seed)
            await home.start()
        return await home.settled(made)

    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", SCRIPT, parameters=given)
            stacks = [await disturbed(home, made)]
            await home.update(made, SCRIPT, parameters=given | {"word": "two"})
            stacks.append(await disturbed(home, made))
            await home.delete(made)
            stacks.append(await disturbed(home, made))
            await home.clock.sleep(10)
            return stacks, before, home.objects()

    stacks, before, after = run(life())

    states = [str(one.state) for one in stacks]
    assert states == ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"], stacks
    assert outputs(stacks[1]) == {"result": "two", "stdout": "UPDATE two\n"}
    assert after == before


@pytest.mark.parametrize("change", range(1, 14))
@pytest.mark.parametrize(("transport", "signal"), WAYS[2:4])
def test_a_death_at_any_change_leaves_nothing_behind(
    tmp_path: Path, transport: str, signal: str, change: int
):
    """Dead after the n-th request that changed the cloud: in the creation, or in the deletion."""
    given = {"text": ECHO, "transport": transport, "signal": signal}

    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", SCRIPT, parameters=given)
            home.fuse.arm(change)
            created = await survived(home, made)
            home.fuse.arm(change)
            await home.delete(made)
            deleted = await survived(home, made)
            await home.clock.sleep(10)
            return created, deleted, before, home.objects()

    created, deleted, before, after = run(life())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    assert outputs(created) == {"result": "one", "stdout": "CREATE one\n"}
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before


async def survived(home: Served, made: Any) -> Any:
    """The end of what is under way, though the power is cut when the fuse blows."""
    settled = asyncio.create_task(home.settled(made))
    blown = asyncio.create_task(home.fuse.blown.wait())
    await asyncio.wait((settled, blown), return_when=asyncio.FIRST_COMPLETED)
    blown.cancel()
    settled.cancel()
    await asyncio.wait((settled, blown))
    if home.fuse.blown.is_set():
        await home.crash()
        await home.start()
    home.fuse.arm(0)
    return await home.settled(made)


HANDLE = """
heat_template_version: 2018-08-31
resources:
  handle:
    type: OS::Heat::WaitConditionHandle
  condition:
    type: OS::Heat::WaitCondition
    properties: {handle: {get_resource: handle}, count: 2, timeout: 300}
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{network: private}]
      user_data_format: FORMAT
      user_data:
        str_replace:
          template: |
            #!/bin/sh
            notify --data-binary '{"status": "SUCCESS", "data": "first"}'
            notify --data-binary '{"status": "SUCCESS", "id": "x", "data": "second"}'
          params: {notify: {get_attr: [handle, curl_cli]}}
outputs:
  data: {value: {get_attr: [condition, data]}}
"""


@pytest.mark.parametrize("form", ["RAW", "HEAT_CFNTOOLS", "SOFTWARE_CONFIG"])
def test_user_data_answer_a_wait_conditions_handle(tmp_path: Path, form: str):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", HANDLE.replace("FORMAT", form))
            return await home.settled(made)

    stack = run(life())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert outputs(stack)["data"] == '{"1": "first", "x": "second"}'


SAMPLE = folder() / "hot" / "software-config" / "example-templates"


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the samples are not beside this checkout")
def test_the_sequence_of_deployments_of_the_sample_is_kept(tmp_path: Path):
    text = (SAMPLE / "example-deploy-sequence.yaml").read_text()
    text = text.replace("fedora-amd64", "cirros")
    text = text.replace("      key_name:\n        get_param: key_name\n", "")

    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", text)
            stack = await home.settled(made)
            return stack, await home.told(made)

    stack, told = run(life())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    said = outputs(stack)
    assert said["deployment_a_stdout"].startswith("Previous: NONE\ndeployment_a is running on")
    assert said["deployment_b_stdout"].startswith("Previous: Previous: NONE")
    done = [line for line in told if line.endswith("CREATE_COMPLETE")]
    order = [line.split()[0] for line in done if line.startswith("deployment")]
    assert order == ["deployment_a", "deployment_b", "deployment_c"]
