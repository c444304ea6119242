"""AWS::AutoScaling::LaunchConfiguration."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Value, plain
from hearth.kit import Context
from hearth.resources.heat.instances import seeded
from hearth.resources.heat.kept import Kept
from hearth.schema import Record, prop
from hearth.stack import ResourceRecord


class Volume(Record):
    """A volume that a device is."""

    DeleteOnTermination: bool = prop("Whether it goes with the instance.", default=True)
    Iops: float | None = prop("Its speed; without effect.", implemented=False)
    SnapshotId: str | None = prop("The snapshot that it is made from.", check="cinder.snapshot")
    VolumeSize: str | None = prop("Its size in GB.")
    VolumeType: str | None = prop("Its type; without effect.", implemented=False)


class BlockDevice(Record):
    """A device of each instance."""

    DeviceName: str = prop("What the instance calls it.")
    Ebs: Volume | None = prop("The volume that it is.")
    NoDevice: dict[str, Any] | None = prop("No device; without effect.", implemented=False)
    VirtualName: str | None = prop("A local disk; without effect.", implemented=False)


class Hint(Record):
    """A hint for the scheduler."""

    Key: str = prop("Its name.")
    Value: str = prop("Its value.")


class LaunchConfiguration(Kept):
    """What the instances of a group are made like."""

    name = "AWS::AutoScaling::LaunchConfiguration"

    class Properties(Record):
        BlockDeviceMappings: list[BlockDevice] | None = prop("The devices of each instance.")
        ImageId: str | None = prop("The image, by name or id.", check="glance.image")
        InstanceId: str | None = prop("An instance to take the rest from.", check="nova.server")
        InstanceType: str | None = prop("The flavor, by name or id.", check="nova.flavor")
        KernelId: str | None = prop("The kernel; without effect.", implemented=False)
        KeyName: str | None = prop("The key pair.", check="nova.keypair")
        NovaSchedulerHints: list[Hint] | None = prop("Hints for the scheduler.")
        RamDiskId: str | None = prop("The ramdisk; without effect.", implemented=False)
        SecurityGroups: list[Any] | None = prop("The security groups, by name or id.")
        UserData: str | None = prop("What each instance is told at its start.")

    class Attributes(Record):
        """None but what is shown of it."""

    def problems(self, props: Any) -> Iterable[str]:
        if props.InstanceId is None and (props.ImageId is None or props.InstanceType is None):
            yield "Without InstanceId, ImageId and InstanceType are required"
        devices = [one for one in props.BlockDeviceMappings or () if isinstance(one, BlockDevice)]
        for device in devices:
            if device.Ebs is None:
                yield f"The device {device.DeviceName} has no Ebs, which says what it is"
            elif device.Ebs.SnapshotId is None:
                yield f"The device {device.DeviceName} has no SnapshotId to be made from"

    async def create(self, ctx: Context, props: Any) -> str:
        if props.InstanceId is not None:
            ctx.data["seed"] = await seeded(ctx.cloud, props.InstanceId)
        return ctx.physical_name

    def reference(self, record: ResourceRecord) -> Value:
        return record.physical_id or record.name


def made_like(record: ResourceRecord) -> dict[str, Value]:
    """The properties that a configuration gives an instance."""
    seed = record.data.get("seed")
    given = {key: value for key, value in record.properties.items() if plain(value) is not None}
    found = {**(seed if isinstance(seed, dict) else {}), **given}
    return {key: value for key, value in found.items() if key != "InstanceId"}
