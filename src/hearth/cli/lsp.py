"""`heat lsp`: the language server, on standard input and output.

It only carries: what may come next, what words mean and what is wrong is known by
`hearth.template.editing` and `hearth.template.lint`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import ServerTextPosition, TextDocument

import hearth
from hearth.cli.linting import anywhere, expressions
from hearth.cli.lspforms import action, diagnostic, item, range_of, spelled
from hearth.kit import CONSTRAINTS
from hearth.schema import TypeSchema, TypeSource
from hearth.serve.registry import registry
from hearth.template import parse, template_schema
from hearth.template.editing import Known, Meaning, declaration, meaning, offers, outline
from hearth.template.evaluate import no_syntax
from hearth.template.facade import is_template
from hearth.template.layout import Unformattable, formatted
from hearth.template.lint import Linted, Surroundings, lint

_TRIGGERS = [" ", ":", "[", "{", ",", "-", '"', "'"]
PAUSE_S = 0.15
"""How long after the last keystroke a document is looked at."""
_MAX_FILES = 200
_MAX_BYTES = 524_288


class Server(LanguageServer):
    """A language server for templates. types: every resource type there is."""

    def __init__(self, types: TypeSource) -> None:
        super().__init__("heat", hearth.__version__)
        self.types = types
        self.syntax: Callable[[str], str | None] = no_syntax
        self.waiting: dict[str, asyncio.TimerHandle] = {}
        self.told: set[str] = set()

    def known(self, document: TextDocument) -> Known:
        """What is known beside the text of a document."""
        drawn = outline(document.source.splitlines())
        files = nested(document)
        mapped: dict[str, TypeSchema] = {}
        for name in {one.type for one in drawn.of("resources").values()} & files.keys():
            template, _ = parse(files[name], name)
            if template is not None:
                mapped[name] = template_schema(template)
        return Known(drawn, self.types, tuple(CONSTRAINTS), tuple(beside(document)), mapped)

    def linted(self, document: TextDocument) -> Linted:
        """What is to be said of a document."""
        around = Surroundings(
            self.types,
            files=nested(document),
            custom=anywhere,
            constraints=CONSTRAINTS,
            syntax=self.syntax,
        )
        return lint(document.source, _name(document), around)

    def soon(self, uri: str) -> None:
        """Check a document when nothing more has been typed for a moment."""
        before = self.waiting.pop(uri, None)
        if before is not None:
            before.cancel()
        loop = asyncio.get_running_loop()
        self.waiting[uri] = loop.call_later(PAUSE_S, self.check, uri)

    def check(self, uri: str) -> None:
        """Tell the editor what is to be said of a document."""
        document = self.workspace.get_text_document(uri)
        if not spelled(document.source):
            self.forget(uri)
            return
        own = _name(document)
        found = [one for one in self.linted(document).problems if one.span is None or
                 one.span.file == own]  # fmt: skip
        lines = document.source.splitlines()
        self.told.add(uri)
        self.say(uri, [diagnostic(one, lines) for one in found])

    def forget(self, uri: str) -> None:
        """Take back what was said of a document that is no template, or is closed."""
        if uri in self.told:
            self.told.remove(uri)
            self.say(uri, [])

    def say(self, uri: str, found: list[lsp.Diagnostic]) -> None:
        """Show an editor these diagnostics instead of those before."""
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found)
        )


def serve() -> None:
    """Serve until the editor says that it is enough."""
    server = made(registry())
    with expressions() as syntax:
        server.syntax = syntax
        server.start_io()


def made(types: TypeSource) -> Server:
    """The server with all that it can do."""
    server = Server(types)
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(opened)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(changed)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(saved)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(closed)
    server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=_TRIGGERS)
    )(complete)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(hover)
    server.feature(lsp.TEXT_DOCUMENT_DEFINITION)(definition)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)(actions)
    server.feature(lsp.TEXT_DOCUMENT_FORMATTING)(layout)
    server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(symbols)
    return server


def opened(server: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    """A document is opened."""
    server.check(params.text_document.uri)


def changed(server: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    """A document is changed."""
    server.soon(params.text_document.uri)


def saved(server: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    """A document is saved, which others may name."""
    for uri in list(server.workspace.text_documents):
        server.check(uri)
    server.check(params.text_document.uri)


def closed(server: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    """A document is closed: what was said of it goes."""
    uri = params.text_document.uri
    waiting = server.waiting.pop(uri, None)
    if waiting is not None:
        waiting.cancel()
    server.forget(uri)


def complete(server: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    """What may come next."""
    document = server.workspace.get_text_document(params.text_document.uri)
    at = _place(document, params.position)
    lines = document.source.splitlines()
    found = offers(lines, at.line, at.character, server.known(document))
    return lsp.CompletionList(
        is_incomplete=False, items=[item(one, rank) for rank, one in enumerate(found)]
    )


def hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    """What a word means."""
    found, _, _ = _meant(server, params.text_document.uri, params.position)
    if found is None:
        return None
    words = f"**{found.name}** _{found.note.detail or found.kind}_\n\n{found.note.text}".rstrip()
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, words))


def definition(server: Server, params: lsp.DefinitionParams) -> lsp.Location | None:
    """Where what a word names is declared."""
    found, document, known = _meant(server, params.text_document.uri, params.position)
    if found is None:
        return None
    if found.kind == "file" or (found.kind == "type" and is_template(found.name)):
        start = lsp.Position(0, 0)
        return lsp.Location(urljoin(document.uri, found.name), lsp.Range(start, start))
    place = declaration(found, known)
    if place is None:
        return None
    lines = document.source.splitlines()
    begin = (place.line, place.column)
    return lsp.Location(
        document.uri, range_of(lines, begin, (begin[0], begin[1] + len(place.name)))
    )


def _meant(
    server: Server, uri: str, position: lsp.Position
) -> tuple[Meaning | None, TextDocument, Known]:
    document = server.workspace.get_text_document(uri)
    at = _place(document, position)
    known = server.known(document)
    found = meaning(document.source.splitlines(), at.line, at.character, known)
    return found, document, known


def _place(document: TextDocument, position: lsp.Position) -> ServerTextPosition:
    """A position in characters; behind the last line's end is a line of its own."""
    lines = [*document.lines, ""] if document.source.endswith("\n") else document.lines
    return document.position_codec.position_from_client_units(lines, position)


