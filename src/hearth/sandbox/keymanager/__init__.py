"""The simulated Barbican: secrets with a payload of text, to be made, read and deleted."""

from base64 import b64decode
from binascii import Error
from typing import ClassVar

from hearth.sandbox.lists import page, stamp
from hearth.sandbox.store import Document, Table
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route
from hearth.sandbox.world import Part, Service, World

LARGEST = 20_000
"""Bytes of a payload."""


class Barbican(Service):
    """The simulated Barbican."""

    name: ClassVar[str] = "key-manager"
    prefix: ClassVar[str] = "/key-manager"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.secrets: Table = world.store.table("keymanager.secrets", indexes=("project_id",))

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Barbican's error document."""
        body = {"code": refusal.status, "title": refusal.kind, "description": refusal.message}
        return Answer(refusal.status, body, refusal.headers)

    def reference(self, secret: Document) -> str:
        """What a secret goes by: its address."""
        return self.world.url(f"/key-manager/v1/secrets/{secret['id']}")


def versions(barbican: Barbican, call: Call) -> Answer:
    """The one version."""
    link = {"rel": "self", "href": barbican.world.url("/key-manager/v1/")}
    return Answer(300, {"versions": {"values": [
        {"id": "v1", "status": "stable", "links": [link]},
    ]}})  # fmt: skip


def create(barbican: Barbican, call: Call) -> Answer:
    """Keep a secret."""
    given = call.document()
    payload = given.get("payload")
    if payload is not None and not isinstance(payload, str):
        raise Refusal(400, "Provided object does not match schema 'Secret'.", "Bad Request")
    if given.get("payload_content_encoding") == "base64":
        try:
            payload = b64decode(payload or "", validate=True).decode("latin-1")
        except (Error, ValueError) as error:
            raise Refusal(400, "Invalid payload for payload_content_encoding", "Bad Request") from (
                error
            )
    if payload is not None and len(payload) > LARGEST:
        raise Refusal(413, "Provided information too large to process", "Request Entity Too Large")
    secret = barbican.secrets.add(
        {
            "id": barbican.world.ids.uuid(),
            "project_id": call.project_id,
            "name": given.get("name"),
            "type": given.get("secret_type", "opaque"),
            "content_type": given.get("payload_content_type"),
            "payload": payload,
            "created_at": call.now,
        }
    )
    return Answer(201, {"secret_ref": barbican.reference(secret)})


def list_all(barbican: Barbican, call: Call) -> Answer:
    """The project's secrets."""
    mine = barbican.secrets.where("project_id", call.project_id)
    found = [one for one in mine if call.arg("name") in (None, one["name"])]
    shown, _next = page(call, found)
    listed = [_view(barbican, one) for one in shown]
    return Answer(200, {"secrets": listed, "total": len(found)})


def show(barbican: Barbican, call: Call) -> Answer:
    """What is known of a secret, but for the secret itself."""
    return Answer(200, _view(barbican, _find(barbican, call)))


def payload(barbican: Barbican, call: Call) -> Answer:
    """The secret itself."""
    secret = _find(barbican, call)
    if secret["payload"] is None:
        raise Refusal(404, "Not Found. Sorry but your secret has no payload.", "Not Found")
    body = str(secret["payload"]).encode("latin-1" if _binary(secret) else "utf-8")
    return Answer(200, body, content_type=secret["content_type"] or "text/plain")


def delete(barbican: Barbican, call: Call) -> Answer:
    """Forget a secret."""
    barbican.secrets.remove(_find(barbican, call)["id"])
    return Answer(204)


def _find(barbican: Barbican, call: Call) -> Document:
    secret = barbican.secrets.get(call.params["key"])
    if secret is None or (secret["project_id"] != call.project_id and not call.admin):
        raise Refusal(404, "Not Found. Sorry but your secret is in another castle.", "Not Found")
    return secret


def _binary(secret: Document) -> bool:
    return bool(secret["content_type"] == "application/octet-stream")


def _view(barbican: Barbican, secret: Document) -> Json:
    types = {"default": secret["content_type"]} if secret["content_type"] else None
    at = stamp(secret["created_at"], "%Y-%m-%dT%H:%M:%S")
    return {
        "name": secret["name"],
        "secret_ref": barbican.reference(secret),
        "secret_type": secret["type"],
        "status": "ACTIVE",
        "content_types": types,
        "created": at,
        "updated": at,
        "expiration": None,
    }


_ONE = "/v1/secrets/{key}"

PART = Part(
    Barbican,
    (
        Route("GET", "", versions, open=True),
        Route("POST", "/v1/secrets", create),
        Route("GET", "/v1/secrets", list_all),
        Route("GET", _ONE, show),
        Route("GET", f"{_ONE}/payload", payload),
        Route("DELETE", _ONE, delete),
    ),
)
