"""OS::Heat::None."""

from hearth.kit import Context
from hearth.resources.heat.kept import Kept
from hearth.schema import Record, since


class NoneType(Kept):
    """Nothing at all: it takes any property, and each of its attributes is null."""

    name = "OS::Heat::None"
    support = since("5.0.0")
    anything_goes = True

    class Properties(Record):
        """Any."""

    class Attributes(Record):
        """Any."""

    async def create(self, ctx: Context, props: object) -> str:
        return ctx.row
