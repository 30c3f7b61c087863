"""Methods of the user's query sets that give on what they were called on: `-> HeroQuerySet` becomes `-> Self`.

So the relations that were loaded before, annotations, and the model that a shared query set is about stay known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ormgen_codegen.edits import Edit
from ormgen_codegen.parse.source import Source, Span

SAME: Final = frozenset(
    """
    all filter exclude order_by distinct reverse limit offset using_db select_for_update none use_index force_index
    only defer group_by
    """.split()
)
"""The methods of every query set that give one of the same class."""


def same_edits(source: Source, nodes: Iterable[ast.ClassDef], written: str) -> Iterator[Edit]:
    """The annotations of such methods, put as `written`, which means `Self`; one class may inherit from another."""
    listed = tuple(nodes)
    given = {node: _given_on(node) for node in listed}
    unsure = {name for node in listed for name in _methods(node).keys() - given[node].keys()}
    for methods in given.values():
        for name, method in methods.items():
            returns = method.returns
            if name not in unsure and returns is not None and not _is_self(returns):
                line, ends = returns.lineno, (returns.col_offset, returns.end_col_offset or 0)
                if line == returns.end_lineno:
                    yield Edit(Span(line, line, *(source.column(line, each) for each in ends)), written)


def _methods(node: ast.ClassDef) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    return {each.name: each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def _given_on(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    """The methods of a class that surely give a query set of its own class."""
    methods = _methods(node)
    found = {
        name: each
        for name, each in methods.items()
        if isinstance(each, ast.FunctionDef) and _may_be_same(each, node.name)
    }
    while True:
        kept = SAME - methods.keys() | found.keys()
        left = {name: each for name, each in found.items() if _is_self(each.returns) or _gives(each, kept)}
        if len(left) == len(found):
            return left
        found = left


def _may_be_same(method: ast.FunctionDef, cls: str) -> bool:
    """Whether a method says that it gives a query set, and nothing else about `self`."""
    named = _named(method.returns)
    bare = bool(method.args.args) and method.args.args[0].annotation is None and not method.decorator_list
    return bare and (_is_self(method.returns) or named in (cls, "QuerySet"))


def _named(annotation: ast.expr | None) -> str | None:
    """The class that an annotation names, with or without arguments."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return annotation.id if isinstance(annotation, ast.Name) else None


def _is_self(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name | ast.Attribute) and ast.unparse(annotation).rpartition(".")[2] == "Self"


def _gives(method: ast.FunctionDef, kept: frozenset[str]) -> bool:
    """Whether all that a method returns was made from `self` by methods that give the same class."""
    nodes = [each for statement in method.body for each in _inside(statement)]
    values: dict[str, list[ast.expr]] = {method.args.args[0].arg: []}
    for each in nodes:
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            values.setdefault(each.targets[0].id, []).append(each.value)
    bound = [each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    same = {name for name, given in values.items() if bound.count(name) == len(given)}
    same -= {each.arg for each in (*method.args.args[1:], *method.args.posonlyargs, *method.args.kwonlyargs)}
    while True:
        left = {name for name in same if all(_is_same(value, same, kept) for value in values[name])}
        if left == same:
            break
        same = left
    returned = [each.value for each in nodes if isinstance(each, ast.Return)]
    return bool(returned) and all(value is not None and _is_same(value, same, kept) for value in returned)


def _is_same(value: ast.expr, same: set[str], kept: frozenset[str]) -> bool:
    match value:
        case ast.Name(id=name):
            return name in same
        case ast.IfExp(body=first, orelse=second):
            return _is_same(first, same, kept) and _is_same(second, same, kept)
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[]), attr=name)):
            return name in SAME
        case ast.Call(func=ast.Attribute(value=inner, attr=name)):
            return name in kept and _is_same(inner, same, kept)
    return False


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those in it, apart from functions and classes of their own."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for each in ast.iter_child_nodes(node):
            yield from _inside(each)
