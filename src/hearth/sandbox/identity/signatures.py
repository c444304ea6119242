"""Signatures of EC2's clients, versions 2 and 4, as Keystone works them out again. Pure."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from urllib.parse import quote

from hearth.sandbox.web import Json, Refusal

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that somebody has signed, as a service passes it on to Keystone.

    headers: by lower-case name.
    """

    access: str
    signature: str
    verb: str
    host: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body_hash: str

    @property
    def stamped(self) -> str:
        """When it was signed, as it says itself; empty where it is to hold for ever."""
        return (
            self.params.get("Timestamp")
            or self.headers.get("x-amz-date")
            or self.params.get("X-Amz-Date")
            or ""
        )

    def holds(self, secret: str) -> bool:
        """Whether the signature is right; some clients leave the port out of what they sign."""
        hosts = dict.fromkeys((self.host, self.host.partition(":")[0]))
        return any(hmac.compare_digest(self._wanted(secret, one), self.signature) for one in hosts)

    def _wanted(self, secret: str, host: str) -> str:
        if self.params.get("SignatureVersion") == "2":
            return self._second(secret, host)
        return self._fourth(secret, host)

    def _second(self, secret: str, host: str) -> str:
        method = sha1 if self.params.get("SignatureMethod") == "HmacSHA1" else sha256
        query = _query({k: v for k, v in self.params.items() if k != "Signature"}, "-_~")
        text = f"{self.verb}\n{host.lower()}\n{self.path}\n{query}"
        return b64encode(hmac.new(secret.encode(), text.encode(), method).digest()).decode()

    def _fourth(self, secret: str, host: str) -> str:
        given = _authorization(self.headers.get("authorization", ""))
        scope = (given.get("Credential") or self.params.get("X-Amz-Credential", "")).split("/")[1:]
        names = (given.get("SignedHeaders") or self.params.get("X-Amz-SignedHeaders", "")).lower()
        date = self.headers.get("x-amz-date") or self.params.get("X-Amz-Date", "")
        headers = {**self.headers, "host": host}
        lines = [f"{name}:{headers.get(name, '').strip()}\n" for name in names.split(";")]
        params = {k: v for k, v in self.params.items() if k != "X-Amz-Signature"}
        query = "" if self.verb == "POST" else _query(params, "-_.~")
        parts = (self.verb, self.path, query, "".join(lines), names, self.body_hash)
        digest = sha256("\n".join(parts).encode()).hexdigest()
        text = "\n".join((_ALGORITHM, date, "/".join(scope), digest))
        key = f"AWS4{secret}".encode()
        for part in scope:
            key = hmac.new(key, part.encode(), sha256).digest()
        return hmac.new(key, text.encode(), sha256).hexdigest()


def signed(given: Json) -> Signed:
    """What a service has passed on; refused where a part is missing."""
    if not isinstance(given, dict) or not given.get("access"):
        raise Refusal(400, "Could not find ec2Credentials in request.")
    if not given.get("signature"):
        raise Refusal(401, "EC2 signature not supplied.")
    texts = {
        name: str(given.get(name) or "")
        for name in ("access", "signature", "verb", "host", "path", "body_hash")
    }
    params, headers = given.get("params") or {}, given.get("headers") or {}
    return Signed(
        **texts,
        params={str(key): str(value) for key, value in params.items()},
        headers={str(key).lower(): str(value) for key, value in headers.items()},
    )


def _query(params: Mapping[str, str], safe: str) -> str:
    return "&".join(
        f"{quote(key, safe=safe)}={quote(params[key], safe=safe)}" for key in sorted(params)
    )


def _authorization(text: str) -> dict[str, str]:
    """The parts of `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`."""
    parts = text.removeprefix(_ALGORITHM).split(",")
    pairs = (part.strip().partition("=") for part in parts)
    return {name: value for name, _, value in pairs if value}
