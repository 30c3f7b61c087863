"""What the statements of a module or class body bind, in order, and under which condition."""

from __future__ import annotations

import ast
import operator
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any

from ormgen.records import dataclass

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda known, choices: known in choices,
    ast.NotIn: lambda known, choices: known not in choices,
}

CanImport = Callable[[ast.stmt], bool]


class When(IntEnum):
    """How surely a statement runs; of several bindings of one name the surest, then the last, counts."""

    NEVER = 0  # only type checkers see it, or it is the way out of an error that will not happen
    ELSEWISE = 1  # the other way out of a condition that nobody can tell from here
    RUNS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One name bound by one statement.

    `alias` is there for names that an import binds ("*" for all of a module's), `value` is the expression where a
    plain assignment binds the name.
    """

    name: str
    node: ast.stmt
    when: When = When.RUNS
    value: ast.expr | None = None
    alias: ast.alias | None = None

    @property
    def deletes(self) -> bool:
        """Whether the statement takes the name away."""
        return isinstance(self.node, ast.Delete)


class Scope:
    """The bindings of one body."""

    def __init__(self, body: Iterable[ast.stmt], can_import: CanImport) -> None:
        self.bindings = tuple(_bindings(body, When.RUNS, can_import))
        self.by_name: dict[str, list[Binding]] = {}
        for binding in self.bindings:
            self.by_name.setdefault(binding.name, []).append(binding)
        self.stars = tuple(binding for binding in self.by_name.get("*", ()))

    def candidates(self, name: str) -> list[Binding]:
        """The bindings of a name, the one that counts first."""
        found = self.by_name.get(name, [])
        if len(found) < 2:
            return found
        return [found[index] for index in sorted(range(len(found)), key=lambda index: (-found[index].when, -index))]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are bound when all has run, in the order of their first binding."""
        return tuple(
            name
            for name in self.by_name
            if name != "*" and (last := self.candidates(name)[0]).when is not When.NEVER and not last.deletes
        )


def condition(test: ast.expr) -> bool | None:
    """What an `if` at the top of a module decides; None if that cannot be told. `TYPE_CHECKING` is false."""
    try:
        return _truth(test)
    except RecursionError:
        return None


def _truth(test: ast.expr) -> bool | None:
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=sign, values=values):
            answers = [_truth(value) for value in values]
            decisive = isinstance(sign, ast.Or)
            return decisive if decisive in answers else None if None in answers else not decisive
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _compare(sign, _of_python(left), right)
        case ast.Call(func=ast.Attribute(value=text, attr="startswith"), args=[ast.Constant(value=str(start))]):
            whole = _of_python(text)
            return whole.startswith(start) if isinstance(whole, str) else None
    return None


def _of_python(node: ast.expr) -> Any:
    """What an expression says about the Python that runs, its version or its platform; None if it says neither."""
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="platform"):
            return sys.platform
        case ast.Attribute(value=ast.Name(id="os"), attr="name"):
            return os.name
        case ast.Attribute(attr="version_info") | ast.Name(id="version_info"):
            return tuple(sys.version_info[:3])
        case ast.Attribute(value=inner, attr="major" | "minor" as part):
            version = _of_python(inner)
            return getattr(sys.version_info, part) if isinstance(version, tuple) else None
        case ast.Subscript(value=inner, slice=ast.Constant(value=int(index))):
            version = _of_python(inner)
            return version[index] if isinstance(version, tuple) and 0 <= index < 3 else None
        case ast.Subscript(value=inner, slice=ast.Slice(lower=None, upper=ast.Constant(value=int(end)), step=None)):
            version = _of_python(inner)
            return version[:end] if isinstance(version, tuple) else None
    return None


def _compare(sign: ast.cmpop, known: Any, right: ast.expr) -> bool | None:
    compare = _COMPARISONS.get(type(sign))
    if known is None or compare is None:
        return None
    try:
        return bool(compare(known, ast.literal_eval(right)))
    except (TypeError, ValueError, RecursionError, MemoryError):
        return None


def mentions_type_checking(test: ast.expr) -> bool:
    """Whether a condition is about type checkers."""
    return any(
        getattr(node, "id", None) == "TYPE_CHECKING" or getattr(node, "attr", None) == "TYPE_CHECKING"
        for node in ast.walk(test)
    )


