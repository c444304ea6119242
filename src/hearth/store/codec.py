"""Values to text and back. A secret is written encrypted, and comes back as a secret."""

from base64 import urlsafe_b64encode
from math import isfinite
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from hearth.base import Secret, Unknown, Value, plain
from hearth.store.errors import Rejected

_SECRET = "$secret"  # noqa: S105 (a key in a document)
_NUMBER = "$number"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_KEY_BYTES = 32


class Codec:
    """Writes and reads values under one key.

    `{"$secret": token}` stands for a secret, `{"$number": "inf"}` for a number that JSON does not
    have. A user's own mapping of that form is written with one more dollar, so that nothing a
    user writes is taken for ours.
    """

    __slots__ = ("_fernet",)

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(fernet_key(key))

    def text(self, value: Value) -> str:
        """The value as JSON text. What is not known yet has no place in a database."""
        if not value and isinstance(value, dict):
            return "{}"
        if _special(value):
            value = self._marked(value)
        return _encode(value).decode()

    def value(self, text: str) -> Value:
        """The value that was written."""
        found = _decode(text)
        return self._unmarked(found) if _SECRET in text or _NUMBER in text else found

    def seal(self, value: Value) -> str:
        """The value as an encrypted token."""
        return self._fernet.encrypt(_encode(self._marked(plain(value)))).decode()

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
        if isinstance(value, Secret):
            _refuse_unknown(value.value)
            return {_SECRET: self.seal(value.value)}
        if isinstance(value, dict):
            marked = {key: self._marked(item) for key, item in value.items()}
            return {f"${key}": item for key, item in marked.items()} if _alike(value) else marked
        if isinstance(value, list | tuple):
            return [self._marked(item) for item in value]
        if isinstance(value, float) and not isfinite(value):
            return {_NUMBER: str(value)}
        _refuse_unknown(value)
        return value

    def _unmarked(self, value: Any) -> Value:
        if isinstance(value, dict):
            if _alike(value):
                ((key, item),) = value.items()
                if key == _SECRET:
                    return Secret(self.open(item))
                if key == _NUMBER:
                    return float(item)
                return {key[1:]: self._unmarked(item)}
            return {key: self._unmarked(item) for key, item in value.items()}
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
