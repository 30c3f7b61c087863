"""What a call of `annotate` or `aggregate` must give under one name: by it type checkers tell calls apart."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.expression_types import COUNT, EXPRESSIONS, GENERAL, KNOWN, Result, is_alone
from ormgen_codegen.scan_calls import path_name
from ormgen_codegen.signatures import span_type
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.targets import Lack

WINDOW: Final = "Window"


def parameter_of(scope: Scope, model: LinkedModel, node: ast.expr | None, known: Mapping[str, Result | None]) -> str:
    """What a call must give for one annotation: the class of the expression, where that is one of ormgen's.

    By it type checkers tell calls apart that give different expressions one name.
    """
    general = widened(f"{scope.stem(model)}Expression", known)
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if scope.lacks(Lack.EXACT_ARGUMENTS):
            return name if name in KNOWN else general
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=given):
            if name in EXPRESSIONS:
                named = f"[{_names(scope.stem(model), known)}]" if name == WINDOW else ""
                return f"{scope.types.module('ormgen.expressions')}.{name}{named}"
            if name in GENERAL:
                return _function(scope, model, name, given[0] if given else None, known)
        case ast.BinOp() if not scope.lacks(Lack.EXACT_ARGUMENTS) and any(
            isinstance(each, ast.Call) for each in ast.walk(node)
        ):
            return f"{scope.types.module('ormgen.expressions')}.Combined"
        case ast.Attribute():
            return _path(scope, model, node) or general
    return general


def _path(scope: Scope, model: LinkedModel, node: ast.Attribute) -> str | None:
    """A path expression to a column, told from others by the type of its values."""
    name = path_name(node)
    span = None if name is None or scope.lacks(Lack.PATHS) else scope.span(model, name)
    if span is None or span.column is None or span.lookup is not None:
        return None
    return f"Path[{scope.ref(model)}, {span_type(scope, span)}]"


def _function(
    scope: Scope, model: LinkedModel, name: str, first: ast.expr | None, known: Mapping[str, Result | None]
) -> str:
    """A function of a column, or of another expression."""
    stem = scope.stem(model)
    general = widened(f"{stem}Expression", known)
    function = name if name in KNOWN else f"{scope.types.module('ormgen.functions')}.{name}"
    match first:
        case ast.Constant(value=str(column)) if name == COUNT and column not in known:
            return f'Count[{stem}Term | Literal["*"]]'
        case ast.Constant(value=str(column)):
            return f"{function}[{literal([column])}]"
        case None if is_alone(name):
            return function
        case ast.Attribute():
            path = _path(scope, model, first)
            if name == COUNT:
                return f'Count[{stem}Term | Literal["*"]]'
            return general if path is None else f"{function}[{path}]"
        case ast.Call() | ast.BinOp():
            inner = parameter_of(scope, model, first, known)
            return f"{function}[{inner}]" if inner != general else inner
    return general


def widened(expression: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    """What can be computed of a model with annotations."""
    if not names:
        return expression
    stem = expression.removesuffix("Expression")  # one Computable, so that checkers know what a text in it stands for
    return f"Computable[{_names(stem, names)}] | {stem}Q"


def _names(stem: str, more: Mapping[str, object] | tuple[str, ...]) -> str:
    """What names something of a model that is computed with."""
    return f"{stem}Term | Expression | {literal(more)}" if more else f"{stem}Term | Expression"


def is_general(parameter: str) -> bool:
    """Whether a parameter takes anything that can be computed of a model."""
    return "Expression" in parameter and f"{WINDOW}[" not in parameter
