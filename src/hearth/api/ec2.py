"""From a request that was signed with an EC2 key to a Caller: Keystone checks the signature.

The key itself never comes here: Keystone is told what was signed and how, and gives a token of
the signer, if the signature is right.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hearth.api.tokens import checked_from
from hearth.base.errors import HearthError
from hearth.cloud import CloudError, Service, ServiceAuth, Sessions, Unauthorized
from hearth.identity import Caller

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)")
_SIGNATURE = re.compile(r"Signature=([^,\s]+)")


class NotSigned(HearthError):
    """The request has no signature."""

    default_kind = "IncompleteSignature"


class NoKey(HearthError):
    """The request does not say whose signature it has."""

    default_kind = "MissingAuthenticationToken"


class NotAccepted(HearthError):
    """Keystone does not accept the signature; `kind` is the query API's own word for why."""

    default_kind = "AccessDenied"


_WHY = {
    "EC2 access key not found.": "InvalidClientTokenId",
    "EC2 signature not supplied.": "SignatureDoesNotMatch",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it was signed.

    path: unquoted. params: of query and form together. headers: as they came.
    """

    verb: str
    host: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def told(self) -> dict[str, Any]:
        """What Keystone is asked with."""
        header = next((v for k, v in self.headers.items() if k.lower() == "authorization"), "")
        signature = self.params.get("Signature") or self.params.get("X-Amz-Signature")
        if not signature and (found := _SIGNATURE.search(header)):
            signature = found[1]
        if not signature:
            raise NotSigned("The request signature does not conform to AWS standards")
        access = self.params.get("AWSAccessKeyId")
        if not access and "X-Amz-Credential" in self.params:
            access = self.params["X-Amz-Credential"].partition("/")[0]
        if not access and (found := _CREDENTIAL.search(header)):
            access = found[1]
        if not access:
            raise NoKey("Does not contain a valid AWS Access Key or certificate")
        return {
            "access": access,
            "signature": signature,
            "host": self.host,
            "verb": self.verb,
            "path": self.path,
            "params": {key: value for key, value in self.params.items() if key != "Signature"},
            "headers": dict(self.headers),
            "body_hash": hashlib.sha256(self.body).hexdigest(),
        }


class Signatures(Protocol):
    """Knows who has signed a request."""

    async def signer(self, request: Signed) -> Caller:
        """The caller; NotSigned, NoKey or NotAccepted where there is none."""
        ...


class KeystoneSignatures:
    """Asks Keystone, as the service that it is."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def signer(self, request: Signed) -> Caller:
        """Who has signed, as Keystone has it."""
        asked = {"ec2Credentials": request.told()}
        identity = Service(self._sessions.session(ServiceAuth()), "identity")
        try:
            reply = await identity.request("POST", "/v3/ec2tokens", asked)
        except Unauthorized as error:
            why = next((kind for words, kind in _WHY.items() if words in error.message), None)
            raise NotAccepted("User is not authorized to perform action", kind=why) from error
        except CloudError as error:
            raise HearthError("Keystone does not say who has signed.") from error
        token = reply.headers.get("x-subject-token", "")
        return checked_from(reply.json, token).caller
