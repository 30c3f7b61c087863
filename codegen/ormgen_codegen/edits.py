"""Changes to a source text after which every line still has its number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ormgen_codegen.parse.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Text put in place of a span.

    `statement` says that the span is a whole simple statement: its lines are joined to the first, a comment behind it
    goes with it, and without any text it vanishes if it stood alone. Otherwise the span is a part of an expression
    in brackets, or empty.
    """

    span: Span
    text: str
    statement: bool = False


def insertion(line: int, column: int, text: str) -> Edit:
    """Text put before a column; both count from 1."""
    return Edit(Span(line, line, column, column), text)


def edited(lines: Iterable[str], edits: Iterable[Edit]) -> list[str]:
    """The lines after all edits, which must not overlap."""
    result = list(lines)
    for edit in sorted(edits, key=lambda edit: (edit.span.first, edit.span.start), reverse=True):
        _apply(result, edit)
    return result


def _apply(lines: list[str], edit: Edit) -> None:
    span = edit.span
    head, tail = lines[span.first - 1][: span.start - 1], lines[span.last - 1][span.end - 1 :]
    if edit.statement:
        lines[span.first - 1 : span.last] = _joined(head, edit.text, tail, span.last - span.first)
        return
    lines[span.first - 1 : span.last] = [head + edit.text, *[""] * (span.last - span.first)]
    lines[span.last - 1] += tail


def _joined(head: str, text: str, tail: str, more: int) -> list[str]:
    """The statement on its first line and `more` lines to fill; what follows on its last line stays there."""
    if not tail.strip() or tail.lstrip().startswith("#"):
        tail = ""
    if not text and (head.strip() or tail):
        text = "..."
    if not text:
        return [""] * (more + 1)
    if more and tail:
        return [f"{head}{text} \\", *["\\"] * (more - 1), tail.lstrip()]
    return [f"{head}{text}{tail}", *[""] * more]
