"""OS::Heat::SoftwareComponent."""

from collections.abc import Iterable
from typing import Any, ClassVar

from hearth.base import Value, unknown_in
from hearth.kit import Context
from hearth.resources.heat.kept_config import ConfigOutput, Input, KeptConfig
from hearth.schema import Record, prop, since


class ActionConfig(Record):
    """What is applied for some actions."""

    actions: list[str] = prop(
        "The actions that it is applied for; any words may be given beside the usual ones.",
        default=["CREATE", "UPDATE"],
        length=(1, None),
    )
    config: str | None = prop("The script or manifest itself.")
    tool: str = prop("What applies it, such as script or ansible.")


class SoftwareComponent(KeptConfig):
    """A piece of software: what is applied for each action of its life."""

    name = "OS::Heat::SoftwareComponent"
    support = since("2014.2")
    group: ClassVar[str] = "component"

    class Properties(Record):
        configs: list[ActionConfig] = prop("What is applied when.", length=(1, None))
        inputs: list[Input] | None = prop("What the configuration is given.")
        options: dict[str, Any] | None = prop("What the tool that applies it is told.")
        outputs: list[ConfigOutput] | None = prop("What the configuration gives back.")

    def problems(self, props: Any) -> Iterable[str]:
        if unknown_in(props.values()):
            return
        actions = [action for one in props.configs or () for action in one.actions]
        twice = sorted({action for action in actions if actions.count(action) > 1})
        if twice:
            words = "Defining more than one configuration for the same action in SoftwareComponent"
            yield f"{words} is not allowed: {', '.join(twice)}."

    async def content(self, ctx: Context, props: Any) -> Value:
        return {"configs": props.values()["configs"]}
