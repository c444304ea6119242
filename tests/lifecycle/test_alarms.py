"""An alarm service posts to the signed URLs of policies: groups of servers grow and shrink.

It knows no user and no password: all that admits it is in the URL.
"""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearth.base import plain
from hearth.bus import Accepted, RefreshOutputs, StackRef
from hearth.store import stacks
from tests.support.samples import folder
from tests.support.served import Served, served
from tests.support.virtual import run

POLICIES: dict[str, tuple[str, int] | tuple[str, int, int]] = {
    "one_more": ("change_in_capacity", 1),
    "many_more": ("change_in_capacity", 9),
    "one_fewer": ("change_in_capacity", -1),
    "many_fewer": ("change_in_capacity", -9),
    "five": ("exact_capacity", 5),
    "none": ("exact_capacity", 0),
    "double": ("percent_change_in_capacity", 100),
    "half": ("percent_change_in_capacity", -50),
    "a_tenth": ("percent_change_in_capacity", 10),
    "two_at_least": ("percent_change_in_capacity", 10, 2),
    "two_fewer_at_least": ("percent_change_in_capacity", -10, 2),
}
SIZES = {
    "one_more": 4,
    "many_more": 6,
    "one_fewer": 2,
    "many_fewer": 1,
    "five": 5,
    "none": 1,
    "double": 6,
    "half": 2,
    "a_tenth": 4,
    "two_at_least": 5,
    "two_fewer_at_least": 1,
}
"""From three members, with one at least and six at most."""


def policy(kind: str, by: int, step: int | None = None) -> dict[str, Any]:
    given = {
        "auto_scaling_group_id": {"get_resource": "group"},
        "adjustment_type": kind,
        "scaling_adjustment": by,
        "cooldown": {"get_param": "cooldown"},
    }
    if step is not None:
        given["min_adjustment_step"] = step
    return {"type": "OS::Heat::ScalingPolicy", "properties": given}


SERVER = {
    "type": "OS::Nova::Server",
    "properties": {"flavor": "m1.small", "image": "cirros", "networks": [{"network": "private"}]},
}
GROUP = {
    "type": "OS::Heat::AutoScalingGroup",
    "properties": {"min_size": 1, "max_size": 6, "desired_capacity": 3, "resource": SERVER},
}
SCALED = {
    "heat_template_version": "2018-08-31",
    "parameters": {"cooldown": {"type": "number", "default": 60}},
    "resources": {"group": GROUP, **{name: policy(*how) for name, how in POLICIES.items()}},
    "outputs": {
        "size": {"value": {"get_attr": ["group", "current_size"]}},
        "servers": {"value": {"get_attr": ["group", "refs"]}},
        **{
            name: {"value": {"get_attr": [name, "alarm_url"]}} for name in POLICIES
        },
    },
}  # fmt: skip

INSTANCE = """
heat_template_version: 2018-08-31
parameters:
  ImageId: {type: string}
  InstanceType: {type: string}
  Tags: {type: comma_delimited_list, default: []}
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: InstanceType}
      image: {get_param: ImageId}
      networks: [{network: private}]
outputs:
  OS::stack_id: {value: {get_resource: server}}
  PublicIp: {value: {get_attr: [server, first_address]}}
"""
AWS = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "like": {
            "Type": "AWS::AutoScaling::LaunchConfiguration",
            "Properties": {"ImageId": "cirros", "InstanceType": "m1.small"},
        },
        "group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "AvailabilityZones": ["nova"], "MinSize": "1", "MaxSize": "6",
                "DesiredCapacity": "3", "LaunchConfigurationName": {"Ref": "like"},
            },
        },
        **{
            name.replace("_", ""): {
                "Type": "AWS::AutoScaling::ScalingPolicy",
                "Properties": {
                    "AutoScalingGroupName": {"Ref": "group"}, "Cooldown": "60",
                    "AdjustmentType": kind.title().replace("_", ""),
                    "ScalingAdjustment": str(by),
                    **({"MinAdjustmentStep": str(step[0])} if step else {}),
                },
            }
            for name, (kind, by, *step) in POLICIES.items()
        },
    },
    "Outputs": {
        name.replace("_", ""): {"Value": {"Ref": name.replace("_", "")}} for name in POLICIES
    },
}  # fmt: skip
ASIDE = {
    "files": {"instance.yaml": INSTANCE},
    "environment": {"resource_registry": {"AWS::EC2::Instance": "instance.yaml"}},
}

