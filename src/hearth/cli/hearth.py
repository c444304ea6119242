"""`hearth`: runs the services. `hearth up` is all of them in one process, with a cloud inside."""

import sys

import click

import hearth as package
from hearth.cli import services
from hearth.cli.demo import demo
from hearth.cli.ending import run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show a traceback when something breaks.")
@click.version_option(package.__version__, prog_name="hearth")
def hearth(*, debug: bool) -> None:
    """Orchestration for OpenStack, on this machine. Begin with `hearth up`."""


for _command in (services.up, services.down, services.status, services.sandbox, demo):
    hearth.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code says how it went. No traceback is shown without --debug."""
    return run(hearth, "hearth", sys.argv[1:] if arguments is None else arguments)
