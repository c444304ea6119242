"""Telling hearth what has come of a deployment, the way its inputs say."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from hearth.sandbox.guests.login import Logins, Sent
from hearth.sandbox.guests.outside import JSON, Reply, written
from hearth.sandbox.web import Json

LIFE_S = 3600


async def answered(logins: Logins, inputs: Mapping[str, Any], answer: Json, client: str) -> bool:
    """Whether the answer has arrived, or cannot ever; if not, it is to be sent again.

    client: a name for queues.
    """
    if inputs.get("deploy_signal_transport") == "NO_SIGNAL":
        return True
    if url := inputs.get("deploy_signal_id"):
        verb = str(inputs.get("deploy_signal_verb") or "POST")
        return _final(await logins.outside.send(verb, str(url), JSON, written(answer)))
    if not inputs.get("deploy_auth_url"):
        return True
    known = {name.removeprefix("deploy_"): value for name, value in inputs.items()}
    if queue := known.get("queue_id"):
        path = f"/v2/queues/{quote(str(queue), safe='')}/messages"
        body = written({"messages": [{"body": answer, "ttl": LIFE_S}]})
        sent = Sent(body, {"Client-ID": client})
        return _final(await logins.send(known, "messaging", ("POST", path), sent))
    path = f"/stacks/{known['stack_id']}/resources/{known['resource_name']}/signal"
    return _final(await logins.send(known, "orchestration", ("POST", path), Sent(written(answer))))


def _final(reply: Reply | None) -> bool:
    return reply is not None and reply.status < 500
