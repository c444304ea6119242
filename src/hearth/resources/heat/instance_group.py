"""OS::Heat::InstanceGroup."""

from typing import Any, ClassVar

from hearth.resources.heat.instance_groups import InstanceGroups, Tag, Update
from hearth.resources.heat.scaling import Sizes
from hearth.schema import Record, attr, prop


class InstanceGroup(InstanceGroups):
    """So many instances, all made like one launch configuration."""

    name = "OS::Heat::InstanceGroup"
    shaped_by = ("LaunchConfigurationName", "Size")
    resize: ClassVar[Any] = None

    class Properties(Record):
        AvailabilityZones: list[Any] = prop("The zones; kept, without effect.")
        LaunchConfigurationName: str = prop("The launch configuration, by reference.", update=True)
        LoadBalancerNames: list[Any] | None = prop("The load balancers before the instances.")
        Size: int = prop("How many instances there are.", update=True)
        Tags: list[Tag] | None = prop("The tags of each instance.")

    class Attributes(Record):
        InstanceList: str = attr("The addresses of the instances, with commas.")

    class UpdatePolicy(Record):
        RollingUpdate: Update | None = prop(
            "How a changed launch configuration reaches the instances."
        )

    def policy(self, policy: Any) -> Any:
        return policy.RollingUpdate

    def sizes(self, props: Any) -> Sizes:
        return Sizes(props.Size, props.Size, props.Size)

    def rest_s(self, props: Any) -> float:
        return 0.0
