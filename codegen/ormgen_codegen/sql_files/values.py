"""The types of expressions in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlglot import exp

from ormgen_codegen.sql_files.scopes import TYPE, Scope, Unknown, Untyped
from ormgen_codegen.sql_files.sql_types import SqlType, plain

_ALWAYS: Final[Mapping[type[exp.Expr], str]] = MappingProxyType(
    {
        exp.Count: "int",
        exp.RowNumber: "int",
        exp.Rank: "int",
        exp.DenseRank: "int",
        exp.Exists: "bool",
        exp.Boolean: "bool",
        exp.CurrentTimestamp: "datetime",
        exp.CurrentDate: "date",
        exp.Is: "bool",
    }
)
"""What is never NULL."""
_LIKE_ITS_FIRST: Final = (exp.Abs, exp.Neg, exp.Round, exp.Floor, exp.Ceil, exp.Lag, exp.Lead, exp.FirstValue)
_TEXT: Final = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Concat, exp.DPipe, exp.Replace, exp.Initcap)
_WHOLE: Final = (exp.Length, exp.Extract, exp.StrPosition)
_TRUTH: Final = (exp.Predicate, exp.And, exp.Or, exp.Not)
_SUMS: Final = (exp.Add, exp.Sub, exp.Mul, exp.Mod)
_NUMBERS: Final = ("int", "decimal:Decimal", "float")  # a sum is of the widest of its parts
_CASTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "MEDIUMINT", "UINT", "UBIGINT"), "int"),
        **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
        **dict.fromkeys(("CHAR", "VARCHAR", "TEXT", "NCHAR", "NVARCHAR"), "str"),
        **dict.fromkeys(("TIMESTAMP", "TIMESTAMPTZ", "DATETIME", "TIMESTAMPLTZ"), "datetime"),
        **dict.fromkeys(("BINARY", "VARBINARY", "BLOB"), "bytes"),
        "DECIMAL": "Decimal",
        "BOOLEAN": "bool",
        "DATE": "date",
        "TIME": "time",
        "UUID": "UUID",
    }
)


def typed(node: exp.Expr, scope: Scope) -> SqlType:
    """The type of an expression.

    Raises:
        Unknown: it cannot be known; with what to write instead.
    """
    for kind, name in _ALWAYS.items():
        if isinstance(node, kind):
            return plain(name)
    match node:
        case exp.Column():
            return scope.column(node)
        case exp.Paren() | exp.Window() | exp.Filter() | exp.Distinct():
            inner = node.expressions[0] if isinstance(node, exp.Distinct) else node.this
            return typed(inner, scope).optional(isinstance(node, exp.Filter) and not isinstance(inner, exp.Count))
        case exp.Literal():
            return plain("str" if node.is_string else "int" if node.is_int else "float")
        case exp.Cast():
            return _cast(node, scope)
        case exp.Coalesce():
            return _coalesced([node.this, *node.expressions], scope, node)
        case exp.Case() | exp.If():
            return _branches(node, scope)
        case exp.Avg() | exp.Sum() | exp.Max() | exp.Min():
            return _aggregate(node, scope)
        case exp.Subquery():
            return _scalar(node)
        case exp.Placeholder():
            raise _unknown(node)
    return _function(node, scope)


def _function(node: exp.Expr, scope: Scope) -> SqlType:
    if isinstance(node, _LIKE_ITS_FIRST):
        return typed(node.this, scope).computed().optional(isinstance(node, exp.Lag | exp.Lead))
    if isinstance(node, _SUMS):
        return _sum(typed(node.this, scope), typed(node.expression, scope), node)
    if isinstance(node, _TEXT):
        return plain("str", _any_null(node, scope))
    if isinstance(node, _WHOLE):
        return plain("int", _any_null(node, scope))
    if isinstance(node, _TRUTH):
        return plain("bool", _any_null(node, scope))
    raise _unknown(node)


def _unknown(node: exp.Expr) -> Untyped:
    hint = "say it above the SQL, `-- column name: int`, or CAST it"
    return Untyped(f"what `{node.sql()}` is cannot be known", hint, node)


def _any_null(node: exp.Expr, scope: Scope) -> bool:
    """Whether something that an expression is made of may be NULL."""
    for column in node.find_all(exp.Column):
        if scope.column(column).null:
            return True
    return any(True for _ in node.find_all(exp.Null, exp.Placeholder))


def _cast(node: exp.Cast, scope: Scope) -> SqlType:
    name = _CASTS.get(node.to.this.name if hasattr(node.to.this, "name") else "")
    if name is None:
        raise Untyped(f"`{node.to.sql()}` is no type that Python has", "say it above: `-- column name: str`", node)
    try:
        null = typed(node.this, scope).null
    except Unknown:
        null = _any_null(node.this, scope)
    return plain(name, null)


def _coalesced(nodes: list[exp.Expr], scope: Scope, node: exp.Expr) -> SqlType:
    kinds = [typed(each, scope) for each in nodes if not isinstance(each, exp.Null | exp.Placeholder)]
    found = _common(kinds, node)
    return found if found.null is False else SqlType(found.text, found.reader, all(kind.null for kind in kinds))


def _branches(node: exp.Expr, scope: Scope) -> SqlType:
    results = [each.args["true"] for each in (node.args.get("ifs") or [node])]
    other = node.args.get("default") or node.args.get("false")
    results += [] if other is None else [other]
    kinds = [typed(each, scope) for each in results if not isinstance(each, exp.Null)]
    empty = other is None or any(isinstance(each, exp.Null) for each in results)
    return _common(kinds, node).optional(empty)


def _common(kinds: list[SqlType], node: exp.Expr) -> SqlType:
    texts = {kind.text for kind in kinds}
    if not kinds:
        raise _unknown(node)
    if len(texts) > 1 and not texts <= set(_NUMBERS):
        raise Unknown(f"`{node.sql()}` is {' or '.join(sorted(texts))}", "CAST one of them", node)
    found = max(kinds, key=lambda kind: _NUMBERS.index(kind.text) if kind.text in _NUMBERS else 0)
    same = len({kind.reader for kind in kinds}) == 1
    return (found if same else found.computed()).optional(any(kind.null for kind in kinds))


def _sum(one: SqlType, other: SqlType, node: exp.Expr) -> SqlType:
    if not {one.text, other.text} <= set(_NUMBERS):
        raise _unknown(node)
    found = one if _NUMBERS.index(one.text) >= _NUMBERS.index(other.text) else other
    return found.computed().optional(one.null or other.null)


def _aggregate(node: exp.Expr, scope: Scope) -> SqlType:
    kind = typed(node.this, scope)
    empty = kind.null or not scope.grouped
    if isinstance(node, exp.Max | exp.Min):
        return kind.optional(empty)
    if kind.text not in _NUMBERS:
        raise _unknown(node)
    if isinstance(node, exp.Avg):
        return plain("float", empty)
    return kind.computed().optional(empty)


def _scalar(node: exp.Subquery) -> SqlType:
    """A question with one column inside of an expression; it has been read before."""
    found: SqlType | None = node.meta.get(TYPE)
    if found is None:
        raise _unknown(node)
    return found
