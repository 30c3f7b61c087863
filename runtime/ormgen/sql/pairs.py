"""The rows of many-to-many tables as SQL: added, removed, cleared, each by one statement that may run again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ormgen.query.statements import Pairs
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, Relation, Through
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.conditions import Writer
from ormgen.sql.dialect import Dialect
from ormgen.sql.values import Encoder


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
        self.near_keys, self.far_keys = model.columns_of(relation.near), self.target.columns_of(relation.far)
        self.near_place = placed(writer, 0, self.near_keys, relation.near)
        self.far_places = [placed(writer, number + 1, self.far_keys, relation.far) for number in range(size)]
        self.near = [self.dialect.quoted(name) for name in self.through.near_columns]
        self.far = [self.dialect.quoted(name) for name in self.through.far_columns]
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
        return self.dialect.add_pairs(self.table, [*self.near, *self.far], pairs)

    def added_once(self) -> str:
        n = [f"n.{self.dialect.quoted(key.column)}" for key in self.near_keys]
        f = [f"f.{self.dialect.quoted(key.column)}" for key in self.far_keys]
        tables = f"{self.qualified(self.model.table)} n, {self.qualified(self.target.table, self.target)} f"
        chosen = f"{self.same(n, self.near_place)} AND {self.among(f)}"
        if self.through.symmetrical:
            chosen = f"({chosen}) OR ({self.same(f, self.near_place)} AND {self.among(n)})"
        pairs = zip((*self.near, *self.far), (*n, *f), strict=True)
        there = f"SELECT 1 FROM {self.table} t WHERE {' AND '.join(f't.{name}={key}' for name, key in pairs)}"
        return (
            f"INSERT INTO {self.table} ({','.join([*self.near, *self.far])}) SELECT {','.join([*n, *f])} FROM {tables} "
            f"WHERE ({chosen}) AND NOT EXISTS ({there})"
        )

    def same(self, columns: list[str], places: str) -> str:
        """Whether columns hold the key at `places`."""
        return f"{columns[0]}={places}" if len(columns) == 1 else f"({','.join(columns)})=({places})"

    def among(self, columns: list[str]) -> str:
        """Whether columns hold one of the far keys."""
        if len(columns) == 1:
            return f"{columns[0]} IN ({','.join(self.far_places)})"
        rows = ",".join(f"({places})" for places in self.far_places)
        return self.dialect.row_list.format(f"({','.join(columns)})", rows)

    def removed(self, everything: bool) -> str:
        """A DELETE, of all pairs or of those with the others."""
        ways = [(self.near, self.far)]
        if self.through.symmetrical:
            ways.append((self.far, self.near))
        chosen = [
            self.same(near, self.near_place) + ("" if everything else f" AND {self.among(far)}") for near, far in ways
        ]
        return f"DELETE FROM {self.table} WHERE {' OR '.join(chosen)}"


def placed(writer: Writer, number: int, keys: Sequence[FieldSchema], attribute: str) -> str:
    """The places of one key, its parts separated by commas."""
    if len(keys) == 1:
        return writer.place(number, writer.codec.encoder(keys[0].field, attribute)).get_sql()
    encoders = [partial(_part, writer.codec.encoder(key.field), at) for at, key in enumerate(keys)]
    return ",".join([writer.place(number, encoder).get_sql() for encoder in encoders])


def _part(encode: Encoder, at: int, key: Any) -> Any:
    return encode(key[at])
