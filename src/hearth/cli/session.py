"""What the commands share: the login, the output, and the options they are declared with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import click

from hearth.cli.auth import login
from hearth.cli.client import Heat, stack_path
from hearth.cli.errors import Stop
from hearth.cli.files import Bundle, bundle
from hearth.cli.output import Output

LOGIN_OPTIONS = (
    "auth_url", "username", "user_id", "password", "project_name", "project_id", "token",
    "user_domain_name", "user_domain_id", "project_domain_name", "project_domain_id",
)  # fmt: skip


@dataclass(slots=True)
class Session:
    """One run of the program."""

    cloud: str | None
    overrides: dict[str, str]
    out: Output
    debug: bool = False
    client: Heat | None = None

    @property
    def heat(self) -> Heat:
        """heat-api; logging in is left until it is needed."""
        if self.client is None:
            self.client = Heat(login(self.cloud, self.overrides))
        return self.client

    def find(self, name: str) -> dict[str, Any]:
        """A stack that exists, by name or id."""
        stack: dict[str, Any] = self.heat.get(stack_path(name), resolve_outputs="false")["stack"]
        return stack

    def look_for(self, name: str) -> dict[str, Any] | None:
        """A stack by name or id, or None where there is none."""
        try:
            stack = self.find(name)
        except Stop as stop:
            if stop.kind in {"EntityNotFound", "NotFound"}:
                return None
            raise
        return None if stack["stack_status"] == "DELETE_COMPLETE" else stack

    def path(self, name: str, *more: str) -> str:
        """The canonical path of something in a stack."""
        stack = self.find(name)
        return stack_path(stack["stack_name"], stack["id"], *more)


def read(
    template: str,
    environments: tuple[str, ...],
    parameters: tuple[str, ...],
    *,
    lenient: bool = False,
    old: bool = False,
) -> tuple[Bundle, dict[str, Any]]:
    """The bundle of a template, and the request's body for it. lenient: files may be missing.

    What is said on the command line wins over what stands in a file; old: it does not, as it never
    did under the old names.
    """
    read_in = bundle(template, environments, lenient=lenient)
    body = {**read_in.body(), "parameters": pairs(parameters)}
    if environments and parameters and not old:
        body["parameters_win"] = True
    return read_in, body


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Parameters as they are given on a command line."""
    found = [pair for text in given for pair in _split(text)]
    for pair in found:
        if "=" not in pair:
            after = f"heat …  -P {pair}=VALUE"
            raise Stop(f'the parameter "{pair}" has no value', next_command=after)
        if not _is_text(pair):
            name = pair.partition("=")[0].encode(errors="replace").decode()
            raise Stop(f'the value of the parameter "{name}" is not text in UTF-8')
    return dict(pair.split("=", 1) for pair in found)


def _is_text(given: str) -> bool:
    """Whether it came as UTF-8: bytes that do not are surrogates here, which no request holds."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def _split(text: str) -> list[str]:
    """`a=1;b=2` is two; a semicolon inside a value stays, where what follows is no name=."""
    parts: list[str] = []
    for piece in text.split(";"):
        if parts and not piece.partition("=")[1]:
            parts[-1] += f";{piece}"
        elif piece:
            parts.append(piece)
    return parts


def command(
    name: str, function: Callable[..., Any], *parameters: click.Parameter, hidden: bool = False
) -> click.Command:
    """A command out of a function `f(session, **options)`; `--json` is offered by each."""

    @click.pass_context
    def run(context: click.Context, /, *, as_json: bool = False, **options: Any) -> Any:
        session: Session = context.obj
        if as_json:
            session.out = replace(session.out, as_json=True, colour=False, live=False)
        return function(session, **options)

    as_json = click.Option(["--json", "as_json"], is_flag=True, help="Answer in JSON.")
    return click.Command(
        name, callback=run, params=[*parameters, as_json], hidden=hidden, help=function.__doc__
    )


def argument(name: str, **more: Any) -> click.Argument:
    """A positional argument."""
    return click.Argument([name], **more)


def option(*names: str, **more: Any) -> click.Option:
    """An option."""
    return click.Option(list(names), **more)


def inputs(*, template: bool = True) -> list[click.Parameter]:
    """What deploy, plan and validate take alike."""
    named: list[click.Parameter] = [argument("template")] if template else []
    return [
        *named,
        option("-e", "--environment", "environments", multiple=True, metavar="FILE",
               help="An environment; may be repeated, later ones win."),
        option("-P", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
               help="A parameter's value; may be repeated."),
    ]  # fmt: skip
