"""`hearth up --cloud` with a cloud that is somebody else's: who logs in, and how one is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hearth.cli import hearth as hearth_program
from hearth.cli import heat as heat_program
from hearth.cli.errors import Exit
from tests.support.running import free_ports, running, spawn, wait_for

pytestmark = pytest.mark.process


@dataclass(frozen=True, slots=True)
class Other:
    """A cloud with a folder and a port of its own."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/identity/v3"

    def password(self, user: str) -> str:
        known = json.loads((self.folder / "secrets.json").read_text())["passwords"]
        return str(known[user])

    def trustee(self) -> str:
        """A heat.conf for whoever wants in."""
        return f"[trustee]\nusername = heat\npassword = {self.password('heat')}\n"


@contextmanager
def other(folder: Path, *arguments: str) -> Iterator[Other]:
    cloud = Other(folder, free_ports() + 5)
    place = ("--state-dir", str(folder), "--port", str(cloud.port), "--speed", "fast")
    process = spawn(folder / "log", "sandbox", *place, *arguments)
    try:
        wait_for(cloud.url, process, folder / "log")
        yield cloud
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The state folder of hearth beside the cloud."""
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def as_demo(cloud: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OS_CLOUD", raising=False)
    given = {"AUTH_URL": cloud.url, "USERNAME": "demo", "PROJECT_NAME": "demo"}
    for name, value in (given | {"PASSWORD": cloud.password("demo")}).items():
        monkeypatch.setenv(f"OS_{name}", value)


def test_where_the_service_user_cannot_log_in_it_is_said_what_to_do(
    tmp_path: Path, mine: Path
) -> None:
    with other(tmp_path / "cloud") as cloud:
        up = ("up", "--state-dir", str(mine), "--port-base", str(free_ports()))

        ended = spawn(mine / "log", *up, "--cloud", cloud.url).wait(60)

    last = (mine / "log").read_text().splitlines()[-1]
    assert ended == Exit.WRONG_COMMAND
    assert f'The cloud at {cloud.url} does not let the user "heat" in' in last
    assert "[trustee] with auth_url, username, password and user_domain_name" in last
    assert str(mine / "heat.conf") in last
    assert "--state-dir" in last
    assert not (mine / "clouds.yaml").exists()


def test_a_service_user_in_heat_conf_is_let_in_and_users_log_in_as_themselves(
    tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = free_ports() + 100
    heat_url = f"http://127.0.0.1:{base + 4}"
    with other(tmp_path / "cloud", "--heat-url", heat_url) as cloud:
        (mine / "heat.conf").write_text(cloud.trustee())
        with running(mine, "--cloud", cloud.url, port_base=base):
            as_demo(cloud, monkeypatch)

            assert heat_program.main(["list"]) == 0

            capsys.readouterr()
            assert hearth_program.main(["status", "--state-dir", str(mine)]) == 0
            told = capsys.readouterr().out
            assert "your own clouds.yaml" in told
            assert "HEAT_URL" not in told
            assert not (mine / "clouds.yaml").exists()


def test_a_cloud_that_lists_another_heat_comes_with_the_url_to_export(
    tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with other(tmp_path / "cloud", "--heat-url", "http://127.0.0.1:1") as cloud:
        (mine / "heat.conf").write_text(cloud.trustee())
        with running(mine, "--cloud", cloud.url):
            hearth_program.main(["status", "--state-dir", str(mine)])
            line = capsys.readouterr().out.splitlines()[-1]
            name, _, value = line.removeprefix("export ").partition("=")
            as_demo(cloud, monkeypatch)
            monkeypatch.setenv(name, value.strip("'"))

            assert heat_program.main(["list"]) == 0


def test_a_folder_shared_with_the_sandbox_needs_nothing_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "both"
    with other(folder) as cloud, running(folder, "--cloud", cloud.url):
        hearth_program.main(["status", "--state-dir", str(folder)])

        assert f"export OS_CLIENT_CONFIG_FILE={folder / 'clouds.yaml'}" in capsys.readouterr().out
        assert cloud.password("demo") in (folder / "clouds.yaml").read_text()
