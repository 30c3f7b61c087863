"""How messages look: `path:line:col: error: …` and `hint: …` on standard error, and what the exit codes mean."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ormgen_codegen.parse.parsed import Finding

DONE = 0  # nothing is wrong, nothing is stale
FOUND = 1  # the models have errors, or a stub is stale
MISUSED = 2  # the command itself cannot be carried out: a wrong option, module or setting
UNDECIDED = 3  # something has to be decided by people

PATIENCE = 0.5  # seconds
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


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being done, once that takes a while; it is gone in the end.

    It is written from the work itself: a thread would keep the work from being forked.
    """
    console, begun = _console(), time.monotonic()
    if not wanted or not console.is_terminal:
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
