"""What was asked of a server, request by request."""

from hearth.sandbox.compute.state import Nova, find_server
from hearth.sandbox.lists import stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_KEPT = 50
"""No more requests than these are remembered of one server."""
_NAMES = {"os-start": "start", "os-stop": "stop", "forceDelete": "delete"}


def note(nova: Nova, call: Call, server_id: str, action: str) -> None:
    """Remember a request."""
    server = nova.servers.get(server_id)
    if server is None:
        return
    entry = {
        "action": _NAMES.get(action, action),
        "request_id": call.request_id,
        "user_id": call.token.user_id,
        "project_id": call.project_id,
        "at": call.now,
    }
    nova.servers.change(server_id, journal=[*server["journal"], entry][-_KEPT:])


def list_actions(nova: Nova, call: Call) -> Answer:
    """All requests that are remembered, the latest first."""
    server = find_server(nova, call)
    shown = [_view(call, server, one) for one in reversed(server["journal"])]
    return Answer(200, {"instanceActions": shown})


def show_action(nova: Nova, call: Call) -> Answer:
    """One request."""
    server, wanted = find_server(nova, call), call.params["request_id"]
    for one in server["journal"]:
        if one["request_id"] == wanted:
            shown = {**_view(call, server, one), "events": []}
            return Answer(200, {"instanceAction": shown})
    raise Refusal(404, f"Action for request_id {wanted} on instance {server['id']} not found")


def _view(call: Call, server: Document, entry: Document) -> dict[str, Json]:
    form = "%Y-%m-%dT%H:%M:%S.%f"
    shown = {key: entry[key] for key in ("action", "request_id", "user_id", "project_id")}
    shown |= {"instance_uuid": server["id"], "message": None}
    shown["start_time"] = stamp(entry["at"], form)
    if call.version >= (2, 58):
        shown["updated_at"] = stamp(entry["at"], form)
    return shown


_BASE = "/v2.1/servers/{server_id}/os-instance-actions"

ROUTES = (
    Route("GET", _BASE, list_actions),
    Route("GET", _BASE + "/{request_id}", show_action),
)
