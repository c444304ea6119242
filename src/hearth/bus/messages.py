"""Every command an engine takes, and every answer it gives. All are plain, frozen values.

A command's name is its tag on the wire. What a user gave travels as it came (`Source`): an API
process parses no template. An answer that says no is a `Failure`, which the caller's side of the
bus raises again as the error of `base.errors` that it was made from.
"""

from typing import Any, Generic, TypeVar

import msgspec

from hearth.base import Problem
from hearth.base import errors as base_errors
from hearth.base.errors import HearthError
from hearth.identity import Caller


class Answer(msgspec.Struct, frozen=True, tag=True):
    """What an engine says to a command."""


class Done(Answer, frozen=True, tag=True):
    """It is durably recorded; there is nothing more to say."""


class Accepted(Answer, frozen=True, tag=True):
    """The stack's work is durably recorded and will be done."""

    stack_id: str
    name: str
    version: int = 0


class Document(Answer, frozen=True, tag=True):
    """A body for the REST API, as it is, and the problems (warnings) met on the way."""

    body: Any
    problems: tuple[Problem, ...] = ()


class Failure(Answer, frozen=True, tag=True):
    """A refusal or a failure: `error` names the class in `base.errors`, `kind` upstream's."""

    error: str
    kind: str
    sentence: str
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, error: HearthError) -> "Failure":
        """The same thing as a message. An error of a subclass elsewhere goes as its ancestor."""
        named = next(a for a in type(error).__mro__ if vars(base_errors).get(a.__name__) is a)
        return cls(named.__name__, error.kind, error.sentence, error.problems)

    def error_again(self) -> HearthError:
        """The error this was made from."""
        named = vars(base_errors).get(self.error)
        if not (isinstance(named, type) and issubclass(named, HearthError)):
            named = HearthError
        return named(self.sentence, kind=self.kind, problems=self.problems)


A = TypeVar("A", bound=Answer)


class Command(msgspec.Struct, Generic[A], frozen=True, kw_only=True, tag=True):
    """Something to be done once, however often it is delivered.

    id: a UUID made by the sender. deadline: seconds since the epoch, after which an engine
    drops it unread. caller: in whose name.
    """

    id: str
    deadline: float
    caller: Caller


class StackRef(msgspec.Struct, frozen=True):
    """Which stack: both as the path named it; an engine answers Missing unless both match."""

    name: str
    id: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a request gave to make a stack from, unread.

    template: an object or a text, or None (then `template_url`, or the stored one on a patch).
    environment: an object or a text. environment_files: names in `files`, merged in order.
    files_container: a Swift container whose objects are added to `files`.
    parameters_win: over what environment files say; else those win, as in Heat.
    """

    template: Any = None
    template_url: str | None = None
    environment: Any = None
    environment_files: tuple[str, ...] | None = None
    files: dict[str, Any] = {}
    files_container: str | None = None
    parameters: dict[str, Any] = {}
    parameters_win: bool = False


class CreateStack(Command[Accepted], frozen=True, kw_only=True, tag=True):
    """Validate, record, and begin to create a stack.

    adopt: the document of an abandoned stack whose objects are to be taken over.
    """

    name: str
    source: Source
    timeout_mins: int | None = None
    disable_rollback: bool = True
    tags: tuple[str, ...] = ()
    adopt: dict[str, Any] | None = None


class UpdateStack(Command[Accepted], frozen=True, kw_only=True, tag=True):
    """Make an existing stack be what is given.

    existing: what the request leaves out stays as stored (PATCH). None for tags, timeout and
    rollback means: not given. converge: compare with what the cloud shows.
    expected_version: refuse if the stack's row has moved on since a plan was shown.
    """

    stack: StackRef
    source: Source
    existing: bool = False
    clear_parameters: tuple[str, ...] = ()
    converge: bool = False
    tags: tuple[str, ...] | None = None
    timeout_mins: int | None = None
    disable_rollback: bool | None = None
    expected_version: int | None = None


class DeleteStack(Command[Done], frozen=True, kw_only=True, tag=True):
    """Begin to delete a stack."""

    stack: StackRef


class StackAction(Command[Done], frozen=True, kw_only=True, tag=True):
    """suspend, resume, check, cancel_update or cancel_without_rollback."""

    stack: StackRef
    action: str


class AbandonStack(Command[Done], frozen=True, kw_only=True, tag=True):
    """Let go of a stack: its rows go, its objects stay.

    versions: by the stacks' ids, those of its row and of the rows of all below it when the document
    was made by which others take its objects over.
    """

    stack: StackRef
    versions: dict[str, int]


class SnapshotStack(Command[Document], frozen=True, kw_only=True, tag=True):
    """Begin to keep a snapshot of a stack. body: {id}."""

    stack: StackRef
    name: str = ""


class DeleteSnapshot(Command[Done], frozen=True, kw_only=True, tag=True):
    """Begin to delete a snapshot, with what was copied for it."""

    stack: StackRef
    snapshot_id: str


class RestoreSnapshot(Command[Accepted], frozen=True, kw_only=True, tag=True):
    """Begin to make a stack be what it was when a snapshot was made of it."""

    stack: StackRef
    snapshot_id: str


class ValidateTemplate(Command[Document], frozen=True, kw_only=True, tag=True):
    """Say what the template's parameters are, or all that is wrong with it.

    body: {Description, Parameters, ParameterGroups?, NestedParameters?, Environment}.
    ignore_errors: error codes (99001) whose problems are passed over.
    thorough: whatever cannot be deployed is an error, the cloud being asked as for a plan; what
        is not given is unknown. Upstream lets wrong values pass here.
    """

    source: Source
    show_nested: bool = False
    ignore_errors: tuple[str, ...] = ()
    thorough: bool = False


class PreviewStack(Command[Document], frozen=True, kw_only=True, tag=True):
    """What a stack would be. body: the `stack` document with `resources`."""

    name: str
    source: Source
    timeout_mins: int | None = None
    disable_rollback: bool = True
    tags: tuple[str, ...] = ()


class PreviewUpdate(Command[Document], frozen=True, kw_only=True, tag=True):
    """What an update would touch. body: {unchanged, updated, replaced, added, deleted}."""

    stack: StackRef
    source: Source
    existing: bool = False
    clear_parameters: tuple[str, ...] = ()
    converge: bool = False
    show_nested: bool = False


class PlanNew(Command[Document], frozen=True, kw_only=True, tag=True):
    """The plan that creating a stack would carry out. body: the plan document."""

    name: str
    source: Source


class PlanUpdate(Command[Document], frozen=True, kw_only=True, tag=True):
    """The plan that an update would carry out. body: the plan document.

    It says under `itself` what changes of the stack itself, beside its resources.
    """

    stack: StackRef
    source: Source
    existing: bool = False
    clear_parameters: tuple[str, ...] = ()
    converge: bool = False
    tags: tuple[str, ...] | None = None
    timeout_mins: int | None = None
    disable_rollback: bool | None = None


class SignalResource(Command[Done], frozen=True, kw_only=True, tag=True):
    """Tell a resource something; what, its type understands.

    strict: refuse what the type does not understand, instead of taking it and saying so in an
    event, as upstream's REST API has it.
    """

    stack: StackRef
    resource: str
    details: Any = None
    strict: bool = False


class MarkResource(Command[Done], frozen=True, kw_only=True, tag=True):
    """Mark a resource unhealthy, so that the next update replaces it; or take the mark away.

    resource: its name, its physical id or its reference id.
    """

    stack: StackRef
    resource: str
    unhealthy: bool
    reason: str | None = None


class ShowAttributes(Command[Document], frozen=True, kw_only=True, tag=True):
    """Attributes of a resource as the cloud shows them at this moment.

    names: beside those that every show gives. body: name → value.
    """

    stack: StackRef
    resource: str
    names: tuple[str, ...] = ()


class RefreshOutputs(Command[Done], frozen=True, kw_only=True, tag=True):
    """Evaluate a stack's stale outputs again and store them; the asker then reads the store."""

    stack: StackRef


