"""Values to text and back. A secret is written encrypted, and comes back as a secret."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from math import isfinite
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from hearth.base import Secret, Unknown, Value, plain
from hearth.store.errors import Rejected

_SECRET = "$secret"  # noqa: S105 (a key in a document)
_NUMBER = "$number"


def _nothing() -> None:
    return None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_EMPTY: dict[str, Callable[[], Any]] = {"{}": dict, "[]": list, "null": _nothing}
_KEY_BYTES = 32


class Sealed(Secret):
    """A secret as it was stored: opened when somebody wants to know it, which is seldom."""

    __slots__ = ("_codec", "_opened", "token")
    _codec: "Codec"
    _opened: tuple[Value, ...]
    token: str

    def __init__(self, codec: "Codec", token: str) -> None:
        object.__setattr__(self, "_codec", codec)
        object.__setattr__(self, "_opened", ())
        object.__setattr__(self, "token", token)

    @property
    def value(self) -> Value:
        """What it holds."""
        if not self._opened:
            object.__setattr__(self, "_opened", (self._codec.open(self.token),))
        return self._opened[0]

    def sealed_by(self, codec: "Codec") -> bool:
        """Whether it is written as it was read."""
        return self._codec is codec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash((self.value,))


class Codec:
    """Writes and reads values under one key.

    `{"$secret": token}` stands for a secret, `{"$number": "inf"}` for a number that JSON does not
    have. A user's own mapping of that form is written with one more dollar, so that nothing a
    user writes is taken for ours.
    """

    __slots__ = ("_fernet", "_key", "_last")

    def __init__(self, key: str) -> None:
        self._key = fernet_key(key)
        self._fernet = Fernet(self._key)
        self._last: tuple[Secret, str] | None = None

    def text(self, value: Value) -> str:
        """The value as JSON text. What is not known yet has no place in a database."""
        if not value and isinstance(value, dict):
            return "{}"
        if _special(value):
            value = self._marked(value)
        return _encode(value).decode()

    def value(self, text: str) -> Value:
        """The value that was written."""
        if text in _EMPTY:
            return _EMPTY[text]()
        found = _decode(text)
        return self._unmarked(found) if _SECRET in text or _NUMBER in text else found

    def seal(self, value: Value) -> str:
        """The value as an encrypted token."""
        return self._fernet.encrypt(_encode(self._marked(plain(value)))).decode()

    def derived(self, purpose: str) -> str:
        """A secret for one purpose: the same wherever the key is, 64 hex digits."""
        return hmac.new(self._key, purpose.encode(), sha256).hexdigest()

    def open(self, token: str) -> Value:
        """What was sealed."""
        try:
            return self._unmarked(_decode(self._fernet.decrypt(token)))
        except InvalidToken as error:
            raise Rejected(
                "A stored secret cannot be read with this auth_encryption_key.",
                kind="InvalidEncryptionKey",
            ) from error

    def _marked(self, value: Value) -> Any:
        if isinstance(value, Sealed) and value.sealed_by(self):
            return {_SECRET: value.token}
        if isinstance(value, Secret):
            return {_SECRET: self._token(value)}
        if isinstance(value, dict):
            marked = {key: self._marked(item) for key, item in value.items()}
            return {f"${key}": item for key, item in marked.items()} if _alike(value) else marked
        if isinstance(value, list | tuple):
            return [self._marked(item) for item in value]
        if isinstance(value, float) and not isfinite(value):
            return {_NUMBER: str(value)}
        _refuse_unknown(value)
        return value

    def _token(self, secret: Secret) -> str:
        """A secret as it is written. One that stands in several columns is encrypted once."""
        known = self._last
        if known is None or known[0] is not secret:
            _refuse_unknown(secret.value)
            self._last = known = (secret, self.seal(secret.value))
        return known[1]

    def _unmarked(self, value: Any) -> Value:
        if isinstance(value, dict):
            if len(value) == 1 and _alike(value):
                ((key, item),) = value.items()
                if key == _SECRET:
                    return Sealed(self, item)
                if key == _NUMBER:
                    return float(item)
                return {key[1:]: self._unmarked(item)}
            inner = self._unmarked
            return {
                key: inner(item) if isinstance(item, dict | list) else item
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self._unmarked(item) for item in value]
        return value


def fernet_key(key: str) -> bytes:
    """The key as Fernet wants it: a short one is repeated, a long one cut, to 32 bytes."""
    if not key:
        raise Rejected("auth_encryption_key is empty.", kind="InvalidEncryptionKey")
    source = key.encode()
    return urlsafe_b64encode((source * (_KEY_BYTES // len(source) + 1))[:_KEY_BYTES])


def _alike(value: dict[Any, Any]) -> bool:
    """Whether it is of a form that stands for something, with any number of dollars."""
    if len(value) != 1:
        return False
    (key,) = value
    return isinstance(key, str) and key.startswith("$") and key.lstrip("$") in ("secret", "number")


def _special(value: Value) -> bool:
    """Whether there is anything inside that JSON does not have. Most values: text and numbers."""
    if isinstance(value, str | int | None):
        return False
    if isinstance(value, float):
        return not isfinite(value)
    if isinstance(value, dict):
        return _alike(value) or any(map(_special, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_special, value))
    return isinstance(value, Secret | Unknown)


def _refuse_unknown(value: Value) -> None:
    match value:
        case Unknown():
            raise Rejected(f"{value.source or 'A value'} is not known yet and cannot be stored.")
        case Secret():
            _refuse_unknown(value.value)
        case dict():
            for item in value.values():
                _refuse_unknown(item)
        case list() | tuple():
            for item in value:
                _refuse_unknown(item)
        case _:
            return
