"""How a program of ours ends: with a code and a sentence, and never with a traceback."""

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from hearth.cli.errors import Exit, Stop
from hearth.cli.output import Output, Unheard, output
from hearth.cli.problems import show_stop

_READER_GONE = 141
"""What a shell says of a program that a closed pipe has ended."""


def run(group: click.Group, name: str, arguments: Sequence[str]) -> int:
    """Run a command; the exit code says how it went. No traceback is shown without --debug."""
    with suppress(AttributeError):  # whatever a test has put in its place
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    out = output(as_json="--json" in arguments)
    try:
        try:
            return int(group.main(list(arguments), prog_name=name, standalone_mode=False) or 0)
        except Exception as error:
            return _ended(out, name, error, debug="--debug" in arguments)
    except Unheard as unheard:
        _fall_silent()
        if unheard.gone:
            return _READER_GONE
        sys.stderr.write(f"error: standard output cannot be written: {unheard}\n")
        return int(Exit.WRONG_COMMAND)


def _ended(out: Output, name: str, error: Exception, *, debug: bool) -> int:
    """Say why a command ended; its exit code."""
    match error:
        case Unheard():
            raise error
        case Stop():
            stop = error
        case click.exceptions.Abort():
            asked = not isinstance(error.__cause__, KeyboardInterrupt)
            out.line("stopped; nothing was changed" if asked else "\nstopped")
            return int(Exit.WRONG_COMMAND)
        case click.exceptions.NoArgsIsHelpError():
            out.line(error.format_message())
            return 0
        case click.ClickException():
            context = getattr(error, "ctx", None)
            usage = f"{context.command_path if context else name} --help"
            stop = Stop(error.format_message(), next_command=usage)
        case _:
            if debug:
                traceback.print_exception(error)
            fault = f"{name} itself failed: {_told(error)}"
            stop = Stop(fault, next_command=f"{name} --debug …")
    show_stop(out, stop, stop.texts)
    return int(stop.code)


def _told(error: BaseException) -> str:
    """The error itself, where tasks have wrapped it into a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


def _fall_silent() -> None:
    """Let the end of the process write nothing more to where nothing can be written."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
