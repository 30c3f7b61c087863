"""Expressions that can be read without running anything: literals, names, attributes, and simple sums of them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

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

Operation = Callable[[Any, Any], Any]

_SUMS: dict[type[cst.BaseBinaryOp], Operation] = {
    cst.Add: operator.add,
    cst.Subtract: operator.sub,
    cst.Multiply: operator.mul,
    cst.Divide: operator.truediv,
    cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod,
    cst.BitOr: operator.or_,
    cst.BitAnd: operator.and_,
    cst.BitXor: operator.xor,
    cst.LeftShift: operator.lshift,
    cst.RightShift: operator.rshift,
}
_COMPARISONS: dict[type[cst.BaseCompOp], Operation] = {
    cst.Equal: operator.eq,
    cst.NotEqual: operator.ne,
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
}
_SIGNS: dict[type[cst.BaseUnaryOp], Callable[[Any], Any]] = {
    cst.Minus: operator.neg,
    cst.Plus: operator.pos,
    cst.BitInvert: operator.invert,
    cst.Not: operator.not_,
}
_KEYWORDS = {"True": True, "False": False, "None": None}
_CONTAINERS = {ast.List: list, ast.Tuple: tuple, ast.Set: set, ast.Dict: dict}


def read_expression(source: Source, node: ast.expr, environment: Environment) -> Any:
    """The value of an expression; Unread if it cannot be told without running the program.

    The arguments of an outer call are read one by one, so that one of them cannot spoil the others.
    """
    match node:
        case ast.Constant(value=value):
            return value if not isinstance(value, int) or _is_small(value) else Unread(_shortened(source.segment(node)))
        case ast.Lambda():
            return Function("lambda", None, None, " ".join(source.segment(node).split()))
        case ast.Call(func=func, args=args, keywords=keywords):
            function = read_expression(source, func, environment)
            arguments, options = read_arguments(source, args, keywords, environment)
            return environment.call(function, arguments, options)
    tree = source.expression(node)
    if tree is not None:
        return _Reader(source.segment(node), environment).read(tree)
    container = _CONTAINERS.get(type(node))
    return Unread(_shortened(source.segment(node))) if container is None else Instance(container)


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
    """Reads one libcst expression, of bounded depth."""

    def __init__(self, text: str, environment: Environment) -> None:
        self.unread = Unread(_shortened(text))
        self.environment = environment
        self.depth = 0

    def read(self, node: cst.BaseExpression) -> Any:
        if self.depth >= DEEPEST:
            return self.unread
        self.depth += 1
        try:
            return self._read(node)
        finally:
            self.depth -= 1

    def _read(self, node: cst.BaseExpression) -> Any:
        match node:
            case cst.Name(value=name):
                return _KEYWORDS[name] if name in _KEYWORDS else self.environment.look_up(name)
            case cst.Attribute(value=value, attr=cst.Name(value=name)):
                inner = self.read(value)
                return self.unread if isinstance(inner, Unread) else self.environment.attribute(inner, name)
            case cst.Integer() | cst.Float() | cst.Imaginary() | cst.SimpleString() | cst.ConcatenatedString():
                return self._literal(node)
            case cst.FormattedString():
                return self._formatted(node)
            case cst.List(elements=elements) | cst.Tuple(elements=elements) | cst.Set(elements=elements):
                return self._items(node, elements)
            case cst.Dict(elements=pairs):
                return self._dictionary(pairs)
            case cst.UnaryOperation(operator=sign, expression=inner):
                return self._compute(_SIGNS.get(type(sign)), self.read(inner))
            case cst.BinaryOperation(left=left, operator=sign, right=right):
                return self._compute(_SUMS.get(type(sign)), self.read(left), self.read(right))
            case cst.Subscript(value=value, slice=parts):
                return self._subscript(self.read(value), parts)
            case cst.Call(func=func, args=args):
                return self._call(self.read(func), args)
            case cst.BooleanOperation(left=left, operator=sign, right=right):
                first = self.read(left)
                if not _is_plain(first):
                    return self.unread
                return self.read(right) if bool(first) is isinstance(sign, cst.And) else first
            case cst.Comparison(left=left, comparisons=[only]):
                return self._compare(self.read(left), only.operator, self.read(only.comparator))
            case cst.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.read(test)
                return self.unread if not _is_plain(chosen) else self.read(body if chosen else orelse)
            case cst.Lambda():
                return Function("lambda", None, None)
            case cst.Ellipsis():
                return ...
        return self.unread

    def _literal(self, node: Any) -> Any:
        try:
            value = self._joined(node) if isinstance(node, cst.ConcatenatedString) else node.evaluated_value
            return value if not isinstance(value, int) or _is_small(value) else self.unread
        except (ValueError, SyntaxError, MemoryError):
            return self.unread

    def _joined(self, node: cst.ConcatenatedString) -> Any:
        parts: list[Any] = []
        rest: cst.BaseExpression = node
        while isinstance(rest, cst.ConcatenatedString):
            parts.append(self.read(rest.left))
            rest = rest.right
        parts.append(self.read(rest))
        if all(isinstance(part, str) for part in parts):
            return "".join(parts)
        return b"".join(parts) if all(isinstance(part, bytes) for part in parts) else self.unread

    def _formatted(self, node: cst.FormattedString) -> Any:
        text = ""
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                plain = part.value.replace("{{", "{").replace("}}", "}")
                piece = plain if "r" in node.prefix.lower() else _unescaped(plain)
            elif isinstance(part, cst.FormattedStringExpression) and not (part.format_spec or part.conversion):
                value = self.read(part.expression)
                piece = str(value) if (_is_plain(value) and not isinstance(value, int)) or _is_small(value) else None
            else:
                piece = None
            if piece is None:
                return self.unread
            text += piece
        return text

    def _items(self, node: cst.BaseExpression, elements: Any) -> Any:
        found: list[Any] = []
        for element in elements:
            value = self.read(element.value)
            found += _spread(value) if isinstance(element, cst.StarredElement) else [value]
        if isinstance(node, cst.List):
            return found
        if isinstance(node, cst.Tuple):
            return tuple(found)
        try:
            return set(found)
        except TypeError:
            return self.unread

    def _dictionary(self, pairs: Any) -> Any:
        found: dict[Any, Any] = {}
        for pair in pairs:
            value = self.read(pair.value)
            if isinstance(pair, cst.StarredDictElement):
                if not isinstance(value, dict):
                    return self.unread
                found |= value
                continue
            key = self.read(pair.key)
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

    def _subscript(self, value: Any, parts: Any) -> Any:
        if isinstance(value, Unread):
            return self.unread
        keys = [self.read(part.slice.value) for part in parts if isinstance(part.slice, cst.Index)]
        if len(keys) != len(parts) or isinstance(value, Instance):
            return self.unread
        if not isinstance(value, str | bytes | list | tuple | dict):  # a generic type
            keys = [self._parameter(key) for key in keys]
        key: Any = keys[0] if len(keys) == 1 else tuple(keys)
        try:
            return value[key]
        except (TypeError, KeyError, IndexError, AttributeError, ValueError):
            return self.unread

    def _parameter(self, value: Any) -> Any:
        if isinstance(value, Unread):
            self.environment.doubt(value)
        if isinstance(value, list):  # the parameters of a Callable
            return [self._parameter(part) for part in value]
        return Any if isinstance(value, Unread | Instance | LibraryPath | ModuleValue) else value

    def _compare(self, left: Any, sign: cst.BaseCompOp, right: Any) -> Any:
        if isinstance(sign, cst.Is | cst.IsNot) and right is None and not isinstance(left, Unread):
            return (left is None) is isinstance(sign, cst.Is)
        if isinstance(sign, cst.In | cst.NotIn) and isinstance(right, dict | list | tuple) and _is_plain(left):
            return (left in right) is isinstance(sign, cst.In)
        if not (_is_plain(left) and _is_plain(right)):
            return self.unread
        return self._compute(_COMPARISONS.get(type(sign)), left, right)

    def _call(self, function: Any, args: Any) -> Any:
        arguments: list[Any] = []
        options: dict[str, Any] = {}
        for argument in args:
            value = self.read(argument.value)
            if argument.star == "**":
                _add(options, _named(value))
            elif argument.star == "*":
                arguments += _spread(value)
            elif argument.keyword is not None:
                _add(options, {argument.keyword.value: value})
            else:
                arguments.append(value)
        return self.environment.call(function, arguments, options)


def _unescaped(text: str) -> str | None:
    try:
        return str(ast.literal_eval(f'"""{text}"""')) if "\\" in text else text
    except (ValueError, SyntaxError):
        return None


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
    if operation is operator.mod:
        return not all(isinstance(operand, int | float) for operand in operands)
    if operation is operator.mul:
        if any(isinstance(operand, list | tuple) and not all(map(_is_plain, operand)) for operand in operands):
            return True
        sizes = [len(operand) if isinstance(operand, str | bytes | list | tuple) else operand for operand in operands]
        sized = any(isinstance(operand, str | bytes | list | tuple) for operand in operands)
        return sized and all(isinstance(size, int) for size in sizes) and sizes[0] * sizes[1] > LONGEST
    return False
