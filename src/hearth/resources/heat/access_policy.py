"""OS::Heat::AccessPolicy."""

from collections.abc import Iterable
from typing import Any

from hearth.base import Value
from hearth.kit import Place
from hearth.resources.heat.kept import Kept
from hearth.schema import Record, prop
from hearth.stack import ResourceRecord


class AccessPolicy(Kept):
    """The resources whose metadata a user of the stack may read."""

    name = "OS::Heat::AccessPolicy"

    class Properties(Record):
        AllowedResources: list[Any] = prop("The names of the resources.")

    class Attributes(Record):
        """None but what is shown of it."""

    def misplaced(self, props: Any, place: Place) -> Iterable[str]:
        for name in props.AllowedResources:
            if isinstance(name, str) and name not in place.resources:
                yield f"AccessPolicy resource {name} not in stack"

    def reference(self, record: ResourceRecord) -> Value:
        """Its name, by which users of the stack name their policies."""
        return record.name
