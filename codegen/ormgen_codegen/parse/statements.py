"""Statements and class headers with their lines, for a stub that follows its source line by line."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

from ormgen_codegen.parse.parsed import ParsedStatement, StatementKind
from ormgen_codegen.parse.scope import condition, mentions_type_checking
from ormgen_codegen.parse.source import Position, Source, Span, inner

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


def parsed_statements(source: Source, body: Iterable[ast.stmt], kind_of: KindOf) -> tuple[ParsedStatement, ...]:
    """The statements of a body; `kind_of` knows what the names that it binds are to ormgen."""
    return tuple(_statement(source, node, index == 0, kind_of, Seen.BY_ALL) for index, node in enumerate(body))


class Seen(Enum):
    """Who sees a statement."""

    BY_ALL = "by all"
    BY_CHECKERS = "by type checkers"
    BY_PYTHON = "by Python"


def _statement(source: Source, node: ast.stmt, first: bool, kind_of: KindOf, seen: Seen) -> ParsedStatement:
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
        inside=_inside(source, node, kind_of, seen),
        type_only=seen is Seen.BY_CHECKERS,
        hidden=seen is Seen.BY_PYTHON,
    )


# Who sees the two branches of a condition: what it is when the program runs, if it mentions type checkers.
_SEEN_BY = {
    None: (Seen.BY_ALL, Seen.BY_ALL),
    False: (Seen.BY_CHECKERS, Seen.BY_PYTHON),
    True: (Seen.BY_PYTHON, Seen.BY_CHECKERS),
}


def _inside(source: Source, node: ast.stmt, kind_of: KindOf, seen: Seen) -> tuple[ParsedStatement, ...]:
    """The statements of a block, of all its branches one after the other."""
    return tuple(
        _statement(source, child, False, kind_of, inner) for body, inner in _parts(node, seen) for child in body
    )


def _parts(node: ast.stmt, seen: Seen) -> Iterator[tuple[list[ast.stmt], Seen]]:
    while isinstance(node, ast.If):
        truth = condition(node.test) if mentions_type_checking(node.test) else None
        then, otherwise = _SEEN_BY[truth]
        yield node.body, then if seen is Seen.BY_ALL else seen
        seen = otherwise if seen is Seen.BY_ALL else seen
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
            yield node.orelse, seen
            return
        node = node.orelse[0]
    if isinstance(node, ast.Try | ast.TryStar):
        for body in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            yield body, seen
    elif isinstance(node, ast.With):
        yield node.body, seen


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


def local_classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The class statements inside of functions, in no order."""
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, inside = pending.pop()
        if isinstance(node, ast.ClassDef) and inside:
            yield node
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        pending += [(each, inside) for each in inner(node)]


def name_used(source: Source, values: Iterable[ast.expr], path: str) -> Position | None:
    """Where the last part of a dotted path stands as an attribute in one of the expressions."""
    name = path.rpartition(".")[2]
    for value in values:
        for node in ast.walk(value):
            if isinstance(node, ast.Attribute) and node.attr == name:
                line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
                return Position(source.shown, line, source.column(line, end) - len(name))
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
