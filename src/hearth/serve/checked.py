"""The configuration of a process that is not alone: read, and refused where it cannot work.

`config.load` refuses a value that is none; here is refused what is wrong for a given program.
All that is wrong is told at once, each with its option, file and line.
"""

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hearth.config import Settings, WrongConfiguration, default_files, load, where_set
from hearth.serve.transport import WrongUrl, broker
from hearth.store import driver_for
from hearth.store.errors import Rejected

Wrong = tuple[str, str, str]
"""A group, an option, and what is wrong with it."""


def files_for(program: str, named: Sequence[Path]) -> tuple[Path, ...]:
    """The files that were named, or those that a program reads by itself."""
    for path in named:
        if not path.is_file():
            raise WrongConfiguration(f"{path}: there is no such configuration file.")
    files = tuple(named) or default_files(program)
    if not files:
        raise WrongConfiguration(
            f"{program} finds no configuration, as /etc/heat/heat.conf; name one by --config-file."
        )
    return files


def checked(program: str, files: Sequence[Path]) -> Settings:
    """The settings, if the program can work with them."""
    settings = load(files)
    refuse([one for check in CHECKS[program] for one in check(settings, files)], files)
    return replace(settings, host=settings.host or socket.gethostname())


def refuse(wrong: Sequence[Wrong], files: Sequence[Path]) -> None:
    """Raise what is wrong, if anything is: each option in a line of its own."""
    if wrong:
        raise WrongConfiguration("\n".join(_told(one, files) for one in wrong))


def _told(wrong: Wrong, files: Sequence[Path]) -> str:
    group, option, why = wrong
    where = where_set(option, files, group) or ", ".join(str(path) for path in files)
    return f"{where}: the option [{group}] {option} is wrong: {why}"


def _common(settings: Settings, files: Sequence[Path]) -> Iterator[Wrong]:
    if where_set("connection", files, "database") is None:
        yield "database", "connection", "it is not set"
    else:
        yield from database(settings)
    try:
        broker(settings.transport_url, settings.control_exchange)
    except WrongUrl as error:
        yield "DEFAULT", "transport_url", str(error)
    if not settings.auth_encryption_key:
        yield "DEFAULT", "auth_encryption_key", "it is empty"


def database(settings: Settings) -> Iterator[Wrong]:
    """What is wrong with the URL of the database."""
    try:
        driver_for(settings.database.connection)
    except Rejected as error:
        yield "database", "connection", error.sentence


def _tokens(_settings: Settings, files: Sequence[Path]) -> Iterator[Wrong]:
    group = "keystone_authtoken"
    if not any(where_set(name, files, group) for name in ("auth_url", "auth_section")):
        yield group, "auth_url", "it is not set, so that no token could be checked"


def _trustee(settings: Settings, _files: Sequence[Path]) -> Iterator[Wrong]:
    for option in ("auth_url", "username", "password"):
        if not getattr(settings.trustee, option):
            yield "trustee", option, "it is not set; the engine works as this user"


def _signatures(settings: Settings, _files: Sequence[Path]) -> Iterator[Wrong]:
    if not (settings.ec2authtoken.auth_url or settings.trustee.auth_url):
        yield "ec2authtoken", "auth_url", "it is not set, so that no signature could be checked"


def _plain(group: str) -> Callable[[Settings, Sequence[Path]], Iterator[Wrong]]:
    def check(settings: Settings, _files: Sequence[Path]) -> Iterator[Wrong]:
        if getattr(settings, group).cert_file:
            yield group, "cert_file", "TLS is not served here; put a proxy before, and set none"

    return check


CHECKS = {
    "heat-api": (_common, _tokens, _plain("heat_api")),
    "heat-api-cfn": (_common, _signatures, _plain("heat_api_cfn")),
    "heat-api-cloudwatch": (_plain("heat_api_cloudwatch"),),
    "heat-engine": (_common, _trustee),
}
