"""The metadata of volumes, snapshots and backups, all at once or key by key."""

from collections.abc import Callable

from hearth.sandbox.store import Document, Table
from hearth.sandbox.volume.finding import find
from hearth.sandbox.volume.state import Cinder
from hearth.sandbox.volume.volumes import metadata_of
from hearth.sandbox.web import Answer, Call, Refusal, Route

Where = Callable[[Cinder], Table]
_WORDS = {"volumes": "Volume", "snapshots": "Snapshot"}


def _routes(kind: str, where: Where) -> list[Route]:
    def row_of(cinder: Cinder, call: Call) -> Document:
        return find(call, where(cinder), call.params["id"], _WORDS[kind])

    def show(cinder: Cinder, call: Call) -> Answer:
        return Answer(200, {"metadata": row_of(cinder, call)["metadata"]})

    def merge(cinder: Cinder, call: Call) -> Answer:
        row, sent = row_of(cinder, call), metadata_of(call.wrapped("metadata"))
        merged = sent if call.method == "PUT" else {**row["metadata"], **sent}
        cinder.set(where(cinder), row["id"], metadata=merged)
        return Answer(200, {"metadata": merged})

    def show_key(cinder: Cinder, call: Call) -> Answer:
        row, key = row_of(cinder, call), call.params["key"]
        return Answer(200, {"meta": {key: _value(row, key)}})

    def set_key(cinder: Cinder, call: Call) -> Answer:
        row, sent = row_of(cinder, call), metadata_of(call.wrapped("meta"))
        if set(sent) != {call.params["key"]}:
            raise Refusal(400, "Request body and URI mismatch")
        cinder.set(where(cinder), row["id"], metadata={**row["metadata"], **sent})
        return Answer(200, {"meta": sent})

    def drop_key(cinder: Cinder, call: Call) -> Answer:
        row, key = row_of(cinder, call), call.params["key"]
        _value(row, key)
        rest = {name: value for name, value in row["metadata"].items() if name != key}
        cinder.set(where(cinder), row["id"], metadata=rest)
        return Answer(200)

    base = f"/{kind}/{{id}}/metadata"
    return [
        Route("GET", base, show),
        Route("POST", base, merge),
        Route("PUT", base, merge),
        Route("GET", f"{base}/{{key}}", show_key),
        Route("PUT", f"{base}/{{key}}", set_key),
        Route("DELETE", f"{base}/{{key}}", drop_key),
    ]


def _value(row: Document, key: str) -> str:
    if key not in row["metadata"]:
        raise Refusal(404, f"Metadata of {row['id']} has no key {key}.")
    return str(row["metadata"][key])


ROUTES = (
    *_routes("volumes", lambda cinder: cinder.volumes),
    *_routes("snapshots", lambda cinder: cinder.snapshots),
)
