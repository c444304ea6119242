"""OS::Nova::KeyPair."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from hearth.base import Secret, Value
from hearth.cloud import NotFound
from hearth.kit import Context, Observation, Phase, ResourceType, Rest
from hearth.schema import Record, attr, prop, since
from hearth.stack import ResourceRecord


class KeyPair(ResourceType):
    """A pair of keys to log in to servers with."""

    name = "OS::Nova::KeyPair"
    support = since("2014.1")
    rest = Rest("compute", "/os-keypairs", wraps="keypair", ident="name", batched=False)
    fenced = True

    class Properties(Record):
        name: str = prop("Its name.", length=(1, 255))
        public_key: str | None = prop("The public key; without it a pair is made.")
        save_private_key: bool = prop(
            "Whether the private key of a pair that is made is kept.", default=False, wire=None
        )
        type: str | None = prop("Its type.", allowed=("ssh", "x509"), since="8.0.0")
        user: str | None = prop(
            "The user that it belongs to, by name or id; for administrators.",
            ref="keystone.user",
            since="9.0.0",
            wire="user_id",
        )

    class Attributes(Record):
        private_key: str = attr("The private key, if it was kept.", cached=False, secret=True)
        public_key: str = attr("The public key.")

    def problems(self, props: Any) -> Iterable[str]:
        if props.save_private_key is True and props.public_key is not None:
            yield "save_private_key does not go with public_key."

    def body(self, ctx: Context, props: Any) -> dict[str, Any]:
        return dict(props.wire())

    async def create(self, ctx: Context, props: Any) -> str:
        made = await ctx.cloud["compute"].post("/os-keypairs", {"keypair": self.body(ctx, props)})
        if props.save_private_key is True and made["keypair"].get("private_key"):
            ctx.data["private_key"] = Secret(made["keypair"]["private_key"])
        if props.user is not None:
            ctx.data["user"] = props.user
        return str(made["keypair"]["name"])

    async def find(self, ctx: Context, props: Any) -> str | None:
        """One of our name and public key.

        Of a pair that was made for us, the private key came but once: when the answer was lost,
        it is made anew.
        """
        asked = {"user_id": props.user} if props.user else {}
        try:
            shown = (await ctx.cloud["compute"].get(f"/os-keypairs/{props.name}", asked))["keypair"]
        except NotFound:
            return None
        if await ctx.taken([props.name]):
            return None
        if props.public_key is not None:
            return props.name if shown["public_key"] == props.public_key else None
        if moment(shown.get("created_at")) >= ctx.created_after - SKEW_S:
            if not props.save_private_key:
                return str(props.name)
            await ctx.cloud["compute"].delete(f"/os-keypairs/{props.name}", asked)
        return None

    async def observe(self, ctx: Context, ident: str) -> Observation:
        try:
            reply = await ctx.cloud["compute"].get(f"/os-keypairs/{ident}", _whose(ctx))
        except NotFound:
            return Observation(Phase.GONE)
        return self.seen(reply["keypair"])

    async def delete(self, ctx: Context, ident: str) -> None:
        try:
            await ctx.cloud["compute"].delete(f"/os-keypairs/{ident}", _whose(ctx))
        except NotFound:
            return

    async def release(self, ctx: Context, ident: str) -> None:
        """Make room for another pair of the same name."""
        await self.delete(ctx, ident)

    async def held(self, ctx: Context, ident: str) -> dict[str, Any] | None:
        """The key, if the other pair is to have its name."""
        if ctx.record.properties.get("name") != ident:
            return None
        try:
            path = f"/os-keypairs/{ident}"
            shown = (await ctx.cloud["compute"].get(path, _whose(ctx)))["keypair"]
        except NotFound:
            return None
        kept = {"name": ident, "public_key": shown["public_key"], **_whose(ctx)}
        return kept | ({"type": shown["type"]} if shown.get("type") else {})

    async def reclaim(self, ctx: Context, ident: str, held: dict[str, Any]) -> None:
        """Make the pair known again by its public key, which is all that Nova ever keeps."""
        compute = ctx.cloud["compute"]
        try:
            shown = (await compute.get(f"/os-keypairs/{ident}", _whose(ctx)))["keypair"]
        except NotFound:
            pass
        else:
            if shown["public_key"] == held["public_key"]:
                return
        await compute.post("/os-keypairs", {"keypair": held})

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        return {
            "public_key": props.public_key or shown.get("public_key"),
            "private_key": record.data.get("private_key", ""),
        }


SKEW_S = 300.0  # a cloud's clock may be so far from ours


def moment(text: str | None) -> float:
    """A moment as Nova writes it, in seconds; the beginning of time when it does not say."""
    if not text:
        return 0.0
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _whose(ctx: Context) -> dict[str, str]:
    user = ctx.data.get("user") or ctx.record.properties.get("user")
    return {"user_id": str(user)} if user else {}
