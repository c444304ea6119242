"""kill -9 at random moments leaves neither a stuck stack nor an orphan. Seeds are printed."""

import os
import platform
import random
import time
from itertools import count
from pathlib import Path

import pytest

from tests.support.kills import Round, draw, one_round
from tests.support.services import ROOT

CI_ROUNDS = 6
CI_KILLS = 20
SOAK_KILLS = 200
MANY = 5
REPORT = ROOT / "bench" / "reports" / "kills.md"


@pytest.mark.parametrize("seed", range(CI_ROUNDS))
def test_what_is_killed_ends_as_if_nobody_had_disturbed_it(seed: int, tmp_path: Path) -> None:
    done = one_round(seed, tmp_path, beside=seed % 2 == 1)

    assert len(done.kills) >= 3


def test_the_rounds_of_every_run_make_enough_kills() -> None:
    assert sum(draw(seed).kills for seed in range(CI_ROUNDS)) >= CI_KILLS


@pytest.mark.soak
def test_hundreds_of_kills(tmp_path: Path) -> None:
    first = int(os.environ.get("HEARTH_SEED", random.SystemRandom().randrange(2**31)))
    rounds: list[Round] = []
    failures: list[str] = []
    begun = time.monotonic()

    for at in count():
        if sum(len(done.kills) for done in rounds) >= SOAK_KILLS or len(failures) > MANY:
            break
        try:
            rounds.append(one_round(first + at, tmp_path / str(at), beside=at % 2 == 1))
        except AssertionError as error:
            failures.append(f"seed {first + at}: {error}")

    report(first, rounds, failures, time.monotonic() - begun)
    assert not failures


def report(first: int, rounds: list[Round], failures: list[str], took_s: float) -> None:
    """Leave an account of what was killed how often."""
    beside = [kill for done in rounds if done.beside for kill in done.kills]
    whole = [kill for done in rounds if not done.beside for kill in done.kills]
    words = {"POST": "create", "PUT": "update", "DELETE": "delete"}
    lines = [
        "# Kills",
        "",
        f"{len(rounds) + len(failures)} seeds from {first}; Python {platform.python_version()}.",
        f"{os.cpu_count()} cores; {took_s:.0f} s.",
        "",
        "| what was killed | create | update | delete |",
        "|---|---|---|---|",
        *(
            f"| {name} | " + " | ".join(str(kills.count(method)) for method in words) + " |"
            for name, kills in (("the whole process", whole), ("hearth beside its cloud", beside))
        ),
        "",
        f"Longest wait for the end after a restart: {max(r.longest_s for r in rounds):.1f} s.",
        f"Failures: {len(failures)}.",
        *failures,
    ]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n")