def branches(
    node: ast.If | ast.Try | ast.TryStar, when: When, can_import: CanImport
) -> list[tuple[list[ast.stmt], When]]:
    """The bodies of an `if` or `try` with how surely each runs; a branch that is plainly dead is left out."""
    if isinstance(node, ast.If):
        truth = condition(node.test)
        for_types = When.NEVER if mentions_type_checking(node.test) else None
        if truth is None:
            return [(node.body, when), (node.orelse, min(when, When.ELSEWISE))]
        taken, left = (node.body, node.orelse) if truth else (node.orelse, node.body)
        return [(taken, when)] if for_types is None else [(left, for_types), (taken, when)]
    missing = next((index for index, child in enumerate(node.body) if not can_import(child)), None)
    if missing is None or not node.handlers:
        handlers = [(handler.body, When.NEVER) for handler in node.handlers]
        return [(node.body, when), *handlers, (node.orelse, when), (node.finalbody, when)]
    reached, never = (node.body[:missing], when), (node.body[missing:] + node.orelse, When.NEVER)
    return [never, reached, *((handler.body, when) for handler in node.handlers), (node.finalbody, when)]


def flattened(body: Iterable[ast.stmt], can_import: CanImport) -> Iterator[tuple[ast.stmt, When]]:
    """Every statement of a body and of the conditions in it, in order; never those of functions or loops."""
    pending: list[tuple[ast.stmt, When]] = [(node, When.RUNS) for node in reversed(list(body))]
    while pending:
        node, when = pending.pop()
        if isinstance(node, ast.If | ast.Try | ast.TryStar):
            inner = [(child, how) for part, how in branches(node, when, can_import) for child in part]
            pending += reversed(inner)
        elif isinstance(node, ast.With):
            pending += [(child, when) for child in reversed(node.body)]
        else:
            yield node, when


def _bindings(body: Iterable[ast.stmt], when: When, can_import: CanImport) -> Iterator[Binding]:
    for node, how in flattened(body, can_import):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Binding(alias.asname or alias.name.partition(".")[0], node, how, alias=alias)
            case ast.ImportFrom(names=names):
                for alias in names:
                    yield Binding(alias.asname or alias.name, node, how, alias=alias)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield Binding(name, node, how)
            case ast.Assign(targets=targets, value=value):
                yield from _named_inside(value, node, how)
                for target in targets:
                    yield from _targets(target, value, node, how)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield from _named_inside(value, node, how)
                yield Binding(name, node, how, value)
            case ast.AugAssign(target=ast.Name(id=name)):
                yield Binding(name, node, how)
            case ast.Delete(targets=targets):
                yield from (Binding(target.id, node, how) for target in targets if isinstance(target, ast.Name))
            case ast.For(target=target) | ast.AsyncFor(target=target):
                yield from _targets(target, None, node, how)
            case _ if type(node).__name__ == "TypeAlias":
                yield Binding(getattr(node, "name").id, node, how)  # noqa: B009 - a node of Python 3.12


def _named_inside(value: ast.expr, node: ast.stmt, when: When) -> Iterator[Binding]:
    """Names that arguments of a call bind: `CharField(max_length=(size := 20))`."""
    if isinstance(value, ast.Call):
        for given in (*value.args, *(each.value for each in value.keywords)):
            if isinstance(given, ast.NamedExpr):
                yield Binding(given.target.id, node, when, given.value)


def _targets(target: ast.expr, value: ast.expr | None, node: ast.stmt, when: When) -> Iterator[Binding]:
    match target, value:
        case ast.Name(id=name), _:
            yield Binding(name, node, when, value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts), ast.Tuple(elts=values) | ast.List(elts=values) if len(
            parts
        ) == len(values) and not any(isinstance(part, ast.Starred) for part in [*parts, *values]):
            for part, each in zip(parts, values, strict=True):
                yield from _targets(part, each, node, when)
        case ast.Tuple(elts=parts) | ast.List(elts=parts), _:
            for part in parts:
                yield from _targets(part, None, node, when)
        case ast.Starred(value=inner), _:
            yield from _targets(inner, None, node, when)
