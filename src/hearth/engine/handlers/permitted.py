"""The types that a caller may use, as the validation of a whole tree looks them up."""

from dataclasses import dataclass, field

from hearth.base.errors import Denied
from hearth.identity import Caller
from hearth.policy import Policy
from hearth.schema import TypeSchema, TypeSource


@dataclass(slots=True)
class Permitted:
    """A TypeSource that notes which of the types it was asked for are not for this caller.

    They are found all the same, so that one refusal does not look like a missing type.
    """

    types: TypeSource
    policy: Policy
    caller: Caller
    denied: list[str] = field(default_factory=list)
    known: dict[str, TypeSchema | None] = field(default_factory=dict)

    def find(self, name: str) -> TypeSchema | None:
        """The schema of the type, whether the caller may use it or not."""
        if name in self.known:
            return self.known[name]
        found = self.known[name] = self.types.find(name)
        if name.count("::") > 1 and not self.policy.allows_type(self.caller, name):
            self.denied.append(name)
        return found

    def names(self) -> list[str]:
        """All names of types, for suggestions."""
        return self.types.names()

    def enforce(self) -> None:
        """Refuse the first type that was asked for and is not allowed."""
        if self.denied:
            raise Denied(f"You are not authorized to use {self.denied[0]}.")
