"""Atheris: inputs that reach new lines are kept and changed: `python -m tests.fuzz.guided 60 f c`.

The corpus begins with the samples, where they are. Every other input drives the strategies of
Hypothesis, so that whole documents are reached as well as single bytes.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import atheris
from hypothesis import HealthCheck, given, settings

with atheris.instrument_imports(include=["hearth.template", "hearth.schema", "hearth.base"]):
    from tests.support.fuzzing import carry, documents, environments

from tests.support.measuring import HANG_S, MOST_MB, STUCK_S, Meter

LONGEST = 4096
WRITTEN_EVERY = 500
SHARE = 4
"""One input in so many is a document of Hypothesis; the others are texts as they come."""


def main() -> None:
    """Until the time is over; Atheris ends the process itself."""
    seconds, report, corpus = int(float(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3])
    meter = Meter()

    @settings(suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(documents, environments, documents)
    def made(document: Any, environment: Any, nested: Any) -> None:
        meter.run(lambda: carry(document, environment, None, nested))

    fuzz = vars(made)["hypothesis"].fuzz_one_input

    def one(data: bytes) -> None:
        if data[:1] and data[0] % SHARE == 0:
            fuzz(data[1:])
        else:
            meter.run(lambda: carry(data[1:]))
        if meter.tried % WRITTEN_EVERY == 0:
            report.write_text(json.dumps(asdict(meter)))

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-rss_limit_mb={MOST_MB:.0f}",
        f"-timeout={STUCK_S}",
        f"-artifact_prefix={corpus.parent}/found-",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    assert HANG_S < STUCK_S
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
