"""A JSON template laid out: still JSON, two columns a level, short values in one line."""

from hearth.template.layout.pieces import List, Map, Piece, Scalar
from hearth.template.layout.printer import STEP, WIDTH


def braced(root: Piece) -> str:
    """The text."""
    return f"{_text(root, 0, 0)}\n"


def _text(node: Piece, indent: int, used: int) -> str:
    if isinstance(node, Scalar):
        return node.raw
    line = _line(node)
    if node.start.line == node.end.line and indent and used + len(line) <= WIDTH:
        return line
    inner = " " * (indent + STEP)
    if isinstance(node, List):
        parts = [_text(item, indent + STEP, indent + STEP) for item in node.items]
        left, right = "[", "]"
    else:
        parts = []
        for key, value in node.pairs:
            head = f"{_line(key)}: "
            parts.append(head + _text(value, indent + STEP, indent + STEP + len(head)))
        left, right = "{", "}"
    if not parts:
        return left + right
    body = ",\n".join(inner + part for part in parts)
    return f"{left}\n{body}\n{' ' * indent}{right}"


def _line(node: Piece) -> str:
    if isinstance(node, List):
        return f"[{', '.join(map(_line, node.items))}]"
    if isinstance(node, Map):
        return f"{{{', '.join(f'{_line(key)}: {_line(value)}' for key, value in node.pairs)}}}"
    return node.raw
