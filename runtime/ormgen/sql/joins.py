"""The tables that a question reads: each path of relations is joined once, under one alias."""

from __future__ import annotations

from pypika import JoinType, Schema, Table
from pypika.queries import QueryBuilder

from ormgen.exceptions import FieldError
from ormgen.query.paths import Path
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.sql.fragments import TRUE, ColumnTerm, Fragment, Sql, joined, listed

_LONGEST_ALIAS = 50


class Joins:
    """The tables of one SELECT, beginning with `model`.

    `prefix` sets the aliases of a sub-query apart from those of the query around it; `source` is the named question
    that is read instead of the table, whose columns `held` are called as the attributes are.
    """

    def __init__(
        self,
        graph: ModelGraph,
        model: LinkedModel,
        prefix: str = "",
        source: str | None = None,
        held: frozenset[str] | None = None,
    ) -> None:
        self.graph = graph
        self.model = model
        self.prefix = prefix
        self.source = source
        self.held = held
        self.base = f"{prefix}{source or model.table}"
        self._aliases: dict[tuple[str, ...], str] = {}
        self._joins: list[tuple[str, str, str | None, Sql, JoinType]] = []
        self._taken = {self.base}
        self._queries: list[tuple[QueryBuilder, str, Sql]] = []
        self._named: dict[str, tuple[str, Sql, bool]] = {}

    def table(self) -> Table:
        """The table that the question is about."""
        alias = self.base if self.prefix else None
        if self.source is not None:
            return Table(self.source, alias=alias)
        return Table(self.model.table, schema=_schema(self.model), alias=alias)

    def column(self, path: Path) -> Sql:
        """The column that a path leads to; tables on the way are joined if they are not yet."""
        relations = path.relations
        through = relations[-1].through if relations else None
        if through is not None:
            keys = self._keys(relations[-1].target, relations[-1].far)
            if path.column.name in keys:
                return ColumnTerm(self._joined_through(relations), through.far_columns[keys.index(path.column.name)])
        return ColumnTerm(self.alias(relations), path.column.column) if relations else self.own(path.column)

    def own(self, column: FieldSchema) -> Sql:
        """A column of the model itself.

        Raises:
            FieldError: a named question is read, and does not hold it.
        """
        if self.held is None:
            return ColumnTerm(self.base, column.column)
        if column.name not in self.held:
            raise FieldError(f'{self.source} holds no "{column.name}"; add it to the values() that it is made of')
        return ColumnTerm(self.base, column.name)

    def _keys(self, model: str, name: str) -> list[str]:
        """The attributes of the columns of a key."""
        return [column.name for column in self.graph[model].columns_of(name)]

    def near(self, relations: tuple[Relation, ...], name: str) -> Sql:
        """A column of the table at the end of `relations`."""
        if not relations:
            return self.own(self.model.columns[name])
        return ColumnTerm(self.alias(relations), self.graph[relations[-1].target].columns[name].column)

    def own_key(self) -> Sql:
        """The primary key of the model itself; a row of values where it has several columns."""
        terms = [self.own(column) for column in self.model.pk_columns]
        return terms[0] if len(terms) == 1 else Fragment("({})", listed(terms))

    def alias(self, relations: tuple[Relation, ...]) -> str:
        """The alias of the table at the end of `relations`."""
        if not relations:
            return self.base
        names = tuple(relation.name for relation in relations)
        if names in self._aliases:
            return self._aliases[names]
        last = relations[-1]
        target = self.graph[last.target]
        if last.through is None:
            pairs = [(self.near(relations[:-1], near), far) for near, far in last.pairs]
        else:
            there = self._joined_through(relations)
            keys = self._keys(last.target, last.far)
            pairs = [(ColumnTerm(there, far), key) for far, key in zip(last.through.far_columns, keys, strict=True)]
        alias = self._new_alias(names)
        on = [Fragment("{}={}", near, ColumnTerm(alias, target.columns[far].column)) for near, far in pairs]
        self._joins.append((target.table, alias, target.meta.schema, joined(on, "AND"), JoinType.left))
        self._aliases[names] = alias
        return alias

    def _joined_through(self, relations: tuple[Relation, ...]) -> str:
        names = (*[relation.name for relation in relations], "through")
        if names in self._aliases:
            return self._aliases[names]
        last = relations[-1]
        through = last.through
        assert through is not None
        near = [self.near(relations[:-1], name) for name in self._keys(last.model, last.near)]
        alias = self._new_alias(names)
        on = [Fragment("{}={}", key, ColumnTerm(alias, at)) for key, at in zip(near, through.near_columns, strict=True)]
        self._joins.append((through.table, alias, self.graph[last.model].meta.schema, joined(on, "AND"), JoinType.left))
        self._aliases[names] = alias
        return alias

    def via(self, relation: Relation) -> str:
        """The alias of the through table of a many-to-many relation that leads here from another model.

        Only rows that it leads to are wanted: SQLite looks them up by their key where nothing else is asked for, and
        reads the whole table to join it from the left.
        """
        names = (relation.name, "via")
        if names in self._aliases:
            return self._aliases[names]
        through = relation.through
        assert through is not None
        alias = self._new_alias(names)
        far = [self.own(column) for column in self.graph[relation.target].columns_of(relation.far)]
        on = [Fragment("{}={}", key, ColumnTerm(alias, at)) for key, at in zip(far, through.far_columns, strict=True)]
        self._joins.append(
            (through.table, alias, self.graph[relation.model].meta.schema, joined(on, "AND"), JoinType.inner)
        )
        self._aliases[names] = alias
        return alias

    def _new_alias(self, names: tuple[str, ...]) -> str:
        alias = self.prefix + "__".join(names)
        if len(alias) > _LONGEST_ALIAS or alias in self._taken:
            alias = f"{self.prefix}{names[-1][:30]}_{len(self._taken)}"
        self._taken.add(alias)
        return alias

    def aliases(self) -> dict[str, str]:
        """The alias of each table, by what users may call it: "self", the name of the table, the path of relations."""
        found = {"self": self.base, self.model.table: self.base}
        for names, alias in self._aliases.items():
            found.setdefault("__".join(names), alias)
        for table, alias, *_ in self._joins:
            found.setdefault(table, alias)
        return found

    def applied(self, query: QueryBuilder) -> QueryBuilder:
        """`query` with all joins that were asked for."""
        for table, alias, schema, on, kind in self._joins:
            joined = Table(table, schema=None if schema is None else Schema(schema), alias=alias)
            query = query.join(joined, kind).on(on)
        for inner, alias, on in self._queries:
            query = query.join(inner.as_(alias), JoinType.inner).on(on)
        for name, (alias, on, left) in self._named.items():
            query = query.join(Table(name, alias=alias), JoinType.left if left else JoinType.inner).on(on)
        return query

    def named(self, name: str) -> str | None:
        """The alias of a named question, if it is joined already."""
        return self._named[name][0] if name in self._named else None

    def add_named(self, name: str, left: bool) -> str:
        """Join the rows of a named question, on conditions that `joined_on` tells; its alias."""
        alias = f"{self.prefix}{name}"
        while alias in self._taken:
            alias = f"j_{alias}"
        self._taken.add(alias)
        self._named[name] = alias, TRUE, left
        return alias

    def joined_on(self, name: str, on: Sql) -> None:
        """The conditions on which a named question is joined."""
        alias, _, left = self._named[name]
        self._named[name] = alias, on, left

    def to_query(self, query: QueryBuilder, alias: str, on: Sql) -> None:
        """Join the rows of a query that belong to rows of this one."""
        self._queries.append((query, alias, on))

    def __bool__(self) -> bool:
        return bool(self._joins or self._queries or self._named)


def _schema(model: LinkedModel) -> Schema | None:
    return None if model.meta.schema is None else Schema(model.meta.schema)
