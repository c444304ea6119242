"""What goes wrong on purpose, request by request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls a request."""

    refuse: int = 0
    """Answer this status, and do nothing."""
    body: Any = None
    """The document of the refusal; None for the service's own form."""
    delay: float = 0.0
    """Seconds that pass before the request is carried out."""
    lose: bool = False
    """Carry it out, then break the connection."""
    error: bool = False
    """What it creates ends in ERROR."""


class Faults(Protocol):
    """Asked once for every request."""

    def decide(self, service: str, method: str, path: str) -> Fault | None:
        """The fault of this request, None to leave it in peace."""
        ...


class NoFaults:
    """Everything works."""

    def decide(self, service: str, method: str, path: str) -> Fault | None:
        """Always None."""
        return None


@dataclass(frozen=True, slots=True)
class Rates:
    """How likely each kind of fault is, between 0 and 1; `paths` narrows it to some requests."""

    refuse: float = 0.0
    delay: float = 0.0
    lose: float = 0.0
    error: float = 0.0
    delay_max_s: float = 5.0
    statuses: Sequence[int] = (500, 503)
    services: Sequence[str] = ("compute", "network", "volume", "image", "object-store")


@dataclass(slots=True)
class SeededFaults:
    """Faults drawn from a seed: the same requests in the same order meet the same faults."""

    seed: int
    rates: Rates = field(default_factory=Rates)
    drawn: int = 0

    def decide(self, service: str, method: str, path: str) -> Fault | None:
        """Draw for each kind of fault by itself."""
        rates = self.rates
        if service not in rates.services:
            return None
        self.drawn += 1
        parts = self._fractions()
        refuse = (
            rates.statuses[int(parts[1] * len(rates.statuses))] if (parts[0] < rates.refuse) else 0
        )
        delay = parts[3] * rates.delay_max_s if parts[2] < rates.delay else 0.0
        lose = parts[4] < rates.lose
        error = method == "POST" and parts[5] < rates.error
        if refuse or delay or lose or error:
            return Fault(refuse=refuse, delay=delay, lose=lose, error=error)
        return None

    def _fractions(self) -> list[float]:
        text = f"{self.seed}:{self.drawn}".encode()
        digest = blake2b(text, digest_size=24).digest()
        return [
            int.from_bytes(digest[start : start + 4], "big") / 2**32 for start in range(0, 24, 4)
        ]


@dataclass(slots=True)
class Rule:
    """A fault for requests that match; `skip` of them are let through first, then `times` hit."""

    fault: Fault
    service: str = ""
    method: str = ""
    path: str = ""
    skip: int = 0
    times: int = 1

    def meets(self, service: str, method: str, path: str) -> bool:
        """Whether the request is one of those, counting it."""
        if self.times == 0 or (self.service and self.service != service):
            return False
        if (self.method and self.method != method) or not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class Script:
    """Rules set at run time, before those that the cloud was built with. First match wins."""

    beneath: Faults
    rules: list[Rule] = field(default_factory=list)

    def decide(self, service: str, method: str, path: str) -> Fault | None:
        """The fault of the first rule that matches, else what lies beneath says.

        The sandbox's own routes meet none: by them faults are ended.
        """
        if service == "sandbox":
            return None
        for rule in self.rules:
            if rule.meets(service, method, path):
                return rule.fault
        return self.beneath.decide(service, method, path)

    def replace(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Put these rules in the place of all others. A `times` below 0 means for ever."""
        self.rules = [_rule(document) for document in documents]


def _rule(document: Mapping[str, Any]) -> Rule:
    fault = {key: document[key] for key in Fault.__slots__ if key in document}
    rule = {key: document[key] for key in Rule.__slots__ if key in document and key != "fault"}
    unknown = set(document) - set(Fault.__slots__) - set(Rule.__slots__)
    if unknown:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    return Rule(Fault(**fault), **rule)
