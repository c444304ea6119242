import asyncio

import pytest

from hearth.base import Secret, Value
from hearth.base.errors import HearthError
from hearth.kit import Member, Nested, Place
from hearth.resources.heat import InstanceGroup, LaunchConfiguration
from hearth.resources.heat.durations import seconds_of
from hearth.resources.heat.launch_configuration import made_like
from tests.support.hand import Hand


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT0S", 0), ("PT1M30S", 90), ("PT1H", 3600), ("PT", 0)]
)
def test_durations_are_written_as_cloudformation_does(text: str, seconds: int):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["1M", "PT1.5S", "P1D", "PT1H1S", ""])
def test_other_durations_and_longer_ones_are_refused(text: str):
    with pytest.raises(HearthError):
        seconds_of(text)


def test_a_configuration_gives_what_it_was_given():
    async def story() -> dict[str, object]:
        hand = Hand()
        kind = LaunchConfiguration()
        made = await hand.create(kind, {"ImageId": "cirros", "InstanceType": "m1.tiny"})
        return {"made": made_like(made.ctx.record), "ref": made.reference, "id": made.ident}

    found = asyncio.run(story())

    assert found["made"] == {"ImageId": "cirros", "InstanceType": "m1.tiny"}
    assert found["ref"] == found["id"]


def test_devices_say_what_they_are():
    values = {
        "ImageId": "i",
        "InstanceType": "t",
        "BlockDeviceMappings": [
            {"DeviceName": "vdb"},
            {"DeviceName": "vdc", "Ebs": {}},
            {"DeviceName": "vdd", "Ebs": {"SnapshotId": "s"}},
        ],
    }

    wrong = list(LaunchConfiguration().problems(LaunchConfiguration.Properties.of(values)))

    assert len(wrong) == 2
    assert "vdb" in wrong[0]
    assert "vdc" in wrong[1]


def test_a_pause_that_is_too_long_is_found_with_the_policy():
    kind = InstanceGroup()
    props = kind.Properties.of({"AvailabilityZones": [], "LaunchConfigurationName": "c", "Size": 1})
    place = Place({}, 3600.0, update_policy={"RollingUpdate": {"PauseTime": "PT2H"}})

    assert list(kind.misplaced(props, place)) == ["PauseTime may be one hour at most."]


def instance(name: str, address: str | None, *, failed: bool = False) -> Member:
    told = {} if address is None else {"PublicIp": address}
    return Member(name, "", name, name, failed, float(ord(name)), told)


MEMBERS = (
    instance("c", None),
    instance("b", "10.0.0.2"),
    instance("d", "10.0.0.4", failed=True),
    instance("a", "10.0.0.1"),
)


@pytest.mark.parametrize(
    "outputs",
    [{}, {"InstanceList": {"c": None, "b": "10.0.0.2", "d": "10.0.0.4", "a": "10.0.0.1"}}],
    ids=["of what is recorded", "as it was asked for"],
)
def test_the_list_has_an_address_for_each_instance_in_service(outputs: dict[str, Value]):
    """The oldest first; where one has none there stands an address that leads nowhere."""
    group, nested = InstanceGroup(), Nested("id", "name", outputs, MEMBERS)

    found = group.nested_attribute(nested, None, "InstanceList")

    assert found == "10.0.0.1,10.0.0.2,0.0.0.0"


def test_the_list_of_a_group_without_instances_is_null():
    assert InstanceGroup().nested_attribute(Nested("id", "name"), None, "InstanceList") is None


def test_an_address_that_is_secret_makes_the_list_one():
    told: dict[str, Value] = {"InstanceList": {"a": Secret("10.0.0.1"), "b": Secret(None)}}
    nested = Nested("id", "name", told, (instance("a", None), instance("b", None)))

    assert InstanceGroup().nested_attribute(nested, None, "InstanceList") == Secret(
        "10.0.0.1,0.0.0.0"
    )
