"""The repository's Python files, read and parsed once, and what the rules ask of them."""

import ast
import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
HEARTH = SRC / "hearth"

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A file: where it stands, what it is called, its text and its tree."""

    path: str
    name: str
    text: str
    tree: ast.Module


def module(text: str, name: str = "hearth.base.sample") -> Module:
    """A file that exists only in a test, to prove that a rule can fail."""
    return Module(f"src/{name.replace('.', '/')}.py", name, text, tree_of(text))


def tree_of(text: str) -> ast.Module:
    """The text's tree.

    CPython 3.11 fails ("AST constructor recursion depth mismatch") when the garbage collector runs
    finalizers of other tests' leavings meanwhile.
    """
    gc.disable()
    try:
        for _ in range(5):
            try:
                return ast.parse(text)
            except SystemError:
                continue
        return ast.parse(text)
    finally:
        gc.enable()


@cache
def ours() -> tuple[Module, ...]:
    """Every module of hearth."""
    return tuple(_read(path, SRC) for path in sorted(HEARTH.rglob("*.py")))


@cache
def around() -> tuple[Module, ...]:
    """Every module of the tests, and the programs for developers."""
    folders = (ROOT / name for name in ("tests", "bench", "scripts"))
    paths = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    return tuple(_read(path, ROOT) for path in paths)


def _read(path: Path, base: Path) -> Module:
    parts = path.relative_to(base).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(str(path.relative_to(ROOT)), name, text, tree_of(text))


def within(name: str, packages: Iterable[str]) -> bool:
    """Whether a module is one of these packages or stands inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of all that is imported, `from a import b` as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import reads as `.name`; ruff forbids those that climb.
            source = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def scopes(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every function and class with its qualified name; `` is the module's own body."""
    if not prefix:
        yield "", tree
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, FUNCTION | ast.ClassDef):
            name = f"{prefix}.{node.name}".lstrip(".")
            yield name, node
            yield from scopes(node, name)
        else:
            yield from scopes(node, prefix or ".")


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of the functions and classes inside it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, FUNCTION | ast.ClassDef):
            yield node
            yield from own_nodes(node)


def excused(place: str, exceptions: Iterable[str]) -> bool:
    """Whether a place (`module:function`) matches one of the patterns."""
    return any(fnmatchcase(place, pattern) for pattern in exceptions)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of attributes; an empty text for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name) if prefix := dotted(value):
            return f"{prefix}.{name}"
        case _:
            return ""
