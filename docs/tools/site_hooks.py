"""What mkdocs puts into pages when it builds them: the command line, the changes, results of measurements."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[2]
NOT_MEASURED = "Run `make bench-peers` to measure the others on your machine; it writes `benchmarks/RESULTS.md`."


def on_config(config: Any) -> None:
    """Lets mkdocs find the command line of this checkout."""
    for folder in ("runtime", "codegen", "stubs"):
        sys.path.insert(0, str(ROOT / folder))


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The text of a page with what stands elsewhere in its place."""
    for made in (commands, changes, counts, results):
        mark = f"<!-- {made.__name__} -->"
        if mark in markdown:
            markdown = markdown.replace(mark, made())
    return markdown


def changes() -> str:
    """The changelog without its heading."""
    return (ROOT / "CHANGELOG.md").read_text("utf-8").partition("\n")[2]


def counts() -> str:
    """What `make bench-check` holds: instructions in relation to code written by hand."""
    kept: dict[str, dict[str, float]] = json.loads((ROOT / "benchmarks" / "counts.json").read_text("utf-8"))
    rows = ["| | SQLite | PostgreSQL |", "|---|---|---|"]
    rows += [f"| {name} | {kept['sqlite'][name]:.2f} | {kept['postgres'][name]:.2f} |" for name in kept["sqlite"]]
    return "\n".join(rows)


def results() -> str:
    """What `make bench-peers` wrote, its headings two levels lower; or how to write it."""
    path = ROOT / "benchmarks" / "RESULTS.md"
    if not path.exists():
        return NOT_MEASURED
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("# ", "!["))]
    return "\n".join(f"##{line}" if line.startswith("#") else line for line in kept)


def commands() -> str:
    """Every command with its arguments and options, as `--help` tells them."""
    from ormgen_codegen.cli import cli

    return "\n".join(line for name, command in _commands("ormgen", cli) for line in _described(name, command))


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command, info_name=name)
    for each in command.list_commands(context):
        found = command.get_command(context, each)
        if found is not None and not found.hidden:
            yield from _commands(f"{name} {each}", found)


def _paragraph(text: str) -> str:
    """A paragraph of a help text; what click keeps line by line becomes a block."""
    lines = text.splitlines()
    kept = bool(lines) and lines[0] == "\b"
    return "\n".join(f"    {line}" for line in lines[1:]) if kept else text.replace("<", "&lt;")


def _described(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    yield f"\n## {name}\n"
    yield from (f"{_paragraph(each)}\n" for each in inspect.cleandoc(command.help or "").split("\n\n"))
    yield f"\n```text\n{' '.join((name, *command.collect_usage_pieces(context)))}\n```\n"
    records = [each.get_help_record(context) for each in command.get_params(context)]
    rows = [record for record in records if record is not None]
    if rows:
        yield "| Option | |\n|---|---|"
    for option, text in rows:
        yield f"| `{option}` | {text} |".replace("<", "&lt;")
