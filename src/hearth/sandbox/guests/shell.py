"""As much of a shell's language as it takes to see what a script says and asks for. Pure.

Nothing is run. What is understood: `echo`, `cat` of a file that was written, `exit`, `true`,
`false`, `hostname`, `date`, assignments, variables, `$(…)` of these, quotes, redirections, and the
two commands by which guests signal. All else does nothing; what stands in a condition or a loop is
done once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hearth.sandbox.guests.requests import Request, asked

LONGEST = 100_000
"""So many characters of a script are read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word. literal: in single quotes, or escaped; it is meant as it stands."""

    text: str
    literal: bool = False


@dataclass(slots=True)
class Command:
    """A simple command: its words, and where what it says goes, by file descriptor."""

    words: list[list[Piece]] = field(default_factory=list)
    to: dict[int, tuple[list[Piece], bool]] = field(default_factory=dict)


_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\\\n)
      | (?P<comment>(?<![^\s;&|])\#[^\n]*)
      | (?P<heredoc><<-?[ \t]*['"]?(?P<end>\w+)['"]?)
      | (?P<join>(?P<fd>\d?)>&(?P<other>\d))
      | (?P<redirect>(?P<out>\d?)>>?)
      | (?P<input><)
      | (?P<stop>\n|;|&&|\|\||\||&|\(|\)|\{(?=\s)|\}(?=[\s;]|$))
      | '(?P<single>[^']*)'
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | \\(?P<escaped>.)
      | (?P<bare>(?:\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|[^\s'"\\;&|<>()`$]|\$(?![({]))+)
      | (?P<other_one>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_EXPANSION = re.compile(
    r"\\(?P<escaped>.)|\$\((?P<call>[^)]*)\)|`(?P<tick>[^`]*)`"
    r"|\$\{(?P<brace>\w+)[^}]*\}|\$(?P<name>\w+|\?)",
    re.DOTALL,
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_KEYWORDS = frozenset({"export", "if", "then", "else", "elif", "while", "until", "do", "!", "sudo"})
_SPECIAL = frozenset('$`"\\\n')


def commands(script: str) -> Iterator[Command]:
    """The simple commands of a script, in their order."""
    text, at, reader = script[:LONGEST], 0, _Reader()
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None, "any character is a token"
        at = found.end()
        if found["stop"] is None:
            reader.take(found)
            continue
        if reader.command.words:
            yield reader.command
        end, reader = reader.until, _Reader()
        if found["stop"] == "\n" and end is not None:
            at = _after(text, at, end)
        reader.until = end if found["stop"] != "\n" else None
    if reader.command.words:
        yield reader.command


@dataclass(slots=True)
class _Reader:
    """A simple command as far as it is read.

    word: where the next piece belongs, None for a word of its own. target: the file descriptor
    that the next word is for. until: the line that ends what is given to it as it is.
    """

    command: Command = field(default_factory=Command)
    word: list[Piece] | None = None
    target: tuple[int, bool] | None = None
    until: str | None = None

    def take(self, found: re.Match[str]) -> None:
        """One more token."""
        if found["heredoc"] is not None:
            self.until, self.word = found["end"], None
        elif found["join"] is not None:
            self.command.to[int(found["fd"] or 1)] = ([Piece(f"&{found['other']}")], True)
        elif found["redirect"] is not None:
            self.target, self.word = (int(found["out"] or 1), ">>" in found["redirect"]), None
        elif found.lastgroup in ("space", "comment", "input"):
            self.word = None
        else:
            self._piece(_piece(found))

    def _piece(self, piece: Piece) -> None:
        if self.word is not None:
            self.word.append(piece)
            return
        self.word = [piece]
        if self.target is None:
            self.command.words.append(self.word)
        else:
            number, more = self.target
            self.command.to[number] = (self.word, more)
            self.target = None


def _after(text: str, at: int, end: str) -> int:
    """Where the lines end that were given to a command as they are."""
    found = re.compile(rf"^\s*{re.escape(end)}[ \t]*$", re.MULTILINE).search(text, at)
    return len(text) if found is None else found.end()


def _piece(found: re.Match[str]) -> Piece:
    if found["single"] is not None:
        return Piece(found["single"], literal=True)
    if found["double"] is not None:
        return Piece(found["double"])
    if found["escaped"] is not None:
        return Piece(found["escaped"], literal=True)
    return Piece(found["bare"] or found["other_one"] or "")


@dataclass(slots=True)
class Shell:
    """What a script has come to so far.

    env: variables. files: what was written, by path. facts: what `hostname` and `date` say.
    code: of the last command. ended: whether the script has said so.
    """

    env: dict[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    code: int = 0

    def run(self, script: str) -> "Shell":
        """See what the whole script says."""
        for command in commands(script):
            words = [self._expanded(word) for word in command.words]
            if words[0] == "exit":
                given = words[1] if len(words) > 1 else ""
                self.code = int(given) if given.isdecimal() else self.code
                break
            self._said(self._done(words), command.to)
        return self

    def _done(self, words: list[str]) -> str:
        """What a command says."""
        while words and words[0] in _KEYWORDS:
            words = words[1:]
        while words and _ASSIGNMENT.match(words[0]):
            name, _, value = words.pop(0).partition("=")
            self.env[name] = value
        if not words:
            return ""
        name, *given = words
        if (request := asked(name.rpartition("/")[2], given)) is not None:
            self.requests.append(request)
        self.code = int(name == "false")
        match name:
            case "echo":
                plain = bool(given) and given[0] == "-n"
                return " ".join(given[plain:]) + ("" if plain else "\n")
            case "cat":
                return "".join(self.files.get(path, "") for path in given)
            case _:
                said = self.facts.get(name)
                return "" if said is None else f"{said}\n"

    def _said(self, text: str, to: Mapping[int, tuple[list[Piece], bool]]) -> None:
        target, more = to.get(1, ([Piece("&1")], True))
        path = self._expanded(target)
        match path:
            case "&1":
                self.stdout += text
            case "&2":
                self.stderr += text
            case _:
                self.files[path] = (self.files.get(path, "") if more else "") + text

    def _expanded(self, word: list[Piece]) -> str:
        return "".join(
            piece.text if piece.literal else _EXPANSION.sub(self._value, piece.text)
            for piece in word
        )

    def _value(self, found: re.Match[str]) -> str:
        if (kept := found["escaped"]) is not None:
            return kept if kept in _SPECIAL else found[0]
        inner = found["call"] or found["tick"]
        if inner is not None:
            other = Shell(dict(self.env), self.facts, dict(self.files)).run(inner)
            return other.stdout.rstrip("\n")
        name = found["brace"] or found["name"]
        return str(self.code) if name == "?" else self.env.get(name, "")
