"""The seam for chance and ids, and the short id derived from a row's id."""

from base64 import b32encode
from typing import Protocol


class Ids(Protocol):
    """Where ids and random numbers come from."""

    def uuid(self) -> str:
        """A new UUID, version 4, with dashes."""
        ...

    def token(self, nbytes: int) -> str:
        """A URL-safe text of `nbytes` random bytes, unguessable."""
        ...

    def choice(self, items: str) -> str:
        """One character of `items`, unguessable."""
        ...

    def random(self) -> float:
        """A number in [0, 1), for jitter only."""
        ...


def short_id(uuid: str) -> str:
    """The 12 characters [a-z2-7] that a generated name ends in, derived from the row's UUID4.

    The 60 random bits that a version 4 UUID leads with are what upstream takes too, so that
    names have the same form: `<stack>-<resource>-<short id>`.
    """
    digits = uuid.replace("-", "").lower()
    number = int(digits[:12] + digits[13:16], 16)
    return b32encode((number << 4).to_bytes(8, "big") + bytes(2))[:12].decode().lower()
