"""Commands for who writes templates, without a server: lint, fmt, schema and lsp.

What they stand on costs a second to load, so that each loads it when it is called.
"""

from typing import Any

import click

from hearth.cli.session import Session, argument, command, option


def lint(session: Session, templates: tuple[str, ...], **options: Any) -> int:
    """Say what is wrong with TEMPLATES and what could be better; no server is asked.

    A comment `# noqa` keeps a line from advice, `# noqa: rule` from that of a rule.
    """
    from hearth.cli.linting import lint as run

    return run(session.out, templates, **options)


def fmt(session: Session, templates: tuple[str, ...], **options: Any) -> int:
    """Lay TEMPLATES out as all templates are laid out; comments are kept."""
    from hearth.cli.formatting import fmt as run

    return run(session.out, templates, **options)


def schema(_session: Session, version: str | None) -> int:
    """Print the JSON Schema of templates of a HOT VERSION (the newest), for editors."""
    from hearth.cli.schemas import schema as run

    return run(version)


def lsp(_session: Session) -> int:
    """Serve editors by the language server protocol, on standard input and output."""
    from hearth.cli.lsp import serve

    serve()
    return 0


_TEMPLATES = argument("templates", nargs=-1)

COMMANDS = (
    command("lint", lint, _TEMPLATES,
            option("-e", "--environment", "environments", multiple=True, metavar="FILE",
                   help="An environment; may be repeated, later ones win."),
            option("--fix", is_flag=True,
                   help="Put right what can be put right safely. What has a comment, behind it or "
                        "right above it, is never taken away."),
            option("--level", type=click.Choice(["error", "warning", "advice"]), default="advice",
                   help="Tell of nothing less than this."),
            option("--ignore", "ignored", multiple=True, metavar="RULE",
                   help="A rule that does not matter; may be repeated."),
            option("--strict", is_flag=True, help="Warnings make it fail, too."),
            option("--rules", is_flag=True, help="List the rules.")),
    command("fmt", fmt, _TEMPLATES,
            option("--check", is_flag=True, help="Change nothing; fail if something would change."),
            option("--diff", is_flag=True, help="Change nothing; show what would change.")),
    command("schema", schema, argument("version", required=False)),
    command("lsp", lsp),
)  # fmt: skip
