"""The tables that models make, and how each database spells their parts, for those who see no SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.schema.column_types import COLUMN_TYPES, column_type, refuse_elsewhere
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import ModelGraph
from ormgen.schema.indexes import CheckSchema
from ormgen.sql.adoption import stores_alike
from ormgen.sql.ddl import create_statements
from ormgen.sql.ddl_enums import column_enum, enum_types
from ormgen.sql.ddl_indexes import check_sql, exclusion_parts, index_columns, index_condition, refuse_index
from ormgen.sql.ddl_tables import ForeignKey, Index, Table, TableName, tables_of, through_name
from ormgen.sql.ddl_text import constraint_name, default_sql

__all__ = [
    "ForeignKey",
    "Index",
    "Table",
    "TableName",
    "check_texts",
    "column_enum",
    "constraint_name",
    "create_sql",
    "default_texts",
    "enum_types",
    "exclusion_parts",
    "expression_texts",
    "condition_texts",
    "homes_of",
    "tables_of",
    "stores_alike",
    "through_name",
    "type_on",
    "type_texts",
]

Texts = Mapping[str, str]  # SQL by dialect; databases that have nothing like it are not in it


def create_sql(graph: ModelGraph, dialect: str, models: Collection[str] | None = None) -> str:
    """What makes the tables of models, as a script for "sqlite", "postgres" or "mysql".

    Raises:
        UnSupportedError: the database cannot do what a model asks for.
    """
    return (
        "".join(f"{statement};\n\n" for statement in create_statements(graph, dialect, models=models)).rstrip() + "\n"
    )


def _texts(spell: Callable[[str], str]) -> Texts:
    found: dict[str, str] = {}
    for dialect in COLUMN_TYPES:
        try:
            found[dialect] = spell(dialect)
        except (UnSupportedError, ConfigurationError):
            continue
    return found


def type_texts(column: FieldSchema) -> Texts:
    """The type of a column."""
    return _texts(lambda dialect: column_type(column, dialect))


def type_on(column: FieldSchema, dialect: str) -> str:
    """The type of a column on one database.

    Raises:
        UnSupportedError: it has none.
    """
    refuse_elsewhere(column, dialect, column.name)
    return column_type(column, dialect)


def default_texts(column: FieldSchema) -> Texts:
    """What a database puts into a column by itself."""
    return _texts(lambda dialect: default_sql(column, dialect))


def check_texts(table: Table, check: CheckSchema) -> Texts:
    """The condition of a check, without its name."""
    return _texts(lambda dialect: check_sql(table, check, dialect).partition(" CHECK (")[2][:-1])


def expression_texts(index: Index) -> Texts:
    """What an index of expressions is about."""
    return _texts(lambda dialect: index_columns(index, dialect))


def condition_texts(index: Index) -> Texts:
    """The condition of an index over some of the rows."""
    return _texts(lambda dialect: index_condition(index, dialect).removeprefix(" WHERE "))


def homes_of(index: Index) -> tuple[str, ...]:
    """The databases that have such an index without functions of ormgen's own."""

    def refused(dialect: str) -> str:
        refuse_index(index, dialect)
        return index_columns(index, dialect)

    return tuple(dialect for dialect, text in _texts(refused).items() if "ormgen_" not in text)
