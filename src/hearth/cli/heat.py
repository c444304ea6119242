"""`heat`: the client of heat-api."""

import sys

import click

import hearth
from hearth.cli import acting, deploying, keeping, looking, oldnames, tools, why
from hearth.cli.ending import run
from hearth.cli.output import output
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
    return run(heat, "heat", sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