ALARM = {
    "alarm_name": "high", "alarm_id": "1", "severity": "low", "previous": "ok", "current": "alarm",
    "reason": "Transition to alarm due to 1 samples outside threshold", "reason_data": {},
}  # fmt: skip


async def outputs(home: Served, made: Accepted) -> dict[str, Any]:
    """As whoever asks for the stack is shown them: what is stale is evaluated first."""
    if (await home.stack(made)).outputs_stale:
        ref = StackRef(made.name, made.stack_id)
        await home.bus.call(RefreshOutputs(**home.command(), stack=ref))
    return {one.key: plain(one.value) for one in (await home.stack(made)).outputs}


async def alarmed(home: Served, url: str, body: bytes | None = None) -> int:
    """What the alarm service is answered."""
    given = msgspec.json.encode(ALARM) if body is None else body
    reply = await home.send("POST", url, {"Content-Type": "application/json"}, given)
    assert reply is not None
    return reply.status


async def at_rest(home: Served, made: Accepted) -> None:
    """Until nothing is done to the stacks inside."""
    while any(one.run_id for one in await home.store.read(stacks.children, made.stack_id)):
        await home.clock.sleep(0.5)


def servers(home: Served) -> set[str]:
    return {one["id"] for one in home.objects()["compute"]["servers"]}


@pytest.mark.parametrize("name", POLICIES)
def test_a_group_of_servers_is_scaled_by_an_alarm(tmp_path: Path, name: str):
    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", SCALED)
            await home.settled(made)
            first = await outputs(home, made)
            await home.clock.sleep(100)
            status = await alarmed(home, first[name])
            await at_rest(home, made)
            there, found = servers(home), await outputs(home, made)
            await home.delete(made)
            last = await home.settled(made)
            await home.clock.sleep(10)
            return status, first, found, there, last, home.objects() == before

    status, first, found, there, last, clean = run(life())

    assert status == 200
    assert (first["size"], found["size"]) == (3, SIZES[name])
    assert there == set(found["servers"])
    kept = first["servers"] if found["size"] > 3 else first["servers"][3 - found["size"] :]
    assert found["servers"][: len(kept)] == kept  # the oldest go first, newcomers come last
    assert str(last.state) == "DELETE_COMPLETE", last.reason
    assert clean


@pytest.mark.parametrize("name", POLICIES)
def test_a_group_of_instances_is_scaled_by_an_alarm(tmp_path: Path, name: str):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", AWS, **ASIDE)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            first = len(servers(home))
            await home.clock.sleep(100)
            status = await alarmed(home, (await outputs(home, made))[name.replace("_", "")])
            await at_rest(home, made)
            return status, first, len(servers(home))

    assert run(life()) == (200, 3, SIZES[name])


def test_a_group_rests_between_alarms_that_keep_coming(tmp_path: Path):
    """An alarm service repeats itself each ten seconds; a group takes what its rest lets it."""

    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", SCALED)
            await home.settled(made)
            url = (await outputs(home, made))["one_more"]
            began, sizes = home.clock.now(), []
            for _ in range(20):
                status = await alarmed(home, url)
                await home.clock.sleep(10)
                sizes.append((home.clock.now() - began, status, len(servers(home))))
            return sizes

    sizes = run(life())

    assert {status for _, status, _ in sizes} == {200}
    assert sizes[0][2] == 4
    grown = [at for (at, _, size), (_, _, before) in zip(sizes[1:], sizes, strict=False)
             if size != before]  # fmt: skip
    assert [size for _, _, size in sizes][-1] == 6
    assert len(grown) == 2
    assert grown[0] - sizes[0][0] >= 60
    assert grown[1] - grown[0] >= 60


