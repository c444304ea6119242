"""hearth's values as the language server protocol has them."""

import re
from collections.abc import Sequence

from lsprotocol import types as lsp

from hearth.base import Problem, Severity, Span
from hearth.template.advice import Advice
from hearth.template.editing import Offer

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.ADVICE: lsp.DiagnosticSeverity.Hint,
}
_KINDS = {
    "section": lsp.CompletionItemKind.Module,
    "key": lsp.CompletionItemKind.Keyword,
    "property": lsp.CompletionItemKind.Property,
    "function": lsp.CompletionItemKind.Function,
    "type": lsp.CompletionItemKind.Class,
    "parameter": lsp.CompletionItemKind.Variable,
    "resource": lsp.CompletionItemKind.Reference,
    "attribute": lsp.CompletionItemKind.Field,
    "condition": lsp.CompletionItemKind.Event,
    "file": lsp.CompletionItemKind.File,
    "value": lsp.CompletionItemKind.Value,
}
_KEYS = frozenset({"section", "key", "property"})
_VERSION = re.compile(
    r"^\s*[\"']?(heat_template_version|AWSTemplateFormatVersion|HeatTemplateFormatVersion)\b",
    re.MULTILINE,
)


def spelled(text: str) -> bool:
    """Whether a text says that it is a template: editors open other YAML, too."""
    return _VERSION.search(text) is not None


def diagnostic(problem: Problem, lines: Sequence[str]) -> lsp.Diagnostic:
    """A problem."""
    hint = f" ({problem.hint})" if problem.hint else ""
    unused = problem.code.startswith("unused-")
    fading = problem.code.startswith("fading-")
    tags = [lsp.DiagnosticTag.Unnecessary] if unused else []
    tags += [lsp.DiagnosticTag.Deprecated] if fading else []
    return lsp.Diagnostic(
        range=span_range(lines, problem.span),
        message=problem.sentence + hint,
        severity=_SEVERITIES[problem.severity],
        code=problem.code,
        source="heat",
        tags=tags or None,
    )


def span_range(lines: Sequence[str], span: Span | None) -> lsp.Range:
    """A span of the text; the first line's start where there is none."""
    if span is None:
        return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
    end = (span.end_line - 1, span.end_column - 1)
    return range_of(lines, (span.line - 1, span.column - 1), end)


def range_of(lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> lsp.Range:
    """A range, columns counted as editors do: in units of UTF-16."""
    return lsp.Range(_position(lines, *start), _position(lines, *end))


def _position(lines: Sequence[str], line: int, column: int) -> lsp.Position:
    before = lines[line][:column] if line < len(lines) else ""
    return lsp.Position(line, len(before.encode("utf-16-le")) // 2)


def item(offer: Offer, rank: int) -> lsp.CompletionItem:
    """Something that may come next; a key brings its colon."""
    text = offer.name
    if offer.kind in _KEYS or (offer.kind == "function" and offer.writing != "value"):
        text = f"{_quoted(offer.name)}: "
    elif offer.kind == "function":
        text = f"{{{_quoted(offer.name)}: }}"
    return lsp.CompletionItem(
        label=offer.name,
        kind=_KINDS.get(offer.kind),
        detail=offer.note.detail or None,
        documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, offer.note.text)
        if offer.note.text
        else None,
        insert_text=text,
        sort_text=f"{rank:05}",
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if "::" in name else name


def action(uri: str, advice: Advice, lines: Sequence[str]) -> lsp.CodeAction:
    """What puts something right."""
    edits = [lsp.TextEdit(span_range(lines, one.at), one.text) for one in advice.edits]
    return lsp.CodeAction(
        title=f"Put right: {advice.problem.sentence}",
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(advice.problem, lines)],
        edit=lsp.WorkspaceEdit(changes={uri: edits}),
    )
