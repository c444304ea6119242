"""The contract for resource types: verbs, phases, REST defaults, references, the registry.

Rule: types say what, the engine says when. Nothing here waits, stores, or knows of runs.
"""

from hearth.kit.context import (
    Context,
    Expansion,
    InError,
    Member,
    Near,
    NeedsReplacing,
    Nested,
    NoAttribute,
    NoMember,
    Place,
    StackFacts,
    Waiting,
)
from hearth.kit.inside import inside
from hearth.kit.letterboxes import (
    Letter,
    beside,
    drop_object,
    drop_queue,
    posted_letters,
    put_letters,
    queue,
    remove,
    temp_url,
)
from hearth.kit.marker import METADATA_KEY, carried, marked, marker, marker_in, row_of, unmarked
from hearth.kit.mime import Part, multipart, parts_of
from hearth.kit.refs import REFS, NotThere, Ref, chosen, entry_of, noun
from hearth.kit.registry import Registry
from hearth.kit.responder import (
    ALARM,
    WAIT,
    Responder,
    arn,
    cfn_url,
    heat_credentials,
    heat_url,
    own_token,
)
from hearth.kit.rest import Marker, Observation, Phase, Phases, Rest
from hearth.kit.signals import NothingToDo, Scale, Told, WrongSignal, words
from hearth.kit.software import Software, text_of
from hearth.kit.stack_users import admits, drop_user, find_user, project_name
from hearth.kit.type import NoUpdatePolicy, ResourceType
from hearth.kit.written import first_said, named, said, those

__all__ = [
    "ALARM",
    "METADATA_KEY",
    "REFS",
    "WAIT",
    "Context",
    "Expansion",
    "InError",
    "Letter",
    "Marker",
    "Member",
    "Near",
    "NeedsReplacing",
    "Nested",
    "NoAttribute",
    "NoMember",
    "NoUpdatePolicy",
    "NotThere",
    "NothingToDo",
    "Observation",
    "Part",
    "Phase",
    "Phases",
    "Place",
    "Ref",
    "Registry",
    "ResourceType",
    "Responder",
    "Rest",
    "Scale",
    "Software",
    "StackFacts",
    "Told",
    "Waiting",
    "WrongSignal",
    "admits",
    "arn",
    "beside",
    "carried",
    "cfn_url",
    "chosen",
    "drop_object",
    "drop_queue",
    "drop_user",
    "entry_of",
    "find_user",
    "first_said",
    "heat_credentials",
    "heat_url",
    "inside",
    "marked",
    "marker",
    "marker_in",
    "multipart",
    "named",
    "noun",
    "own_token",
    "parts_of",
    "posted_letters",
    "project_name",
    "put_letters",
    "queue",
    "remove",
    "row_of",
    "said",
    "temp_url",
    "text_of",
    "those",
    "unmarked",
    "words",
]
