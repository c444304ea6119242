"""The sandbox's own routes: what it holds, and faults on demand. No token is asked for."""

from hearth.sandbox.faults import Script
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route
from hearth.sandbox.world import Service, World

_SHOWN = ("project_id", "user_id", "status", "created_at", "device_id", "tags", "metadata")


class Tool(Service):
    """Answers questions that no real cloud would."""

    name = "sandbox"
    prefix = "/sandbox"

    def __init__(self, world: World, script: Script) -> None:
        super().__init__(world)
        self.script = script


def objects(tool: Tool, call: Call) -> Answer:
    """Every object by service and kind."""
    return Answer(200, inventory(tool.world))


def inventory(world: World) -> Json:
    """Every object by service and kind, as `{service: {kind: [{id, name, …}]}}`."""
    found: dict[str, dict[str, list[Json]]] = {}
    for table in world.store.tables.values():
        if table.listed:
            service, _, kind = table.name.partition(".")
            found.setdefault(service, {})[kind] = [_short(table, one) for one in table]
    return found


def _short(table: Table, document: Document) -> Json:
    short = {"id": document["id"], "name": document.get("name", "")}
    short.update((field, document[field]) for field in _SHOWN if field in document)
    return short


def set_faults(tool: Tool, call: Call) -> Answer:
    """Replace the rules of faults: `{"faults": [{service, method, path, refuse, …}]}`."""
    rules = call.document().get("faults")
    if not isinstance(rules, list):
        raise Refusal(400, "faults must be a list")
    try:
        tool.script.replace(rules)
    except (TypeError, ValueError) as error:
        raise Refusal(400, str(error)) from error
    return Answer(204)


def root(tool: Tool, call: Call) -> Answer:
    """What is here."""
    auth_url = tool.world.url("/identity/v3")
    return Answer(200, {"sandbox": "a simulated OpenStack", "auth_url": auth_url})


ROUTES = (
    Route("GET", "", root, open=True),
    Route("GET", "/objects", objects, open=True),
    Route("POST", "/faults", set_faults, open=True),
)
