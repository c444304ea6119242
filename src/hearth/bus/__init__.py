"""How the API asks an engine: typed commands with an answer, and doorbells.

Rule: a command's effect and its answer are stored by the engine under the command's id, so a
message may be lost or come twice; a doorbell only hastens what the database would tell anyway.
No line of API or engine code knows which carrier is behind the `Bus` protocol.

`LocalBus` is the carrier inside one process. `hearth.bus.amqp.carried` is the one between
processes, over RabbitMQ, and is imported only where it is used. What it declares there, with the
version of its messages (1) in every name and in their content type:

    hearth.commands.1            quorum queue, fed by the default exchange. Bodies are commands as
                                 `encode` makes them; message_id is the command's id, reply_to and
                                 correlation_id say where the answer goes. Published with a confirm
                                 and to be routed; at most 10,000 wait, more are refused. An engine
                                 takes 64 at once and acknowledges after it has answered, so that
                                 what a dead engine had taken comes to another.
    hearth.replies.<process>.1   the answers for one API process, under the correlation_id. It
                                 outlives a broken connection; unused for five minutes it goes.
    hearth.bells.1               direct exchange; the routing key is the topic, the body the key.
                                 Each process that listens has an exclusive queue of its own.
    hearth.set-aside.1           fanout exchange and quorum queue for what cannot be read, and for
                                 what kills engine after engine: 1,000 messages, kept for a week.

A message with another version's content type is set aside, and its sender told. Engines of two
versions may stand side by side: each takes what its own API processes ask.
"""

from hearth.bus.answering import answer
from hearth.bus.carrier import Bells, Bus, Handler
from hearth.bus.local import LocalBus
from hearth.bus.messages import (
    AbandonStack,
    Accepted,
    Answer,
    Command,
    CreateConfig,
    CreateDeployment,
    CreateStack,
    DeleteConfig,
    DeleteDeployment,
    DeleteSnapshot,
    DeleteStack,
    Document,
    Done,
    Failure,
    FetchAnswer,
    MarkResource,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    PreviewUpdate,
    RefreshOutputs,
    RestoreSnapshot,
    ServicesOffered,
    ShowAttributes,
    SignalResource,
    SnapshotStack,
    Source,
    StackAction,
    StackRef,
    UpdateDeployment,
    UpdateStack,
    ValidateTemplate,
    decode_answer,
    decode_command,
    encode,
)

__all__ = [
    "AbandonStack",
    "Accepted",
    "Answer",
    "Bells",
    "Bus",
    "Command",
    "CreateConfig",
    "CreateDeployment",
    "CreateStack",
    "DeleteConfig",
    "DeleteDeployment",
    "DeleteSnapshot",
    "DeleteStack",
    "Document",
    "Done",
    "Failure",
    "FetchAnswer",
    "Handler",
    "LocalBus",
    "MarkResource",
    "PlanNew",
    "PlanUpdate",
    "PreviewStack",
    "PreviewUpdate",
    "RefreshOutputs",
    "RestoreSnapshot",
    "ServicesOffered",
    "ShowAttributes",
    "SignalResource",
    "SnapshotStack",
    "Source",
    "StackAction",
    "StackRef",
    "UpdateDeployment",
    "UpdateStack",
    "ValidateTemplate",
    "answer",
    "decode_answer",
    "decode_command",
    "encode",
]
