"""How what a user did not name is named."""

from hearth.base import short_id


def physical_name(stack: str, resource: str, row_id: str, limit: int = 255) -> str:
    """`<stack>-<resource>-<short id>`, shortened to `limit` characters as upstream does.

    Shortening keeps two leading characters, a dash, and the tail, so that what differs between
    resources of one stack survives.
    """
    name = f"{stack}-{resource}-{short_id(row_id)}"
    if len(name) <= limit:
        return name
    return f"{name[:2]}-{name[len(name) - limit + 3 :]}"
