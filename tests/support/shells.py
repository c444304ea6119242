"""The unmodified `openstack`, many commands in one process."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import clients


@dataclass(slots=True)
class Openstack:
    """`openstack`, many commands in one process."""

    process: subprocess.Popen[str]

    def run(self, *arguments: str) -> dict[str, Any]:
        """A command's {code, out, err}."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(list(arguments)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the client's process ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ok(self, *arguments: str) -> str:
        """What a command that must succeed says."""
        answer = self.run(*arguments)
        assert answer["code"] == 0, f"{' '.join(arguments)}\n{answer['out']}{answer['err']}"
        said: str = answer["out"]
        return said

    def json(self, *arguments: str) -> Any:
        """The same, as a document; what `--wait` tells before it is left out."""
        said = self.ok(*arguments, "-f", "json").splitlines()
        first = next(at for at, line in enumerate(said) if line[:1] in {"{", "["})
        return json.loads("\n".join(said[first:]))


@contextmanager
def openstack(environment: dict[str, str]) -> Iterator[Openstack]:
    """The client, logged in by the variables given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    clean.pop("PYTHONPATH", None)
    with subprocess.Popen(
        [str(clients.python()), str(Path(__file__).with_name("openstack_shell.py"))],
        env=clean | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            yield Openstack(process)
        finally:
            process.kill()
