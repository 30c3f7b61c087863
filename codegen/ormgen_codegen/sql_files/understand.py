"""What a statement of an SQL file takes and gives, by the model graph."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ormgen.records import dataclass, field, replace
from ormgen_codegen.sql_files.headers import Statement
from ormgen_codegen.sql_files.parameters import Wanted, refuse_unknown_columns, wanted_by
from ormgen_codegen.sql_files.scopes import Reader, Scope, Unknown, always_one
from ormgen_codegen.sql_files.sql_types import NAMES, SqlType, Tables, declared_type
from ormgen_codegen.sql_files.values import typed

WRITES: Final = (exp.Insert, exp.Update, exp.Delete)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `empty` is the text for a list without values, None where it is no list."""

    name: str
    type: SqlType
    default: str | None
    empty: str | None


@dataclass(frozen=True, slots=True)
class Understood:
    """A statement with its types; `parts` are its text, cut where parameters stand, with their names between.

    `model` is the key of the model whose database it runs on; `certain` says that it gives a row whatever there is.
    """

    statement: Statement
    parts: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, SqlType]
    model: str
    writes: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a server says of a statement: the types of its parameters and columns, as far as Python has them."""

    parameters: Mapping[str, SqlType] = field(default_factory=dict)
    columns: Mapping[str, SqlType] = field(default_factory=dict)


def understand(statement: Statement, tables: Tables, dialect: str, told: Told = Told()) -> Understood:
    """The types of a statement; what a server has `told` is taken where the models say nothing.

    Raises:
        Unknown: something cannot be known.
    """
    node = _parsed(statement, dialect)
    reader = _Statement(tables, statement, told)
    columns = reader.read(node)
    refuse_unknown_columns(node, reader.scopes)
    if statement.kind != "exec" and not columns:
        raise Unknown("it gives no rows", "call it `:exec`, or write RETURNING")
    if statement.kind == "value" and len(columns) != 1:
        raise Unknown(f"`:value` is one column, and there are {len(columns)}", "call it `:one`")
    if unknown := [name for name in statement.columns if name not in columns]:
        raise Unknown(f"there is no column {unknown[0]}, of which `-- column` tells")
    parts = cut(_written_out(statement.sql, reader.stars), dialect)
    model = next((tables.models[each.name] for each in node.find_all(exp.Table) if each.name in tables.models), None)
    if model is None:
        raise Unknown("no table in it belongs to a model")
    wanted = _completed(wanted_by(node, reader.scopes, reader.targets), told)
    parameters = _parameters(statement, wanted, parts)
    return Understood(statement, parts, parameters, columns, model, isinstance(node, WRITES), always_one(node))


def _written_out(sql: str, stars: list[tuple[int, int, str]]) -> str:
    """A text with the names that `*` stands for in its place."""
    for start, end, names in sorted(set(stars), reverse=True):
        sql = sql[:start] + names + sql[end + 1 :]
    return sql


def cut(sql: str, dialect: str) -> tuple[str, ...]:
    """A text, cut where `:name` stands, with the names between."""
    tokens = sqlglot.tokenize(sql, dialect=dialect)
    parts, begin = [], 0
    for one, other in pairwise(tokens):
        if (
            one.text == ":"
            and one.token_type.name == "COLON"
            and other.start == one.end + 1
            and other.text.isidentifier()
        ):
            parts += [sql[begin : one.start], other.text]
            begin = other.end + 1
    return (*parts, sql[begin:])


def _parsed(statement: Statement, dialect: str) -> exp.Expr:
    try:
        found = [each for each in sqlglot.parse(statement.sql, dialect=dialect) if each is not None]
    except SqlglotError as error:
        told = getattr(error, "errors", None) or [{}]
        place = exp.Placeholder()
        place.meta.update({"line": told[0].get("line", 1), "col": told[0].get("col", 1)})
        raise Unknown(f"this is no SQL of {dialect}: {told[0].get('description', error)}", node=place) from None
    if len(found) != 1:
        raise Unknown(f"there are {len(found)} statements", "give each a name of its own")
    if not isinstance(found[0], exp.Query | exp.Insert | exp.Update | exp.Delete):
        raise Unknown(f"{found[0].key.upper()} is not understood", "migrations change tables")
    return found[0]


class _Statement(Reader):
    """Reads one statement: `targets` are the columns of the table that each writing part writes to."""

    def __init__(self, tables: Tables, statement: Statement, told: Told) -> None:
        super().__init__(tables, self._typed)
        self.statement = statement
        self.told = told
        self.targets: dict[int, Mapping[str, SqlType]] = {}
        self._top: set[int] = set()

    def read(self, node: exp.Expr) -> dict[str, SqlType]:
        """The columns of its rows; none where it gives no rows."""
        query = node.expression if isinstance(node, exp.Insert) else node
        self._top = {id(each) for each in getattr(query, "expressions", ())}
        if isinstance(node, exp.Query):
            return self.rows(node, {}, None)
        known = self.named(node, {}, None)
        where = node.this.this if isinstance(node.this, exp.Schema) else node.this
        scope = self.scopes[id(node)] = Scope()
        self.source(where, scope, known)
        columns = self.targets[id(node)] = self.table(where, known)
        self._also(node, scope, known)
        if isinstance(node, exp.Insert):
            listed = (
                [each.name for each in node.this.expressions] if isinstance(node.this, exp.Schema) else list(columns)
            )
            self.targets[id(node)] = {name: self._target(name, columns, node) for name in listed}
            if isinstance(node.expression, exp.Query):
                self.rows(node.expression, known, None, inner=True)
        self.inside(node, known, scope)
        returning = node.args.get("returning")
        self._top = {id(each) for each in returning.expressions} if returning is not None else set()
        return {} if returning is None else self.listed(returning.expressions, scope)

    def _also(self, node: exp.Expr, scope: Scope, known: Mapping[str, Mapping[str, SqlType]]) -> None:
        """What else rows are taken from: UPDATE … FROM, DELETE … USING."""
        begin = node.args.get("from_") or node.args.get("from")
        for each in [*([begin.this] if begin is not None else []), *(node.args.get("using") or ())]:
            self.source(each, scope, known)

    def _target(self, name: str, columns: Mapping[str, SqlType], node: exp.Expr) -> SqlType:
        if name not in columns:
            raise Unknown(f"the table has no column `{name}`", node=node)
        return columns[name]

    def _typed(self, node: exp.Expr, scope: Scope) -> SqlType:
        """The type of a column of the rows, which the header may say."""
        parent = node.parent if isinstance(node.parent, exp.Alias) else node
        name = parent.alias_or_name if id(parent) in self._top else ""
        said = self.statement.columns.get(name)
        if said is None and name in self.told.columns:
            try:
                return typed(node, scope)
            except Unknown:
                return self.told.columns[name].optional()
        if said is None:
            return typed(node, scope)
        found = declared_type(said)
        if found is None or found[1]:
            raise Unknown(f"`{said}` is no type of a column", f"choose from {', '.join(NAMES)}, each with `| None`")
        try:
            inferred = typed(node, scope)
        except Unknown:
            return found[0]
        return replace(inferred, null=found[0].null) if inferred.text == found[0].text else found[0]


def _completed(wanted: Mapping[str, Wanted], told: Told) -> dict[str, Wanted]:
    """What a statement says of its parameters, and a server of the rest."""
    return {
        name: replace(each, type=told.parameters.get(name)) if each.type is None else each
        for name, each in wanted.items()
    }


def _parameters(statement: Statement, wanted: Mapping[str, Wanted], parts: tuple[str, ...]) -> tuple[Parameter, ...]:
    used = list(dict.fromkeys(parts[1::2]))
    declared = {each.name: each for each in statement.declared or ()}
    if unused := [name for name in declared if name not in used]:
        raise Unknown(f"the parameter {unused[0]} is used nowhere", f"write `:{unused[0]}` where it belongs")
    if statement.declared is not None and (missing := [name for name in used if name not in declared]):
        raise Unknown(f"`:{missing[0]}` is no parameter in its header", f"write {missing[0]} between the parentheses")
    made: list[Parameter] = []
    for name in declared or used:
        asked, found = declared.get(name), wanted.get(name)
        text, default = (None, None) if asked is None else (asked.type, asked.default)
        kind, several = _declared_or_found(name, text, found)
        empty = None if not several else (found.empty if found is not None and found.empty is not None else "NULL")
        made.append(Parameter(name, kind.optional(default == "None"), default, empty))
    return tuple(made)


def _declared_or_found(name: str, text: str | None, found: Wanted | None) -> tuple[SqlType, bool]:
    if text is None:
        if found is None or found.type is None:
            hint = f"say it in the header: `({name}: int)`"
            raise Unknown(f"what :{name} is cannot be known", hint, None if found is None else found.node)
        return found.type, found.several
    said = declared_type(text)
    if said is None:
        raise Unknown(f"`{text}` of {name} is no type", f"choose from {', '.join(NAMES)}, list[…], … | None")
    kind, several = said
    if several and (found is None or not found.several):
        raise Unknown(f"{name} is a list, which has its place in `column IN (:{name})` only")
    if found is not None and found.type is not None and found.type.text == kind.text:
        kind = replace(found.type, null=kind.null)
    return kind, several or (found is not None and found.several)
