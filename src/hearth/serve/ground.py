"""What APIs and engines of one process stand on alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hearth.api import cfn, heat
from hearth.api.ec2 import Signatures
from hearth.base import Clock, Ids
from hearth.bus import Bus
from hearth.config import Settings
from hearth.kit import Registry
from hearth.policy import Policy
from hearth.serve.language import TemplateLanguage
from hearth.serve.registry import registry
from hearth.serve.seams import SystemClock, SystemIds
from hearth.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Each once in a process."""

    settings: Settings
    store: Store
    bus: Bus
    policy: Policy
    registry: Registry
    clock: Clock
    ids: Ids

    def cfn_parts(self, signatures: Signatures) -> cfn.Parts:
        """What heat-api-cfn is given."""
        return cfn.Parts(
            bus=self.bus,
            store=self.store,
            policy=self.policy,
            registry=self.registry,
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
            signatures=signatures,
        )

    @property
    def parts(self) -> heat.Parts:
        """What heat-api is given."""
        return heat.Parts(
            bus=self.bus,
            store=self.store,
            policy=self.policy,
            registry=self.registry,
            language=TemplateLanguage(),
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
            offers=heat.Offers(),
        )


def ground(settings: Settings, files: Sequence[Path], store: Store, bus: Bus) -> Ground:
    """With the machine's clock and chance, and all resource types."""
    clock = SystemClock()
    return Ground(
        settings=settings,
        store=store,
        bus=bus,
        policy=Policy(clock, tuple(files)),
        registry=registry(),
        clock=clock,
        ids=SystemIds(),
    )
