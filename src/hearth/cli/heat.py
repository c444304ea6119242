"""`heat`: the client of heat-api."""

import sys
import traceback

import click

import hearth
from hearth.cli import acting, deploying, keeping, looking, oldnames, tools, why
from hearth.cli.errors import Exit, Stop
from hearth.cli.output import output
from hearth.cli.problems import show_stop
from hearth.cli.session import LOGIN_OPTIONS, Session

_HELP = """Make stacks out of templates, and look after them.

`heat deploy TEMPLATE` makes a stack be what the template says, new or not. The login is read from
clouds.yaml and OS_* variables, like every OpenStack client's.
"""


@click.group(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--os-cloud", metavar="NAME", help="The cloud of clouds.yaml to use.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, a document a line.")
@click.option("--debug", is_flag=True, help="Show a traceback when something breaks.")
@click.version_option(hearth.__version__, prog_name="heat")
@click.pass_context
def heat(context: click.Context, /, os_cloud: str | None, *, as_json: bool, debug: bool,
         **given: str | None) -> None:  # fmt: skip
    """Remember who asks and how to answer."""
    overrides = {name: value for name, value in given.items() if value}
    context.obj = Session(os_cloud, overrides, output(as_json=as_json), debug=debug)


for _option in LOGIN_OPTIONS:
    heat = click.option(f"--os-{_option.replace('_', '-')}", _option, hidden=True)(heat)
for _command in (
    *deploying.COMMANDS,
    *acting.COMMANDS,
    *keeping.COMMANDS,
    *looking.COMMANDS,
    *why.COMMANDS,
    *tools.COMMANDS,
    *oldnames.COMMANDS,
):
    heat.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code says how it went. No traceback is shown without --debug."""
    arguments = sys.argv[1:] if arguments is None else arguments
    out = output(as_json="--json" in arguments)
    try:
        return int(heat.main(arguments, prog_name="heat", standalone_mode=False) or 0)
    except Stop as stop:
        show_stop(out, stop, stop.texts)
        return int(stop.code)
    except click.exceptions.Abort:
        out.line("\nstopped; nothing was changed")
        return int(Exit.WRONG_COMMAND)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = f"{context.command_path if context else 'heat'} --help"
        show_stop(out, Stop(error.format_message(), next_command=usage), {})
        return int(Exit.WRONG_COMMAND)
    except Exception as error:
        if "--debug" in arguments:
            traceback.print_exc()
        fault = f"heat itself failed: {type(error).__name__}: {error}"
        show_stop(out, Stop(fault, next_command="heat --debug …"), {})
        return int(Exit.WRONG_COMMAND)


if __name__ == "__main__":
    sys.exit(main())
