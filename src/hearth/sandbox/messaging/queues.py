"""Queues: made by their first use, with metadata of their own."""

from hearth.sandbox.messaging.state import Zaqar, limit
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route


def _versions(zaqar: Zaqar, call: Call) -> Answer:
    url = zaqar.world.url("/messaging/v2/")
    links = [{"rel": "self", "href": url}]
    version = {"id": "2", "status": "CURRENT", "updated": "2014-9-24T04:06:47Z", "links": links}
    return Answer(300, {"versions": [version]})


def _ping(zaqar: Zaqar, call: Call) -> Answer:
    return Answer(204)


def _list(zaqar: Zaqar, call: Call) -> Answer:
    mine = sorted(
        zaqar.queues.where("project_id", call.project_id), key=lambda one: str(one["name"])
    )
    after = call.arg("marker") or ""
    shown = [one for one in mine if one["name"] > after][: limit(call)]
    entries: list[Json] = [
        {"name": one["name"], "href": f"/v2/queues/{one['name']}"}
        | ({"metadata": one["metadata"]} if call.flag("detailed") else {})
        for one in shown
    ]
    marker = shown[-1]["name"] if shown else after
    links = [{"rel": "next", "href": f"/v2/queues?marker={marker}&limit={limit(call)}"}]
    return Answer(200, {"queues": entries, "links": links})


def _put(zaqar: Zaqar, call: Call) -> Answer:
    there = zaqar.queue(call) is not None
    metadata = call.document() if call.body.strip() else {}
    queue = zaqar.made(call)
    zaqar.queues.change(queue["id"], metadata=metadata)
    location = {"Location": f"/v2/queues/{queue['name']}"}
    return Answer(204 if there else 201, None, location)


def _show(zaqar: Zaqar, call: Call) -> Answer:
    limits = {"_max_messages_post_size": 262144, "_default_message_ttl": 3600}
    return Answer(200, {**limits, **zaqar.needed(call)["metadata"]})


def _delete(zaqar: Zaqar, call: Call) -> Answer:
    queue = zaqar.queue(call)
    if queue is not None:
        zaqar.empty(queue)
        zaqar.queues.remove(queue["id"])
    return Answer(204)


def _stats(zaqar: Zaqar, call: Call) -> Answer:
    held = zaqar.held(zaqar.needed(call))
    claimed = sum(zaqar.claimed(one) for one in held)
    counts = {"claimed": claimed, "free": len(held) - claimed, "total": len(held)}
    return Answer(200, {"messages": counts})


def _purge(zaqar: Zaqar, call: Call) -> Answer:
    kinds = (call.document() if call.body.strip() else {}).get("resource_types") or ["messages"]
    if not isinstance(kinds, list):
        raise Refusal(400, "Resource types must be a list.", "Invalid API request")
    if "messages" in kinds:
        zaqar.empty(zaqar.needed(call))
    return Answer(204)


_QUEUE = "/v2/queues/{queue}"

ROUTES = (
    Route("GET", "", _versions, open=True),
    Route("GET", "/v2/ping", _ping, open=True),
    Route("GET", "/v2/queues", _list),
    Route("PUT", _QUEUE, _put),
    Route("GET", _QUEUE, _show),
    Route("DELETE", _QUEUE, _delete),
    Route("GET", f"{_QUEUE}/stats", _stats),
    Route("POST", f"{_QUEUE}/purge", _purge),
)
