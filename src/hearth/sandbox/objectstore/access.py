"""Who may do what: owners, container ACLs, and signed URLs."""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from datetime import datetime
from hashlib import sha1, sha256, sha512
from typing import Any

from hearth.sandbox.objectstore.state import Swift
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

_DIGESTS: dict[int, Any] = {40: sha1, 64: sha256, 128: sha512}
_BY_NAME: dict[str, Any] = {"sha1": sha1, "sha256": sha256, "sha512": sha512}
_KEYS = ("temp-url-key", "temp-url-key-2")
_READING = ("GET", "HEAD")


def admit(swift: Swift, call: Call, account: str, container: Document | None = None) -> None:
    """Let the caller in, or refuse."""
    if signed(call):
        _check_signature(swift, call, account, container)
        return
    token = call.token
    if token.id and f"AUTH_{token.project_id}" == account:
        return
    if token.id and "ResellerAdmin" in token.roles:
        return
    if container is not None and _listed(call, container):
        return
    if not token.id:
        raise Refusal(
            401,
            "This server could not verify that you are authorized to access the "
            "document you requested.",
        )
    raise Refusal(403, "Access was denied to this resource.")


def signed(call: Call) -> bool:
    """Whether the request carries a signature in its URL."""
    return "temp_url_sig" in call.query


def _listed(call: Call, container: Document) -> bool:
    """Whether the container's ACL lets the caller in."""
    reading = call.method in _READING
    acl = container["headers"].get("x-container-read" if reading else "x-container-write", "")
    grants = [one.strip() for one in acl.split(",") if one.strip()]
    if reading and any(one.startswith(".r:*") for one in grants):
        return call.params.get("name") is not None or ".rlistings" in grants
    token = call.token
    if not token.id:
        return False
    projects = (token.project_id, token.project_name, "*")
    users = (token.user_id, token.user_name, "*")
    return any(
        project in projects and user in users
        for project, colon, user in (one.partition(":") for one in grants)
        if colon
    ) or any(one in token.roles for one in grants)


def _check_signature(swift: Swift, call: Call, account: str, container: Document | None) -> None:
    expires = _expiry(call.arg("temp_url_expires") or "")
    given = call.arg("temp_url_sig") or ""
    digest, signature = _split(given)
    headers = swift.account(account)["headers"]
    keys = [headers[f"x-account-meta-{one}"] for one in _KEYS if f"x-account-meta-{one}" in headers]
    if container is not None:
        own = container["headers"]
        keys += [
            own[f"x-container-meta-{one}"] for one in _KEYS if f"x-container-meta-{one}" in own
        ]
    texts = _texts(call, expires)
    good = (
        expires > call.now
        and digest is not None
        and any(
            hmac.compare_digest(
                hmac.new(key.encode(), text.encode(), digest).hexdigest(), signature
            )
            for key in keys
            for text in texts
        )
    )
    if not good:
        raise Refusal(401, "Temp URL invalid")


def _texts(call: Call, expires: int) -> list[str]:
    """What may have been signed.

    That is the path as sent or from its version on, with any method that stands for this one.
    """
    methods = {"HEAD": ("HEAD", "GET", "PUT", "POST")}.get(call.method, (call.method,))
    paths = [call.path, call.path[call.path.index("/v1/") :]]
    prefix = call.arg("temp_url_prefix")
    if prefix is not None:
        if not call.params.get("name", "").startswith(prefix):
            return []
        base = f"/v1/{call.params['account']}/{call.params['container']}/{prefix}"
        paths = [f"prefix:{base}"]
    return [f"{method}\n{expires}\n{path}" for method in methods for path in paths]


def _expiry(text: str) -> int:
    if text.isdigit():
        return int(text)
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        return 0


def _split(given: str) -> tuple[Any, str]:
    name, colon, text = given.partition(":")
    if not colon:
        return _DIGESTS.get(len(given)), given
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return None, ""
    return _BY_NAME.get(name), raw.hex()
