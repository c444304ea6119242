"""The services of a deployment as programs of their own: `heat-api`, `heat-engine`, others."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

import hearth as package

Run = Callable[[Sequence[Path]], int]


def heat_api() -> None:
    """`heat-api`."""
    _main("heat-api", "Answer the orchestration API.", _api("heat-api"))


def heat_api_cfn() -> None:
    """`heat-api-cfn`."""
    _main("heat-api-cfn", "Answer the CloudFormation API.", _api("heat-api-cfn"))


def heat_api_cloudwatch() -> None:
    """`heat-api-cloudwatch`."""
    _main("heat-api-cloudwatch", "Answer the CloudWatch API.", _api("heat-api-cloudwatch"))


def heat_engine() -> None:
    """`heat-engine`."""
    _main("heat-engine", "Carry out what the APIs are asked for.", _engine)


def _api(program: str) -> Run:
    def run(files: Sequence[Path]) -> int:
        from hearth.serve.daemons import run_api

        return run_api(program, files)

    return run


def _engine(files: Sequence[Path]) -> int:
    from hearth.serve.daemons import run_engine

    return run_engine(files)


def _main(name: str, doc: str, run: Run) -> None:
    """Read the command line, and live."""

    @click.command(name, help=doc, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package.__version__, prog_name=name)
    @click.option(
        "--config-file",
        "files",
        multiple=True,
        metavar="PATH",
        type=click.Path(path_type=Path, dir_okay=False),
        help="What to read instead of /etc/heat/heat.conf and the like; a later one wins.",
    )
    @click.option(
        "--config-dir", "folders", multiple=True, metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="A folder whose *.conf are read after these, in the order of their names.",
    )  # fmt: skip
    def command(files: tuple[Path, ...], folders: tuple[Path, ...]) -> None:
        inside = [path for folder in folders for path in sorted(folder.glob("*.conf"))]
        sys.exit(run([*files, *inside]))

    command.main(prog_name=name)
