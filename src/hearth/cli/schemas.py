"""`heat schema`: the language as a JSON Schema."""

import json
import sys

from hearth.cli.errors import Stop
from hearth.serve.registry import registry
from hearth.template.dialects import HOT_KEY, accepted, dialect
from hearth.template.functions import HOT_VERSIONS
from hearth.template.shapes import json_schema


def schema(version: str | None) -> int:
    """Print the schema of a version, by its date or its name."""
    known = dialect(HOT_KEY, version or HOT_VERSIONS[-1])
    if known is None:
        words = ", ".join(accepted(HOT_KEY))
        raise Stop(f'there is no version "{version}"; there are {words}')
    json.dump(json_schema(known, registry()), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0
