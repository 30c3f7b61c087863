"""Statements and class headers with their lines, for a stub that follows its source line by line."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ormgen_codegen.parse.parsed import ParsedStatement, StatementKind
from ormgen_codegen.parse.scope import condition, mentions_type_checking
from ormgen_codegen.parse.source import Position, Source, Span

KindOf = Callable[[str], StatementKind | None]

_KINDS: dict[type[ast.stmt], StatementKind] = {
    ast.Import: StatementKind.IMPORT,
    ast.ImportFrom: StatementKind.IMPORT,
    ast.ClassDef: StatementKind.CLASS,
    ast.FunctionDef: StatementKind.FUNCTION,
    ast.AsyncFunctionDef: StatementKind.FUNCTION,
    ast.Assign: StatementKind.ASSIGNMENT,
    ast.AugAssign: StatementKind.ASSIGNMENT,
    ast.AnnAssign: StatementKind.ASSIGNMENT,
    ast.If: StatementKind.BLOCK,
    ast.Try: StatementKind.BLOCK,
    ast.TryStar: StatementKind.BLOCK,
    ast.With: StatementKind.BLOCK,
}


def parsed_statements(
    source: Source, body: Iterable[ast.stmt], kind_of: KindOf, type_only: bool = False
) -> tuple[ParsedStatement, ...]:
    """The statements of a body; `kind_of` knows what the names that it binds are to ormgen."""
    return tuple(_statement(source, node, index == 0, kind_of, type_only) for index, node in enumerate(body))


def _statement(source: Source, node: ast.stmt, first: bool, kind_of: KindOf, type_only: bool) -> ParsedStatement:
    names = tuple(bound_names(node))
    kind = _KINDS.get(type(node), StatementKind.OTHER)
    if type(node).__name__ == "TypeAlias":
        kind = StatementKind.TYPE_ALIAS
    if first and _is_text(node):
        kind = StatementKind.DOCSTRING
    if isinstance(node, ast.AnnAssign) and node.value is None:
        kind = StatementKind.ANNOTATION
    if names and kind in (StatementKind.ASSIGNMENT, StatementKind.CLASS):
        kind = kind_of(names[0]) or kind
    annotation = source.segment(node.annotation) if isinstance(node, ast.AnnAssign) else None
    value = getattr(node, "value", None) if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return ParsedStatement(
        kind=kind,
        span=source.span(node),
        position=source.position(node),
        names=names,
        annotation=annotation,
        value=source.segment(value) if isinstance(value, ast.expr) else None,
        inside=_inside(source, node, kind_of, type_only),
        type_only=type_only,
    )


def _inside(source: Source, node: ast.stmt, kind_of: KindOf, type_only: bool) -> tuple[ParsedStatement, ...]:
    """The statements of a block, of all its branches one after the other."""
    return tuple(
        _statement(source, child, False, kind_of, only) for body, only in _parts(node, type_only) for child in body
    )


def _parts(node: ast.stmt, type_only: bool) -> Iterator[tuple[list[ast.stmt], bool]]:
    while isinstance(node, ast.If):
        truth = condition(node.test) if mentions_type_checking(node.test) else None
        yield node.body, type_only or truth is False
        type_only = type_only or truth is True
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
            yield node.orelse, type_only
            return
        node = node.orelse[0]
    if isinstance(node, ast.Try | ast.TryStar):
        for body in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            yield body, type_only
    elif isinstance(node, ast.With):
        yield node.body, type_only


def bound_names(node: ast.stmt) -> Iterable[str]:
    """The names that a statement itself binds, in order."""
    match node:
        case ast.Import(names=names):
            return [alias.asname or alias.name.partition(".")[0] for alias in names]
        case ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [name for target in targets for name in _target_names(target)]
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            return [name]
        case _ if type(node).__name__ == "TypeAlias":
            return _target_names(getattr(node, "name"))  # noqa: B009 - a node of Python 3.12
    return []


def _target_names(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [name for part in parts for name in _target_names(part)]
        case ast.Starred(value=inner):
            return _target_names(inner)
    return []


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def header_span(source: Source, node: ast.ClassDef) -> Span:
    """From the word `class` to its colon."""
    line, column = node.lineno, source.lines[node.lineno - 1].find(node.name, node.col_offset) + len(node.name)
    parts: list[Any] = [*node.bases, *node.keywords, *getattr(node, "type_params", [])]
    for part in parts:
        line, column = max((line, column), (part.end_lineno, source.column(part.end_lineno, part.end_col_offset) - 1))
    while line <= len(source.lines):
        code = source.lines[line - 1][column:].partition("#")[0]
        if ":" in code:
            break
        line, column = line + 1, 0
    colon = source.lines[line - 1].find(":", column)
    return Span(node.lineno, line, source.column(node.lineno, node.col_offset), colon + 2)


def keyword_position(source: Source, value: ast.expr | None, option: str | None) -> Position | None:
    """Where a keyword of the outermost call in `value` stands."""
    if isinstance(value, ast.Call) and option is not None:
        for keyword in value.keywords:
            if keyword.arg == option:
                return source.position(keyword)
    return None


def text_position(source: Source, value: ast.expr | None, text: str) -> Position | None:
    """Where an argument of the outermost call stands that is, or begins with, what is written as `text`."""
    wanted = text.removesuffix("...").removesuffix("(...)")
    if isinstance(value, ast.Call):
        arguments: list[ast.expr | ast.keyword] = [*value.args, *value.keywords]
        for argument in arguments:
            written = argument.value if isinstance(argument, ast.keyword) else argument
            if wanted and wanted in " ".join(source.segment(written).split()):
                return source.position(argument)
    return None
