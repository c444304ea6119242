"""What the groups of instances have in common: members made like a launch configuration says."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from hearth.base import Secret, Unknown, Value, plain, secret_in, unknown_in
from hearth.base.errors import HearthError
from hearth.kit import Context, Expansion, Nested, NoAttribute, Place, inside
from hearth.resources.heat.asked import Path
from hearth.resources.heat.batches import Rolling
from hearth.resources.heat.durations import seconds_of
from hearth.resources.heat.launch_configuration import made_like
from hearth.resources.heat.scaled import Scaled, chosen
from hearth.resources.heat.scaling import capacity, manned
from hearth.schema import MemberType, Record, prop
from hearth.stack import ResourceRecord

MEMBER = "OS::Heat::ScaledResource"
"""The type of the members, which an environment may map to another than instances."""

INSTANCE = "AWS::EC2::Instance"
"""What they are where none does."""
INSTEAD = (
    "map it to a template in the resource_registry, or use OS::Heat::AutoScalingGroup with "
    "OS::Nova::Server"
)

LIST = "InstanceList"
NONE = "0.0.0.0"  # noqa: S104 - no address to listen on, but where there is none


class Tag(Record):
    """A tag of each instance."""

    Key: str = prop("Its name.")
    Value: str = prop("Its value.")


class Update(Record):
    """How a changed launch configuration reaches the instances."""

    MaxBatchSize: int = prop("How many at a time.", default=1)
    MinInstancesInService: int = prop("How many stay in service at least.", default=0)
    PauseTime: str = prop("How long to wait between batches.", default="PT0S")


class InstanceGroups(Scaled):
    """A stack of instances. A subclass says how many, and by which policy they are changed."""

    shaped_by: ClassVar[tuple[str, ...]] = ("LaunchConfigurationName",)
    grows_to: ClassVar[str] = "Size"
    """The property that says how many members there may be."""

    def policy(self, policy: Any) -> Any:
        """The update policy's part that says how instances are changed."""
        raise NotImplementedError

    def tags(self, props: Any) -> list[Value]:
        """The tags of each instance: one by which meters know the group, if none is given."""
        given = plain([tag.values() for tag in props.Tags or ()])
        if any(str(tag["Key"]).startswith("metering.") for tag in given):
            return list(given)
        return [*given, {"Key": "metering.groupname", "Value": {"get_param": "OS::stack_id"}}]

    def misplaced(self, props: Any, place: Place) -> Iterable[str]:
        name = props.LaunchConfigurationName
        if isinstance(name, str) and name in place.resources:
            yield (
                f"LaunchConfigurationName ({name}) requires a reference to the configuration, "
                "not just the name of the resource"
            )
        policy = self.policy(self.UpdatePolicy.of(opened(place.update_policy)))
        if policy is not None and isinstance(policy.PauseTime, str):
            yield from wrong_pause(policy.PauseTime)

    def member_types(self, values: Mapping[str, Value]) -> Iterable[MemberType]:
        if values.get(self.grows_to) != 0:
            yield MemberType(INSTANCE, "0", under=MEMBER, instead=INSTEAD)

    def expand(self, ctx: Context, props: Any) -> Expansion:
        policy = self.policy(self.UpdatePolicy.of(plain(ctx.record.update_policy)))
        how = None
        if policy is not None and self.replaced(ctx, props):
            pause_s = seconds_of(policy.PauseTime)
            how = Rolling(max(1, policy.MaxBatchSize), policy.MinInstancesInService, pause_s)
        done = manned(ctx, capacity(ctx, self.sizes(props)), how)
        made = self.member(ctx, props)
        template = template_of(made, done.names)
        outputs = answers(ctx.referenced, done.names)
        template |= {"outputs": outputs} if outputs else {}
        meanwhile = None
        if how is not None and done.passing:
            meanwhile = template | template_of(made, (*done.names, *done.passing))
        return Expansion(
            template,
            environment={"resource_registry": {MEMBER: INSTANCE}},
            waves=done.waves if how is not None else None,
            meanwhile=meanwhile,
        )

    def replaced(self, ctx: Context, props: Any) -> bool:
        """Whether the group has got another launch configuration."""
        before = plain(ctx.record.properties.get("LaunchConfigurationName"))
        return ctx.nested is not None and before != props.LaunchConfigurationName

    def member(self, ctx: Context, props: Any) -> dict[str, Any]:
        """What each instance is."""
        name = props.LaunchConfigurationName
        found = ctx.beside(name)
        if found is None:
            words = f"The launch configuration {name} can not be found"
            raise HearthError(words, kind="ValueError")
        made: dict[str, Any] = {"type": MEMBER, "properties": self.properties(props, found)}
        if found.metadata:
            made["metadata"] = dict(found.metadata)
        return made

    def properties(self, props: Any, configuration: ResourceRecord) -> dict[str, Value]:
        """The properties of each instance."""
        return {**made_like(configuration), "Tags": self.tags(props)}

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        return {LIST: addresses(nested)}

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """The addresses of all instances, as one text."""
        if attribute != LIST:
            raise NoAttribute
        return inside(addresses(nested), path)


def addresses(nested: Nested) -> Value:
    """An address of each instance in service, with commas; null if there are none.

    One that has none is not left out, so that the list always has as many as there are.
    """
    found = nested.outputs.get(LIST)
    if found is None:
        found = {one.name: one.attributes.get("PublicIp") for one in nested.members}
    listed = chosen(nested, found)
    joined = ",".join(str(plain(one) or NONE) for one in listed)
    return Secret(joined) if secret_in(listed) else joined or None


def template_of(definition: Value, names: Sequence[str]) -> dict[str, Any]:
    """The instances as a template."""
    return {"heat_template_version": "2015-04-30", "resources": dict.fromkeys(names, definition)}


def answers(referenced: Iterable[Path], names: Sequence[str]) -> dict[str, Any]:
    """The output for what may be asked of the group."""
    if all(path[0] != LIST for path in referenced):
        return {}
    return {LIST: {"value": {name: {"get_attr": [name, "PublicIp"]} for name in names}}}


def opened(policy: Mapping[str, Value]) -> dict[str, Value]:
    """An update policy without marks; what is not known yet is left out."""
    return {key: plain(value) for key, value in policy.items() if not unknown_in(value)}


def wrong_pause(text: str) -> Iterable[str]:
    """What is wrong with a pause."""
    try:
        seconds_of(text)
    except HearthError as error:
        yield error.sentence


def known(value: Value) -> bool:
    """Whether a value can be compared already."""
    return not isinstance(value, Unknown)