def actions(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What would put right what is said of the lines."""
    document = server.workspace.get_text_document(params.text_document.uri)
    first, last = params.range.start.line, params.range.end.line
    lines = document.source.splitlines()
    return [
        action(document.uri, one, lines)
        for one in server.linted(document).found
        if one.edits and one.problem.span and first <= one.problem.span.line - 1 <= last
    ]


def layout(server: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """The document laid out; nothing where it cannot be."""
    document = server.workspace.get_text_document(params.text_document.uri)
    try:
        after = formatted(document.source)
    except Unformattable:
        return []
    if after == document.source:
        return []
    end = lsp.Position(len(document.lines) + 1, 0)
    return [lsp.TextEdit(lsp.Range(lsp.Position(0, 0), end), after)]


def symbols(server: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """What a document declares."""
    document = server.workspace.get_text_document(params.text_document.uri)
    lines = document.source.splitlines()
    found = []
    for section, declared in outline(lines).sections.items():
        for one in declared.values():
            begin = (one.line, one.column)
            where = range_of(lines, begin, (one.line, one.column + len(one.name)))
            kind = lsp.SymbolKind.Class if section == "resources" else lsp.SymbolKind.Variable
            found.append(lsp.DocumentSymbol(one.name, kind, where, where, one.type or section))
    return found


def beside(document: TextDocument) -> list[str]:
    """The names of the files in the document's folder."""
    folder = _path(document.uri).parent
    if not folder.is_dir():
        return []
    names = sorted(one.name for one in folder.iterdir() if one.is_file())
    return [name for name in names if not name.startswith(".")][:_MAX_FILES]


def nested(document: TextDocument) -> dict[str, str]:
    """The files that a document names and that are there, by the names it uses."""
    folder = _path(document.uri).parent
    found: dict[str, str] = {}
    for word in set(document.source.replace('"', " ").replace("'", " ").split()):
        name = word.strip(",{}[]")
        if "." in name and "://" not in name and _small(folder / name) and len(found) < _MAX_FILES:
            found[name] = (folder / name).read_text(encoding="utf-8", errors="replace")
    return found


def _small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= _MAX_BYTES


def _name(document: TextDocument) -> str:
    return _path(document.uri).name


def _path(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))
