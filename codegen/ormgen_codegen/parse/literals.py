"""Expressions that can be read without running anything: literals, names, attributes, and simple sums of them."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.values import (
    Environment,
    Function,
    Instance,
    LibraryPath,
    ModuleValue,
    Refused,
    Unread,
    is_read,
)

DEEPEST = 60
LONGEST = 1_000_000  # characters or items that a sum or product may have
BIGGEST = 10**40  # of a whole number that is computed

_WIDE = re.compile(r"\d{3}|\*|\{[^}]*\{")

Operation = Callable[[Any, Any], Any]

_SUMS: dict[type[ast.operator], Operation] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
_COMPARISONS: dict[type[ast.cmpop], Operation] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}


def read_expression(source: Source, node: ast.expr, environment: Environment) -> Any:
    """The value of an expression; Unread if it cannot be told without running the program.

    The arguments of an outer call are read one by one, so that one of them cannot spoil the others.
    """
    match node:
        case ast.Constant(value=value):
            return value if not isinstance(value, int) or _is_small(value) else Unread(_shortened(source.segment(node)))
        case ast.Lambda():
            return _lambda(source, node, environment)
        case ast.Call(func=func, args=args, keywords=keywords):
            function = read_expression(source, func, environment)
            arguments, options = read_arguments(source, args, keywords, environment)
            return environment.call(function, arguments, options)
    return _Reader(source, node, environment).read(node)


def _lambda(source: Source, node: ast.Lambda, environment: Environment) -> Function:
    """A lambda as the function that returns its expression."""
    returns = ast.copy_location(ast.Return(node.body), node.body)
    made = ast.FunctionDef(name="lambda", args=node.args, body=[returns], decorator_list=[])
    return Function("lambda", ast.copy_location(made, node), environment, " ".join(source.segment(node).split()))


def read_arguments(
    source: Source, args: list[ast.expr], keywords: list[ast.keyword], environment: Environment
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call; of `*args` and `**options` those that can be told."""
    arguments: list[Any] = []
    for argument in args:
        starred = isinstance(argument, ast.Starred)
        value = read_expression(source, argument.value if isinstance(argument, ast.Starred) else argument, environment)
        arguments += _spread(value) if starred else [value]
    options: dict[str, Any] = {}
    for keyword in keywords:
        value = read_expression(source, keyword.value, environment)
        _add(options, _named(value) if keyword.arg is None else {keyword.arg: value})
    return arguments, options


def _add(options: dict[str, Any], more: dict[str, Any]) -> None:
    for name in more:
        if name in options and name != "**":
            raise Refused(f"got multiple values for keyword argument {name!r}", name)
    options |= more


def _spread(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value if isinstance(value, Unread) else Unread("*")]


def _named(value: Any) -> dict[str, Any]:
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return value
    return {"**": value if isinstance(value, Unread) else Unread("**")}


def _shortened(text: str) -> str:
    line = " ".join(text[:200].split())
    return line if len(line) <= 60 else f"{line[:57]}..."


