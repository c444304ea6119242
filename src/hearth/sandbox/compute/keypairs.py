"""Key pairs, per user: imported, or generated where the microversion still does so."""

from base64 import b64decode
from binascii import Error
from hashlib import md5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hearth.sandbox.compute.quotas import counted
from hearth.sandbox.compute.state import Nova, invalid
from hearth.sandbox.lists import page, stamp
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-@.")


def list_keypairs(nova: Nova, call: Call) -> Answer:
    """The user's key pairs."""
    mine = sorted(nova.keypairs.where("user_id", _user(call)), key=lambda one: str(one["name"]))
    shown, rest = page(call, mine, key="name")
    body: dict[str, Json] = {"keypairs": [{"keypair": _view(call, one)} for one in shown]}
    if rest and call.version >= (2, 35):
        href = nova.world.url("/compute/v2.1/os-keypairs?" + rest)
        body["keypairs_links"] = [{"rel": "next", "href": href}]
    return Answer(200, body)


def create_keypair(nova: Nova, call: Call) -> Answer:
    """Keep a public key, or make a pair and give the private key this once."""
    given, user_id = call.wrapped("keypair"), _user(call)
    if call.version >= (2, 10):
        user_id = _other_user(call, call.wrapped("keypair").get("user_id"))
    name, kind = given.get("name"), given.get("type", "ssh")
    if not isinstance(name, str) or not name.strip() or len(name) > 255 or set(name) - _NAME:
        raise invalid("name", name, "Keypair name contains unsafe characters or has a wrong length")
    if nova.keypairs.get(_key(user_id, name)) is not None:
        raise Refusal(409, f"Key pair '{name}' already exists.")
    counted(nova, call.project_id, "key_pairs", len(nova.keypairs.where("user_id", user_id)))
    public, private = given.get("public_key"), None
    if public is None and call.version >= (2, 92):
        raise Refusal(400, "Invalid input: 'public_key' is a required property")
    if public is None:
        public, private = _generated()
    fingerprint = _fingerprint(str(public), kind)
    keypair = nova.keypairs.add(
        {
            "id": _key(user_id, name),
            "name": name,
            "type": kind,
            "user_id": user_id,
            "public_key": public,
            "fingerprint": fingerprint,
            "created_at": call.now,
        }
    )
    shown = {**_view(call, keypair), "user_id": user_id}
    if private is not None:
        shown["private_key"] = private
    return Answer(201 if call.version >= (2, 2) else 200, {"keypair": shown})


def show_keypair(nova: Nova, call: Call) -> Answer:
    """A key pair."""
    keypair = _find(nova, call)
    more = {
        "user_id": keypair["user_id"],
        "id": nova.keypairs.sequence[keypair["id"]],
        "created_at": stamp(keypair["created_at"], "%Y-%m-%dT%H:%M:%S.%f"),
        "deleted": False,
        "deleted_at": None,
        "updated_at": None,
    }
    return Answer(200, {"keypair": {**_view(call, keypair), **more}})


def delete_keypair(nova: Nova, call: Call) -> Answer:
    """Forget a key pair."""
    nova.keypairs.remove(_find(nova, call)["id"])
    return Answer(204 if call.version >= (2, 2) else 202)


def keypair_of(nova: Nova, user_id: str, name: str) -> Document | None:
    """A user's key pair by name."""
    return nova.keypairs.get(_key(user_id, name))


def _find(nova: Nova, call: Call) -> Document:
    keypair = nova.keypairs.get(_key(_user(call), call.params["name"]))
    if keypair is None:
        message = f"Keypair {call.params['name']} not found for user {_user(call)}"
        raise Refusal(404, message)
    return keypair


def _key(user_id: str, name: str) -> str:
    return f"{user_id}:{name}"


def _user(call: Call) -> str:
    return _other_user(call, call.arg("user_id") if call.version >= (2, 10) else None)


def _other_user(call: Call, user_id: str | None) -> str:
    if user_id in (None, call.token.user_id):
        return call.token.user_id
    if not call.admin:
        raise Refusal(403, "Policy doesn't allow os_compute_api:os-keypairs to be performed.")
    return str(user_id)


def _view(call: Call, keypair: Document) -> dict[str, Json]:
    shown = {name: keypair[name] for name in ("name", "public_key", "fingerprint")}
    if call.version >= (2, 2):
        shown["type"] = keypair["type"]
    return shown


def _fingerprint(public: str, kind: str) -> str:
    if kind not in ("ssh", "x509"):
        raise invalid("type", kind, f"'{kind}' is not one of ['ssh', 'x509']")
    parts = public.split()
    try:
        data = b64decode(parts[1], validate=True) if kind == "ssh" else public.encode()
    except (IndexError, Error) as error:
        raise Refusal(400, "Keypair data is invalid: failed to generate fingerprint") from error
    digest = md5(data, usedforsecurity=False).hexdigest()
    return ":".join(digest[start : start + 2] for start in range(0, 32, 2))


def _generated() -> tuple[str, str]:
    """A fresh pair. Chance is the cryptography library's own here: a key cannot be replayed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return public.decode() + " Generated-by-Nova", private.decode()


ROUTES = (
    Route("GET", "/v2.1/os-keypairs", list_keypairs),
    Route("POST", "/v2.1/os-keypairs", create_keypair),
    Route("GET", "/v2.1/os-keypairs/{name}", show_keypair),
    Route("DELETE", "/v2.1/os-keypairs/{name}", delete_keypair),
)
