"""OS::Heat::AutoScalingGroup."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hearth.base import Unknown, Value, plain, unknown_in
from hearth.kit import Context, Expansion, Nested, NoAttribute, NoMember, inside
from hearth.resources.heat.asked import MEMBER, Path, of_member, output_name
from hearth.resources.heat.batches import Rolling
from hearth.resources.heat.grouped import typed_in
from hearth.resources.heat.scaled import Scaled, chosen, named, references
from hearth.resources.heat.scaling import Sizes, capacity, in_service, manned
from hearth.schema import MemberType, Record, attr, prop, since
from hearth.stack import ResourceRecord


class RollingUpdates(Record):
    """How a changed definition reaches the members."""

    max_batch_size: int = prop("How many at a time.", default=1, range=(1, None))
    min_in_service: int = prop("How many stay in service at least.", default=0, range=(0, None))
    pause_time: float = prop(
        "How long to wait between batches, in seconds.", default=0, range=(0, None)
    )


ALL_AT_ONE = {"max_batch_size": 1, "min_in_service": 0, "pause_time": 0}


class AutoScalingGroup(Scaled):
    """Resources that are all alike, of which there are more or fewer as need be."""

    name = "OS::Heat::AutoScalingGroup"
    support = since("2014.1")
    shaped_by = ("min_size", "max_size", "desired_capacity")

    class Properties(Record):
        cooldown: int | None = prop(
            "How long the group rests after a change, in seconds.", update=True
        )
        desired_capacity: int | None = prop("How many members there are at first.", update=True)
        max_size: int = prop("How many members there are at most.", update=True, range=(0, None))
        min_size: int = prop("How many members there are at least.", update=True, range=(0, None))
        resource: dict[str, Any] = prop(
            "What each member is, as a resource of a template.", update=True
        )
        rolling_updates: RollingUpdates = prop(
            "How a changed definition reaches the members.", default=ALL_AT_ONE, update=True
        )

    class Attributes(Record):
        current_size: int = attr("How many members there are.", since="2015.1")
        outputs: dict[str, Any] = attr("An attribute of each member by its name.", since="2014.2")
        outputs_list: list[Any] = attr("An attribute of each member.", since="2014.2")
        refs: list[Any] = attr("The references of the members.", since="7.0.0")
        refs_map: dict[str, Any] = attr("The references of the members, by name.", since="7.0.0")

    def problems(self, props: Any) -> Iterable[str]:
        least, most, desired = props.min_size, props.max_size, props.desired_capacity
        if isinstance(least, Unknown) or isinstance(most, Unknown):
            return
        if least > most:
            yield "min_size can not be greater than max_size"
        elif isinstance(desired, int) and not least <= desired <= most:
            yield "desired_capacity must be between min_size and max_size"

    def inside(self, values: Mapping[str, Value]) -> Mapping[str, Any] | None:
        if unknown_in(dict(values)):
            return None
        props = self.Properties.of(plain(dict(values)))
        names = map(str, range(props.desired_capacity or props.min_size))
        return template_of(props.resource, tuple(names))

    def member_types(self, values: Mapping[str, Value]) -> Iterable[MemberType]:
        # One that has no members yet may be signalled to grow.
        return typed_in("resource", values) if values.get("max_size") != 0 else ()

    def sizes(self, props: Any) -> Sizes:
        return Sizes(props.min_size, props.max_size, props.desired_capacity)

    def rest_s(self, props: Any) -> float:
        return float(props.cooldown or 0)

    def expand(self, ctx: Context, props: Any) -> Expansion:
        before = plain(ctx.record.properties.get("resource"))
        changed = ctx.nested is not None and before != plain(props.resource)
        policy = props.rolling_updates
        how = Rolling(policy.max_batch_size, policy.min_in_service, policy.pause_time)
        done = manned(ctx, capacity(ctx, self.sizes(props)), how if changed else None)
        template = template_of(props.resource, done.names)
        outputs = answers(ctx.referenced, done.names)
        template |= {"outputs": outputs} if outputs else {}
        meanwhile = None
        if done.passing:
            meanwhile = template | template_of(props.resource, (*done.names, *done.passing))
        return Expansion(template, waves=done.waves if changed else None, meanwhile=meanwhile)

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        return told(nested)

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """`resource.<index>.<attribute>`, or an attribute of all members."""
        if attribute.startswith(MEMBER):
            return self._of_one(nested, *of_member(attribute, path))
        if attribute in ("outputs", "outputs_list") and path:
            found = self._outputs(nested, tuple(path))
            return chosen(nested, found) if attribute == "outputs_list" else found
        if attribute not in (known := told(nested)):
            raise NoAttribute
        return inside(known[attribute], path)

    def _outputs(self, nested: Nested, path: Path) -> Value:
        """An attribute of each member by its name."""
        answer = output_name(("outputs", *path))
        if answer in nested.outputs:
            return nested.outputs[answer]
        return {one.name: inside(one.attributes, path) for one in nested.members}

    def _of_one(self, nested: Nested, index: str, steps: Path) -> Value:
        name = named(nested, index)
        if name is None:
            raise NoMember(index)
        if not steps:
            return references(nested)["refs_map"][name]
        return inside(self._outputs(nested, steps), [name])


def told(nested: Nested) -> dict[str, Value]:
    """What there is without a path."""
    return {"current_size": len(in_service(nested)), **references(nested)}


def template_of(definition: Value, names: Sequence[str]) -> dict[str, Any]:
    """The members as a template."""
    return {
        "heat_template_version": "2015-04-30",
        "resources": dict.fromkeys(names, definition),
    }


def answers(referenced: Iterable[Path], names: Sequence[str]) -> dict[str, Any]:
    """The outputs for all that is asked of the group: maps, for members have no order here."""
    found: dict[str, Any] = {}
    for path in referenced:
        key, *steps = str(path[0]), *path[1:]
        if key.startswith(MEMBER):
            steps = list(of_member(key, steps)[1])
            key = "outputs" if steps else "refs_map"
        key = {"outputs_list": "outputs", "refs": "refs_map"}.get(key, key)
        if key == "refs_map":
            value: Any = {name: {"get_resource": name} for name in names}
        elif key == "outputs" and steps:
            value = {name: {"get_attr": [name, *steps]} for name in names}
        else:
            continue
        found[output_name((key, *steps))] = {"value": value}
    return found
