"""Other orchestration services: in another region, or another cloud with a credential for it."""

from typing import Any
from urllib.parse import quote

from hearth.base.errors import HearthError
from hearth.cloud import Cloud, ForeignAuth, NotFound, Service, Verify, credential
from hearth.kit import Context
from hearth.schema import Record, prop


class Elsewhere(Record):
    """Where the stack is, if it is not here."""

    ca_cert: str | None = prop(
        "The certificates by which the servers there are verified.", update=True, since="12.0.0"
    )
    credential_secret_id: str | None = prop(
        "The secret, by its id, that is the credential there.", update=True, since="12.0.0"
    )
    insecure: bool = prop(
        "Whether the servers there are not verified.", default=False, update=True, since="12.0.0"
    )
    region_name: str | None = prop("The region.")


async def orchestration(ctx: Context, there: Any) -> Service:
    """The orchestration service that a stack is in, as whoever makes it there."""
    if there is None:
        return ctx.cloud["orchestration"]
    ident = there.credential_secret_id
    auth = await _credential(ctx, ident) if ident else None
    verify = Verify(there.ca_cert or "", there.insecure)
    session = ctx.cloud.session.elsewhere(auth, there.region_name, verify)
    if not await session.offers("orchestration"):
        await session.renewed()  # a region may be newer than the token that tells of it
    return Cloud(session)["orchestration"]


async def _credential(ctx: Context, ident: str) -> ForeignAuth:
    """The credential that a secret is."""
    path = f"/v1/secrets/{quote(ident, safe='')}/payload"
    try:
        kept = await ctx.cloud["key-manager"].request("GET", path, headers={"Accept": "text/plain"})
    except NotFound:
        raise HearthError(f"There is no secret {ident} to log in with.", kind="NotFound") from None
    return credential(kept.body.decode("utf-8", "replace"))
