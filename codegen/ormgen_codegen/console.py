"""How messages look: `path:line:col: error: …` and `hint: …` on standard error, and what the exit codes mean."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from ormgen_codegen.parse.parsed import Finding

DONE: Final = 0  # nothing is wrong, nothing is stale
FOUND: Final = 1  # the models have errors, or a stub is stale
MISUSED: Final = 2  # the command itself cannot be carried out: a wrong option, module or setting
UNDECIDED: Final = 3  # something has to be decided by people


def say(text: str) -> None:
    """Print data on standard output, exactly as it is."""
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    try:
        sys.stdout.write(ended)
    except UnicodeEncodeError:  # half a character, or a terminal without Unicode
        sys.stdout.write(ended.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))


def tell(findings: Iterable[Finding]) -> None:
    """Print findings on standard error."""
    listed = tuple(findings)
    if listed:
        from ormgen_codegen import console_lines

        console_lines.tell(listed)


def complain(fact: str, hint: str | None = None) -> None:
    """Print an error that has no place in a source file on standard error."""
    from ormgen_codegen import console_lines

    console_lines.complain(fact, hint)


def note(text: str) -> None:
    """Print a remark for people on standard error."""
    from ormgen_codegen import console_lines

    console_lines.note(text)


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being done, once that takes a while; it is gone in the end.

    It is written from the work itself: a thread would keep the work from being forked.
    """
    if not wanted:
        yield lambda stage: None
        return
    from ormgen_codegen import console_lines

    with console_lines.progress() as show:
        yield show
