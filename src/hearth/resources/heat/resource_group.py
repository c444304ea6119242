"""OS::Heat::ResourceGroup."""

from collections.abc import Iterable, Mapping
from typing import Any

from hearth.base import Value, plain, unknown_in
from hearth.kit import Context, Expansion, Nested
from hearth.resources.heat.asked import answers
from hearth.resources.heat.group import (
    in_turns,
    member_names,
    removed,
    rolling,
    template_of,
)
from hearth.resources.heat.grouped import Grouped, in_order, references, typed_in
from hearth.schema import MemberType, Record, attr, prop, since
from hearth.stack import ResourceRecord


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


class ResourceGroup(Grouped):
    """As many resources as wanted, all made alike."""

    name = "OS::Heat::ResourceGroup"
    support = since("2014.1")
    follows = True
    shaped_by = ("count", "removal_policies")

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

    def member_types(self, values: Mapping[str, Value]) -> Iterable[MemberType]:
        count = values.get("count")
        return typed_in("resource_def", values) if isinstance(count, int) and count else ()

    def expand(self, ctx: Context, props: Any) -> Expansion:
        skipped = ctx.data["removed"] = removed(ctx, props)
        found = rolling(ctx, props, self.UpdatePolicy.of(plain(ctx.record.update_policy)))
        turns = in_turns(ctx, props, found, skipped) if found is not None else None
        names = turns.names if turns is not None else member_names(props.count, skipped)
        template = template_of(props, names)
        outputs = answers(ctx.referenced, names)
        template |= {"outputs": outputs} if outputs else {}
        if turns is None:
            return Expansion(template)
        meanwhile = None
        if turns.passing:
            meanwhile = template | template_of(props, (*names, *turns.passing))
        return Expansion(template, waves=turns.waves, meanwhile=meanwhile)

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        skipped = record.data.get("removed", [])
        return {**references(in_order(nested)), "removed_rsrc_list": skipped}
