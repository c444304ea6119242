"""AWS::AutoScaling::AutoScalingGroup."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Value
from hearth.kit import Context, Lacking
from hearth.resources.heat.instance_groups import MEMBER, InstanceGroups, Tag, Update, known
from hearth.resources.heat.instances import seeded
from hearth.resources.heat.scaling import Sizes
from hearth.schema import Record, attr, prop, since
from hearth.stack import ResourceRecord


class AwsAutoScalingGroup(InstanceGroups):
    """Instances that are all alike, of which there are more or fewer as need be."""

    name = "AWS::AutoScaling::AutoScalingGroup"
    support = since("2014.1")
    shaped_by = ("LaunchConfigurationName", "InstanceId", "MinSize", "MaxSize", "DesiredCapacity")
    grows_to = "MaxSize"

    class Properties(Record):
        AvailabilityZones: list[Any] = prop("The zones; kept, without effect.")
        Cooldown: int | None = prop(
            "How long the group rests after a change, in seconds.", update=True
        )
        DesiredCapacity: int | None = prop("How many instances there are at first.", update=True)
        HealthCheckGracePeriod: int | None = prop(
            "When health is first looked at; without effect.", implemented=False
        )
        HealthCheckType: str | None = prop(
            "What tells the health; without effect.", implemented=False, allowed=("EC2", "ELB")
        )
        InstanceId: str | None = prop("An instance to make the others like.", check="nova.server")
        LaunchConfigurationName: str | None = prop(
            "The launch configuration, by reference.", update=True
        )
        LoadBalancerNames: list[Any] | None = prop("The load balancers before the instances.")
        MaxSize: int = prop("How many instances there are at most.", update=True)
        MinSize: int = prop("How many instances there are at least.", update=True)
        Tags: list[Tag] | None = prop("The tags of each instance.")
        VPCZoneIdentifier: list[str] | None = prop("The subnet, as a list of one.")

    class Attributes(Record):
        InstanceList: str = attr("The addresses of the instances, with commas.")

    class UpdatePolicy(Record):
        AutoScalingRollingUpdate: Update | None = prop(
            "How a changed launch configuration reaches the instances."
        )

    def problems(self, props: Any) -> Iterable[str]:
        if (props.InstanceId is None) == (props.LaunchConfigurationName is None):
            yield "Either InstanceId or LaunchConfigurationName must be provided"
        if props.VPCZoneIdentifier is not None and len(props.VPCZoneIdentifier) != 1:
            yield "Anything other than one VPCZoneIdentifier is not supported"
        least, most, desired = props.MinSize, props.MaxSize, props.DesiredCapacity
        if not (known(least) and known(most) and known(desired)):
            return
        if least > most:
            yield "MinSize can not be greater than MaxSize"
        elif least < 0:
            yield "MinSize can not be less than zero"
        elif desired is not None and not least <= desired <= most:
            yield "DesiredCapacity must be between MinSize and MaxSize"

    def policy(self, policy: Any) -> Any:
        return policy.AutoScalingRollingUpdate

    def sizes(self, props: Any) -> Sizes:
        return Sizes(props.MinSize, props.MaxSize, props.DesiredCapacity)

    def rest_s(self, props: Any) -> float:
        return float(props.Cooldown or 0)

    def tags(self, props: Any) -> list[Value]:
        group = {"Key": "metering.AutoScalingGroupName", "Value": {"get_param": "OS::stack_id"}}
        return [*super().tags(props), group]

    def member(self, ctx: Context, props: Any) -> dict[str, Any]:
        if props.LaunchConfigurationName is not None:
            return super().member(ctx, props)
        if props.InstanceId not in ctx.answers:
            raise Lacking(props.InstanceId)
        seed = ctx.answers[props.InstanceId]
        return {"type": MEMBER, "properties": {**seed, **self._beside(props)}}

    def properties(self, props: Any, configuration: ResourceRecord) -> dict[str, Value]:
        return {**super().properties(props, configuration), **self._beside(props)}

    async def ask(self, ctx: Context, key: str) -> Any:
        return await seeded(ctx.cloud, key)

    def _beside(self, props: Any) -> dict[str, Value]:
        """What the group itself says of each instance."""
        subnet = {"SubnetId": props.VPCZoneIdentifier[0]} if props.VPCZoneIdentifier else {}
        return {"Tags": self.tags(props), **subnet}
