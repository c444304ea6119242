"""A program ends with a code and a sentence, also where nobody can hear it."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hearth.cli import hearth, heat
from hearth.cli.errors import Exit

HEAT = [sys.executable, "-c", "import sys; from hearth.cli.heat import main; sys.exit(main())"]
NOBODY = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}


@pytest.mark.parametrize(
    "arguments", [["lint", "--rules"], ["list"], ["list", "--json"], ["nonsense"]]
)
def test_a_reader_that_has_gone_ends_it_in_silence(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [*HEAT, *arguments], stdout=writing, stderr=subprocess.PIPE, env=NOBODY, check=False
    )

    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_what_cannot_be_written_is_told_in_a_sentence() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*HEAT, "list"], stdout=full, stderr=subprocess.PIPE, env=NOBODY, check=False
        )

    assert done.returncode == Exit.WRONG_COMMAND
    told = b"error: standard output cannot be written: No space left on device\n"
    assert done.stderr == told


def test_a_terminal_that_knows_few_letters_is_no_failure() -> None:
    done = subprocess.run(
        [*HEAT, "--os-cloud", "größe", "list"],
        capture_output=True, env=NOBODY | {"PYTHONIOENCODING": "ascii"}, check=False,
    )  # fmt: skip

    assert done.returncode == Exit.NOT_ALLOWED
    assert done.stdout.startswith(b"error: ")
    assert b'the cloud "gr??e"' in done.stdout


@pytest.mark.parametrize("program", [heat, hearth])
def test_a_program_that_is_told_nothing_tells_what_it_can(
    program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    code = program.main([])

    told = capsys.readouterr().out
    program.main(["--help"])
    assert code == 0
    assert told.startswith("Usage: ")
    assert told == capsys.readouterr().out
