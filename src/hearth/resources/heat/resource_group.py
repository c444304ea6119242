"""OS::Heat::ResourceGroup."""

from collections.abc import Mapping, Sequence
from typing import Any

from hearth.base import Value, plain, unknown_in
from hearth.kit import Context, Expansion, Nested, ResourceType
from hearth.resources.heat.group import expanded, inside, member_names, removed, template_of
from hearth.schema import Record, attr, prop, since


class Removal(Record):
    """What is to go first when the group shrinks."""

    resource_list: list[Any] = prop("Members to remove, by name or reference.", default=[])


class MemberDefinition(Record):
    """What each member is."""

    metadata: dict[str, Any] | None = prop("The metadata of each member.", since="5.0.0")
    properties: dict[str, Any] | None = prop("The properties of each member.")
    type: str = prop("The type of each member.")


class BatchCreate(Record):
    """How members are created."""

    max_batch_size: int = prop("How many at a time.", default=1, range=(1, None))
    pause_time: float = prop(
        "How long to wait between batches, in seconds.", default=0, range=(0, None)
    )


class RollingUpdate(Record):
    """How a changed definition reaches the members."""

    max_batch_size: int = prop("How many at a time.", default=1, range=(1, None))
    min_in_service: int = prop("How many stay untouched at least.", default=0, range=(0, None))
    pause_time: float = prop(
        "How long to wait between batches, in seconds.", default=0, range=(0, None)
    )


LOOKED_AT = 10_001
"""So many members are looked at before the group is made, however many it is to have."""


class ResourceGroup(ResourceType):
    """As many resources as wanted, all made alike."""

    name = "OS::Heat::ResourceGroup"
    support = since("2014.1")
    nests = True

    class Properties(Record):
        count: int = prop("How many members there are.", default=1, update=True, range=(0, None))
        index_var: str = prop(
            "What stands for the member's name in its properties.",
            default="%index%",
            length=(3, None),
            since="2014.2",
        )
        removal_policies: list[Removal] = prop(
            "What is to go first when the group shrinks.", default=[], update=True, since="2015.1"
        )
        removal_policies_mode: str = prop(
            "Whether the members to remove add to those removed before, or take their place.",
            default="append",
            update=True,
            allowed=("append", "update"),
            since="10.0.0",
        )
        resource_def: MemberDefinition = prop("What each member is.", update=True)

    class Attributes(Record):
        attributes: dict[str, Any] = attr(
            "For each member by name, an attribute of it.", since="2014.2"
        )
        refs: list[Any] = attr("The references of the members.")
        refs_map: dict[str, Any] = attr("The references of the members, by name.", since="7.0.0")
        removed_rsrc_list: list[Any] = attr(
            "The names of members that were removed, which are not used again.", since="7.0.0"
        )

    class UpdatePolicy(Record):
        batch_create: BatchCreate | None = prop("How members are created.", since="5.0.0")
        rolling_update: RollingUpdate | None = prop(
            "How a changed definition reaches the members.", since="5.0.0"
        )

    def inside(self, values: Mapping[str, Value]) -> Mapping[str, Any] | None:
        if unknown_in(dict(values)):
            return None
        props = self.Properties.of(plain(dict(values)))
        # Members are alike: so many tell all that is wrong, and that there are too many.
        return template_of(props, member_names(min(props.count, LOOKED_AT), ()))

    def expand(self, ctx: Context, props: Any) -> Expansion:
        names = ctx.record.attributes.get("refs_map") or {}
        lists = [item for policy in props.removal_policies for item in policy.resource_list]
        kept = ctx.data.get("removed", []) if props.removal_policies_mode == "append" else []
        ctx.data["removed"] = removed(lists, names, kept)
        return expanded(ctx, props)

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """`resource.<member>.<attribute>`, or an attribute of all members."""
        members = sorted(nested.members, key=lambda one: (len(one.name), one.name))
        if attribute == "attributes":
            names = dict.fromkeys(key for one in members for key in one.attributes)
            found = {
                name: {one.name: one.attributes.get(name) for one in members} for name in names
            }
            return inside(found, path)
        if attribute in nested.outputs:
            return inside(nested.outputs[attribute], path)
        if not attribute.startswith("resource."):
            return [inside(one.attributes.get(attribute), path) for one in members]
        name, *inner = attribute.removeprefix("resource.").split(".", 1)
        one = next((member for member in members if member.name == name), None)
        steps = (*inner, *path)
        if one is None or not steps:
            return one and one.reference
        return inside(one.attributes.get(str(steps[0])), steps[1:])
