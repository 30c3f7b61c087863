"""The tables that a question reads: each path of relations is joined once, under one alias."""

from __future__ import annotations

from pypika import JoinType, Schema, Table
from pypika.queries import QueryBuilder

from ormgen.query.paths import Path
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.sql.fragments import ColumnTerm, Fragment, Sql, joined, listed

_LONGEST_ALIAS = 50


class Joins:
    """The tables of one SELECT, beginning with `model`.

    `prefix` sets the aliases of a sub-query apart from those of the query around it.
    """

    def __init__(self, graph: ModelGraph, model: LinkedModel, prefix: str = "") -> None:
        self.graph = graph
        self.model = model
        self.prefix = prefix
        self.base = f"{prefix}{model.table}" if prefix else model.table
        self._aliases: dict[tuple[str, ...], str] = {}
        self._joins: list[tuple[str, str, str | None, Sql]] = []
        self._taken = {self.base}
        self._queries: list[tuple[QueryBuilder, str, Sql]] = []

    def table(self) -> Table:
        """The table that the question is about."""
        alias = self.base if self.prefix else None
        return Table(self.model.table, schema=_schema(self.model), alias=alias)

    def column(self, path: Path) -> Sql:
        """The column that a path leads to; tables on the way are joined if they are not yet."""
        relations = path.relations
        if relations and relations[-1].through is not None and path.column.name == relations[-1].far:
            through = relations[-1].through
            return ColumnTerm(self._joined_through(relations), through.far_column)
        return ColumnTerm(self.alias(relations), path.column.column)

    def own(self, column: FieldSchema) -> Sql:
        """A column of the model itself."""
        return ColumnTerm(self.base, column.column)

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
            near_table, columns = self.alias(relations[:-1]), self.graph[last.model].columns
            pairs = [(columns[near].column, far) for near, far in last.pairs]
        else:
            near_table, pairs = self._joined_through(relations), [(last.through.far_column, last.far)]
        alias = self._new_alias(names)
        on = [
            Fragment("{}={}", ColumnTerm(near_table, near), ColumnTerm(alias, target.columns[far].column))
            for near, far in pairs
        ]
        self._joins.append((target.table, alias, target.meta.schema, joined(on, "AND")))
        self._aliases[names] = alias
        return alias

    def _joined_through(self, relations: tuple[Relation, ...]) -> str:
        names = (*[relation.name for relation in relations], "through")
        if names in self._aliases:
            return self._aliases[names]
        last = relations[-1]
        through = last.through
        assert through is not None
        near = self.graph[last.model].columns[last.near].column
        near_table = self.alias(relations[:-1])
        alias = self._new_alias(names)
        on = Fragment("{}={}", ColumnTerm(near_table, near), ColumnTerm(alias, through.near_column))
        self._joins.append((through.table, alias, self.graph[last.model].meta.schema, on))
        self._aliases[names] = alias
        return alias

    def via(self, relation: Relation) -> str:
        """The alias of the through table of a many-to-many relation that leads here from another model."""
        names = (relation.name, "via")
        if names in self._aliases:
            return self._aliases[names]
        through = relation.through
        assert through is not None
        alias = self._new_alias(names)
        far = self.graph[relation.target].columns[relation.far].column
        on = Fragment("{}={}", ColumnTerm(self.base, far), ColumnTerm(alias, through.far_column))
        self._joins.append((through.table, alias, self.graph[relation.model].meta.schema, on))
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
        for table, alias, _, _ in self._joins:
            found.setdefault(table, alias)
        return found

    def applied(self, query: QueryBuilder) -> QueryBuilder:
        """`query` with all joins that were asked for."""
        for table, alias, schema, on in self._joins:
            joined = Table(table, schema=None if schema is None else Schema(schema), alias=alias)
            query = query.join(joined, JoinType.left).on(on)
        for inner, alias, on in self._queries:
            query = query.join(inner.as_(alias), JoinType.inner).on(on)
        return query

    def to_query(self, query: QueryBuilder, alias: str, on: Sql) -> None:
        """Join the rows of a query that belong to rows of this one."""
        self._queries.append((query, alias, on))

    def __bool__(self) -> bool:
        return bool(self._joins or self._queries)


def _schema(model: LinkedModel) -> Schema | None:
    return None if model.meta.schema is None else Schema(model.meta.schema)
