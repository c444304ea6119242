"""OS::Heat::ScalingPolicy."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Value
from hearth.kit import Scale
from hearth.resources.heat.policies import SENSES, Policy
from hearth.schema import Record, attr, prop
from hearth.stack import ResourceRecord

TYPES = ("change_in_capacity", "exact_capacity", "percent_change_in_capacity")


class ScalingPolicy(Policy):
    """How a group grows or shrinks when somebody signals that it should."""

    name = "OS::Heat::ScalingPolicy"

    class Properties(Record):
        adjustment_type: str = prop(
            "Whether the adjustment is a difference, the size itself, or a percentage.",
            update=True,
            allowed=TYPES,
        )
        auto_scaling_group_id: str = prop("The group.")
        cooldown: float | None = prop(
            "How long the group rests afterwards, in seconds.", update=True
        )
        min_adjustment_step: int | None = prop(
            "How many members come or go at least, where the adjustment is a percentage.",
            update=True,
            range=(0, None),
        )
        scaling_adjustment: float = prop("The adjustment.", update=True)

    class Attributes(Record):
        alarm_url: str = attr("A signed URL that scales the group when posted to.", cached=False)
        signal_url: str = attr("The URL at which a user with a token signals.", since="5.0.0")

    def problems(self, props: Any) -> Iterable[str]:
        given, kind = props.min_adjustment_step, props.adjustment_type
        if isinstance(given, int) and kind in TYPES[:2]:
            yield f"min_adjustment_step is only for adjustment_type {TYPES[2]}, not for {kind}"

    def wish(self, props: Any) -> Scale:
        kind, by = props.adjustment_type, props.scaling_adjustment
        return Scale(
            props.auto_scaling_group_id, by, SENSES[kind], props.min_adjustment_step,
            props.cooldown or 0.0, f"{kind} : {by:g}",
        )  # fmt: skip

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {key: record.data.get(key) for key in ("alarm_url", "signal_url")}
