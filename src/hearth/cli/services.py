"""Commands of `hearth` that run and stop the services."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from hearth.cli.errors import Exit, Stop
from hearth.cli.holding import held, holder, running

_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 30.0
_LET_GO_WITHIN_S = 5.0
_ANSWER_S = 1.0
_POLL_S = 0.05
_OFFSETS = (0, 3, 4, 5)


def default_state_dir() -> Path:
    """The folder `hearth` below the user's data folder (XDG base directory specification)."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "hearth"


_STATE_DIR = click.option(
    "--state-dir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where everything is kept; by default below your data folder.",
)  # fmt: skip
_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_SPEED = click.option(
    "--speed", type=click.Choice(["real", "fast"]), default="real", show_default=True,
    help="How long the simulated cloud takes over its work.",
)  # fmt: skip
_GUESTS = click.option(
    "--guests", is_flag=True,
    help="Play the agents in the simulated servers: they signal, and apply deployments.",
)  # fmt: skip


@click.command()
@_STATE_DIR
@_HOST
@click.option(
    "--port-base",
    type=click.IntRange(1, 65530),
    default=8000,
    show_default=True,
    metavar="N",
    help="cfn N, cloudwatch N+3, heat-api N+4, sandbox cloud N+5.",
)
@click.option("--cloud", metavar="URL", help="Use the cloud whose Keystone is at URL.")
@click.option("--detach", is_flag=True, help="Go on in the background.")
@_SPEED
@_GUESTS
def up(state_dir: Path | None, *, detach: bool, cloud: str | None, **given: Any) -> int:
    """Run everything in one process, with a simulated cloud."""
    folder = (state_dir or default_state_dir()).expanduser().resolve()
    if detach:
        return _detached(folder, {**given, "cloud": cloud})
    from hearth.serve import UpOptions, run_up

    options = UpOptions(state_dir=folder, cloud_url=cloud, **given)
    return run_up(options, lambda: click.echo(exports(folder)))


@click.command()
@_STATE_DIR
@_HOST
@click.option("--port", type=click.IntRange(1, 65535), default=8005, show_default=True)
@_SPEED
@click.option(
    "--heat-url", metavar="URL",
    help="heat-api in its catalogue; by default this host, at the port below.",
)  # fmt: skip
@_GUESTS
def sandbox(state_dir: Path | None, **given: Any) -> int:
    """Run the simulated cloud alone."""
    from hearth.serve import SandboxOptions, run_sandbox

    folder = (state_dir or default_state_dir()).expanduser().resolve()
    return run_sandbox(SandboxOptions(state_dir=folder, **given))


@click.command()
@_STATE_DIR
def down(state_dir: Path | None) -> int:
    """Stop what `hearth up` started; all is kept."""
    folder = (state_dir or default_state_dir()).expanduser().resolve()
    found = holder(folder)
    if found is None:
        if held(folder):
            after = f"fuser {folder / 'hearth.lock'}  (tells which process it is)"
            raise Stop(f"a process holds {folder} and does not say who it is", next_command=after)
        click.echo(f"hearth is not running on {folder}")
        return 0
    with suppress(ProcessLookupError):  # it has ended by itself, this moment
        os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_WITHIN_S
    while (now := holder(folder)) is not None and now.pid == found.pid:
        if time.monotonic() > deadline:
            after = f"kill -9 {found.pid}  (nothing is lost: what was begun is taken up again)"
            raise Stop(f"process {found.pid} does not stop", Exit.FAILED, next_command=after)
        time.sleep(_POLL_S)
    click.echo("stopped")
    return 0


@click.command()
@_STATE_DIR
def status(state_dir: Path | None) -> int:
    """Say whether hearth runs, and where. Exits with 1 where it does not."""
    folder = (state_dir or default_state_dir()).expanduser().resolve()
    found = holder(folder)
    if found is None:
        click.echo(f"hearth is not running on {folder}\nNext    {_again('up', folder)}")
        return int(Exit.WRONG_COMMAND)
    if found.told is None:
        click.echo(f"hearth starts as process {found.pid}, and is not ready yet")
        return int(Exit.WRONG_COMMAND)
    click.echo(f"hearth runs as process {found.pid}: {found.told['heat_url']}")
    click.echo(exports(folder))
    return 0


