"""`hearth`: runs the services. `hearth up` is all of them in one process, with a cloud inside."""

import click

import hearth as package
from hearth.cli import services
from hearth.cli.demo import demo
from hearth.cli.errors import Exit, Stop
from hearth.cli.output import output
from hearth.cli.problems import show_stop


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package.__version__, prog_name="hearth")
def hearth() -> None:
    """Orchestration for OpenStack, on this machine. Begin with `hearth up`."""


for _command in (services.up, services.down, services.status, services.sandbox, demo):
    hearth.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code says how it went."""
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
