"""Messages as lines in colour, loaded when there is something to say. The home of rich."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ormgen_codegen.parse.parsed import Finding

PATIENCE: Final = 0.5  # seconds
STYLES: Final = {"error": "bold red", "warning": "bold yellow", "hint": "cyan"}


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


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being done; nothing where there is no terminal."""
    console, begun = _console(), time.monotonic()
    if not console.is_terminal:
        yield lambda stage: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def show(stage: str) -> None:
            if time.monotonic() - begun > PATIENCE:
                live.update(Text(harmless(stage), style="dim"), refresh=True)

        yield show


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def _line(console: Console, place: str, word: str, text: str) -> None:
    console.print(Text.assemble((harmless(place), "bold"), (f"{word}: ", STYLES[word]), harmless(text)))


def harmless(text: str) -> str:
    """One line without control characters, whatever names and texts of the user's source it quotes."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
