"""What the simulation holds to, by name, and by which words a finding is known.

Each has a mutation that breaks it (`mutations.py`): a check that cannot fail checks nothing.
"""

import re
from collections.abc import Iterable, Mapping

INVARIANTS: Mapping[str, str] = {
    "states": r": the state of .+ went from",
    "needs": r" began before .+, which it requires, was there",
    "ends": r" began to go before .+ was gone",
    "steps in order": r": step .+ began before .+ was done",
    "steps end once": r": step .+ went from",
    "runs end once": r": run .+ went from",
    "runs end in time": r" after its deadline",
    "nothing runs out of time": r"had all the time it needs, and timed out",
    "fences rise": r" changed hands without a higher fence",
    "leases last": r" before its lease had ended",
    "holders write": r" was written by one who does not hold it",
    "events are numbered": r"event \d+ of .+ came after number",
    "events tell of changes": r"no event tells that ",
    "events tell no secret": r"the event .+ tells a secret",
    "no secret is stored": r" holds a secret in plain letters",
    "signals stay": r"signals .+ are lost",
    "signals count once": r"signals without an id count as",
    "commands take effect once": r"a command to .+ took effect twice",
    "answers stay": r" was answered in \d+ ways",
    "rows have objects": r" and has no object",
    "objects have rows": r" has our marker .+ and no row| has no row that made it",
    "the end is the same": r"the end is not that of the undisturbed run",
    "nothing is left": r"the cloud is not as it was before|these would not go",
    "all comes to an end": r"^(undisturbed: )?(Stuck|Deadlock|Livelock|TimeoutError): ",
    "no fault of ours": r"^(undisturbed: )?(logged:|Traceback|the loop met|the guests have)",
    "nobody is refused": r" was refused: ",
}
"""The name of each, and a pattern that its findings match and no other's."""


def broken(problems: Iterable[str]) -> set[str]:
    """The invariants that these findings are about."""
    told = list(problems)
    return {
        name
        for name, words in INVARIANTS.items()
        if any(re.search(words, problem) for problem in told)
    }
