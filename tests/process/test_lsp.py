"""`heat lsp` serves an editor over standard input and output."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from tests.support.services import ROOT

WITHIN_S = 30.0
TEXT = """\
heat_template_version: 2018-08-31
description: "Grüße 🙂"
parameters:
  flavor_name: {type: string, description: How large., default: m1.tiny}
resources:
  word: {type: OS::Heat::RandomString}
  port:
    type: OS::Neutron::Port
    properties:
      network_id: x
  part: {type: part.yaml}
outputs:
  o:
    description: x
    value: ["🙂", {get_param: flavor_name}, {get_attr: [part, told]}, {get_attr: [word, valeu]}]
"""
PART = """\
heat_template_version: 2018-08-31
resources: {}
outputs:
  told: {value: 1, description: What is told.}
"""


class Editor:
    """An editor with one document open."""

    def __init__(self, client: LanguageClient, uri: str) -> None:
        self.client = client
        self.uri = uri
        self.told: asyncio.Queue[list[lsp.Diagnostic]] = asyncio.Queue()
        self.version = 1
        self.document = lsp.TextDocumentIdentifier(uri)

    async def start(self) -> lsp.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "hearth.cli.heat", "lsp")
        capabilities = lsp.ClientCapabilities()
        begun = await self.client.initialize_async(lsp.InitializeParams(capabilities))
        self.client.initialized(lsp.InitializedParams())
        return begun

    async def open(self, text: str) -> list[lsp.Diagnostic]:
        item = lsp.TextDocumentItem(self.uri, "yaml", self.version, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return await self.told.get()

    async def write(self, text: str) -> list[lsp.Diagnostic]:
        self.type(text)
        return await self.told.get()

    def type(self, text: str) -> None:
        self.version += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def names(self, line: int, column: int) -> list[str]:
        found = await self.client.text_document_completion_async(
            lsp.CompletionParams(self.document, lsp.Position(line, column))
        )
        assert isinstance(found, lsp.CompletionList)
        return [one.label for one in found.items]


@asynccontextmanager
async def editing(folder: Path) -> AsyncIterator[Editor]:
    client = LanguageClient("editor", "1")
    editor = Editor(client, (folder / "web.yaml").as_uri())

    def told(params: lsp.PublishDiagnosticsParams) -> None:
        editor.told.put_nowait(list(params.diagnostics))

    client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told)

    await editor.start()
    try:
        yield editor
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src")]))
    (tmp_path / "web.yaml").write_text(TEXT)
    (tmp_path / "part.yaml").write_text(PART)
    return tmp_path


def run(folder: Path, act: Callable[[Editor], Awaitable[Any]]) -> Any:
    """What somebody does in an editor, bounded in time."""

    async def whole() -> Any:
        async with asyncio.timeout(WITHIN_S), editing(folder) as editor:
            return await act(editor)

    return asyncio.run(whole())


def place(text: str, word: str, after: int = 0) -> lsp.Position:
    """Where a word stands, columns counted in units of UTF-16."""
    index = text.index(word) + after
    line = text[:index].rpartition("\n")[2]
    return lsp.Position(text.count("\n", 0, index), len(line.encode("utf-16-le")) // 2)


def test_mistakes_and_advice_are_told_while_a_template_is_written(folder: Path) -> None:
    async def act(editor: Editor) -> Any:
        return await editor.open(TEXT), await editor.write(TEXT.replace("valeu", "value"))

    first, then = run(folder, act)

    codes = {one.code: one for one in first}
    assert set(codes) == {"unknown-attribute", "fading-property"}
    wrong = codes["unknown-attribute"]
    assert wrong.severity == lsp.DiagnosticSeverity.Error
    assert wrong.range.start == place(TEXT, "get_attr: [word")
    assert 'did you mean "value"?' in wrong.message
    assert codes["fading-property"].tags == (lsp.DiagnosticTag.Deprecated,)
    assert {one.code for one in then} == {"fading-property", "secret-output"}


def test_a_template_that_is_broken_is_completed_all_the_same(folder: Path) -> None:
    broken = TEXT + "  p:\n    value: {get_attr: [part, "

    async def act(editor: Editor) -> Any:
        told = await editor.open(broken)
        end = place(broken + "‸", "‸")
        return told, await editor.names(end.line, end.character)

    told, names = run(folder, act)

    assert [one.code for one in told] == ["unreadable"]
    assert names == ["told", "show"]


def test_types_properties_functions_and_parameters_are_completed(folder: Path) -> None:
    text = TEXT.replace("      network_id: x", "      ")

    async def act(editor: Editor) -> Any:
        await editor.open(text)
        kind = place(text, "OS::Neutron::Port")
        named = place(text, "flavor_name}")
        return (
            await editor.names(kind.line, kind.character),
            await editor.names(9, 6),
            await editor.names(named.line, named.character),
            await editor.names(0, 0),
        )

    types, properties, parameters, sections = run(folder, act)

    assert {"OS::Nova::Server", "part.yaml"} <= set(types)
    assert {"network", "fixed_ips", "get_param"} <= set(properties)
    assert parameters[0] == "flavor_name"
    assert {"parameters", "outputs"} <= set(sections)


def test_a_word_is_explained(folder: Path) -> None:
    async def act(editor: Editor) -> Any:
        await editor.open(TEXT)
        found = []
        for word in ("OS::Neutron::Port", "network_id", "get_param", "flavor_name}", "told]"):
            params = lsp.HoverParams(editor.document, place(TEXT, word, 2))
            found.append(await editor.client.text_document_hover_async(params))
        nothing = lsp.HoverParams(editor.document, place(TEXT, "Grüße", 2))
        return found, await editor.client.text_document_hover_async(nothing)

    found, nothing = run(folder, act)

    assert nothing is None
    words = [one.contents.value for one in found]
    assert "Needs" in words[0]
    assert "Hidden" in words[1]
    assert "function" in words[2]
    assert "How large." in words[3]
    assert "What is told." in words[4]


def test_names_lead_to_where_they_are_declared(folder: Path) -> None:
    async def act(editor: Editor) -> Any:
        await editor.open(TEXT)
        found = []
        for word in ("flavor_name}", "word, valeu", "part.yaml"):
            params = lsp.DefinitionParams(editor.document, place(TEXT, word, 1))
            found.append(await editor.client.text_document_definition_async(params))
        return found

    parameter, resource, file = run(folder, act)

    assert parameter.range.start == place(TEXT, "flavor_name:")
    assert resource.range.start == place(TEXT, "word:")
    assert file.uri == (folder / "part.yaml").as_uri()


def test_what_can_be_put_right_is_offered_and_a_text_is_laid_out(folder: Path) -> None:
    async def act(editor: Editor) -> Any:
        await editor.open(TEXT)
        at = place(TEXT, "network_id")
        context = lsp.CodeActionContext(diagnostics=[])
        actions = await editor.client.text_document_code_action_async(
            lsp.CodeActionParams(editor.document, lsp.Range(at, at), context)
        )
        await editor.write(TEXT.replace("      network_id: x", "      network_id:    x"))
        options = lsp.FormattingOptions(tab_size=2, insert_spaces=True)
        edits = await editor.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(editor.document, options)
        )
        symbols = await editor.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(editor.document)
        )
        return actions, edits, symbols

    actions, edits, symbols = run(folder, act)

    [action] = actions
    [edit] = action.edit.changes[(folder / "web.yaml").as_uri()]
    assert (edit.range.start, edit.new_text) == (place(TEXT, "network_id"), "network")
    assert "      network_id: x\n" in edits[0].new_text
    assert {"flavor_name", "word", "port", "part", "o"} == {one.name for one in symbols}


def test_other_yaml_is_left_in_peace(folder: Path) -> None:
    async def act(editor: Editor) -> Any:
        item = lsp.TextDocumentItem(editor.uri, "yaml", 1, "a: [b\n")
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await editor.names(0, 0)
        return editor.told.empty()

    assert run(folder, act)


def test_what_was_said_of_a_template_goes_with_it(folder: Path) -> None:
    async def act(editor: Editor) -> Any:
        wrong = await editor.open(TEXT)
        empty = await editor.write("")
        again = await editor.write(TEXT)
        other = await editor.write("a: b\n")
        await editor.write(TEXT)
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(editor.document))
        return wrong, empty, again, other, await editor.told.get()

    wrong, empty, again, other, closed = run(folder, act)

    assert wrong
    assert again == wrong
    assert (empty, other, closed) == ([], [], [])


def test_behind_the_last_line_sections_are_offered(folder: Path) -> None:
    texts = ("heat_template_version: 2018-08-31\n", TEXT)

    async def act(editor: Editor) -> Any:
        found = []
        for text in texts:
            item = lsp.TextDocumentItem(editor.uri, "yaml", 1, text)
            editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
            found.append(await editor.names(text.count("\n"), 0))
        return found

    short, long = run(folder, act)

    assert short[:2] == ["description", "parameter_groups"]
    assert long[:2] == ["parameter_groups", "conditions"]


def test_what_is_typed_in_one_go_is_looked_at_once(folder: Path) -> None:
    async def act(editor: Editor) -> None:
        await editor.open(TEXT)
        for number in range(30):
            editor.type(TEXT.replace("valeu", f"valeu{number}"))

        told = await editor.told.get()

        assert any("valeu29" in one.message for one in told)
        assert editor.told.qsize() == 0

    run(folder, act)
