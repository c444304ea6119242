"""OS::Heat::SwiftSignalHandle and OS::Heat::SwiftSignal: signals that are put to Swift alone.

No user is made for such a handle: whoever has the temporary URL may put to it.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

from hearth.base import Secret, Value
from hearth.kit import TEMP_URL, Context, Observation, Phase, drop_object, temp_url
from hearth.resources.heat.handles import STATUSES, Handle
from hearth.resources.heat.waiting import Condition
from hearth.schema import Record, attr, prop, since
from hearth.stack import Action, ResourceRecord

LONGEST_S, MOST = 43_200, 1000
ENDPOINT = "endpoint"


class SwiftSignalHandle(Handle):
    """Something that a swift signal waits upon: a temporary URL, to which guests put signals."""

    name = "OS::Heat::SwiftSignalHandle"
    support = since("2014.2")
    fenced = True
    deaf = frozenset(Action)  # what it hears is fetched, and nothing else is taken

    class Properties(Record):
        pass

    class Attributes(Record):
        curl_cli: str = attr(
            "A command that signals it; add --data-binary and what is to be said.",
            cached=False,
            secret=True,
        )
        endpoint: str = attr("The URL to which signals are put.", cached=False, secret=True)
        token: str = attr("Empty: the URL is all that it takes.", cached=False)

    async def create(self, ctx: Context, props: Any) -> str:
        ctx.data[ENDPOINT] = await temp_url(ctx, many=True)
        return ctx.physical_name

    async def find(self, ctx: Context, props: Any) -> str | None:
        """Making it again is harmless: it finds the object there."""
        return None

    async def observe(self, ctx: Context, ident: str) -> Observation:
        gone = ctx.record.state.action is Action.DELETE
        return Observation(Phase.GONE if gone else Phase.READY)

    async def configure(self, ctx: Context, ident: str, props: Any) -> None:
        """The URL is all that there is."""

    async def delete(self, ctx: Context, ident: str) -> None:
        await drop_object(ctx)

    async def sweep(self, ctx: Context) -> None:
        await drop_object(ctx)

    async def suspend(self, ctx: Context, ident: str) -> None:
        """A URL knows no sleep."""

    async def resume(self, ctx: Context, ident: str) -> None:
        """Nor does it wake."""

    def complete(self, details: Any, number: int) -> Any:
        """What is no signal counts as one that tells of a failure, and so does an odd status."""
        if details is not None and not isinstance(details, dict):
            return _failure(f"Failed to parse JSON data: {details}", number)
        given = {"status": STATUSES[0], "reason": None, "data": None, "id": number}
        given |= {key: value for key, value in (details or {}).items() if key in given}
        if given["status"] not in STATUSES:
            return _failure(f"Unknown status: {given['status']}", given["id"])
        return given

    def reference(self, record: ResourceRecord) -> Value:
        """The URL is what it is good for."""
        return record.data.get(ENDPOINT, record.name)

    def attributes(
        self, shown: dict[str, Any], props: Any, record: ResourceRecord
    ) -> dict[str, Value]:
        url = record.data.get(ENDPOINT)
        curl = f"curl -i -X PUT '{url.value}'" if isinstance(url, Secret) else ""
        return {"token": "", "endpoint": url, "curl_cli": Secret(curl)}


class SwiftSignal(Condition):
    """Waits until signals have been put to a temporary URL so many times, and fails in the end."""

    name = "OS::Heat::SwiftSignal"
    support = since("2014.2")
    names = ("handle", "count", "timeout")
    words = ("status", "reason", "data", "id")
    handles = (SwiftSignalHandle.name,)
    transport = TEMP_URL
    faults = ("SwiftSignalFailure", "SwiftSignalTimeout")

    class Properties(Record):
        count: int = prop("How many signals it waits for.", default=1, range=(1, MOST))
        handle: str = prop("The URL to which signals are put.")
        timeout: float = prop("How long it waits, in seconds.", range=(1, LONGEST_S))

    class Attributes(Record):
        data: str = attr("What the signals carry, by their ids, as JSON.", live=True)

    def named(self, ctx: Context, reference: str) -> str:
        """The URL leads to an object, which is called as its handle is."""
        return unquote(urlsplit(reference).path.rpartition("/")[2])


def _failure(reason: str, ident: Any) -> dict[str, Any]:
    return {"status": STATUSES[1], "reason": reason, "data": None, "id": ident}
