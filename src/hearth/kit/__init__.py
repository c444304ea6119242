"""The contract for resource types: verbs, phases, REST defaults, references, the registry.

Rule: types say what, the engine says when. Nothing here waits, stores, or knows of runs.
"""

from hearth.kit.context import (
    Context,
    Expansion,
    InError,
    Member,
    NeedsReplacing,
    Nested,
    StackFacts,
    Waiting,
)
from hearth.kit.inside import inside
from hearth.kit.marker import METADATA_KEY, carried, marked, marker, marker_in, row_of, unmarked
from hearth.kit.refs import REFS, NotThere, Ref, chosen, entry_of, noun
from hearth.kit.registry import Registry
from hearth.kit.rest import Marker, Observation, Phase, Phases, Rest
from hearth.kit.type import NoUpdatePolicy, ResourceType
from hearth.kit.written import first_said, named, said, those

__all__ = [
    "METADATA_KEY",
    "REFS",
    "Context",
    "Expansion",
    "InError",
    "Marker",
    "Member",
    "NeedsReplacing",
    "Nested",
    "NoUpdatePolicy",
    "NotThere",
    "Observation",
    "Phase",
    "Phases",
    "Ref",
    "Registry",
    "ResourceType",
    "Rest",
    "StackFacts",
    "Waiting",
    "carried",
    "chosen",
    "entry_of",
    "first_said",
    "inside",
    "marked",
    "marker",
    "marker_in",
    "named",
    "noun",
    "row_of",
    "said",
    "those",
    "unmarked",
]
