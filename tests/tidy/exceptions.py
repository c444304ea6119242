"""Every place that a rule excuses, as `module:function`, with its reason. `*` matches anything.

An entry that matches nothing any more must go: a test says so.
"""

# Where everything may be caught: the top of a process, or of a step.
BROAD_EXCEPTS: dict[str, str] = {}

# Where something may be imported late: only to keep start-up fast.
LATE_IMPORTS: dict[str, str] = {}

# Tests that wait in real time: for another process, of which nothing tells when it is done.
SLEEPS: dict[str, str] = {}
