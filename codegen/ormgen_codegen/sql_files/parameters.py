"""The types of parameters, by what stands beside them in a statement."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from ormgen.records import dataclass
from ormgen_codegen.sql_files.scopes import Scope, Unknown, Untyped
from ormgen_codegen.sql_files.sql_types import SqlType, plain
from ormgen_codegen.sql_files.values import typed

_BESIDE = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_SUMS = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a statement says of a parameter; `empty` is what stands for an empty list of values of a column."""

    type: SqlType | None
    several: bool
    empty: str | None
    node: exp.Expr


def wanted_by(
    node: exp.Expr, scopes: Mapping[int, Scope], targets: Mapping[int, Mapping[str, SqlType]]
) -> dict[str, Wanted]:
    """What a statement says of each of its parameters.

    Raises:
        Unknown: it says different things of one.
    """
    found: dict[str, Wanted] = {}
    for place in node.find_all(exp.Placeholder):
        name, scope = str(place.args.get("this") or ""), _scope(place, scopes)
        if not name:
            raise Unknown("parameters need names", "write `:name`, not `?`", place)
        kind = _type(place, scope, targets)
        around = place.parent
        several = isinstance(around, exp.In) and around.expressions == [place]
        empty = _empty(around) if several and isinstance(around, exp.In) else None
        before = found.get(name)
        if before is None:
            found[name] = Wanted(kind, several, empty, place)
            continue
        if before.type is not None and kind is not None and before.type.text != kind.text:
            told = f":{name} is compared with {before.type.text} and with {kind.text}"
            raise Unknown(told, "give the two different names", place)
        null = _asked_for_null(place) or _asked_for_null(before.node)
        chosen = before.type or kind
        found[name] = Wanted(
            None if chosen is None else chosen.optional(null or bool(kind and kind.null)),
            before.several or several,
            before.empty or empty,
            place,
        )
    return found


def refuse_unknown_columns(node: exp.Expr, scopes: Mapping[int, Scope]) -> None:
    """Refuse names that no table has, wherever they stand.

    Raises:
        Unknown: there is one.
    """
    for column in node.find_all(exp.Column):
        scope = _scope(column, scopes)
        named = isinstance(column.this, exp.Identifier) and column.table.lower() not in ("excluded", "new", "old")
        if scope.sources and named and (column.table or column.name not in scope.aliases):
            scope.column(column)


def _asked_for_null(place: exp.Expr) -> bool:
    return isinstance(place.parent, exp.Is)


def _scope(place: exp.Expr, scopes: Mapping[int, Scope]) -> Scope:
    around = place.parent
    while around is not None and id(around) not in scopes:
        around = around.parent
    return Scope() if around is None else scopes[id(around)]


def _type(place: exp.Expr, scope: Scope, targets: Mapping[int, Mapping[str, SqlType]]) -> SqlType | None:
    node, around = place, place.parent
    while isinstance(around, exp.Paren | exp.Neg | exp.Alias):
        node, around = around, around.parent
    match around:
        case exp.Limit() | exp.Offset() | exp.Fetch():
            return plain("int")
        case exp.Like() | exp.ILike() | exp.Concat() | exp.DPipe():
            return plain("str")
        case exp.Cast():
            return typed(around, scope).optional(False)
        case exp.In() if node is around.this:
            return _known(around.expressions[0], scope) if around.expressions else None
        case exp.In() | exp.Between():
            return _known(around.this if node is not around.this else around.args["low"], scope)
        case exp.Coalesce():
            others = [each for each in (around.this, *around.expressions) if each is not node]
            kind = _known(others[0], scope) if others else None
            return None if kind is None else kind.optional()
        case exp.Tuple() if isinstance(around.parent, exp.Values) and isinstance(around.parent.parent, exp.Insert):
            columns = list(targets[id(around.parent.parent)].values())
            at = next(at for at, each in enumerate(around.expressions) if each is node)
            return columns[at] if at < len(columns) else None
        case exp.Select() if isinstance(around.parent, exp.Insert):
            columns = list(targets[id(around.parent)].values())
            at = next((at for at, each in enumerate(around.expressions) if each is node), len(columns))
            return columns[at] if at < len(columns) else None
    if isinstance(around, _BESIDE):
        other = around.expression if node is around.this else around.this
        kind = _known(other, scope)
        written = isinstance(around.parent, exp.Update | exp.OnConflict)
        return kind if written or kind is None else SqlType(kind.text, kind.reader)
    if isinstance(around, _SUMS):
        kind = _known(around.expression if node is around.this else around.this, scope)
        return None if kind is None else SqlType(kind.text, kind.reader)
    return None


def _known(node: exp.Expr, scope: Scope) -> SqlType | None:
    if isinstance(node, exp.Placeholder):
        return None
    if isinstance(node, exp.Column) and not node.table and node.name in scope.aliases:
        try:
            return scope.column(node)
        except Unknown:
            return _known(scope.aliases[node.name], scope)
    try:
        return typed(node, scope)
    except Untyped:
        return None


def _empty(node: exp.In) -> str | None:
    """What stands for an empty list: values of the same column, none of them."""
    column = node.this
    if not isinstance(column, exp.Column):
        return None
    select = node.find_ancestor(exp.Select, exp.Update, exp.Delete)
    tables = list(select.find_all(exp.Table)) if select is not None else []
    table = next((each for each in tables if each.alias_or_name == column.table), None) or (
        tables[0] if len(tables) == 1 else None
    )
    if table is None:
        return None
    bare = exp.column(column.this.copy())
    return exp.select(bare).from_(exp.Table(this=table.this.copy(), db=table.args.get("db"))).where("1 = 0").sql()
