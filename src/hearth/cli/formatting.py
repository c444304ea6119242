"""`heat fmt`: templates laid out alike, in place or only shown."""

import difflib
from pathlib import Path

from hearth.cli.errors import Exit, Stop
from hearth.cli.output import Output
from hearth.template.layout import Unformattable, formatted


def fmt(out: Output, templates: tuple[str, ...], *, check: bool, diff: bool) -> int:
    """Lay files out. The code says whether one could not be read or, with --check, would change."""
    if not templates:
        raise Stop("no template is named", next_command="heat fmt TEMPLATE…")
    worst = Exit.DONE
    for template in templates:
        before = _read(template)
        try:
            after = formatted(before)
        except Unformattable as wrong:
            out.document("fmt", template=template, error=wrong.sentence, line=wrong.line)
            label = out.paint("error[unformattable]", "red")
            out.line(f"{label}: {wrong.sentence}\n --> {template}:{wrong.line}:1")
            worst = Exit.INVALID
            continue
        changed = after != before
        patch = _patch(template, before, after) if diff else ""
        out.document("fmt", template=template, changed=changed, **({"diff": patch} if diff else {}))
        if changed:
            _tell(out, template, after, patch, check=check)
        if changed and (check or diff) and worst is Exit.DONE:
            worst = Exit.CHANGES_PENDING
    return int(worst)


def _tell(out: Output, template: str, after: str, patch: str, *, check: bool) -> None:
    """Show what would change, or change it."""
    if patch:
        out.line(patch.rstrip("\n"))
    elif check:
        out.line(f"{template} would change; `heat fmt {template}` changes it")
    else:
        Path(template).write_bytes(after.encode("utf-8"))
        out.line(f"{template} is laid out")


def _read(template: str) -> str:
    try:
        return Path(template).read_bytes().decode("utf-8")
    except OSError as wrong:
        raise Stop(f"{template} cannot be read: {wrong.strerror or wrong}") from wrong
    except UnicodeDecodeError as wrong:
        raise Stop(f"{template} is not text in UTF-8", Exit.INVALID) from wrong


def _patch(template: str, before: str, after: str) -> str:
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, template, f"{template} (laid out)"))
