"""Plain collections of Keystone: one declaration each, and the same five routes for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hearth.sandbox.identity.state import Identity, missing, need_admin
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

Hook = Callable[[Identity, Document], None]
Made = Callable[[Identity, Document], Document]
Allowed = Callable[[Identity, Call, Document], bool]

_TEXTS = ("id", "name", "description", "password", "domain_id", "parent_id", "default_project_id")
_HIDDEN = frozenset(("created_at", "secret", "hash", "implies", "members", "due"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection."""

    plural: str
    single: str
    defaults: Mapping[str, Json]
    """The fields that a client may give, and what they are when it does not."""
    required: tuple[str, ...] = ("name",)
    filters: tuple[str, ...] = ("name",)
    unique: tuple[str, ...] = ("name",)
    """Fields that no two may share, all taken together."""
    made: Made = field(default=lambda identity, document: document)
    changed: Made = field(default=lambda identity, document: document)
    gone: Hook = field(default=lambda identity, document: None)
    readable: Allowed = field(default=lambda identity, call, document: call.admin)

    def table(self, identity: Identity) -> Table:
        """Where they are kept."""
        found: Table = getattr(identity, self.plural)
        return found


def view(identity: Identity, kind: Kind, document: Document) -> Json:
    """An object as Keystone shows it."""
    shown = {key: value for key, value in document.items() if key not in _HIDDEN}
    url = identity.world.url(f"/identity/v3/{kind.plural}/{document['id']}")
    return {**shown, "links": {"self": url}}


def find(identity: Identity, kind: Kind, call: Call, key: str) -> Document:
    """An object that the caller may see."""
    document = kind.table(identity).get(key)
    if document is not None and kind.readable(identity, call, document):
        return document
    if document is not None and not call.admin:
        raise Refusal(
            403, f"You are not authorized to perform the requested action: {kind.single}."
        )
    raise missing(kind.single, key)


def routes(kind: Kind) -> tuple[Route, ...]:
    """List, create, show, update, delete."""
    base = f"/v3/{kind.plural}"
    one = f"{base}/{{{kind.single}_id}}"
    return (
        Route("GET", base, lambda identity, call: _list(identity, kind, call)),
        Route("POST", base, lambda identity, call: _create(identity, kind, call)),
        Route("GET", one, lambda identity, call: _show(identity, kind, call)),
        Route("PATCH", one, lambda identity, call: _update(identity, kind, call)),
        Route("DELETE", one, lambda identity, call: _delete(identity, kind, call)),
    )


def listing(identity: Identity, path: str, plural: str, shown: list[Json]) -> Answer:
    """A list as Keystone answers it."""
    links = {"self": identity.world.url("/identity/v3" + path), "next": None, "previous": None}
    return Answer(200, {plural: shown, "links": links})


def _list(identity: Identity, kind: Kind, call: Call) -> Answer:
    found = [one for one in kind.table(identity) if kind.readable(identity, call, one)]
    if not found and not call.admin:
        need_admin(call, f"identity:list_{kind.plural}")
    for name in kind.filters:
        value = call.arg(name)
        if value is not None:
            found = [one for one in found if _text(one.get(name)) == value.removesuffix("\n")]
    enabled = call.arg("enabled")
    if enabled is not None:
        found = [one for one in found if one.get("enabled", True) == call.flag("enabled")]
    shown = [view(identity, kind, one) for one in found]
    return listing(identity, "/" + kind.plural, kind.plural, shown)


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _create(identity: Identity, kind: Kind, call: Call) -> Answer:
    need_admin(call, f"identity:create_{kind.single}")
    given = call.wrapped(kind.single)
    for name in kind.required:
        if given.get(name) in (None, ""):
            raise Refusal(400, f"'{name}' is a required property")
    _check_texts(given)
    key = given.get("id") or identity.world.hex()
    document = {"id": key, **kind.defaults, **given, "created_at": identity.world.now}
    document = kind.made(identity, document)
    _guard(identity, kind, document)
    kind.table(identity).add(document)
    return Answer(201, {kind.single: view(identity, kind, document)})


def _show(identity: Identity, kind: Kind, call: Call) -> Answer:
    document = find(identity, kind, call, call.params[kind.single + "_id"])
    return Answer(200, {kind.single: view(identity, kind, document)})


def _update(identity: Identity, kind: Kind, call: Call) -> Answer:
    need_admin(call, f"identity:update_{kind.single}")
    old = find(identity, kind, call, call.params[kind.single + "_id"])
    given = {key: value for key, value in call.wrapped(kind.single).items() if key != "id"}
    _check_texts(given)
    new = kind.changed(identity, {**old, **given})
    _guard(identity, kind, new)
    kind.table(identity).change(old["id"], **new)
    return Answer(200, {kind.single: view(identity, kind, new)})


def _delete(identity: Identity, kind: Kind, call: Call) -> Answer:
    need_admin(call, f"identity:delete_{kind.single}")
    document = find(identity, kind, call, call.params[kind.single + "_id"])
    kind.gone(identity, document)
    kind.table(identity).remove(document["id"])
    return Answer(204)


def _check_texts(given: Json) -> None:
    for name in _TEXTS:
        value = given.get(name)
        if value is not None and not isinstance(value, str):
            message = f"Invalid input for field '{name}': {value!r} is not of type 'string'"
            raise Refusal(400, message)


def _guard(identity: Identity, kind: Kind, document: Document) -> None:
    if not kind.unique:
        return
    for other in kind.table(identity):
        same = all(other.get(one) == document.get(one) for one in kind.unique)
        if same and other["id"] != document["id"]:
            message = (
                f"Conflict occurred attempting to store {kind.single} - Duplicate entry found "
                f"with name {document.get('name')}."
            )
            raise Refusal(409, message)
