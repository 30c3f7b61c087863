"""Indexes and constraints as plain JSON data and back."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import Document, evaluated, repr_of
from ormgen.query import date_functions, functions, scalar_functions
from ormgen.query.expressions import F, Q, RawSQL, Value, condition_of
from ormgen.schema.index_kinds import INDEX_TYPES
from ormgen.schema.indexes import (
    CheckConstraint,
    CheckSchema,
    ExclusionConstraint,
    Index,
    IndexSchema,
    UniqueConstraint,
    written,
)
from ormgen.schema.names import did_you_mean

KINDS: Final = {cls.__name__: cls for cls in INDEX_TYPES}
_CALLS: Final = {"F": F, "RawSQL": RawSQL, "Value": Value} | {
    name: found
    for module in (functions, scalar_functions, date_functions)
    for name, found in vars(module).items()
    if isinstance(found, type)
}


def index_document(index: IndexSchema | CheckSchema) -> Document:
    """An index or constraint as plain data."""
    if isinstance(index, CheckSchema) and isinstance(index.declared, ExclusionConstraint):
        return _exclusion_document(index.declared)
    if isinstance(index, CheckSchema):
        declared = index.check if index.declared is None else index.declared.check
        return {"type": "CheckConstraint", "name": index.name, "check": _condition(declared, index.check)}
    live = index.index
    kind = type(live).__name__ if live is not None else "UniqueConstraint" if index.unique else "Index"
    kind = kind if kind in KINDS else next(name for name, cls in KINDS.items() if isinstance(live, cls))
    found: Document = {} if kind == "Index" and not index.loose else {"type": kind}
    found |= {"fields": list(index.signed)} if index.fields else {"expressions": list(index.expressions)}
    found |= {"name": index.name} if index.name else {}
    if index.condition is not None:
        found["condition"] = _condition(index.condition if live is None else live.condition, index.condition)
    return found if live is None else found | live.options()


def _exclusion_document(declared: ExclusionConstraint) -> Document:
    listed = [[what if isinstance(what, str) else {"python": written(what)}, op] for what, op in declared.expressions]
    found: Document = {"type": "ExclusionConstraint", "name": declared.name, "expressions": listed}
    found |= {} if declared.index_type == "GIST" else {"index_type": declared.index_type}
    if declared.condition is not None:
        found["condition"] = _condition(declared.condition, written(declared.condition))
    return found


def _condition(declared: Any, text: str) -> Any:
    """Lookups as an object, SQL as text, everything else as the Python that it was written in."""
    if isinstance(declared, Mapping):
        return {str(name): _plain(value) for name, value in declared.items()}
    if isinstance(declared, str):
        return declared
    return {"Q": repr(declared) if isinstance(declared, Q) else text}


def _plain(value: Any) -> Any:
    plain = value is None or isinstance(value, bool | str | int | float)
    return value if plain else {"python": repr_of(value)}


def index_of(found: Mapping[str, Any]) -> IndexSchema | CheckSchema:
    """The index or constraint that plain data describes.

    Raises:
        ConfigurationError: it is of a kind that does not exist, or holds what cannot be read.
    """
    given = dict(found)
    if "type" not in given:
        given["type"] = "UniqueConstraint" if given.pop("unique", False) else "Index"
    kind = str(given.pop("type"))
    if kind == "CheckConstraint":
        return CheckConstraint(check=_live(given["check"]), name=given["name"]).schema()
    if kind == "ExclusionConstraint":
        listed = [
            (what if isinstance(what, str) else expression(what["python"]), op) for what, op in given["expressions"]
        ]
        condition = _live(given.get("condition"))
        index_type = given.get("index_type", "GIST")
        return ExclusionConstraint(listed, name=given["name"], index_type=index_type, condition=condition).schema()
    if kind not in KINDS:
        raise ConfigurationError(f"there is no kind of index {kind}; {did_you_mean(kind, KINDS)}")
    cls: Any = KINDS[kind]
    if "condition" in given:
        given["condition"] = _live(given["condition"])
    read = [expression(text) for text in given.pop("expressions", ())]
    expressions = [F(each) if isinstance(each, str) else each for each in read]
    made: Index = cls(*expressions, **given)
    return made.schema()


def _live(condition: Any) -> Any:
    if not isinstance(condition, Mapping):
        return condition
    if set(condition) == {"Q"}:
        return question(condition["Q"])
    return {
        name: evaluated(value["python"]) if isinstance(value, Mapping) else value for name, value in condition.items()
    }


def question(text: str) -> Q[Any]:
    """The conditions that a written `Q` stands for, such as `Q(a=1 AND ~Q(b__gt=2))`.

    Raises:
        ConfigurationError: it cannot be read.
    """
    negated, inner = text.startswith("~"), text.removeprefix("~").removeprefix("Q(").removesuffix(")")
    parts, words = _split(inner)
    children: list[Any] = []
    for part in parts:
        if part.removeprefix("~").startswith("Q("):
            children.append(question(part))
        else:
            key, _, value = part.partition("=")
            children.append(condition_of(key, expression(value)))
    return Q.of(tuple(children), "OR" if "OR" in words else "AND", negated)


def _split(text: str) -> tuple[list[str], set[str]]:
    """The parts between AND or OR, but for those in brackets and quotes, and these words."""
    depth, start, parts, words = 0, 0, list[str](), set[str]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        if depth == 0 and token.type == tokenize.NAME and token.string in ("AND", "OR"):
            parts.append(text[start : token.start[1]].strip())
            words.add(token.string)
            start = token.end[1]
    return [*parts, text[start:].strip()], words


def expression(text: str) -> Any:
    """What a written expression stands for: calls of functions that queries know, and literals.

    Raises:
        ConfigurationError: there is something else in it.
    """
    try:
        return _read(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, TypeError) as error:
        raise ConfigurationError(f"`{text}` cannot be kept in a migration: {error}; write it as SQL text") from None


def _read(node: ast.expr) -> Any:
    match node:
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords) if name in _CALLS:
            named = {each.arg: _read(each.value) for each in keywords if each.arg is not None}
            call: Any = _CALLS[name]
            return call(*[_read(each) for each in arguments], **named)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](_read(left), _read(right))
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return ~_read(operand)
        case ast.Call(func=ast.Attribute(value=ordered, attr="asc" | "desc" as way), args=[], keywords=keywords):
            nulls: dict[str, bool] = {str(each.arg): bool(_read(each.value)) for each in keywords}
            found = _read(ordered)
            inner: Any = F(found) if isinstance(found, str) else found  # `written` leaves the F out
            return inner.desc(**nulls) if way == "desc" else inner.asc(**nulls)
    return evaluated(ast.unparse(node))


_OPERATORS: Final[dict[type[ast.operator], Any]] = {
    ast.BitOr: lambda left, right: left | right,
    ast.BitAnd: lambda left, right: left & right,
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}


def index_schema(index: Any) -> IndexSchema | CheckSchema:
    """An index or constraint in any form in which it may be declared, described."""
    if isinstance(index, IndexSchema | CheckSchema):
        return index
    if isinstance(index, Index | CheckConstraint | UniqueConstraint):
        return index.schema()
    return index_of(index if isinstance(index, Mapping) else {"fields": list(index)})
