"""A hearth of real processes, for tests that need one: started on free ports, always stopped."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

READY_WITHIN_S = 120.0
BASES = range(20000, 32700, 10)
CLAIMS: list[TextIO] = []
"""Locked files, open as long as the process lives."""


@dataclass(slots=True)
class Running:
    """`hearth up` as a process of its own."""

    state_dir: Path
    port_base: int
    process: subprocess.Popen[bytes]
    arguments: tuple[str, ...] = ()

    @property
    def heat_url(self) -> str:
        return f"http://127.0.0.1:{self.port_base + 4}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.port_base + 5}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes every OpenStack client use it."""
        return {
            "OS_CLIENT_CONFIG_FILE": str(self.state_dir / "clouds.yaml"),
            "OS_CLOUD": "hearth",
        }

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode


@contextmanager
def running(state_dir: Path, *arguments: str, port_base: int | None = None) -> Iterator[Running]:
    """`hearth up` on free ports until the block ends."""
    hearth = start(state_dir, *arguments, port_base=port_base)
    try:
        yield hearth
    finally:
        hearth.stop()


def start(state_dir: Path, *arguments: str, port_base: int | None = None) -> Running:
    """Start `hearth up` and wait until it answers."""
    base = port_base or free_ports()
    process = spawn(
        state_dir / "hearth.log", "up", "--state-dir", str(state_dir), "--port-base", str(base),
        *arguments,
    )  # fmt: skip
    hearth = Running(state_dir, base, process, arguments)
    announced(state_dir, process)
    return hearth


def announced(state_dir: Path, process: subprocess.Popen[bytes]) -> None:
    """Until a process says that it is ready on the folder."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            told = json.loads((state_dir / "hearth.json").read_text())
            if told["pid"] == process.pid:
                return
        except (OSError, ValueError):
            pass
        ended = process.poll() is not None
        assert not ended, f"it ended at once:\n{(state_dir / 'hearth.log').read_text()}"
        time.sleep(0.02)
    process.kill()
    raise AssertionError(
        f"not ready in {READY_WITHIN_S} s:\n{(state_dir / 'hearth.log').read_text()}"
    )


def spawn(log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A `hearth` process that writes to a log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "hearth", *arguments],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
        )  # fmt: skip


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the URL answers anything at all."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"it ended at once:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    process.kill()
    raise AssertionError(f"{url} did not answer in {READY_WITHIN_S} s:\n{log.read_text()}")


def free_ports() -> int:
    """A base such that the ports hearth takes beside it are free, and no other test takes them.

    All are below those that the kernel gives to whoever asks for any.
    """
    first = os.getpid() % len(BASES)
    for base in chain(BASES[first:], BASES[:first]):
        if _claimed(base) and all(_free(base + offset) for offset in (0, 3, 4, 5)):
            return base
    raise AssertionError("no free ports")


def _claimed(base: int) -> bool:
    """Whether it is this process's from now on, until it ends: tests run side by side."""
    folder = Path(tempfile.gettempdir()) / f"hearth-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    claim = (folder / str(base)).open("w")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        claim.close()
        return False
    CLAIMS.append(claim)
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(slots=True)
class Rest:
    """A user of the REST API, logged in by password."""

    hearth: Running
    user: str = "demo"
    project: str = "demo"
    password: str = ""
    token: str = ""
    project_id: str = ""
    seen: list[Any] = field(default_factory=list)

    def login(self) -> "Rest":
        """Get a token as clouds.yaml says."""
        import yaml

        clouds = yaml.safe_load((self.hearth.state_dir / "clouds.yaml").read_text())["clouds"]
        auth = clouds["hearth" if self.user == "demo" else "hearth-admin"]["auth"]
        domain = {"id": "default"}
        user = {"name": auth["username"], "domain": domain, "password": auth["password"]}
        body = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": {"name": auth["project_name"], "domain": domain}},
            }
        }
        code, document, headers = _http("POST", f"{auth['auth_url']}/auth/tokens", body, {})
        assert code == 201, document
        self.token, self.project_id = headers["X-Subject-Token"], document["token"]["project"]["id"]
        return self

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """(status, document) of a request below /v1/<project>."""
        url = f"{self.hearth.heat_url}/v1/{self.project_id}{path}"
        code, document, headers = _http(method, url, body, {"X-Auth-Token": self.token})
        if code == 302:
            code, document, _ = _http(
                method, headers["Location"], body, {"X-Auth-Token": self.token}
            )
        return code, document

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """The document of a request that must succeed."""
        code, document = self.call(method, path, body)
        assert code < 300, f"{method} {path}: {code} {document}"
        return document

    def rest(self, name: str, within_s: float = 60.0) -> dict[str, Any] | None:
        """The stack once it rests; None when it is gone."""
        deadline = time.monotonic() + within_s
        while True:
            code, document = self.call("GET", f"/stacks/{name}")
            if code == 404:
                return None
            assert code == 200, document
            stack: dict[str, Any] = document["stack"]
            if not stack["stack_status"].endswith("IN_PROGRESS"):
                return None if stack["stack_status"] == "DELETE_COMPLETE" else stack
            assert time.monotonic() < deadline, f"{name} is still {stack['stack_status']}"
            time.sleep(0.05)

    def objects(self) -> dict[str, Any]:
        """Everything that the sandbox cloud holds."""
        return objects(self.hearth.sandbox_url)


def objects(sandbox_url: str) -> dict[str, Any]:
    """Everything that a sandbox cloud holds, by service and kind."""
    code, document, _ = _http("GET", f"{sandbox_url}/sandbox/objects", None, {})
    assert code == 200, document
    found: dict[str, Any] = document
    return found


def _http(
    method: str, url: str, body: Any, headers: dict[str, str]
) -> tuple[int, Any, dict[str, str]]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    request.add_header("Content-Type", "application/json")
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(request, timeout=60) as reply:
            text, code, got = reply.read(), reply.status, dict(reply.headers)
    except urllib.error.HTTPError as error:
        text, code, got = error.read(), error.code, dict(error.headers)
    headers_found = {name.title(): value for name, value in got.items()}
    try:
        return code, json.loads(text) if text else None, headers_found
    except ValueError:
        return code, text.decode(errors="replace"), headers_found


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are for the caller to follow."""

    def redirect_request(self, *_: Any) -> None:
        return None
