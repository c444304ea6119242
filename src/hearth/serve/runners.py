"""The whole life of a process: log, loop, signals, exit code."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import uvloop

import hearth
from hearth.base.errors import HearthError
from hearth.serve.folder import FolderInUse
from hearth.serve.options import SandboxOptions, UpOptions, Urls
from hearth.serve.simulated import sandbox
from hearth.serve.up import up

log = logging.getLogger("hearth")

REFUSED, IN_USE = 1, 6
"""Exit codes of the user's guide: it cannot be done so; another has the folder."""

T = TypeVar("T")


def run_up(options: UpOptions, when_ready: Callable[[], None] = lambda: None) -> int:
    """Run `hearth up` until it is told to stop."""
    what = options.cloud_url or "a sandbox cloud inside"
    begin = f"hearth {hearth.__version__} starts on {options.state_dir}, with {what}"

    def ready(urls: Urls) -> str:
        when_ready()
        return _ready(urls)

    return _run(begin, lambda: up(options), ready)


def run_sandbox(options: SandboxOptions) -> int:
    """Run `hearth sandbox` until it is told to stop."""
    begin = f"hearth {hearth.__version__} sandbox cloud starts on {options.state_dir}"
    return _run(begin, lambda: sandbox(options), lambda url: f"sandbox cloud ready on {url}")


def _ready(urls: Urls) -> str:
    return (
        f"ready: heat-api on {urls.heat}, cfn on {urls.cfn}, cloudwatch on {urls.cloudwatch},"
        f" Keystone on {urls.identity}"
    )


def _run(
    begin: str, make: Callable[[], AbstractAsyncContextManager[T]], said: Callable[[T], str]
) -> int:
    log_to_stderr()
    os.umask(0o077)
    log.info("%s", begin)
    return run_until_told(make, said)


def run_until_told(
    make: Callable[[], AbstractAsyncContextManager[T]], said: Callable[[T], str]
) -> int:
    """The life of a loop: what is made lasts until SIGINT or SIGTERM; the exit code."""
    code = 0
    try:
        uvloop.run(_until_told(make, said))
    except* HearthError as group:
        code = REFUSED
        for error in _each(group):
            code = IN_USE if isinstance(error, FolderInUse) else code
            tell(str(getattr(error, "sentence", error)))
    if not code:
        log.info("stopped")
    return code


def tell(refusal: str) -> None:
    """Say why nothing comes of it, each reason in a line. A person reads this, no developer."""
    for line in refusal.splitlines():
        log.error("%s", line)


def _each(error: BaseException) -> Iterator[BaseException]:
    """What a group holds, however deep."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _each(one)
    else:
        yield error


async def _until_told(
    make: Callable[[], AbstractAsyncContextManager[T]], said: Callable[[T], str]
) -> None:
    """Stay inside the context until SIGINT or SIGTERM; a second one ends the process at once."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        told.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    async with make() as started:
        log.info("%s", said(started))
        await told.wait()
        log.info("stopping")


class OneLine(logging.Formatter):
    """A line for each thing that happens, whatever was sent: nobody writes a line but us."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line without its traceback, with what moves a terminal's cursor shown as such."""
        return super().formatMessage(record).translate(_CONTROLS)


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


def log_to_stderr() -> None:
    """One line for each thing that happens. Libraries speak up only when something is wrong."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
    log.setLevel(logging.INFO)
    # Its warnings are about options that the embedded default leaves alone on purpose, and each
    # refused token has its line in the access log anyway.
    logging.getLogger("keystonemiddleware").setLevel(logging.CRITICAL)
