"""What goes wrong, and how often: drawn from the seed, counted, and stopped when it is enough."""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from hearth.sandbox import Fault

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Rates:
    """How likely each kind of trouble is, between 0 and 1.

    Requests to the cloud: refused with 503 or 429 or another 4xx, undelivered, slow on the way
    there or back, their answer lost, or turned into a 502 after success; `doom`: what is created
    goes to ERROR. Messages: lost, doubled, late. The database: `unsaid` commits happen and are
    not answered, `undone` ones fail; mean seconds between outages, in which it answers nobody.
    Processes: mean seconds between crashes and stalls (0: none); besides, `die`: one is killed
    when what it has asked for is done and it does not know, `freeze`: it stands still then.
    Keystone: mean seconds between times in which it accepts no trust.
    """

    busy: float = 0.0
    refuse: float = 0.0
    undelivered: float = 0.0
    slow: float = 0.0
    lose: float = 0.0
    mangle: float = 0.0
    doom: float = 0.0
    message_lost: float = 0.0
    message_doubled: float = 0.0
    message_late: float = 0.0
    unsaid: float = 0.0
    undone: float = 0.0
    outage_every_s: float = 0.0
    crash_every_s: float = 0.0
    stall_every_s: float = 0.0
    die: float = 0.0
    freeze: float = 0.0
    mistrust_every_s: float = 0.0

    @property
    def forgiving(self) -> bool:
        """Whether all of it is to be borne without a trace in what the user gets."""
        return not (self.refuse or self.doom)


CALM = Rates()
CRASHES = Rates(crash_every_s=3.0, die=0.04)
STALLS = Rates(stall_every_s=1.5, crash_every_s=30.0, freeze=0.12)
MESSAGES = Rates(message_lost=0.1, message_doubled=0.3, message_late=0.3)
FLAKY = Rates(busy=0.03, undelivered=0.02, slow=0.05, lose=0.04, mangle=0.03)
HOSTILE = replace(FLAKY, refuse=0.03, doom=0.05)
DATABASE = Rates(unsaid=0.05, undone=0.05, crash_every_s=10.0, outage_every_s=20.0, die=0.01)
STORM = Rates(
    busy=0.02, refuse=0.01, undelivered=0.02, slow=0.03, lose=0.03, mangle=0.02, doom=0.02,
    message_lost=0.05, message_doubled=0.2, message_late=0.2, unsaid=0.02, undone=0.02,
    outage_every_s=60.0, crash_every_s=6.0, stall_every_s=6.0, die=0.01, freeze=0.01,
)  # fmt: skip

KINDS = {
    "calm": CALM,
    "crashes": CRASHES,
    "stalls": STALLS,
    "messages": MESSAGES,
    "flaky": FLAKY,
    "hostile": HOSTILE,
    "database": DATABASE,
    "storm": STORM,
}


@dataclass(frozen=True, slots=True)
class RequestFate:
    """What befalls one request to the cloud."""

    before_s: float = 0.0
    after_s: float = 0.0
    undelivered: bool = False
    lose: bool = False
    mangle: bool = False


@dataclass(slots=True)
class Weather:
    """The trouble of one seed. Everything is asked in the order in which it happens."""

    chance: Random
    rates: Rates = CALM
    counts: Counter[str] = field(default_factory=Counter)
    away: bool = False
    """Whether the database answers nobody."""

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.rates = CALM
        self.away = False

    def strikes(self, name: str) -> bool:
        """Whether this kind of trouble happens now."""
        rate: float = getattr(self.rates, name)
        if rate <= 0.0 or self.chance.random() >= rate:
            return False
        self.counts[name] += 1
        return True

    def moment(self, longest_s: float = 0.02) -> float:
        """A short while, as everything takes one; often none at all."""
        return 0.0 if self.chance.random() < 0.5 else self.chance.random() * longest_s

    def request(self, method: str, timeout_s: float) -> RequestFate:
        """The fate of one request; one that comes late comes before its sender gives up."""
        before, after = self.moment(), self.moment()
        if self.strikes("undelivered"):
            return RequestFate(before, undelivered=True)
        if self.strikes("slow"):
            if self.chance.random() < 0.5:
                before += self.chance.random() * min(timeout_s, 4.0)
            else:
                after += self.chance.random() * timeout_s * 1.5
        lose = self.strikes("lose")
        mangle = not lose and method in UNSAFE and self.strikes("mangle")
        return RequestFate(before, after, lose=lose, mangle=mangle)


@dataclass(slots=True)
class CloudFaults:
    """The sandbox's side: refusals, and objects that go to ERROR."""

    weather: Weather
    services: frozenset[str] = frozenset({"compute", "network", "volume", "image"})

    def decide(self, service: str, method: str, path: str) -> Fault | None:
        """The fault of this request, None to leave it in peace."""
        weather = self.weather
        if service not in self.services:
            return None
        if weather.strikes("busy"):
            return Fault(refuse=weather.chance.choice((429, 503)))
        if method in UNSAFE and weather.strikes("refuse"):
            return Fault(refuse=weather.chance.choice((400, 403, 409)))
        if method == "POST" and weather.strikes("doom"):
            return Fault(error=True)
        return None
