"""How many engines are at work, as far as this one knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from hearth.store import ServiceRecord

HEARD_WITHIN = 2
"""An engine that was heard of within so many of its intervals is at work."""


@dataclass(slots=True)
class Census:
    """What presence found when it last looked; an engine alone counts itself."""

    engines: int = 1

    def take(self, found: Iterable[ServiceRecord], now: float) -> None:
        """Count those that were heard of."""
        here = [
            one
            for one in found
            if one.updated_at is not None
            and one.updated_at >= now - HEARD_WITHIN * one.report_interval_s
        ]
        self.engines = max(1, len(here))
