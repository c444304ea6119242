"""`hearth demo`: the main job from beginning to end, on nothing but this machine."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

import click

from hearth.cli import heat
from hearth.cli.errors import Exit, Stop
from hearth.cli.services import free_port_base, start, wait_ready

_NAME = "demo"
_STOP_WITHIN_S = 30.0
_PORT_BASE = 8000


@click.command("demo")
@click.option("--template", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              default=Path("examples/server.yaml"), show_default=True)  # fmt: skip
def demo(template: Path) -> int:
    """Deploy a template, show it, delete it, and stop."""
    with tempfile.TemporaryDirectory(prefix="hearth-demo-") as name:
        folder = Path(name)
        log = folder / "hearth.log"
        base = free_port_base(_PORT_BASE)
        started = start(["up", "--state-dir", name, "--port-base", str(base)], log)
        try:
            ready = wait_ready(folder, started)
            click.echo(
                f"hearth on {ready['heat_url']} (sandbox cloud, SQLite) "
                f"ready in {ready['ready_s']:.1f} s"
            )
            os.environ |= {"OS_CLIENT_CONFIG_FILE": f"{name}/clouds.yaml", "OS_CLOUD": "hearth"}
            return _show(template)
        finally:
            _stop(started.process)


def _show(template: Path) -> int:
    for arguments in (
        ["deploy", str(template), "--name", _NAME, "-P", "server_name=demo", "--yes"],
        ["resources", _NAME],
        ["events", _NAME],
        ["outputs", _NAME],
        ["delete", _NAME, "--yes"],
        ["list"],
    ):
        click.echo(f"\n$ heat {' '.join(arguments)}")
        code = heat.main(arguments)
        if code:
            raise Stop(f"`heat {arguments[0]}` ended with {code}", Exit.FAILED)
    return 0


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
