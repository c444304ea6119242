"""How the API asks an engine: typed commands with an answer, and doorbells.

Rule: a command's effect and its answer are stored by the engine under the command's id, so a
message may be lost or come twice; a doorbell only hastens what the database would tell anyway.
No line of API or engine code knows which carrier is behind the `Bus` protocol.
"""

from hearth.bus.answering import answer
from hearth.bus.carrier import Bells, Bus, Handler
from hearth.bus.local import LocalBus
from hearth.bus.messages import (
    Accepted,
    Answer,
    Command,
    CreateConfig,
    CreateStack,
    DeleteConfig,
    DeleteStack,
    Document,
    Done,
    Failure,
    MarkResource,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    PreviewUpdate,
    RefreshOutputs,
    ServicesOffered,
    ShowAttributes,
    SignalResource,
    Source,
    StackAction,
    StackRef,
    UpdateStack,
    ValidateTemplate,
    decode_answer,
    decode_command,
    encode,
)

__all__ = [
    "Accepted",
    "Answer",
    "Bells",
    "Bus",
    "Command",
    "CreateConfig",
    "CreateStack",
    "DeleteConfig",
    "DeleteStack",
    "Document",
    "Done",
    "Failure",
    "Handler",
    "LocalBus",
    "MarkResource",
    "PlanNew",
    "PlanUpdate",
    "PreviewStack",
    "PreviewUpdate",
    "RefreshOutputs",
    "ServicesOffered",
    "ShowAttributes",
    "SignalResource",
    "Source",
    "StackAction",
    "StackRef",
    "UpdateStack",
    "ValidateTemplate",
    "answer",
    "decode_answer",
    "decode_command",
    "encode",
]
