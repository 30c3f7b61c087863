"""Statement → SQL, every time anew; loaded with the first statement, because pypika and what uses it take 60 ms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ormgen.query.statements import Compound, Select, Statement
from ormgen.schema.graph import ModelGraph
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.conditions import Writer
from ormgen.sql.dialect import Dialect
from ormgen.sql.dialects.mysql import MysqlDialect
from ormgen.sql.dialects.postgres import PostgresDialect
from ormgen.sql.dialects.sqlite import SqliteDialect
from ormgen.sql.literals import inlined
from ormgen.sql.select import compile_compound, compile_select
from ormgen.sql.values import Codec
from ormgen.sql.writes import compile_write

__all__ = ["DIALECTS", "compile_statement", "inlined"]

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {dialect.name: dialect for dialect in (SqliteDialect(), PostgresDialect(), MysqlDialect())}
)


def compile_statement(
    statement: Statement, graph: ModelGraph, dialect: str, codec: Codec, inline: bool
) -> CompiledQuery:
    """The SQL of a statement about `graph`."""
    writer = Writer(graph, DIALECTS[dialect], codec, inline)
    if isinstance(statement, Select):
        return compile_select(writer, statement)
    return compile_compound(writer, statement) if isinstance(statement, Compound) else compile_write(writer, statement)
