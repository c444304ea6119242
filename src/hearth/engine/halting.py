"""Words in a run's `superseded_by` that are no run's id: nothing newer takes its place."""

CANCEL = "cancel"
"""Nothing new begins, and what is under way has some time to come to its end."""

STOP = "stop"
"""Nothing new begins, and what is under way is stopped where it waits."""

WORDS = frozenset({CANCEL, STOP})
