"""Managers as a model's source shows them, with the query sets that they give."""

from __future__ import annotations

import ast
from typing import Any

from ormgen.schema.type_text import type_text
from ormgen_codegen.parse.environment import ScopeEnvironment
from ormgen_codegen.parse.library import ManagerRoot, QuerySetRoot, root_path
from ormgen_codegen.parse.literals import read_expression
from ormgen_codegen.parse.mirrors import Mirrors
from ormgen_codegen.parse.parsed import ParsedManager
from ormgen_codegen.parse.values import Function, Instance, Refused


def class_path(cls: type) -> str:
    """The type text of a class of the program, or of the one of ormgen that it stands for."""
    return root_path(cls) or type_text(cls)


def parsed_manager(value: Any, mirrors: Mirrors) -> ParsedManager | None:
    """The manager that a class attribute or `Meta.manager` holds, if it does."""
    if not isinstance(value, Instance) or not isinstance(value.cls, type) or not issubclass(value.cls, ManagerRoot):
        return None
    given = [each for each in [*value.arguments, *value.options.values()] if is_queryset(each)]
    return ParsedManager(class_path(value.cls), class_path(given[0]) if given else _queryset_of(value.cls, mirrors))


def is_queryset(value: Any) -> bool:
    """Whether a value is a query set class."""
    return isinstance(value, type) and issubclass(value, QuerySetRoot)


def _queryset_of(cls: type, mirrors: Mirrors) -> str | None:
    for entry in cls.__mro__:
        mirror = mirrors.known.get(entry)
        method = None if mirror is None else mirror.environment.attempt("get_queryset")
        if mirror is not None and isinstance(method, Function) and method.node is not None:
            found = _returned(method.node, mirror.environment)
            if found is not None:
                return class_path(found)
    return None


def _returned(node: ast.FunctionDef | ast.AsyncFunctionDef, environment: ScopeEnvironment) -> type | None:
    """The query set class that a method declares as its result, or starts its returned chain of calls with."""
    returns = node.returns
    if isinstance(returns, ast.Constant) and isinstance(returns.value, str):
        try:
            returns = ast.parse(returns.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            returns = None
    if isinstance(returns, ast.Subscript):
        returns = returns.value
    roots = [_root(statement.value) for statement in node.body if isinstance(statement, ast.Return) and statement.value]
    for expression in [returns, *roots]:
        value = _class_named(expression, environment)
        if value is not None and value is not QuerySetRoot:
            return value
    return None


def _root(expression: ast.expr) -> ast.expr:
    """What a chain of calls and attributes starts with: `Heroes` of `Heroes(model).active()`."""
    while True:
        match expression:
            case ast.Call(func=ast.Name() as name):
                return name
            case ast.Call(func=ast.Attribute(value=inner)):
                if not isinstance(inner, ast.Call):
                    return expression.func
                expression = inner
            case _:
                return expression


def _class_named(expression: ast.expr | None, environment: ScopeEnvironment) -> type | None:
    if not isinstance(expression, ast.Name | ast.Attribute):
        return None
    try:
        written = ast.unparse(expression)
        value = environment.look_up(written) if isinstance(expression, ast.Name) else _dotted(expression, environment)
    except (Refused, RecursionError):
        return None
    return value if is_queryset(value) else None


def _dotted(expression: ast.Attribute, environment: ScopeEnvironment) -> Any:
    return read_expression(environment.source, expression, environment)
