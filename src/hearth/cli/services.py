"""Commands of `hearth` that run and stop the services."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from hearth.cli.errors import Exit, Stop

_PID_FILE = "hearth.json"
_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 30.0
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
    running = _running(folder)
    if running is None:
        click.echo(f"hearth is not running on {folder}")
        return 0
    os.kill(running["pid"], signal.SIGTERM)
    deadline = time.monotonic() + _STOP_WITHIN_S
    while _held(folder):
        if time.monotonic() > deadline:
            raise Stop(f"process {running['pid']} does not stop", Exit.FAILED)
        time.sleep(_POLL_S)
    click.echo("stopped")
    return 0


@click.command()
@_STATE_DIR
def status(state_dir: Path | None) -> int:
    """Say whether hearth runs, and where. Exits with 1 where it does not."""
    folder = (state_dir or default_state_dir()).expanduser().resolve()
    running = _running(folder)
    if running is None:
        click.echo(f"hearth is not running on {folder}\nNext    {_again('up', folder)}")
        return int(Exit.WRONG_COMMAND)
    click.echo(f"hearth runs as process {running['pid']}: {running['heat_url']}")
    click.echo(exports(folder))
    return 0


def exports(folder: Path) -> str:
    """The lines that make every OpenStack client use what runs on the folder.

    A cloud of somebody else's has users that only its own clouds.yaml knows.
    """
    running = _running(folder) or {}
    lines = [f"export OS_CLIENT_CONFIG_FILE={folder / 'clouds.yaml'}", "export OS_CLOUD=hearth"]
    if not running.get("clouds", True):
        lines = ["# Log in to the cloud with your own clouds.yaml (OS_CLOUD) or OS_* variables."]
    if not running.get("listed", True):
        lines += [
            "# The cloud's catalogue names another orchestration service, or none; for `heat`:",
            f"export HEAT_URL='{running['heat_url']}/v1/%(project_id)s'",
        ]
    return "\n".join(lines)


def _again(command: str, folder: Path) -> str:
    """A command of hearth for this folder, as the user would write it."""
    usual = folder == default_state_dir().resolve()
    return f"hearth {command}{'' if usual else f' --state-dir {folder}'}"


def _detached(folder: Path, given: dict[str, Any]) -> int:
    """Start `hearth up` as a process of its own; return when it is ready."""
    if _running(folder):
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
            raise Stop(f"hearth did not start:\n{started.last_words()}")
        if (running := _running(folder)) and running["pid"] == process.pid:
            return running
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


def _running(folder: Path) -> dict[str, Any] | None:
    """What the process on this folder wrote of itself when it became ready, while it lives."""
    try:
        written: dict[str, Any] = json.loads((folder / _PID_FILE).read_text())
        os.kill(written["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return written


def _held(folder: Path) -> bool:
    """Whether a process holds the folder: it does until all of it has stopped."""
    with (folder / "hearth.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
