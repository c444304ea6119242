"""What the types have in common that deploy one config to many servers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from hearth.base import Value, plain, unknown_in
from hearth.kit import ANSWERS, Context, Expansion, Member, Nested, ResourceType, inside
from hearth.plan import Waves
from hearth.resources.heat.batches import Rolling, batches, paused, rolled, sooner
from hearth.schema import Record, attr, prop
from hearth.stack import ResourceRecord

SHOWN = {f"{name}s": name for name in ANSWERS}
"""The attributes of a group that tell of all its members, and what of each they tell."""


class Batches(Record):
    """How many at a time, and how long between them."""

    max_batch_size: int = prop("How many at a time.", default=1, range=(1, None))
    pause_time: float = prop(
        "How long to wait between batches, in seconds.", default=0, range=(0, None)
    )


class DeploymentGroup(ResourceType):
    """A stack of deployments: one for each server, called by the server's name in the map."""

    nests = True
    follows = True
    any_attribute = True
    member: ClassVar[str]
    """The type of the members."""

    class Attributes(Record):
        deploy_status_codes: dict[str, Any] = attr("With what code each has ended, by name.")
        deploy_stderrs: dict[str, Any] = attr("What each has said of its troubles, by name.")
        deploy_stdouts: dict[str, Any] = attr("What each has said, by name.")

    class UpdatePolicy(Record):
        batch_create: Batches | None = prop("How members are created.", since="7.0.0")
        rolling_update: Batches | None = prop("How a change reaches the members.", since="7.0.0")

    def inside(self, values: Mapping[str, Value]) -> Mapping[str, Any] | None:
        if unknown_in(dict(values)):
            return None
        return self._template(self.Properties.of(plain(dict(values))))

    def expand(self, ctx: Context, props: Any) -> Expansion:
        return Expansion(self._template(props), waves=self._waves(ctx, props))

    def nested_attribute(
        self, nested: Nested, props: Any, attribute: str, path: Sequence[Value] = ()
    ) -> Value:
        """By the members' names, what each has for an attribute."""
        return inside(of_all(nested.members, SHOWN.get(attribute, attribute)), path)

    def nested_attributes(self, nested: Nested, record: ResourceRecord) -> dict[str, Value]:
        return {name: of_all(nested.members, one) for name, one in SHOWN.items()}

    def _template(self, props: Any) -> dict[str, Any]:
        shared = {key: value for key, value in props.values().items() if value is not None}
        shared.pop("servers", None)
        return {
            "heat_template_version": "2015-04-30",
            "resources": {
                name: {"type": self.member, "properties": {**shared, "server": server}}
                for name, server in _servers(props).items()
            },
        }

    def _waves(self, ctx: Context, props: Any) -> Waves | None:
        how = self._rolling(ctx, props)
        if how is None:
            return None
        names = list(_servers(props))
        there = [one.name for one in ctx.nested.members] if ctx.nested is not None else []
        staying = [name for name in there if name in names]
        sizes = list(batches(len(names), len(staying), how))
        if not sizes:
            return None

        def ranked(members: Sequence[str], _size: int) -> list[str]:
            return sorted(members, key=names.index)

        def fresh(members: Sequence[str], _size: int) -> Iterator[str]:
            return (name for name in names if name not in members)

        waves = rolled(staying, sizes, ranked, fresh).waves
        waves = sooner(waves, [name for name in there if name not in names])
        return paused(waves, how.pause_s, ctx.stack.timeout_s)

    def _rolling(self, ctx: Context, props: Any) -> Rolling | None:
        """In which batches; what changes for one member changes for all."""
        policy = self.UpdatePolicy.of(plain(ctx.record.update_policy))
        if ctx.nested is None:
            asked = policy.batch_create
        elif plain(ctx.record.properties) == plain(props.values()):
            asked = None
        else:
            asked = policy.rolling_update
        return None if asked is None else Rolling(asked.max_batch_size, 0, asked.pause_time)


def _servers(props: Any) -> Mapping[str, Value]:
    """The servers by name; none as long as it is not known which."""
    return props.servers if isinstance(props.servers, dict) else {}


def of_all(members: Sequence[Member], attribute: str) -> dict[str, Value]:
    """An attribute of all members, by their names."""
    found = sorted(members, key=lambda one: one.name)
    return {one.name: inside(one.attributes, (attribute,)) for one in found}
