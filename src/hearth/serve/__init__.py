"""The one place where parts are wired into processes.

`up` is everything in one process, on one loop: the sandbox cloud, the three APIs, the engine, the
in-process bus, SQLite. `sandbox` is the simulated cloud alone. `run_up` and `run_sandbox` are the
whole life of such a process, from its options to its exit code.
"""

from hearth.serve.options import SandboxOptions, UpOptions, Urls
from hearth.serve.runners import run_sandbox, run_up

__all__ = ["SandboxOptions", "UpOptions", "Urls", "run_sandbox", "run_up"]