@pytest.mark.parametrize(
    ("body", "scaled"),
    [
        (b"", (200, 4)),
        (b"{}", (200, 4)),
        (b'{"current": "ok"}', (200, 4)),
        (b"[1]", (200, 4)),
        (b"no document", (400, 3)),
    ],
)
def test_whatever_the_document_says_it_scales(tmp_path: Path, body: bytes, scaled: tuple[int, int]):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", SCALED)
            await home.settled(made)
            await home.clock.sleep(100)
            status = await alarmed(home, (await outputs(home, made))["one_more"], body)
            await at_rest(home, made)
            return status, len(servers(home))

    assert run(life()) == scaled


def test_a_url_that_was_tampered_with_scales_nothing(tmp_path: Path):
    async def life():
        async with served(tmp_path) as home:
            made = await home.create("demo", SCALED)
            await home.settled(made)
            await home.clock.sleep(100)
            url = (await outputs(home, made))["one_more"]
            statuses = [
                await alarmed(home, url.replace("one_more", "one_fewer")),
                await alarmed(home, url.replace("Signature=", "Signature=A")),
                await alarmed(home, url.partition("?")[0]),
            ]
            await home.delete(made)
            await home.settled(made)
            statuses.append(await alarmed(home, url))
            return statuses, len(servers(home))

    statuses, left = run(life())

    assert statuses == [403, 403, 400, 403]
    assert left == 0


@pytest.mark.parametrize(
    ("name", "size", "change"),
    [
        ("many_more", 6, 1),
        ("many_more", 6, 2),
        ("many_more", 6, 3),
        ("many_fewer", 1, 1),
        ("many_fewer", 1, 2),
    ],
)
def test_whoever_dies_while_servers_come_and_go(tmp_path: Path, name: str, size: int, change: int):
    """Dead after the n-th request that changed the cloud; the alarm comes again, as if unheard."""

    async def life():
        async with served(tmp_path) as home:
            before = home.objects()
            made = await home.create("demo", SCALED)
            await home.settled(made)
            url = (await outputs(home, made))[name]
            await home.clock.sleep(100)
            home.fuse.arm(change)
            await alarmed(home, url)
            await asyncio.wait_for(home.fuse.blown.wait(), 60)
            await home.crash()
            await home.start()
            await alarmed(home, url)
            await at_rest(home, made)
            there, found = servers(home), await outputs(home, made)
            await home.delete(made)
            await home.settled(made)
            await home.clock.sleep(10)
            return there, found, home.objects() == before

    there, found, clean = run(life())

    assert len(there) == found["size"] == size
    assert there == set(found["servers"])
    assert clean


SAMPLE = folder() / "hot"
KEY = """
heat_template_version: 2018-08-31
resources:
  key: {type: OS::Nova::KeyPair, properties: {name: key}}
"""


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the samples are not beside this checkout")
def test_the_group_of_stacks_of_the_sample_grows_and_shrinks(tmp_path: Path):
    """By its webhooks, as its outputs describe them: a POST without a body or any headers."""
    text = (SAMPLE / "asg_of_stacks.yaml").read_text()
    beside = {"files": {"vm_with_cinder.yaml": (SAMPLE / "vm_with_cinder.yaml").read_text()}}

    async def life():
        async with served(tmp_path) as home:
            await home.settled(await home.create("key", KEY))
            before = home.objects()
            given = {"key_name": "key", "image": "cirros"}
            made = await home.create("demo", text, parameters=given, **beside)
            stack = await home.settled(made)
            assert str(stack.state) == "CREATE_COMPLETE", stack.reason
            sizes = [held(home)]
            for name in ("scale_up_url", "scale_up_url", "scale_up_url", "scale_dn_url"):
                await home.clock.sleep(61)
                url = (await outputs(home, made))[name]
                reply = await home.send("POST", url, {}, b"")
                assert reply is not None
                assert reply.status == 200
                await at_rest(home, made)
                sizes.append(held(home))
            await home.delete(made)
            await home.settled(made)
            await home.clock.sleep(10)
            return sizes, home.objects() == before

    sizes, clean = run(life())

    assert sizes == [(3, 3), (4, 4), (5, 5), (5, 5), (4, 4)]
    assert clean


def held(home: Served) -> tuple[int, int]:
    """How many servers and volumes there are."""
    found = home.objects()
    return len(found["compute"]["servers"]), len(found["volume"]["volumes"])
