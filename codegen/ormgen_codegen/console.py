"""How messages look: `path:line:col: error: …` and `hint: …` on standard error, and what the exit codes mean."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from ormgen_codegen.parse.parsed import Finding

DONE = 0  # nothing is wrong, nothing is stale
FOUND = 1  # the models have errors, or a stub is stale
MISUSED = 2  # the command itself cannot be carried out: a wrong option, module or setting

STYLES = {"error": "bold red", "warning": "bold yellow", "hint": "cyan"}


def say(text: str) -> None:
    """Print data on standard output, exactly as it is."""
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    try:
        sys.stdout.write(ended)
    except UnicodeEncodeError:  # half a character, or a terminal without Unicode
        sys.stdout.write(ended.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))


def tell(findings: Iterable[Finding]) -> None:
    """Print findings on standard error."""
    console = _console()
    for finding in findings:
        _line(console, f"{finding.position}: ", finding.severity, finding.fact)
        if finding.hint is not None:
            _line(console, "", "hint", finding.hint)


def complain(fact: str, hint: str | None = None) -> None:
    """Print an error that has no place in a source file on standard error."""
    console = _console()
    for line in fact.splitlines():
        _line(console, "", "error", line)
    if hint is not None:
        _line(console, "", "hint", hint)


def note(text: str) -> None:
    """Print a remark for people on standard error."""
    _console().print(Text(text), soft_wrap=True)


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def _line(console: Console, place: str, word: str, text: str) -> None:
    console.print(Text.assemble((_harmless(place), "bold"), (f"{word}: ", STYLES[word]), _harmless(text)))


def _harmless(text: str) -> str:
    """One line without control characters, whatever names and texts of the user's source it quotes."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
