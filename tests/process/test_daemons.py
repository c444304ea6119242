"""The programs of a deployment as processes: how they start, are kept alive, and stop."""

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support import running as processes
from tests.support.deployment import spawned

pytestmark = pytest.mark.process

WITHIN_S = 30.0


def until(holds: Callable[[], bool]) -> None:
    """Until it holds: nothing tells when another process is done."""
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Service:
    """`heat-api-cloudwatch` with two workers: it needs neither a database nor a broker."""

    def __init__(self, folder: Path) -> None:
        self.port = processes.free_ports()
        self.conf = folder / "heat.conf"
        self.log = folder / "cloudwatch.log"
        self.write(workers=2)
        self.process = spawned("heat-api-cloudwatch", self.log, "--config-file", str(self.conf))
        processes.wait_for(self.url, self.process, self.log)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/?Action=ListMetrics"

    def write(self, workers: int) -> None:
        self.conf.write_text(
            "[heat_api_cloudwatch]\n"
            f"bind_host=127.0.0.1\nbind_port={self.port}\nworkers={workers}\n"
        )

    def workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def status(self) -> int:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_what_is_not_offered_yet_says_so(service):
    assert service.status() == 501


def test_a_worker_that_dies_is_replaced(service):
    until(lambda: len(service.workers()) == 2)
    victim = min(service.workers())

    psutil.Process(victim).kill()
    until(lambda: victim not in service.workers() and len(service.workers()) == 2)

    assert service.status() == 501


def test_a_hang_up_replaces_the_workers_by_the_new_configuration(service):
    until(lambda: len(service.workers()) == 2)
    before = service.workers()
    service.write(workers=3)

    service.process.send_signal(signal.SIGHUP)
    until(lambda: len(service.workers() - before) == 3 and not service.workers() & before)

    assert service.status() == 501


def test_a_hang_up_with_a_wrong_configuration_changes_nothing(service):
    until(lambda: len(service.workers()) == 2)
    before = service.workers()
    service.conf.write_text("[heat_api_cloudwatch]\nworkers = many\n")

    service.process.send_signal(signal.SIGHUP)
    until(lambda: "the old configuration stays" in service.log.read_text())

    assert service.workers() == before
    assert f"{service.conf}:2" in service.log.read_text()


def test_it_stops_when_it_is_told(service):
    service.process.send_signal(signal.SIGTERM)

    assert service.process.wait(20) == 0


def test_a_parent_that_is_killed_leaves_nobody_on_the_port(service):
    until(lambda: len(service.workers()) == 2)
    workers = service.workers()

    service.process.kill()
    service.process.wait()

    until(lambda: not any(psutil.pid_exists(pid) and running(pid) for pid in workers))
    with socket.create_server(("127.0.0.1", service.port)):
        pass


def running(pid: int) -> bool:
    """Whether the process is more than a body that nobody has buried."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("program", ["heat-api", "heat-engine"])
def test_a_wrong_configuration_ends_the_start_with_its_line(program, tmp_path):
    conf = tmp_path / "heat.conf"
    conf.write_text("[DEFAULT]\ndebug = yes\nrpc_response_timeout = soon\n")

    process: subprocess.Popen[bytes] = spawned(
        program, tmp_path / "log", "--config-file", str(conf)
    )

    assert process.wait(30) == 1
    assert f"{conf}:3: the option rpc_response_timeout" in (tmp_path / "log").read_text()
