"""`hearth`: runs the services. `hearth up` is all of them in one process, with a cloud inside."""

import sys
import traceback

import click

import hearth as package
from hearth.cli import services
from hearth.cli.demo import demo
from hearth.cli.errors import Exit, Stop
from hearth.cli.output import output
from hearth.cli.problems import show_stop


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show a traceback when something breaks.")
@click.version_option(package.__version__, prog_name="hearth")
def hearth(*, debug: bool) -> None:
    """Orchestration for OpenStack, on this machine. Begin with `hearth up`."""


for _command in (services.up, services.down, services.status, services.sandbox, demo):
    hearth.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code says how it went. No traceback is shown without --debug."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return int(hearth.main(arguments, prog_name="hearth", standalone_mode=False) or 0)
    except Stop as stop:
        show_stop(output(as_json=False), stop, {})
        return int(stop.code)
    except click.exceptions.Abort:
        return int(Exit.WRONG_COMMAND)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = f"{context.command_path if context else 'hearth'} --help"
        show_stop(output(as_json=False), Stop(error.format_message(), next_command=usage), {})
        return int(Exit.WRONG_COMMAND)
    except Exception as error:
        if "--debug" in arguments:
            traceback.print_exc()
        fault = f"hearth itself failed: {_told(error)}"
        show_stop(output(as_json=False), Stop(fault, next_command="hearth --debug …"), {})
        return int(Exit.WRONG_COMMAND)


def _told(error: BaseException) -> str:
    """The error itself, where tasks have wrapped it into a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
