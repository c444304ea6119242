"""What every collection answers: list, show, create (many at once too), update, delete, tags."""

from collections.abc import Callable
from typing import Any

from hearth.sandbox.network.collection import Collection
from hearth.sandbox.network.fields import Bad, list_of, refused, text
from hearth.sandbox.network.query import answer, trimmed
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route

Find = Callable[[Any, str], Collection]
"""The collection of a service, by its plural name."""

_tag_list = list_of(text(255), unique=True)
_MOST_TAGS = 50


def routes(path: str, plural: str, find: Find) -> list[Route]:
    """The routes of one collection below `/v2.0/`."""

    def bound(act: Callable[[Collection, Call], Answer]) -> Callable[[Any, Call], Answer]:
        return lambda service, call: act(find(service, plural), call)

    base = f"/v2.0/{path}"
    return [
        Route("GET", base, bound(list_all)),
        Route("POST", base, bound(create)),
        Route("GET", f"{base}/{{id}}", bound(show)),
        Route("PUT", f"{base}/{{id}}", bound(update)),
        Route("DELETE", f"{base}/{{id}}", bound(delete)),
        Route("GET", f"{base}/{{id}}/tags", bound(tags)),
        Route("PUT", f"{base}/{{id}}/tags", bound(set_tags)),
        Route("POST", f"{base}/{{id}}/tags", bound(add_tags)),
        Route("DELETE", f"{base}/{{id}}/tags", bound(clear_tags)),
        Route("GET", f"{base}/{{id}}/tags/{{tag}}", bound(check_tag)),
        Route("PUT", f"{base}/{{id}}/tags/{{tag}}", bound(add_tag)),
        Route("DELETE", f"{base}/{{id}}/tags/{{tag}}", bound(remove_tag)),
    ]


def list_all(collection: Collection, call: Call) -> Answer:
    """All objects that the caller may see and asks for."""
    return Answer(200, answer(collection, call))


def show(collection: Collection, call: Call) -> Answer:
    """One object."""
    row = collection.find(call, call.params["id"])
    return Answer(200, {collection.singular: trimmed(call, collection.show(call, row))})


def create(collection: Collection, call: Call) -> Answer:
    """One object, or a list of them of which all are made or none."""
    document = call.document()
    if collection.plural in document:
        given = document[collection.plural]
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise refused(f"Invalid input for {collection.plural}: a list of objects is needed")
        made = [collection.create(call, one) for one in given]
        shown = [collection.show(call, collection.table.get(row["id"]) or row) for row in made]
        return Answer(201, {collection.plural: shown})
    row = collection.create(call, body(call, collection.singular))
    return Answer(201, {collection.singular: collection.show(call, row)})


def update(collection: Collection, call: Call) -> Answer:
    """Change one object."""
    check_revision(collection, call)
    row = collection.update(call, call.params["id"], body(call, collection.singular))
    return Answer(200, {collection.singular: collection.show(call, row)})


def delete(collection: Collection, call: Call) -> Answer:
    """Remove one object."""
    check_revision(collection, call)
    collection.delete(call, call.params["id"])
    return Answer(204)


def check_revision(collection: Collection, call: Call) -> None:
    """Refuse a change that was meant for another revision of the object."""
    wanted = call.headers.get("if-match", "")
    if not wanted.startswith("revision_number="):
        return
    row = collection.find(call, call.params["id"])
    if str(row.get("revision_number")) != wanted.partition("=")[2]:
        message = f"Constrained to {wanted}, but the object's is {row.get('revision_number')}."
        raise Refusal(412, message, "RevisionNumberConstraintFailed")


def body(call: Call, key: str) -> Document:
    """The object under the body's one key."""
    document = call.document().get(key)
    if not isinstance(document, dict):
        raise refused(f"Unable to find '{key}' in request body")
    return document


def tags(collection: Collection, call: Call) -> Answer:
    """The tags of an object."""
    return Answer(200, {"tags": collection.find(call, call.params["id"])["tags"]})


def set_tags(collection: Collection, call: Call) -> Answer:
    """Put these tags in the place of all others."""
    row = collection.own(call, call.params["id"])
    return Answer(200, {"tags": _keep(collection, row, _sent_tags(call))["tags"]})


def add_tags(collection: Collection, call: Call) -> Answer:
    """Add tags to those that are there."""
    row = collection.own(call, call.params["id"])
    return Answer(200, {"tags": _keep(collection, row, row["tags"] + _sent_tags(call))["tags"]})


def clear_tags(collection: Collection, call: Call) -> Answer:
    """Remove all tags."""
    _keep(collection, collection.own(call, call.params["id"]), [])
    return Answer(204)


def check_tag(collection: Collection, call: Call) -> Answer:
    """Whether an object has a tag."""
    _needed(collection.find(call, call.params["id"]), call.params["tag"])
    return Answer(204)


def add_tag(collection: Collection, call: Call) -> Answer:
    """Add one tag."""
    row = collection.own(call, call.params["id"])
    _keep(collection, row, [*row["tags"], call.params["tag"]])
    return Answer(201)


def remove_tag(collection: Collection, call: Call) -> Answer:
    """Remove one tag."""
    row = collection.own(call, call.params["id"])
    _needed(row, call.params["tag"])
    _keep(collection, row, [tag for tag in row["tags"] if tag != call.params["tag"]])
    return Answer(204)


def _sent_tags(call: Call) -> list[str]:
    try:
        found: list[str] = _tag_list(call.document().get("tags"))
    except Bad as error:
        raise refused(f"Invalid input for tags. Reason: {error}.") from error
    return found


def _keep(collection: Collection, row: Document, found: list[str]) -> Document:
    kept = list(dict.fromkeys(found))
    if len(kept) > _MOST_TAGS:
        raise refused(f"The number of tags exceed the per-resource limit of {_MOST_TAGS}")
    return collection.set(row["id"], tags=kept)


def _needed(row: Document, tag: str) -> None:
    if tag not in row["tags"]:
        raise Refusal(404, f"Tag {tag} could not be found.", "TagNotFound")
