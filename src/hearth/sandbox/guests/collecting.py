"""Reading a server's metadata where its user data says that it is found."""

import hmac
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec

from hearth.sandbox.guests.login import Logins, Sent
from hearth.sandbox.guests.outside import JSON
from hearth.sandbox.web import Json

Collect = Callable[[Logins, Mapping[str, Any], float, str], Awaitable[Json]]
_METADATA = re.compile(r"<Metadata>(.*?)</Metadata>", re.DOTALL)


async def collected(
    logins: Logins, told: Mapping[str, Json], now: float, client: str
) -> dict[str, Json] | None:
    """The metadata, newly read by whichever way answers; None if none does.

    told: what the metadata read before says of where it is. client: a name for queues.
    """
    for name in told.get("collectors") or ():
        known = told.get(name)
        way = _WAYS.get(name)
        if way is None or not isinstance(known, dict) or None in known.values():
            continue
        found = await way(logins, known, now, client)
        if isinstance(found, dict):
            return found
    return None


async def _by_cfn(logins: Logins, known: Mapping[str, Any], now: float, _client: str) -> Json:
    """By the CloudFormation API, with a signature."""
    url = f"{str(known['metadata_url']).rstrip('/')}/"
    params = {
        "Action": "DescribeStackResource",
        "StackName": str(known["stack_name"]),
        "LogicalResourceId": str(known["path"]).partition(".")[0],
        "AWSAccessKeyId": str(known["access_key_id"]),
        "SignatureMethod": "HmacSHA256",
        "SignatureVersion": "2",
        "Timestamp": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    where = urlsplit(url)
    query = _query(params)
    text = f"GET\n{where.netloc.lower()}\n{unquote(where.path)}\n{query}"
    digest = hmac.new(str(known["secret_access_key"]).encode(), text.encode(), sha256).digest()
    signature = quote(b64encode(digest).decode(), safe="")
    url = f"{url}?{query}&Signature={signature}"
    reply = await logins.outside.send("GET", url, JSON, b"")
    if reply is None or reply.status != 200:
        return None
    found = _METADATA.search(reply.body.decode(errors="replace"))
    return msgspec.json.decode(unescape(found[1])) if found is not None else None


def _query(params: Mapping[str, str]) -> str:
    return "&".join(f"{quote(k, safe='')}={quote(params[k], safe='-_~')}" for k in sorted(params))


async def _by_heat(logins: Logins, known: Mapping[str, Any], _now: float, _client: str) -> Json:
    """By the orchestration API, as the server's user."""
    path = f"/stacks/{known['stack_id']}/resources/{known['resource_name']}/metadata"
    reply = await logins.send(known, "orchestration", ("GET", path))
    return reply.json.get("metadata") if reply is not None and reply.status == 200 else None


async def _by_request(logins: Logins, known: Mapping[str, Any], _now: float, _client: str) -> Json:
    """From where it is kept behind a temporary URL."""
    reply = await logins.outside.send("GET", str(known["metadata_url"]), {}, b"")
    return reply.json if reply is not None and reply.status == 200 else None


async def _by_zaqar(logins: Logins, known: Mapping[str, Any], _now: float, client: str) -> Json:
    """From a queue: the newest message that is there."""
    path = f"/v2/queues/{quote(str(known['queue_id']), safe='')}/messages?pop=10"
    sent = Sent(headers={"Client-ID": client})
    reply = await logins.send(known, "messaging", ("DELETE", path), sent)
    messages = reply.json.get("messages") if reply is not None and reply.status == 200 else None
    return messages[-1]["body"] if messages else None


_WAYS: Mapping[str, Collect] = {
    "cfn": _by_cfn,
    "heat": _by_heat,
    "request": _by_request,
    "zaqar": _by_zaqar,
}
