"""Lines of a carried class that mypy would complain about only because they stand in a stub."""

from __future__ import annotations

from collections.abc import Iterator

from ormgen_codegen.edits import Edit, comment_places, insertion
from ormgen_codegen.parse.parsed import ClassKind, ParsedClass, ParsedStatement, StatementKind
from ormgen_codegen.parse.source import Source

MODELS = (ClassKind.MODEL, ClassKind.ABSTRACT)
MEMBERS = (StatementKind.ASSIGNMENT, StatementKind.ANNOTATION, StatementKind.BLOCK)


def quiet_edits(source: Source, parsed: ParsedClass) -> Iterator[Edit]:
    """The remarks that keep mypy quiet about one class.

    An enum without members is fine as a base of others, but not in a stub. Two abstract models may each have a
    `Meta`, and `name = None` takes an inherited field away: no types are meant to agree there.
    """
    header = parsed.header
    if parsed.kind is ClassKind.ENUM and not any(each.kind in MEMBERS for each in parsed.body):
        yield from _remark(source, header.first, header.last, "misc", header.first)
    if parsed.kind in MODELS:
        if len(parsed.bases) > 1:
            yield from _remark(source, header.first, header.last, "misc", header.first)
        for each in parsed.body:
            if _removes(each):
                yield from _remark(source, each.span.first, each.span.last, "assignment", each.span.first)


def _removes(each: ParsedStatement) -> bool:
    return each.kind is StatementKind.ASSIGNMENT and each.value == "None" and each.annotation is None


def _remark(source: Source, first: int, last: int, code: str, line: int) -> Iterator[Edit]:
    for number, column in comment_places(source.lines, first, last):
        if number == line:
            yield insertion(number, column, f"  # type: ignore[{code}]")
