"""What a run does next. No clock, no I/O: an event in, commands out, each step looked at once.

A run's progress is a value that this file alone changes. What the table of `Progress.states`
does not allow raises.

    WAITING ─begin→ RUNNING ─Done→ DONE          what it requires is DONE
        │              └────Failed→ FAILED        nothing new begins after a failure
        └─ idle, or only_if not met → DONE        at once, without a command
    WAITING at the end of a run that stops → SKIPPED
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from hearth.plan import REPLACED, Plan, Step
from hearth.stack import StepState


class IllegalStep(Exception):
    """An event that does not fit the step's state: a fault of ours."""


class Halt(Enum):
    """Why nothing new begins."""

    FAILURE = "failure"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Done:
    """A step has come to its end; outcome `replaced` if a new object stands beside the old."""

    step: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A step has failed."""

    step: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing new may begin."""

    why: Halt


Event = Done | Failed | Stop


@dataclass(frozen=True, slots=True)
class Perform:
    """Carry a step out; again: it was under way when a worker was lost."""

    step: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is under way and nothing can begin: the run has ended."""

    ok: bool
    halt: Halt | None


Command = Perform | Finish


@dataclass(slots=True)
class Progress:
    """A plan being carried out: where each step stands, and how many steps each waits for.

    persistent: failures do not stop what does not depend upon them (CHECK, DELETE).
    """

    steps: dict[str, Step]
    states: dict[str, StepState]
    outcomes: dict[str, str]
    left: dict[str, int]
    waiters: dict[str, list[str]]
    reasons: dict[str, str] = field(default_factory=dict)
    running: int = 0
    halt: Halt | None = None
    persistent: bool = False
    finished: bool = False


def begin(
    plan: Plan,
    states: Mapping[str, tuple[StepState, str]] | None = None,
    *,
    persistent: bool = False,
    halt: Halt | None = None,
) -> tuple[Progress, list[Command]]:
    """Take a run up, new or stored (`states`: key → state and outcome of what has begun).

    halt: why nothing new is to begin, if something came meanwhile.
    """
    stored = states or {}
    steps = {step.key: step for step in plan.steps}
    progress = Progress(
        steps=steps,
        states=dict.fromkeys(steps, StepState.WAITING),
        outcomes={},
        left={key: sum(r in steps for r in step.requires) for key, step in steps.items()},
        waiters={key: [] for key in steps},
        persistent=persistent,
        halt=halt,
    )
    for key, step in steps.items():
        for required in step.requires:
            if required in steps:
                progress.waiters[required].append(key)
    return progress, _resume(progress, stored)


def advance(progress: Progress, event: Event) -> list[Command]:
    """Take in what happened; say what is to be done about it."""
    match event:
        case Done(key, outcome):
            _end(progress, key, StepState.DONE)
            return _on(progress, _settle(progress, key, outcome))
        case Failed(key, reason):
            _end(progress, key, StepState.FAILED)
            progress.reasons[key] = reason
            if not progress.persistent:
                progress.halt = progress.halt or Halt.FAILURE
            return _on(progress, [])
        case Stop(why):
            progress.halt = why
            return _on(progress, [])


def _resume(progress: Progress, stored: Mapping[str, tuple[StepState, str]]) -> list[Command]:
    again: list[Command] = []
    ready = [key for key, count in progress.left.items() if count == 0]
    for key, (state, outcome) in stored.items():
        progress.states[key] = state
        progress.outcomes[key] = outcome
        if state is StepState.RUNNING:
            progress.running += 1
            again.append(Perform(key, again=True))
        elif state is StepState.FAILED:
            progress.reasons[key] = outcome
            if not progress.persistent:
                progress.halt = Halt.FAILURE
    for key, (state, _outcome) in stored.items():
        if state is StepState.DONE:
            ready += _release(progress, key)
    ready = [key for key in dict.fromkeys(ready) if progress.states[key] is StepState.WAITING]
    return again + _on(progress, ready)


def _on(progress: Progress, ready: Iterable[str]) -> list[Command]:
    """Begin what is ready, through idle steps as far as they lead; or end."""
    commands: list[Command] = []
    if progress.halt is None:
        queue = list(ready)
        for key in queue:
            if progress.states[key] is not StepState.WAITING:
                continue  # stored as begun already, and what it waited for is idle
            if _nothing_to_do(progress, key):
                progress.states[key] = StepState.DONE
                queue += _settle(progress, key, "")
            else:
                progress.states[key] = StepState.RUNNING
                progress.running += 1
                commands.append(Perform(key))
    if progress.running == 0 and not progress.finished:
        progress.finished = True
        commands.append(Finish(_all_done(progress), progress.halt))
    return commands


def _nothing_to_do(progress: Progress, key: str) -> bool:
    step = progress.steps[key]
    if step.only_if is not None and progress.outcomes.get(step.only_if) != REPLACED:
        return True
    return step.idle


def _settle(progress: Progress, key: str, outcome: str) -> list[str]:
    progress.outcomes[key] = outcome
    return _release(progress, key)


def _release(progress: Progress, key: str) -> list[str]:
    """Those that waited for nothing but this step."""
    free = []
    for waiter in progress.waiters[key]:
        progress.left[waiter] -= 1
        if progress.left[waiter] == 0:
            free.append(waiter)
    return free


def _end(progress: Progress, key: str, state: StepState) -> None:
    if progress.states.get(key) is not StepState.RUNNING:
        raise IllegalStep(f"{key} is {progress.states.get(key)} and cannot become {state}")
    progress.states[key] = state
    progress.running -= 1


def _all_done(progress: Progress) -> bool:
    """Whether every step is done; what never began is marked as skipped."""
    ok = True
    for key, state in progress.states.items():
        if state is StepState.WAITING:
            progress.states[key] = StepState.SKIPPED
        ok = ok and state is StepState.DONE
    return ok
