"""Users' expressions and patterns, evaluated in a process of its own that can be killed.

Rule: nothing that a user wrote is evaluated in the service's own process. `program` is what the
worker process runs, and imports nothing of ours; `process` starts it when it is first needed, kills
it at a deadline, and ends it with its parent.
"""

from hearth.serve.expressions.process import Limits, OwnThread, Process

__all__ = ["Limits", "OwnThread", "Process"]
