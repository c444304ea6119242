"""Since when, and how long still, something can be relied on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Support:
    """A support status: SUPPORTED, DEPRECATED, HIDDEN or UNSUPPORTED, and what it was before."""

    status: str = "SUPPORTED"
    version: str | None = None
    message: str | None = None
    previous: Support | None = None

    @property
    def hidden(self) -> bool:
        """Whether it still works but is not shown."""
        return self.status == "HIDDEN"

    def document(self) -> dict[str, object]:
        """As the REST API answers it."""
        before = self.previous.document() if self.previous else None
        return {
            "status": self.status,
            "version": self.version,
            "message": self.message,
            "previous_status": before,
        }


def since(version: str) -> Support:
    """Supported from this version on."""
    return Support("SUPPORTED", version)


def fading(
    supported: str | None = None, *, deprecated: str | None = None, hidden: str | None = None
) -> Support:
    """On the way out: since when it was supported, deprecated, and hidden, as far as known."""
    found = Support("SUPPORTED", supported) if supported else None
    if deprecated:
        found = Support("DEPRECATED", deprecated, previous=found)
    return Support("HIDDEN", hidden, previous=found) if hidden else found or Support()
