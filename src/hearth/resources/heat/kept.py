"""What the types have in common that exist only in hearth's own database."""

from hearth.kit import Context, Observation, Phase, ResourceType


class Kept(ResourceType):
    """Touches nothing outside: it is made by being recorded, and gone when its row is."""

    touches_nothing = True

    async def create(self, ctx: Context, props: object) -> str:
        return ctx.physical_name

    async def observe(self, ctx: Context, ident: str) -> Observation:
        return Observation(Phase.READY, dict(ctx.data))

    async def update(
        self, ctx: Context, ident: str, props: object, changed: frozenset[str]
    ) -> None:
        """What changed is in the properties, which are recorded."""

    async def delete(self, ctx: Context, ident: str) -> None:
        """There is nothing outside to delete."""

    async def find(self, ctx: Context, props: object) -> str | None:
        return None