def exports(folder: Path) -> str:
    """The lines that make every OpenStack client use what runs on the folder.

    A cloud of somebody else's has users that only its own clouds.yaml knows.
    """
    told = running(folder) or {}
    lines = [f"export OS_CLIENT_CONFIG_FILE={folder / 'clouds.yaml'}", "export OS_CLOUD=hearth"]
    if not told.get("clouds", True):
        lines = ["# Log in to the cloud with your own clouds.yaml (OS_CLOUD) or OS_* variables."]
    if not told.get("listed", True):
        lines += [
            "# The cloud's catalogue names another orchestration service, or none; for `heat`:",
            f"export HEAT_URL='{told['heat_url']}/v1/%(project_id)s'",
        ]
    return "\n".join(lines)


def _again(command: str, folder: Path) -> str:
    """A command of hearth for this folder, as the user would write it."""
    usual = folder == default_state_dir().resolve()
    return f"hearth {command}{'' if usual else f' --state-dir {folder}'}"


def _detached(folder: Path, given: dict[str, Any]) -> int:
    """Start `hearth up` as a process of its own; return when it is ready."""
    if _in_use(folder):
        after = _again("status", folder)
        raise Stop(f"hearth runs on {folder} already", Exit.CONFLICT, next_command=after)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Stop(
            f"{folder} cannot hold hearth's state: {error.strerror}",
            next_command="hearth up --state-dir DIR",
        ) from error
    log = folder / "hearth.log"
    arguments = ["up", "--state-dir", str(folder)]
    for name in ("host", "port_base", "speed", "cloud"):
        if given[name]:
            arguments += [f"--{name.replace('_', '-')}", str(given[name])]
    arguments += ["--guests"] if given["guests"] else []
    started = start(arguments, log)
    wait_ready(folder, started)
    click.echo(f"hearth runs as process {started.process.pid}; its log is {log}")
    click.echo(exports(folder))
    return 0


@dataclass(frozen=True, slots=True)
class Started:
    """A `hearth` process; its log, and where in it this process begins to speak."""

    process: "subprocess.Popen[bytes]"
    log: Path
    begins_at: int

    def last_words(self) -> str:
        """The end of what the process has said."""
        said = self.log.read_bytes()[self.begins_at :].decode(errors="replace")
        return "\n".join(said.splitlines()[-5:])


def start(arguments: list[str], log: Path) -> Started:
    """A `hearth` process in a session of its own, writing to a log that only its user reads."""
    with open(log, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as sink:
        os.fchmod(sink.fileno(), 0o600)
        begins_at = os.fstat(sink.fileno()).st_size
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "hearth", *arguments],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True,
        )  # fmt: skip
    return Started(process, log, begins_at)


def wait_ready(folder: Path, started: Started) -> dict[str, Any]:
    """Return what a starting process says of itself, once it answers."""
    process = started.process
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            code = Exit.CONFLICT if process.returncode == Exit.CONFLICT else Exit.WRONG_COMMAND
            raise Stop(f"hearth did not start:\n{started.last_words()}", code)
        if (told := running(folder)) and told["pid"] == process.pid:
            return told
        time.sleep(_POLL_S)
    process.terminate()
    raise Stop(f"hearth was not ready in {_READY_WITHIN_S:.0f} s; see {started.log}", Exit.FAILED)


def free_port_base(wanted: int) -> int:
    """The wanted base of ports, or the next where all that are needed are free."""
    for base in range(wanted, 60000, 10):
        if all(_free(base + offset) for offset in _OFFSETS):
            return base
    raise Stop("no free ports on this machine")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _in_use(folder: Path) -> bool:
    """Whether somebody runs there; who was killed a moment ago may still have to let go."""
    deadline = time.monotonic() + _LET_GO_WITHIN_S
    while (found := holder(folder)) is not None:
        if found.told is not None and _answers(found.told["heat_url"]):
            return True
        if time.monotonic() > deadline:
            return True
        time.sleep(_POLL_S)
    return False


def _answers(url: str) -> bool:
    """Whether somebody answers; that a port is open says nothing of one who was just killed."""
    place = urlsplit(url)
    asked = HTTPConnection(place.hostname or "", place.port, timeout=_ANSWER_S)
    try:
        asked.request("GET", "/")
        asked.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()
    return True
