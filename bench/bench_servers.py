"""What it costs to wait for a thousand servers: requests to the cloud, and time lost after all.

A cloud in a process of its own builds each server in 20 s. Measured are the requests that it gets
in each second while all are waited for, and how long after the last server's readiness the stack is
complete. Usage: bench_servers.py [servers] [seconds of building]
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.measuring import WELL, Server, connected, processor_s, report
from tests.support.running import free_ports, running

MOST_PER_S = 60
MOST_LATE_S = 3.0
Noted = tuple[float, str, str]


def template(count: int) -> str:
    """Servers on a network of their own, large enough for all."""
    servers = "".join(
        f"  s{at}: {{type: OS::Nova::Server, properties: {{flavor: m1.nano, image: cirros,"
        " networks: [{network: {get_resource: net}}]}, depends_on: subnet}\n"
        for at in range(count)
    )
    return (
        "heat_template_version: 2018-08-31\nresources:\n  net: {type: OS::Neutron::Net}\n"
        "  subnet: {type: OS::Neutron::Subnet, properties: "
        f"{{network: {{get_resource: net}}, cidr: 10.0.0.0/16}}}}\n{servers}"
    )


@contextmanager
def cloud(folder: Path, port: int, build_s: float) -> Iterator[subprocess.Popen[bytes]]:
    """A cloud in a process of its own."""
    program = str(Path(__file__).with_name("cloud.py"))
    process = subprocess.Popen([sys.executable, program, str(folder), str(port), str(build_s)])
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                noted(port)
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


def noted(port: int) -> list[Noted]:
    """What the cloud was asked."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/bench/requests", timeout=30) as reply:
        return [tuple(one) for one in json.load(reply)]


def measure(hearth: Server, port: int, count: int, build_s: float) -> list[str]:
    """Create, and look at what the cloud was asked meanwhile."""
    body = {"template": template(count), "stack_name": "many", "timeout_mins": 60}
    pid = hearth.hearth.process.pid
    begun, used = time.time(), processor_s(pid)
    code, document = hearth.call("POST", "/stacks", json.dumps(body).encode())
    assert code == 201, document
    hearth.ids["many"] = document["stack"]["id"]
    while (status := hearth.status("many")).endswith("IN_PROGRESS"):
        time.sleep(0.1)
    ended = time.time()
    assert status in WELL, hearth.call("GET", "/stacks/many")
    found = noted(port)
    made = [at for at, method, path in found if method == "POST" and path.endswith("/servers")]
    waiting = [one for one in found if max(made) + 1 < one[0] < min(made) + build_s]
    seconds = Counter(int(at - max(made)) for at, _method, _path in waiting)
    most = max(seconds.values(), default=0)
    late = ended - (max(made) + build_s)
    return [
        f"# {count} servers, each built in {build_s:g} s",
        "",
        "| what | measured | at most |",
        "|---|---|---|",
        f"| requests in a second while all are waited for: most | {most} | {MOST_PER_S} |",
        f"| the same: median | {statistics.median(seconds.values() or [0]):g} | |",
        f"| seconds from the last readiness to CREATE_COMPLETE | {late:.1f} | {MOST_LATE_S:g} |",
        f"| seconds in all | {ended - begun:.1f} | |",
        f"| seconds of the processor, of hearth alone | {processor_s(pid) - used:.1f} | |",
        f"| requests to the cloud in all | {len(found)} | |",
    ]


def main() -> None:
    """Measure, print, and leave a report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    build_s = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    with tempfile.TemporaryDirectory() as name:
        folder, base = Path(name), free_ports()
        (folder / "heat.conf").write_text("[DEFAULT]\nmax_resources_per_stack = -1\n")
        port = base + 5
        with cloud(folder, port, build_s):
            arguments = ("--cloud", f"http://127.0.0.1:{port}")
            with running(folder, *arguments, port_base=base) as hearth, connected(hearth) as server:
                lines = measure(server, port, count, build_s)
    report("servers", lines)


if __name__ == "__main__":
    main()
