"""kill -9 of one of two engines, on PostgreSQL and RabbitMQ: the other ends what was begun."""

import os
import platform
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import pytest

from tests.support.deployment import Deployment, deployed
from tests.support.services import ROOT
from tests.support.takeovers import CALM, ENGINES, Life, draw, live_through

pytestmark = [pytest.mark.services("rabbitmq", "postgresql"), pytest.mark.process]

CI_LIVES = 4
CI_KILLS = 20
SOAK_KILLS = 300
MANY = 5
IN_A_ROW = 10
"""Lives in one deployment."""
REPORT = ROOT / "bench" / "reports" / "takeovers.md"
WORDS = {"POST": "create", "PUT": "update", "DELETE": "delete"}
Two = tuple[Deployment, Mapping[str, float]]
"""A deployment, and how long each operation takes there undisturbed."""


@contextmanager
def two_engines(folder: Path) -> Iterator[Two]:
    """Two engines and an API; nobody has disturbed them yet."""
    with deployed(folder) as made:
        for name in ENGINES:
            made.start("heat-engine", name)
        made.start("heat-api")
        yield made, live_through(made, 0, CALM, {}).took_s


@pytest.fixture(scope="module")
def two(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Two]:
    with two_engines(tmp_path_factory.mktemp("two")) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 1 + CI_LIVES))
def test_what_an_engine_was_killed_at_is_ended_by_the_other_in_time(two: Two, seed: int) -> None:
    deployment, usual_s = two

    done = live_through(deployment, seed, draw(seed), usual_s)

    assert len(done.kills) == draw(seed).count
    assert done.at_work


def test_the_lives_of_every_run_hold_enough_kills() -> None:
    assert sum(draw(seed).count for seed in range(1, 1 + CI_LIVES)) >= CI_KILLS


@pytest.mark.soak
def test_hundreds_of_engines_killed(tmp_path: Path) -> None:
    first = int(os.environ.get("HEARTH_SEED", random.SystemRandom().randrange(1, 2**31)))
    account = Account(first)
    seeds = count(first)

    while account.kills < SOAK_KILLS and len(account.failures) <= MANY:
        with two_engines(tmp_path / str(len(account.lives))) as (deployment, usual_s):
            account.usual_s = usual_s
            lived_through(deployment, account, seeds)
    account.write()

    assert not account.failures


def lived_through(deployment: Deployment, account: "Account", seeds: Iterator[int]) -> None:
    """Some lives in one deployment, unless one goes wrong."""
    for seed in islice(seeds, IN_A_ROW):
        try:
            account.lives.append(live_through(deployment, seed, draw(seed), account.usual_s))
        except AssertionError as error:
            account.failures.append(f"seed {seed}: {error}")
            return


@dataclass(slots=True)
class Account:
    """What was killed how often, and what came of it."""

    first: int
    lives: list[Life] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    usual_s: Mapping[str, float] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    @property
    def kills(self) -> int:
        """How many there were."""
        return sum(len(life.kills) for life in self.lives)

    def write(self) -> None:
        """Leave it beside the other reports."""
        rows = [
            f"| {word} | {sum(life.kills.count(method) for life in self.lives)}"
            f" | {self.usual_s.get(method, 0):.1f}"
            f" | {max((life.took_s[method] for life in self.lives), default=0):.1f} |"
            for method, word in WORDS.items()
        ]
        at_work = sum(life.at_work for life in self.lives)
        head = (
            f"{len(self.lives) + len(self.failures)} lives from seed {self.first};"
            f" Python {platform.python_version()}, {os.cpu_count()} cores;"
            f" {time.monotonic() - self.begun:.0f} s."
        )
        lines = [
            "# Kills of one of two engines",
            "",
            head,
            "On PostgreSQL and RabbitMQ, with the sandbox cloud.",
            f"{self.kills} kills; {at_work} hit an engine at work.",
            "",
            "| operation | kills | undisturbed, s | longest after its last kill, s |",
            "|---|---|---|---|",
            *rows,
            "",
            f"Failures: {len(self.failures)}.",
            *self.failures,
        ]
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text("\n".join(lines) + "\n")
