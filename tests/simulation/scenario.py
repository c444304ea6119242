"""What a seed decides before anything runs."""

from dataclasses import dataclass, replace
from random import Random

from hearth.config import Settings
from hearth.sandbox import Times
from tests.simulation.designs import DEPLOYING, FAR
from tests.simulation.designs import KINDS as PARTS
from tests.simulation.weather import KINDS, Rates
from tests.simulation.world import Size

MISTRUST_S = 8.0

OLDER = frozenset({1201, 1285, 3771, 15819})
"""Seeds on record from before there were machines: they mean what they have meant."""

FIRST_DEPLOYED = 300
"""All before it are older too: some are known to find a mutation."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a seed decides before anything runs.

    patient: users wait for the end of each operation, so that the end can be compared with that
    of the same scenario in calm weather. hurried: stacks have a minute, and a resource in them
    takes longer. lively: users do more than to create, to change and to delete. mistrusted: now
    and then Keystone accepts no trust. far: stacks hold others that are made by REST.
    deployed: they hold machines, to which they deploy.
    """

    seed: int
    weather: str
    size: Size
    stacks: int
    changes: int
    patient: bool
    rollback: bool
    hurried: bool
    lively: bool
    mistrusted: bool
    far: bool = False
    deployed: bool = False

    @property
    def rates(self) -> Rates:
        """How bad it gets."""
        rates = KINDS[self.weather]
        if self.mistrusted and self.weather != "calm":
            return replace(rates, mistrust_every_s=MISTRUST_S)
        return rates

    @property
    def kinds(self) -> tuple[str, ...]:
        """What stacks are made of."""
        return tuple(
            kind
            for kind in PARTS
            if (self.far or kind != FAR) and (self.deployed or kind not in DEPLOYING)
        )

    @property
    def compared(self) -> bool:
        """Whether the end must be that of the undisturbed run."""
        even = self.patient and not self.hurried
        return even and self.rates.forgiving and self.weather != "calm"


def scenario(seed: int) -> Scenario:
    """The scenario of a seed."""
    chance = Random(f"scenario {seed}")
    weather = chance.choice(sorted(KINDS))
    times = chance.choice((Times.fast(0.0), Times.fast(0.3), Times(), Times.fast(3.0)))
    size = Size(
        engines=chance.choice((1, 2, 2, 3, 4)),
        times=times,
        list_delay_s=chance.choice((0.0, 0.0, 1.0, 3.0)),
        settings=Settings(
            error_wait_time=chance.choice((0, 5, 240)),
            enable_stack_abandon=True,
            enable_stack_adopt=True,
        ),
    )
    return Scenario(
        seed,
        weather,
        size,
        stacks=chance.choice((1, 1, 1, 2)),
        changes=chance.choice((0, 1, 1, 2, 2, 3)),
        patient=chance.random() < 0.6,
        rollback=chance.random() < 0.3,
        hurried=chance.random() < 0.08,
        lively=chance.random() < 0.5,
        mistrusted=chance.random() < 0.1,
        deployed=_deployed(seed),
    )


def _deployed(seed: int) -> bool:
    """By a chance of its own, so that all other seeds mean what they have meant."""
    newer = seed >= FIRST_DEPLOYED and seed not in OLDER
    return newer and Random(f"deployed {seed}").random() < 0.2