class _Reader:
    """Reads one expression, of bounded depth."""

    def __init__(self, source: Source, node: ast.expr, environment: Environment) -> None:
        self.source = source
        self.node = node
        self.environment = environment
        self.depth = 0

    @cached_property
    def unread(self) -> Unread:
        """What stands for the whole expression where any of it cannot be read."""
        return Unread(_shortened(self.source.segment(self.node)))

    def read(self, node: ast.expr) -> Any:
        if self.depth >= DEEPEST:
            return self.unread
        self.depth += 1
        try:
            return self._read(node)
        finally:
            self.depth -= 1

    def _read(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self.environment.look_up(name)
            case ast.Constant(value=value):
                return value if not isinstance(value, int) or _is_small(value) else self.unread
            case ast.Attribute(value=value, attr=name):
                inner = self.read(value)
                return self.unread if isinstance(inner, Unread) else self.environment.attribute(inner, name)
            case ast.Call(func=func, args=args, keywords=keywords):
                return self._call(self.read(func), args, keywords)
            case ast.JoinedStr(values=parts):
                return self._formatted(parts)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return self._items(node, elements)
            case ast.Dict(keys=keys, values=values):
                return self._dictionary(keys, values)
            case ast.UnaryOp(op=sign, operand=inner):
                return self._compute(_SIGNS.get(type(sign)), self.read(inner))
            case ast.BinOp(left=left, op=sign, right=right):
                return self._compute(_SUMS.get(type(sign)), self.read(left), self.read(right))
            case ast.Subscript(value=value, slice=key):
                return self._subscript(self.read(value), key)
            case ast.BoolOp(op=sign, values=values):
                return self._chosen(isinstance(sign, ast.And), values)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._compare(self.read(left), sign, self.read(right))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.read(test)
                return self.unread if not _is_plain(chosen) else self.read(body if chosen else orelse)
            case ast.Lambda():
                return Function("lambda", None, None)
            case ast.NamedExpr(value=inner):
                return self.read(inner)
        return self.unread

    def _chosen(self, every: bool, values: list[ast.expr]) -> Any:
        """The value of `and` (`every`) or `or`: the first that decides, else the last."""
        for each in values[:-1]:
            value = self.read(each)
            if not _is_plain(value):
                return self.unread
            if bool(value) is not every:
                return value
        return self.read(values[-1])

    def _formatted(self, parts: list[ast.expr]) -> Any:
        text = ""
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                value = self.read(part.value)
                known = (_is_plain(value) and not isinstance(value, int)) or _is_small(value)
                how = "" if part.format_spec is None else self.read(part.format_spec)
                if not known or part.conversion != -1 or not isinstance(how, str) or is_wide(how):
                    return self.unread
                text += self._formatted_value(value, how)
            elif isinstance(part, ast.Constant):
                text += str(part.value)
        return text

    def _formatted_value(self, value: Any, how: str) -> str:
        try:
            return format(value, how)
        except (TypeError, ValueError) as error:
            raise Refused(str(error)) from None

    def _items(self, node: ast.expr, elements: list[ast.expr]) -> Any:
        found: list[Any] = []
        for element in elements:
            if isinstance(element, ast.Starred):
                found += _spread(self.read(element.value))
            else:
                found.append(self.read(element))
        if isinstance(node, ast.List):
            return found
        if isinstance(node, ast.Tuple):
            return tuple(found)
        try:
            return set(found)
        except TypeError:
            return self.unread

    def _dictionary(self, keys: list[ast.expr | None], values: list[ast.expr]) -> Any:
        found: dict[Any, Any] = {}
        for written, each in zip(keys, values, strict=True):
            value = self.read(each)
            if written is None:
                if not isinstance(value, dict):
                    return self.unread
                found |= value
                continue
            key = self.read(written)
            try:
                found[key] = value
            except TypeError:
                return self.unread
        return found

    def _compute(self, operation: Callable[..., Any] | None, *operands: Any) -> Any:
        if operation is None or not all(is_read(operand) for operand in operands) or _explodes(operation, operands):
            return self.unread
        try:
            return operation(*operands)
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            return self.unread

    def _subscript(self, value: Any, key: ast.expr) -> Any:
        parts = key.elts if isinstance(key, ast.Tuple) else [key]
        if isinstance(value, Unread | Instance) or any(isinstance(part, ast.Slice) for part in parts):
            return self.unread
        keys = [self.read(part) for part in parts]
        if not isinstance(value, str | bytes | list | tuple | dict):  # a generic type
            keys = [self._parameter(each) for each in keys]
        index: Any = tuple(keys) if isinstance(key, ast.Tuple) else keys[0]
        try:
            return value[index]
        except (TypeError, KeyError, IndexError, AttributeError, ValueError):
            return self.unread

    def _parameter(self, value: Any) -> Any:
        if isinstance(value, Unread):
            self.environment.doubt(value)
        if isinstance(value, list):  # the parameters of a Callable
            return [self._parameter(part) for part in value]
        return Any if isinstance(value, Unread | Instance | LibraryPath | ModuleValue) else value

    def _compare(self, left: Any, sign: ast.cmpop, right: Any) -> Any:
        if isinstance(sign, ast.Is | ast.IsNot) and right is None and not isinstance(left, Unread):
            return (left is None) is isinstance(sign, ast.Is)
        if isinstance(sign, ast.In | ast.NotIn) and isinstance(right, dict | list | tuple) and _is_plain(left):
            return (left in right) is isinstance(sign, ast.In)
        if not (_is_plain(left) and _is_plain(right)):
            return self.unread
        return self._compute(_COMPARISONS.get(type(sign)), left, right)

    def _call(self, function: Any, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        arguments: list[Any] = []
        options: dict[str, Any] = {}
        for argument in args:
            if isinstance(argument, ast.Starred):
                arguments += _spread(self.read(argument.value))
            else:
                arguments.append(self.read(argument))
        for keyword in keywords:
            value = self.read(keyword.value)
            _add(options, _named(value) if keyword.arg is None else {keyword.arg: value})
        return self.environment.call(function, arguments, options)


def is_wide(text: str) -> bool:
    """Whether a text that says how values are written may make one that is much longer."""
    return _WIDE.search(text) is not None


def _is_small(value: Any) -> bool:
    return isinstance(value, int) and abs(value) <= BIGGEST


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bytes)


def _explodes(operation: Callable[..., Any], operands: tuple[Any, ...]) -> bool:
    """Whether computing this could take more memory than a declaration is worth."""
    if any(isinstance(operand, int) and abs(operand) > BIGGEST for operand in operands):
        return True
    if operation is operator.lshift:
        return not isinstance(operands[1], int) or operands[1] > 100
    if operation is operator.mod and isinstance(operands[0], str):
        values = operands[1] if isinstance(operands[1], tuple) else operands[1:]
        return is_wide(operands[0]) or not all(_is_plain(value) for value in values)
    if operation is operator.mod:
        return not all(isinstance(operand, int | float) for operand in operands)
    if operation is operator.mul:
        if any(isinstance(operand, list | tuple) and not all(map(_is_plain, operand)) for operand in operands):
            return True
        sizes = [len(operand) if isinstance(operand, str | bytes | list | tuple) else operand for operand in operands]
        sized = any(isinstance(operand, str | bytes | list | tuple) for operand in operands)
        return sized and all(isinstance(size, int) for size in sizes) and sizes[0] * sizes[1] > LONGEST
    return False
