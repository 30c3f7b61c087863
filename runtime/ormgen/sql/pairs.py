"""The rows of many-to-many tables as SQL: added, removed, cleared, each by one statement that may run again."""

from __future__ import annotations

from ormgen.query.statements import Pairs
from ormgen.schema.graph import LinkedModel, Relation, Through
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.conditions import Writer
from ormgen.sql.dialect import Dialect


def compile_pairs(writer: Writer, pairs: Pairs) -> CompiledQuery:
    """INSERT or DELETE of rows of a through table; pairs that are there already stay as they are."""
    model = writer.graph[pairs.model]
    relation = model.relations[pairs.relation]
    written = PairWriter(writer, model, relation, len(pairs.far))
    text = written.added() if pairs.action == "add" else written.removed(pairs.action == "clear")
    sql, parameters = writer.finish(text)
    return CompiledQuery(sql, parameters, writes=True)


class PairWriter:
    """The text about the pairs of one object with `size` others."""

    def __init__(self, writer: Writer, model: LinkedModel, relation: Relation, size: int) -> None:
        assert relation.through is not None
        self.through: Through = relation.through
        self.dialect: Dialect = writer.dialect
        self.model, self.target, self.relation = model, writer.graph[relation.target], relation
        encoder = writer.codec.encoder
        near_encoder = encoder(model.columns[relation.near].field, relation.near)
        far_encoder = encoder(self.target.columns[relation.far].field, relation.far)
        self.near_place = writer.place(0, near_encoder).get_sql()
        self.far_places = [writer.place(number + 1, far_encoder).get_sql() for number in range(size)]
        self.near = self.dialect.quoted(self.through.near_column)
        self.far = self.dialect.quoted(self.through.far_column)
        self.table = self.qualified(self.through.table)

    def qualified(self, table: str, model: LinkedModel | None = None) -> str:
        schema = (model or self.model).meta.schema
        name = self.dialect.quoted(table)
        return name if schema is None else f"{self.dialect.quoted(schema)}.{name}"

    def added(self) -> str:
        """An INSERT; where the table would take a pair twice, of those that are missing."""
        if not self.through.unique:
            return self.added_once()
        pairs = [(self.near_place, place) for place in self.far_places]
        if self.through.symmetrical:
            pairs += [(far, near) for near, far in pairs]
        return self.dialect.add_pairs(self.table, self.near, self.far, pairs)

    def added_once(self) -> str:
        n = f"n.{self.dialect.quoted(self.model.columns[self.relation.near].column)}"
        f = f"f.{self.dialect.quoted(self.target.columns[self.relation.far].column)}"
        tables = f"{self.qualified(self.model.table)} n, {self.qualified(self.target.table, self.target)} f"
        chosen = f"{n}={self.near_place} AND {f} IN ({','.join(self.far_places)})"
        if self.through.symmetrical:
            chosen = f"({chosen}) OR ({f}={self.near_place} AND {n} IN ({','.join(self.far_places)}))"
        there = f"SELECT 1 FROM {self.table} t WHERE t.{self.near}={n} AND t.{self.far}={f}"
        return (
            f"INSERT INTO {self.table} ({self.near},{self.far}) SELECT {n},{f} FROM {tables} "
            f"WHERE ({chosen}) AND NOT EXISTS ({there})"
        )

    def removed(self, everything: bool) -> str:
        """A DELETE, of all pairs or of those with the others."""
        ways = [(self.near, self.far)]
        if self.through.symmetrical:
            ways.append((self.far, self.near))
        others = "" if everything else f" IN ({','.join(self.far_places)})"
        chosen = [f"{near}={self.near_place}" + (f" AND {far}{others}" if others else "") for near, far in ways]
        return f"DELETE FROM {self.table} WHERE {' OR '.join(chosen)}"
