"""A deployment of separate processes: heat-api, engines, a cloud; PostgreSQL and RabbitMQ."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine

from hearth.bus.broker import Broker
from hearth.store import driver_for
from tests.support import broker, services
from tests.support import running as processes
from tests.support.running import Rest, Running

READY_WITHIN_S = 120.0
_CONF = """\
[DEFAULT]
transport_url = {transport_url}
control_exchange = {prefix}
auth_encryption_key = thirty-two characters of a secret
num_engine_workers = 1
periodic_interval = 2
stack_user_domain_name = heat
stack_domain_admin = heat_domain_admin
stack_domain_admin_password = {domain_password}
{more}
[database]
connection = {connection}
[heat_api]
bind_host = 127.0.0.1
bind_port = {heat_port}
workers = 2
[heat_api_cfn]
bind_host = 127.0.0.1
bind_port = {cfn_port}
workers = 1
[heat_api_cloudwatch]
bind_host = 127.0.0.1
bind_port = {cloudwatch_port}
workers = 1
[trustee]
auth_url = {auth_url}
username = heat
password = {password}
user_domain_name = Default
[keystone_authtoken]
auth_type = password
auth_url = {auth_url}
www_authenticate_uri = {auth_url}
username = heat
password = {password}
user_domain_name = Default
project_name = service
project_domain_name = Default
service_token_roles_required = true
"""
_CLOUD = """\
  {cloud}:
    auth:
      auth_url: {auth_url}
      username: {user}
      password: {password}
      project_name: {user}
      user_domain_name: Default
      project_domain_name: Default
"""


@dataclass(slots=True)
class Deployment:
    """What runs, by name; `engine-1` is an engine's name."""

    folder: Path
    port_base: int
    prefix: str
    connection: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def conf(self) -> Path:
        return self.folder / "heat.conf"

    @property
    def auth_url(self) -> str:
        return f"http://127.0.0.1:{self.port_base + 5}/identity/v3"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start_cloud(self) -> None:
        """The sandbox; then what its secrets tell, as files."""
        log = self.log("cloud")
        self.processes["cloud"] = processes.spawn(
            log, "sandbox", "--state-dir", str(self.folder), "--speed", "fast",
            "--port", str(self.port_base + 5),
        )  # fmt: skip
        processes.wait_for(f"http://127.0.0.1:{self.port_base + 5}/identity",
                           self.processes["cloud"], log)  # fmt: skip
        known = self.passwords()
        clouds = "".join(
            _CLOUD.format(auth_url=self.auth_url, cloud=cloud, user=user, password=known[user])
            for cloud, user in (("hearth", "demo"), ("hearth-admin", "admin"))
        )
        (self.folder / "clouds.yaml").write_text(f"clouds:\n{clouds}")
        self.write_conf(known["heat"])

    def passwords(self) -> dict[str, str]:
        """Those of the cloud's users."""
        found: dict[str, str] = json.loads((self.folder / "secrets.json").read_text())["passwords"]
        return found

    def write_conf(self, password: str, more: str = "") -> None:
        """heat.conf, in the words of Heat's own."""
        self.conf.write_text(_CONF.format(
            transport_url=(services.url("rabbitmq") or "").replace("amqp://", "rabbit://"),
            prefix=self.prefix,
            connection=self.connection,
            heat_port=self.port_base + 4,
            cfn_port=self.port_base,
            cloudwatch_port=self.port_base + 3,
            auth_url=self.auth_url,
            password=password,
            domain_password=self.passwords()["heat_domain_admin"],
            more=more,
        ))  # fmt: skip

    def start(self, program: str, name: str | None = None) -> None:
        """Start a program, and wait until it says that it is ready."""
        name = name or program
        seen = self.said_ready(name)
        self.processes[name] = spawned(program, self.log(name), "--config-file", str(self.conf))
        self.until_ready(name, seen)

    def said_ready(self, name: str) -> int:
        """How often a process has said that it is ready."""
        log = self.log(name)
        return log.read_text().count(" ready") if log.exists() else 0

    def until_ready(self, name: str, seen: int = 0) -> None:
        """Until a process says once more that it is ready."""
        deadline = time.monotonic() + READY_WITHIN_S
        while self.said_ready(name) <= seen:
            assert self.processes[name].poll() is None, self.log(name).read_text()
            assert time.monotonic() < deadline, self.log(name).read_text()
            time.sleep(0.02)

    def kill(self, name: str) -> None:
        """kill -9; its workers go with it."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def terminate(self, name: str) -> int:
        """SIGTERM, and the exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(30)

    def held(self) -> list[str]:
        """The workers that runs are leased to, the one with the most first."""
        engine = create_engine(driver_for(self.connection))
        with engine.connect() as sql:
            found = sql.exec_driver_sql(
                "SELECT owner FROM leases WHERE running AND owner IS NOT NULL"
                " GROUP BY owner ORDER BY count(*) DESC"
            ).scalars()
            owners = list(found)
        engine.dispose()
        return owners

    def engine_of(self, worker: str) -> str:
        """The process that a worker belongs to."""
        names = [name for name in self.processes if name.startswith("engine")]
        return next(name for name in names if worker in self.log(name).read_text())

    def login(self, user: str = "demo") -> Rest:
        """A user."""
        up = Running(self.folder, self.port_base, self.processes["heat-api"])
        return Rest(up, user).login()


def spawned(program: str, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A program of the deployment, as its entry point starts it."""
    entry = f"from hearth.cli.daemons import {program.replace('-', '_')} as main; main()"
    with log.open("ab") as sink:
        return subprocess.Popen(
            [sys.executable, "-c", entry, *arguments],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
        )  # fmt: skip


@contextmanager
def deployed(folder: Path) -> Iterator[Deployment]:
    """A cloud, an empty database and a corner of the broker; nothing of ours runs yet."""
    folder.mkdir(parents=True, exist_ok=True)
    server = create_engine(services.url("postgresql") or "", isolation_level="AUTOCOMMIT")
    name = f"trial_{uuid4().hex}"
    with server.connect() as sql:
        sql.exec_driver_sql(f"CREATE DATABASE {name}")
    # As upstream writes it: without a driver.
    url = server.url.set(database=name, drivername="postgresql")
    connection = url.render_as_string(hide_password=False)
    made = Deployment(folder, processes.free_ports(), f"test-{uuid4().hex}", connection)
    try:
        made.start_cloud()
        yield made
    finally:
        for one in list(made.processes):
            made.kill(one)
        with server.connect() as sql:
            sql.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()
        where = Broker((services.url("rabbitmq") or "",), made.prefix)
        asyncio.run(broker.removed(where))
