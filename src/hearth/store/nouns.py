"""Rows and answers that only the store knows how to make: services, runs held."""

from dataclasses import dataclass

from hearth.stack import RunRecord, StepRecord


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """An engine process. Whether it is up is judged by `updated_at`."""

    id: str
    engine_id: str
    host: str
    hostname: str
    binary: str
    topic: str
    report_interval_s: int
    created_at: float
    updated_at: float | None = None
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True)
class HeldRun:
    """A run that a worker holds.

    steps: where each stood when it was claimed. `run.fence` is the number to write under; the
    first batch written under it has sequence 1.
    project_id: whose turn it takes.
    """

    run: RunRecord
    steps: tuple[StepRecord, ...]
    project_id: str
