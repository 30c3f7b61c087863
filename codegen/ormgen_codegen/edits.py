"""Changes to a source text after which every line still has its number."""

from __future__ import annotations

import token
import tokenize
from collections.abc import Iterable, Iterator, Sequence

from ormgen.records import dataclass
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


def comment_places(lines: Sequence[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Line and column where a comment may be put in front of the one that a line has, for the lines of a statement.

    Left out are lines that end inside of a text or with a backslash, and those that have a `# type:` comment.
    """
    inner = lines[first - 1 : last]
    ends = {number: len(line.rstrip()) for number, line in enumerate(inner, 1) if not line.rstrip().endswith("\\")}
    opened: list[int] = []
    try:
        for each in tokenize.generate_tokens(iter([f"{line}\n" for line in inner]).__next__):
            kind, start, end = token.tok_name[each.type], each.start[0], each.end[0]
            if kind == "FSTRING_START":
                opened.append(start)
            elif kind == "FSTRING_END":
                start = opened.pop()
            elif kind == "COMMENT":
                ends[start] = len(inner[start - 1][: each.start[1]].rstrip())
            if kind in ("STRING", "FSTRING_END"):
                for number in range(start, end):
                    ends.pop(number, None)
    except (tokenize.TokenError, SyntaxError):
        return
    for number, column in ends.items():
        if "# type:" not in inner[number - 1][column:]:
            yield first + number - 1, column + 1


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
