"""`heat schema`: the language as a JSON Schema."""

import json

from hearth.cli.errors import Stop
from hearth.cli.output import write
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
    write(json.dumps(json_schema(known, registry()), indent=2))
    return 0