class ServicesOffered(Command[Document], frozen=True, kw_only=True, tag=True):
    """Which services the caller's catalogue has. body: list of service names ("compute" …)."""


class CreateConfig(Command[Document], frozen=True, kw_only=True, tag=True):
    """Keep a software config. body: its full document."""

    config: dict[str, Any]


class DeleteConfig(Command[Done], frozen=True, kw_only=True, tag=True):
    """Forget a software config."""

    config_id: str


class CreateDeployment(Command[Document], frozen=True, kw_only=True, tag=True):
    """Deploy a software config to a server, by hand. body: {id}."""

    deployment: dict[str, Any]


class UpdateDeployment(Command[Done], frozen=True, kw_only=True, tag=True):
    """Change a deployment. fields: those that were given. server_id: whose deployment it is."""

    deployment_id: str
    fields: dict[str, Any]
    server_id: str = ""


class DeleteDeployment(Command[Done], frozen=True, kw_only=True, tag=True):
    """Take a deployment from its server."""

    deployment_id: str
    server_id: str = ""


class FetchAnswer(Command[Done], frozen=True, kw_only=True, tag=True):
    """Take what a server has answered to a deployment, where that is left to be fetched."""

    deployment_id: str


_NUMBER = 1
_LEAST, _MOST = -(2**63), 2**64 - 1
_ENCODER = msgspec.msgpack.Encoder()


def encode(message: Command[Any] | Answer) -> bytes:
    """The message as bytes, for a carrier or for the store."""
    try:
        return _ENCODER.encode(message)
    except OverflowError:
        # A user's number may be of any size, and MessagePack's are of 64 bits.
        return _ENCODER.encode(_packed(msgspec.to_builtins(message)))


def _packed(value: Any) -> Any:
    """The value with each number that is too large as an extension of MessagePack's."""
    match value:
        case dict():
            return {_packed(key): _packed(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_packed(item) for item in value]
        case int() if not _LEAST <= value <= _MOST:
            return msgspec.msgpack.Ext(_NUMBER, str(value).encode())
        case _:
            return value


def _unpacked(code: int, data: memoryview) -> int:
    if code != _NUMBER:
        raise msgspec.ValidationError(f"extension {code} of MessagePack is none of ours")
    return int(bytes(data))


def decode_command(data: bytes) -> Command[Any]:
    """The command that the bytes hold; msgspec.ValidationError if they hold none."""
    command: Command[Any] = _COMMANDS.decode(data)
    return command


def decode_answer(data: bytes) -> Answer:
    """The answer that the bytes hold."""
    given: Answer = _ANSWERS.decode(data)
    return given


_COMMANDS = msgspec.msgpack.Decoder(
    CreateStack
    | UpdateStack
    | DeleteStack
    | StackAction
    | AbandonStack
    | SnapshotStack
    | DeleteSnapshot
    | RestoreSnapshot
    | ValidateTemplate
    | PreviewStack
    | PreviewUpdate
    | PlanNew
    | PlanUpdate
    | SignalResource
    | MarkResource
    | ShowAttributes
    | RefreshOutputs
    | ServicesOffered
    | CreateConfig
    | DeleteConfig
    | CreateDeployment
    | UpdateDeployment
    | DeleteDeployment
    | FetchAnswer,
    ext_hook=_unpacked,
)
_ANSWERS = msgspec.msgpack.Decoder(Done | Accepted | Document | Failure, ext_hook=_unpacked)
