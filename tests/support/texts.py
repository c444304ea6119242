"""Short texts that become too much once they are read."""

from itertools import pairwise

_HEAD = "heat_template_version: 2018-08-31\n"


def _bomb() -> str:
    letters = "abcdefghijklm"
    lines = [f"a: &a [{','.join('x' * 9)}]"]
    for before, name in pairwise(letters):
        lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]")
    return _HEAD + "\n".join(lines) + "\n"


BOMB = _bomb()
"""Nine aliases of nine aliases: 9^13 values."""
DEEP = f"{_HEAD}resources: {'{a: ' * 50_000}{'}' * 50_000}\n"
ENDLESS = f"{_HEAD}a: &a [*a]\n"
TOO_MUCH = {
    "bomb": (BOMB, 7, "it has more than 500000 values, aliases included"),
    "deep": (DEEP, 2, "it is nested more than 120 levels deep"),
    "endless": (ENDLESS, 2, "found undefined alias 'a'"),
}
"""Each with the line and the sentence that it is refused with."""
