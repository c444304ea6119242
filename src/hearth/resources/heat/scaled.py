"""What the groups have in common that grow and shrink as signals say."""

from collections.abc import Sequence
from typing import Any

from hearth.base import Value
from hearth.kit import Context, Nested, NothingToDo, ResourceType, Scale
from hearth.resources.heat.cooldown import KEYS, end_of, rested
from hearth.resources.heat.scaling import Sizes, adjusted, in_service


class Scaled(ResourceType):
    """A stack of members that come and go. A subclass says in `sizes` between what bounds."""

    nests = True
    follows = True
    own_metadata = KEYS

    def sizes(self, props: Any) -> Sizes:
        """How many members there may be."""
        raise NotImplementedError

    def rest_s(self, props: Any) -> float:
        """How long the group rests when it was made or changed."""
        raise NotImplementedError

    def resize(self, ctx: Context, props: Any, scale: Scale) -> int:
        """How many members a signal comes to, if the group has had its rest."""
        found = adjusted(len(in_service(ctx.nested)), scale, self.sizes(props))
        if ctx.clock.now() < end_of(ctx.record.metadata):
            raise NothingToDo
        return found

    def nested_metadata(
        self, ctx: Context, props: Any, nested: Nested, scale: Scale | None = None
    ) -> dict[str, Value]:
        """Until when the group rests."""
        rest_s, words = self.rest_s(props), f"ExactCapacity : {len(in_service(nested))}"
        if scale is not None:
            rest_s, words = scale.cooldown_s, scale.words
        kept = {key: ctx.record.metadata[key] for key in KEYS if key in ctx.record.metadata}
        return rested({**ctx.metadata, **kept}, ctx.clock.now() + max(0.0, rest_s), words)


def references(nested: Nested) -> dict[str, Value]:
    """The references of the members that have not failed, in order and by name."""
    members = in_service(nested)
    return {
        "refs": [one.reference for one in members],
        "refs_map": {one.name: one.reference for one in members},
    }


def chosen(nested: Nested, found: Value) -> list[Value]:
    """Of what was found by the members' names, that of those in service, in their order."""
    if not isinstance(found, dict):
        return []
    return [found[one.name] for one in in_service(nested) if one.name in found]


def named(nested: Nested, index: str) -> str | None:
    """The name of the member at an index, in the order of those in service."""
    names: Sequence[str] = [one.name for one in in_service(nested)]
    place = int(index) if index.isdigit() else len(names)
    return names[place] if place < len(names) else None
