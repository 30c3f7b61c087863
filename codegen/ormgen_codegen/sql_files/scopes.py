"""Where names in a statement come from: tables and sub-queries of every SELECT, with what joins do to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.tokens import Tokenizer
from typing_extensions import TypeVar

from ormgen.records import dataclass, field
from ormgen.schema.names import did_you_mean
from ormgen_codegen.sql_files.sql_types import SqlType, Tables

TYPE = "ormgen_type"  # what is noted of a question inside of an expression
Columns = Mapping[str, SqlType]
T = TypeVar("T")
_PLAIN = re.compile("[a-z_][a-z0-9_]*")
Typed = Callable[[exp.Expr, "Scope"], SqlType]


class Unknown(Exception):
    """Something about a statement cannot be known; `node` is where."""

    def __init__(self, fact: str, hint: str | None = None, node: exp.Expr | None = None) -> None:
        super().__init__(fact)
        self.fact, self.hint, self.node = fact, hint, node


class Untyped(Unknown):
    """The type of something cannot be known, which may be said in another way."""


@dataclass(frozen=True)
class Scope:
    """What names mean inside of one part of a statement; `outer` is what is around it."""

    sources: dict[str, Columns] = field(default_factory=dict)
    outer: Scope | None = None
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    grouped: bool = False

    def column(self, node: exp.Column) -> SqlType:
        """The type of a column.

        Raises:
            Unknown: there is none, or several.
        """
        table, name = node.table, node.name
        if table:
            source = _found(self.sources, table)
            if source is None and self.outer is not None:
                return self.outer.column(node)
            if source is None:
                raise Unknown(f"there is no table `{table}`", did_you_mean(table, self.sources), node)
            kind = _found(source, name)
            if kind is None:
                raise Unknown(f"{table} has no column `{name}`", did_you_mean(name, source), node)
            return kind
        kinds = [kind for source in self.sources.values() if (kind := _found(source, name)) is not None]
        if len(kinds) > 1:
            raise Unknown(f"`{name}` is a column of several tables", "write the table before it", node)
        if kinds:
            return kinds[0]
        if self.outer is not None:
            return self.outer.column(node)
        known = [column for source in self.sources.values() for column in source]
        raise Unknown(f"no table has a column `{name}`", did_you_mean(name, known), node)


def _found(names: Mapping[str, T], name: str) -> T | None:
    if name in names:
        return names[name]
    return next((value for key, value in names.items() if key.lower() == name.lower()), None)


class Reader:
    """Reads the scopes of one statement; `scopes` are those found so far, by the identity of what they belong to.

    `stars` are the `*` of columns: where each stands in the text, and the names that it stands for.
    """

    def __init__(self, tables: Tables, typed: Typed) -> None:
        self.tables = tables
        self.typed = typed
        self.scopes: dict[int, Scope] = {}
        self.stars: list[tuple[int, int, str]] = []

    def rows(
        self, node: exp.Expr, known: Mapping[str, Columns], outer: Scope | None, *, inner: bool = False
    ) -> dict[str, SqlType]:
        """The columns of the rows that a question gives; those of an `inner` one need no names.

        Raises:
            Unknown: they cannot be known.
        """
        known = self.named(node, known, outer)
        if isinstance(node, exp.Subquery | exp.Paren):
            return self.rows(node.this, known, outer, inner=inner)
        if isinstance(node, exp.SetOperation):
            left = self.rows(node.this, known, outer, inner=inner)
            right = self.rows(node.expression, known, outer, inner=True)
            if len(left) != len(right):
                raise Unknown(f"one side has {len(left)} columns, the other one {len(right)}", node=node)
            pairs = zip(left.items(), right.values(), strict=True)
            return {name: _both(one, other, node) for (name, one), other in pairs}
        if isinstance(node, exp.Select):
            return self.select(node, known, outer, inner)
        raise Unknown(f"{node.key.upper()} is not understood here", "write it as SELECT", node)

    def named(self, node: exp.Expr, known: Mapping[str, Columns], outer: Scope | None) -> Mapping[str, Columns]:
        """Those known by name, with those of WITH."""
        clause = node.args.get("with_") or node.args.get("with")
        found = dict(known)
        if clause is None:
            return found
        for each in clause.expressions:
            inner = each.this
            listed = [column.name for column in each.args["alias"].args.get("columns") or ()]
            if isinstance(inner, exp.SetOperation) and clause.args.get("recursive"):
                first = self.rows(inner.this, found, outer)
                found[each.alias] = _called(first, listed, each)
            found[each.alias] = _called(self.rows(inner, found, outer), listed, each)
        return found

    def select(
        self, node: exp.Select, known: Mapping[str, Columns], outer: Scope | None, inner: bool
    ) -> dict[str, SqlType]:
        """The columns of one SELECT."""
        scope = self.scopes[id(node)] = Scope({}, outer, {}, bool(node.args.get("group")))
        begin = node.args.get("from_") or node.args.get("from")
        if begin is not None:
            self.source(begin.this, scope, known)
        for join in node.args.get("joins") or ():
            before = list(scope.sources)
            self.source(join.this, scope, known)
            if join.side in ("RIGHT", "FULL"):
                _loosen(scope, before)
            if join.side in ("LEFT", "FULL"):
                _loosen(scope, [name for name in scope.sources if name not in before])
        scope.aliases.update({each.alias: each.this for each in node.expressions if isinstance(each, exp.Alias)})
        self.inside(node, known, scope)
        return self.listed(node.expressions, scope, inner)

    def inside(self, node: exp.Expr, known: Mapping[str, Columns], scope: Scope) -> None:
        """Read the questions inside of the expressions of a statement."""
        for question in _inner(node):
            if id(question) in self.scopes:
                continue
            columns = list(self.rows(question, known, scope, inner=True).values())
            if isinstance(question.parent, exp.Subquery) and len(columns) == 1:
                question.parent.meta[TYPE] = columns[0].optional(not always_one(question))

    def listed(self, expressions: list[exp.Expr], scope: Scope, inner: bool = False) -> dict[str, SqlType]:
        """The columns that a list of expressions makes.

        Raises:
            Unknown: two have one name, one has none, or its type cannot be known.
        """
        found: dict[str, SqlType] = {}
        for at, each in enumerate(expressions):
            for name, kind in self._one(each, scope, inner):
                if name in found and not inner:
                    raise Unknown(f"two columns are called `{name}`", "write `AS` behind one of them", each)
                found[f"{name}_{at}" if name in found else name] = kind
        return found

    def _one(self, node: exp.Expr, scope: Scope, inner: bool) -> list[tuple[str, SqlType]]:
        if isinstance(node, exp.Star):
            self._star(node, scope.sources, inner)
            return [pair for source in scope.sources.values() for pair in source.items()]
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            source = _found(scope.sources, node.table)
            if source is None:
                raise Unknown(f"there is no table `{node.table}`", did_you_mean(node.table, scope.sources), node)
            self._star(node, {node.table: source}, inner)
            return list(source.items())
        name = node.alias_or_name
        if not inner and not isinstance(node, exp.Alias | exp.Column):
            raise Unknown(f"`{node.sql()}` has no name", f"write `{node.sql()} AS name`", node)
        return [(name, self.typed(node.unalias(), scope))]

    def _star(self, node: exp.Star | exp.Column, sources: Mapping[str, Columns], inner: bool) -> None:
        """Note the names that a `*` stands for: in a table that has been migrated they may have another order."""
        star = node if isinstance(node, exp.Star) else node.this
        first = star if isinstance(node, exp.Star) else node.args["table"]
        if inner or "start" not in star.meta or "start" not in first.meta:
            return
        names: list[str] = []
        for table, columns in sources.items():
            for name in columns:
                if not _PLAIN.fullmatch(name) or name.upper() in Tokenizer.KEYWORDS:
                    raise Unknown(f"`{name}`, which `*` stands for, is a word of SQL", "write the columns out", star)
                names.append(f"{table}.{name}" if len(sources) > 1 or node is not star else name)
        self.stars.append((first.meta["start"], star.meta["end"], ", ".join(names)))

    def source(self, node: exp.Expr, scope: Scope, known: Mapping[str, Columns]) -> None:
        """A table or sub-query that rows come from."""
        if isinstance(node, exp.Subquery):
            listed = [each.name for each in (node.args.get("alias") or exp.TableAlias()).args.get("columns") or ()]
            scope.sources[node.alias] = _called(self.rows(node.this, known, scope.outer), listed, node)
            return
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise Unknown(f"what `{node.sql()}` gives cannot be known", "put it into a table or view of a model", node)
        scope.sources[node.alias_or_name] = self.table(node, known)

    def table(self, node: exp.Table, known: Mapping[str, Columns]) -> Columns:
        """The columns of a table.

        Raises:
            Unknown: no model has it.
        """
        found: Columns | None = _found({**self.tables.columns, **known}, node.name)
        if found is None:
            raise Unknown(f"no model has the table `{node.name}`", did_you_mean(node.name, self.tables.columns), node)
        return found


def _inner(node: exp.Expr) -> list[exp.Expr]:
    """The questions directly inside of the expressions of a SELECT."""
    skipped = {
        id(each) for key in ("with_", "with", "from_", "from") for each in [node.args.get(key)] if each is not None
    }
    skipped |= {id(join.this) for join in node.args.get("joins") or () if isinstance(join.this, exp.Subquery)}
    found: list[exp.Expr] = []

    def look(each: exp.Expr) -> None:
        for child in each.iter_expressions():
            if id(child) in skipped:
                continue
            if isinstance(child, exp.Select | exp.SetOperation):
                found.append(child)
            else:
                look(child)

    look(node)
    return found


def always_one(node: exp.Expr) -> bool:
    """Whether a question gives one row whatever there is: an aggregate of everything."""
    if not isinstance(node, exp.Select) or any(node.args.get(key) for key in ("group", "having", "limit", "offset")):
        return False
    return all(_over_all(each.unalias()) for each in node.expressions)


def _over_all(node: exp.Expr) -> bool:
    counted = next(node.find_all(exp.AggFunc), None)
    return counted is not None and not any(True for _ in node.find_all(exp.Window))


def _loosen(scope: Scope, names: list[str]) -> None:
    for name in names:
        scope.sources[name] = {column: kind.optional() for column, kind in scope.sources[name].items()}


def _both(one: SqlType, other: SqlType, node: exp.Expr) -> SqlType:
    if one.text != other.text:
        raise Unknown(f"a column is {one.text} on one side and {other.text} on the other", "CAST one of them", node)
    return (one if one.reader == other.reader else one.computed()).optional(other.null)


def _called(columns: dict[str, SqlType], names: list[str], node: exp.Expr) -> dict[str, SqlType]:
    if not names:
        return columns
    if len(names) != len(columns):
        raise Unknown(f"{len(names)} names for {len(columns)} columns", node=node)
    return dict(zip(names, columns.values(), strict=True))
