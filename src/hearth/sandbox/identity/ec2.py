"""A token for whoever has signed a request with an EC2 key."""

from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from hearth.sandbox.identity.auth import Grounds
from hearth.sandbox.identity.signatures import Signed, signed
from hearth.sandbox.identity.state import Identity, forbidden
from hearth.sandbox.identity.tokens import answer
from hearth.sandbox.store import Document
from hearth.sandbox.web import Answer, Call, Refusal, Route

_LIVES_S = 900.0
"""For so long what names its time may be used after it was signed."""


def exchange(identity: Identity, call: Call) -> Answer:
    """Check a signature that a service was shown, and give the signer's token for it."""
    if not call.admin and "service" not in call.token.roles:
        raise forbidden("identity:ec2_create_token")
    document = call.document()
    request = signed(document.get("ec2Credentials") or document.get("credentials"))
    credential = identity.credentials.get(sha256(request.access.encode()).hexdigest())
    if credential is None or credential["type"] != "ec2":
        raise Refusal(401, "EC2 access key not found.")
    _check(identity, request, credential)
    user = identity.users.get(credential["user_id"])
    project = identity.projects.get(credential["project_id"] or "")
    if user is None or not user["enabled"] or project is None or not project["enabled"]:
        raise Refusal(401, "The request you have made requires authentication.")
    roles = identity.role_ids(user["id"], project["id"])
    if not roles:
        raise Refusal(401, "User not valid for tenant.")
    found = Grounds(user, ("ec2credential",), project["id"], role_ids=tuple(roles))
    return answer(identity, found, 200)


def _check(identity: Identity, request: Signed, credential: Document) -> None:
    blob = msgspec.json.decode(credential["blob"])
    if not request.holds(str(blob.get("secret", ""))):
        raise Refusal(401, "Invalid EC2 signature.")
    if request.stamped and abs(_seconds(request.stamped) - identity.world.now) > _LIVES_S:
        raise Refusal(401, "Credential has expired")


def _seconds(text: str) -> float:
    for form in ("%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    raise Refusal(401, "Invalid timestamp in EC2 credentials.")


ROUTES = (Route("POST", "/v3/ec2tokens", exchange),)
