"""Which tests run here, and which are left out and why.

A test that needs a service or the clients is left out where they are missing, and the last lines
of the run say so. In CI (CI=true or HEARTH_SERVICES=required) it fails instead.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import clients, services

SOAK = "soak: hours of work; run `make soak`"
NO_CLIENTS = "clients: not installed; run `make test`"
LEFT_OUT = pytest.StashKey[Counter[str]]()

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("soak", max_examples=10_000, deadline=None, print_blob=True)


def required() -> bool:
    """Whether a test that lacks what it needs fails, instead of being left out."""
    return os.environ.get("CI") == "true" or os.environ.get("HEARTH_SERVICES") == "required"


def lacking(item: pytest.Item) -> str | None:
    """What a test lacks, as a sentence; None if it can run."""
    marker = item.get_closest_marker("services")
    if marker is not None and (absent := services.missing(marker.args)):
        return f"services: {', '.join(absent)} not running; run `make services`"
    if item.get_closest_marker("clients") is not None and not clients.installed():
        return NO_CLIENTS
    return None


def soaking(config: pytest.Config) -> bool:
    """Whether soak tests were asked for by name."""
    return "soak" in str(config.option.markexpr)


def pytest_configure(config: pytest.Config) -> None:
    """Let every run try the same examples, except where new ones are sought."""
    config.stash[LEFT_OUT] = Counter()
    settings.load_profile("soak" if soaking(config) else "repeatable")


def reason_to_leave_out(item: pytest.Item) -> str | None:
    """Why a test is not run at all; None if it is."""
    if item.get_closest_marker("soak") is not None and not soaking(item.config):
        return SOAK
    return None if required() else lacking(item)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here."""
    reasons = {item: reason_to_leave_out(item) for item in items}
    config.hook.pytest_deselected(items=[item for item in items if reasons[item]])
    account: Counter[str] = Counter(reason for reason in reasons.values() if reason)
    config.stash[LEFT_OUT] = account
    items[:] = [item for item in items if not reasons[item]]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail what must run and cannot."""
    if required() and (reason := lacking(item)):
        pytest.fail(reason, pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands what it left out to its controller."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        account = session.config.stash[LEFT_OUT]
        output["left_out"] = dict(account)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Every worker collects everything, so one worker's account is the whole account."""
    account = getattr(node, "workeroutput", {}).get("left_out")
    if account is not None:
        node.config.stash[LEFT_OUT] = Counter(account)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and how to run it."""
    for reason, count in sorted(terminalreporter.config.stash[LEFT_OUT].items()):
        terminalreporter.write_line(f"left out {count} marked {reason}")


@pytest.fixture
def postgresql_url() -> str:
    """The address of PostgreSQL, for a test marked services("postgresql")."""
    return services.url("postgresql") or ""


@pytest.fixture
def mariadb_url() -> str:
    """The address of MariaDB, for a test marked services("mariadb")."""
    return services.url("mariadb") or ""


@pytest.fixture
def rabbitmq_url() -> str:
    """The address of RabbitMQ, for a test marked services("rabbitmq")."""
    return services.url("rabbitmq") or ""


@pytest.fixture
def clients_python() -> Path:
    """The interpreter that has the unmodified clients, for a test marked clients."""
    return clients.python()
