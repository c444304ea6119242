"""AWS::AutoScaling::ScalingPolicy."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Value
from hearth.kit import Scale
from hearth.resources.heat.policies import SENSES, Policy
from hearth.schema import Record, attr, prop
from hearth.stack import ResourceRecord

TYPES = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")


class AwsScalingPolicy(Policy):
    """How a group grows or shrinks when somebody signals that it should."""

    name = "AWS::AutoScaling::ScalingPolicy"

    class Properties(Record):
        AdjustmentType: str = prop(
            "Whether the adjustment is a difference, the size itself, or a percentage.",
            update=True,
            allowed=TYPES,
        )
        AutoScalingGroupName: str = prop("The group.")
        Cooldown: int | None = prop("How long the group rests afterwards, in seconds.", update=True)
        MinAdjustmentStep: int | None = prop(
            "How many instances come or go at least, where the adjustment is a percentage.",
            update=True,
            range=(0, None),
        )
        ScalingAdjustment: int = prop("The adjustment.", update=True)

    class Attributes(Record):
        AlarmUrl: str = attr("A signed URL that scales the group when posted to.", cached=False)

    def problems(self, props: Any) -> Iterable[str]:
        given, kind = props.MinAdjustmentStep, props.AdjustmentType
        if isinstance(given, int) and kind in TYPES[:2]:
            yield f"MinAdjustmentStep is only for AdjustmentType {TYPES[2]}, not for {kind}"

    def wish(self, props: Any) -> Scale:
        kind, by = props.AdjustmentType, props.ScalingAdjustment
        return Scale(
            props.AutoScalingGroupName, by, SENSES[kind], props.MinAdjustmentStep,
            float(props.Cooldown or 0), f"{kind} : {by}",
        )  # fmt: skip

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {"AlarmUrl": record.data.get("alarm_url")}

    def reference(self, record: ResourceRecord) -> Value:
        """The URL itself, for alarms name their actions by reference."""
        return record.data.get("alarm_url", record.name)
