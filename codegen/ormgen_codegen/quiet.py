"""Lines of a carried module that mypy would complain about only because they stand in a stub."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ormgen_codegen.edits import Edit, comment_places, insertion
from ormgen_codegen.parse.parsed import ClassKind, ParsedClass, ParsedModule, ParsedStatement, StatementKind
from ormgen_codegen.parse.source import Source

MODELS = (ClassKind.MODEL, ClassKind.ABSTRACT)
MEMBERS = (StatementKind.ASSIGNMENT, StatementKind.ANNOTATION, StatementKind.BLOCK)


def quiet_module_edits(module: ParsedModule) -> Iterator[Edit]:
    """The remarks that keep mypy quiet about `__models__ = []`, whose type no line says, and about overloads.

    A stub carries the body of an overloaded function too, which is not usual in one, and classes that stand in for
    others which cannot be imported, perhaps enums without members.
    """
    for body in (module.statements, *(each.body for each in module.classes)):
        for each in _implementations(module.source, body):
            yield from _remark(module.source, each.span.first, each.span.last, "misc", each.span.first)
    for node in _stand_ins(module.source.tree.body):
        yield from _remark(module.source, node.lineno, node.body[0].lineno, "misc,no-redef", node.lineno)
    for each in module.statements:
        if each.names == ("__models__",) and each.annotation is None and each.value in ("[]", "set()"):
            yield from _remark(module.source, each.span.first, each.span.last, "var-annotated", each.span.first)


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


def _stand_ins(body: Iterable[ast.stmt]) -> Iterator[ast.ClassDef]:
    """The classes in the ways out of a `try` at the top of a module."""
    for node in body:
        for handler in node.handlers if isinstance(node, ast.Try) else ():
            yield from (each for each in handler.body if isinstance(each, ast.ClassDef))


def _implementations(source: Source, body: Iterable[ParsedStatement]) -> Iterator[ParsedStatement]:
    """The functions of a body that stand behind their overloads."""
    overloaded: set[str] = set()
    for each in body:
        if each.kind is StatementKind.FUNCTION:
            decorators = source.lines[each.span.first - 1 : each.position.line - 1]
            if any("overload" in line for line in decorators):
                overloaded.update(each.names)
            elif overloaded.intersection(each.names):
                yield each
        yield from _implementations(source, each.inside)


def _removes(each: ParsedStatement) -> bool:
    return each.kind is StatementKind.ASSIGNMENT and each.value == "None" and each.annotation is None


def _remark(source: Source, first: int, last: int, code: str, line: int) -> Iterator[Edit]:
    for number, column in comment_places(source.lines, first, last):
        if number == line:
            yield insertion(number, column, f"  # type: ignore[{code}]")
