"""Why something failed, as data: what a person needs in order to do something about it."""

from dataclasses import dataclass

from hearth.stack.states import Action


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a service, as whoever has that service's log would look for it.

    path: without the query. status: 0 where no answer came.
    """

    service: str
    method: str = ""
    path: str = ""
    status: int = 0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a step of a run failed, or the run itself (`step` is empty then).

    path: the resource's name, after those of the resources that it is nested in, from the root.
    where: the place in a template of each of them, in the same order.
    error: the kind, as events name it. message: the sentence. call: what was asked of the cloud.
    follows: it was stopped because of something else, and is no root cause.
    """

    run_id: str
    step: str
    root_id: str
    stack_id: str
    operation_id: str
    action: Action
    at: float
    error: str
    message: str
    path: tuple[str, ...] = ()
    type: str = ""
    where: tuple[str, ...] = ()
    call: Call | None = None
    hint: str = ""
    follows: bool = False
