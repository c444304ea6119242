"""Trusts that no stack has, and runs that wait until theirs works again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpareTrust:
    """A trust that is asked for, or that is to be taken back: written before either is done.

    trust_id: kept encrypted; empty as long as it is not known. ends_at: when the trust ends, a
    time that no other trust of the user has: by it, one is found whose making was not answered.
    """

    id: str
    user_id: str
    project_id: str
    at: float
    trust_id: str = ""
    ends_at: float = 0.0


@dataclass(frozen=True, slots=True)
class ParkedRun:
    """A run that nobody holds until its next look whether its credentials work again.

    since: when it was parked first. looks: how often it was looked in vain.
    """

    run_id: str
    root_id: str
    since: float
    looks: int = 0
