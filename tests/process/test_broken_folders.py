"""A state folder that cannot be used ends `hearth up` with a sentence: what, where, what helps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hearth.cli import hearth as hearth_program
from hearth.cli.errors import Exit
from tests.support.running import free_ports

pytestmark = pytest.mark.process

NOISE = b"this is nothing that hearth wrote\n" * 40


def written(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def made(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).mkdir()

    return make


CASES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "secrets.json of noise": (
        written("secrets.json", NOISE), "secrets.json does not hold hearth's secrets", "a copy",
    ),
    "cloud.sqlite without secrets": (
        written("cloud.sqlite", NOISE), "cloud.sqlite beside it cannot be used", "--state-dir",
    ),
    "hearth.json is a folder": (
        made("hearth.json"), "hearth.json cannot be written: Is a directory", "move it away",
    ),
    "hearth.lock is a folder": (made("hearth.lock"), "cannot hold hearth's state", "--state-dir"),
    "heat.conf of noise": (written("heat.conf", b"\xff\xfe"), "heat.conf is refused", "decode"),
    "heat.conf is a folder": (made("heat.conf"), "heat.conf is refused", "Is a directory"),
    "heat.conf names no database": (
        written("heat.conf", b"[database]\nconnection = oracle://x\n"),
        "heat.conf:2: the option [database] connection is wrong: oracle is no database", "sqlite",
    ),
    "heat.conf names no URL": (
        written("heat.conf", b"[database]\nconnection = hidden\n"),
        "heat.conf:2: the option [database] connection is wrong: it is no URL", "sqlite:",
    ),
    "heat.conf names a folder as database": (
        written("heat.conf", b"[database]\nconnection = sqlite:////proc\n"),
        "/proc cannot be opened: unable to open database file", "a file that hearth may write",
    ),
    "heat.conf names a database that does not answer": (
        written(
            "heat.conf",
            b"[database]\nconnection = mysql://a:hidden@127.0.0.1:1/x?read_timeout=7\n",
        ),
        "a:***@127.0.0.1:1/x cannot be opened: Can't connect to MySQL server", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_used_is_named_with_what_helps(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, what, advice = CASES[case]
    spoil(tmp_path)

    code = hearth_program.main(
        ["up", "--state-dir", str(tmp_path), "--port-base", str(free_ports())]
    )

    told = capsys.readouterr()
    assert code == Exit.WRONG_COMMAND
    assert "Traceback" not in told.err
    assert "itself failed" not in told.out
    (sentence,) = [line for line in told.err.splitlines() if " ERROR " in line]
    assert what in sentence
    assert advice in sentence
    assert "hidden" not in told.err
