import asyncio

import pytest

from hearth.base.errors import HearthError
from hearth.kit import Place
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
