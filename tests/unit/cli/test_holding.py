"""Who runs on a folder is told by the lock, and never by what somebody left behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hearth.cli.holding import held, holder, running
from hearth.serve.folder import SANDBOX, UP, Folder, FolderInUse

HOLDS = """
import sys, pathlib
from hearth.serve.folder import Folder
folder = Folder(pathlib.Path(sys.argv[1]))
with folder.held(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(folder: Path, name: str = UP) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the folder."""
    made = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder), name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert made.stdout is not None
    assert made.stdout.readline() == "held\n"
    try:
        yield made
    finally:
        made.kill()
        made.communicate()


def tell(folder: Path, pid: int) -> None:
    (folder / "hearth.json").write_text(json.dumps({"pid": pid, "heat_url": "http://h:1"}))


def test_nobody_holds_a_folder_that_is_not_there(tmp_path: Path):
    assert holder(tmp_path / "none") is None


def test_the_one_who_holds_it_is_found_before_and_after_it_is_ready(tmp_path: Path):
    with holding(tmp_path) as process:
        starting = holder(tmp_path)
        tell(tmp_path, process.pid)
        ready = holder(tmp_path)

    assert starting is not None
    assert ready is not None
    assert (starting.pid, starting.ready) == (process.pid, False)
    assert (ready.pid, ready.ready) == (process.pid, True)


def test_a_stranger_who_got_the_number_of_one_who_was_killed_is_not_meant(tmp_path: Path):
    with holding(tmp_path) as process:
        process.kill()
        process.communicate()
    tell(tmp_path, os.getpid())
    (tmp_path / "hearth.lock").write_text(f"{os.getpid()} 1\n")

    assert holder(tmp_path) is None
    assert running(tmp_path) is None


def test_a_lock_of_one_process_under_the_number_of_another_names_nobody(tmp_path: Path):
    with holding(tmp_path):
        (tmp_path / "hearth.lock").write_text(f"{os.getpid()} 1\n")

        assert held(tmp_path)
        assert holder(tmp_path) is None


def test_one_who_was_killed_a_moment_ago_is_not_in_the_way(tmp_path: Path):
    with holding(tmp_path) as process:
        process.kill()

        with Folder(tmp_path).held(UP):
            found = holder(tmp_path)

    assert found is not None
    assert found.pid == os.getpid()


def test_one_who_goes_on_is_in_the_way_and_keeps_its_name(tmp_path: Path):
    with holding(tmp_path) as process:
        with pytest.raises(FolderInUse), Folder(tmp_path).held(UP):
            pass

        found = holder(tmp_path)
        assert found is not None
        assert found.pid == process.pid


def test_a_cloud_alone_leaves_what_hearth_says_of_itself(tmp_path: Path):
    with holding(tmp_path) as process:
        tell(tmp_path, process.pid)
        with Folder(tmp_path).held(SANDBOX):
            assert running(tmp_path) is not None

        assert running(tmp_path) is not None
