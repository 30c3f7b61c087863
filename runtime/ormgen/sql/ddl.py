"""CREATE and DROP statements for the tables of a graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ormgen.exceptions import UnSupportedError
from ormgen.schema.column_types import (
    column_type,
    counts_up,
    generated_sql,
    known_dialect,
    refuse_elsewhere,
    stored_type,
)
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import ModelGraph
from ormgen.schema.relation_fields import OnDelete
from ormgen.sql.ddl_enums import create_type_statements, drop_type_sql, enum_types
from ormgen.sql.ddl_indexes import check_sql, index_columns, index_condition, refuse_index
from ormgen.sql.ddl_tables import ForeignKey, Index, Table, TableName, late_foreign_keys, tables_of
from ormgen.sql.ddl_text import (
    default_sql,
    inline_comment,
    quote_comment,
    quote_name,
    quote_names,
    quote_text,
    refuse_long,
)

__all__ = [
    "add_foreign_key_sql",
    "column_sql",
    "column_type",
    "create_index_sql",
    "create_statements",
    "create_table_statements",
    "drop_statements",
    "foreign_key_sql",
    "qualified",
    "truncate_statements",
]


def create_statements(
    graph: ModelGraph, dialect: str, *, safe: bool = True, models: Collection[str] | None = None
) -> list[str]:
    """Everything that `models` of `graph` need (keys, by default all), one statement each.

    The order works with cyclic keys too. Keys to models that are left out have no constraint. With `safe`, whatever
    exists already is left as it is. (MySQL alone, unlike MariaDB, cannot say so for a foreign key of a cycle: there a
    second run ends in error 1826.)

    Raises:
        ConfigurationError: a column has no SQL type, or a database default that cannot be written.
        UnSupportedError: the database cannot do what a relation asks for.
    """
    sqlite = known_dialect(dialect) == "sqlite"
    tables = tables_of(graph, models)
    late = [] if sqlite else late_foreign_keys(tables)
    statements = list(_create_schemas(tables, dialect))
    statements += create_type_statements(enum_types(tables, dialect).values(), safe=safe)
    for table in tables:
        without = {key.name for each, key in late if each is table}
        statements += create_table_statements(table, dialect, safe=safe, without=without)
    return statements + [add_foreign_key_sql(table.name, key, dialect, safe=safe) for table, key in late]


def drop_statements(graph: ModelGraph, dialect: str, *, models: Collection[str] | None = None) -> list[str]:
    """Drops those tables of `models` (keys, by default all) that exist; those that point at others first.

    On SQLite, where rows could keep each other or themselves from going, the first and last statement switch foreign
    keys off and on, which has no effect inside a transaction.
    """
    sqlite = known_dialect(dialect) == "sqlite"
    tables = tables_of(graph, models)
    late = late_foreign_keys(tables)
    drops = [f"DROP TABLE IF EXISTS {qualified(table.name, dialect)}" for table in reversed(tables)]
    if not sqlite:
        others = [table for table in tables_of(graph) if table not in tables] if models is not None else []
        kept_types = enum_types(others, dialect)
        drops += [drop_type_sql(each) for name, each in enum_types(tables, dialect).items() if name not in kept_types]
        return [_drop_foreign_key_sql(table.name, key, dialect) for table, key in late] + drops
    kept = (key for table in tables for key in table.foreign_keys if key.target == table.name)
    stuck = late or any(key.on_delete is OnDelete.RESTRICT for key in kept)
    return ["PRAGMA foreign_keys = OFF", *drops, "PRAGMA foreign_keys = ON"] if stuck else drops


def truncate_statements(graph: ModelGraph, dialect: str, *, models: Collection[str] | None = None) -> list[str]:
    """Deletes all rows of `models` (keys, by default all) and of the tables that join them, whatever points where."""
    names = [qualified(table.name, dialect) for table in reversed(tables_of(graph, models))]
    if dialect == "postgres":
        return [f"TRUNCATE {', '.join(names)} CASCADE"] if names else []
    deletes = [f"DELETE FROM {name}" for name in names]
    if dialect == "mysql":
        return ["SET FOREIGN_KEY_CHECKS = 0", *deletes, "SET FOREIGN_KEY_CHECKS = 1"]
    return ["PRAGMA foreign_keys = OFF", *deletes, "PRAGMA foreign_keys = ON"]


def create_table_statements(
    table: Table, dialect: str, *, safe: bool = True, without: Collection[str] = ()
) -> list[str]:
    """One table with its indexes and comments; foreign keys named in `without` are left out."""
    refuse_long([table.name.name, *(column.column for column in table.columns)], dialect, table.label)
    for column in table.columns:
        refuse_elsewhere(column, dialect, f"{table.label}.{column.name}")
    keys = [key for key in table.foreign_keys if key.name not in without]
    names = {column.name: column.column for column in table.columns}
    lines = [column_sql(column, dialect, names, key_sql(table, dialect)) for column in table.columns]
    if table.primary_key:
        lines.append(f"{key_sql(table, dialect)} ({quote_names(table.primary_key, dialect)})")
    for index in (*table.uniques, *table.indexes):
        refuse_index(index, dialect)
    partial = [unique for unique in table.uniques if unique.declared is not None and not unique.declared.is_plain]
    lines += [_unique_sql(unique, dialect) for unique in table.uniques if unique not in partial]
    if dialect == "mysql":
        lines += [_key_sql(index) for index in (*partial, *table.indexes)]
    lines += [check_sql(table, check, dialect) for check in table.checks]
    lines += [foreign_key_sql(key, dialect) for key in keys]
    opening = f" {inline_comment(table.comment)}" if table.comment and dialect == "sqlite" else ""
    body = ",\n    ".join(lines)
    exists = "IF NOT EXISTS " if safe else ""
    create = f"CREATE TABLE {exists}{qualified(table.name, dialect)} ({opening}\n    {body}\n)"
    if dialect == "mysql":
        return [create + _mysql_options(table)]
    indexes = [create_index_sql(table.name, index, dialect, safe=safe) for index in (*partial, *table.indexes)]
    return [create, *indexes, *(_comments(table) if dialect == "postgres" else ())]


def key_sql(table: Table, dialect: str) -> str:
    """How the primary key of a table begins: with its name, which MariaDB and MySQL do not have."""
    named = table.key_name is not None and dialect != "mysql"
    return f"CONSTRAINT {quote_name(table.key_name or '', dialect)} PRIMARY KEY" if named else "PRIMARY KEY"


def column_sql(
    column: FieldSchema, dialect: str, columns: Mapping[str, str] | None = None, key: str = "PRIMARY KEY"
) -> str:
    """The definition of one column, as in CREATE TABLE and ADD COLUMN; keys and indexes apart from the primary key
    are not part of it. `columns` are the columns of its table by attribute, from which it may be computed, `key` is
    how its primary key is said."""
    name = quote_name(column.column, dialect)
    parts = [name, *_column_parts(column, dialect, columns or {}, key)]
    if column.description and dialect == "sqlite":
        parts.append(inline_comment(column.description))
    elif column.description and dialect == "mysql":
        parts.append(f"COMMENT {quote_comment(column.description, 'column')}")
    return " ".join(parts)


def _column_parts(column: FieldSchema, dialect: str, columns: Mapping[str, str], key: str) -> Iterator[str]:
    counting = counts_up(column)
    if counting and dialect == "sqlite":
        yield f"INTEGER {key} AUTOINCREMENT NOT NULL"
        return
    yield stored_type(column, dialect)
    if counting and dialect == "postgres":
        yield "GENERATED BY DEFAULT AS IDENTITY"
    computed = generated_sql(column, columns, dialect) if column.generated else None
    if computed is not None:
        yield computed
    if not column.null and not (computed is not None and dialect == "mysql"):  # MariaDB has no such thing
        yield "NOT NULL"
    if column.db_default.kind != "none":
        yield f"DEFAULT {default_sql(column, dialect)}"
    if column.primary_key:
        yield key
    if counting and dialect == "mysql":
        yield "AUTO_INCREMENT"


def foreign_key_sql(key: ForeignKey, dialect: str, *, if_not_exists: bool = False) -> str:
    """One foreign key, as in CREATE TABLE and ADD; `if_not_exists` is for MariaDB.

    Raises:
        UnSupportedError: `ON DELETE SET DEFAULT` on MySQL, where the server would silently do something else, or
            a constraint that can be deferred.
    """
    if dialect == "mysql":
        _refuse_rules(key)
    # MySQL reads what is between these marks as a comment, MariaDB as SQL.
    condition = "/*M! IF NOT EXISTS */ " if if_not_exists else ""
    return (
        f"CONSTRAINT {quote_name(key.name, dialect)} FOREIGN KEY {condition}({quote_names(key.columns, dialect)}) "
        f"REFERENCES {qualified(key.target, dialect)} ({quote_names(key.target_columns, dialect)}) "
        f"{key.rules}"
    )


def _refuse_rules(key: ForeignKey) -> None:
    for rule, name in ((key.on_delete, "DELETE"), (key.on_update, "UPDATE")):
        if rule is OnDelete.SET_DEFAULT:
            raise UnSupportedError(f"{key.label}: MySQL and MariaDB have no ON {name} SET DEFAULT")
    if key.deferrable is not None:
        raise UnSupportedError(
            f"{key.label}: MySQL and MariaDB look at foreign keys at once; they have no DEFERRABLE. "
            "Hint: leave deferrable out"
        )


def add_foreign_key_sql(table: TableName, key: ForeignKey, dialect: str, *, safe: bool = True) -> str:
    """Adds one foreign key to a table that exists; not for SQLite, which cannot."""
    alter = f"ALTER TABLE {qualified(table, dialect)} ADD "
    if dialect == "mysql" or not safe:
        return alter + foreign_key_sql(key, dialect, if_not_exists=safe)
    condition = (
        f"SELECT FROM pg_constraint WHERE conname = {quote_text(key.name, dialect)} "
        f"AND conrelid = {quote_text(qualified(table, dialect), dialect)}::regclass"
    )
    add = alter + foreign_key_sql(key, dialect)
    return _do_block(f"BEGIN\n    IF NOT EXISTS ({condition}) THEN\n        {add};\n    END IF;\nEND")


def create_index_sql(table: TableName, index: Index, dialect: str, *, safe: bool = True) -> str:
    """One index on a table that exists; MySQL, unlike MariaDB, has no safe form."""
    exists = "IF NOT EXISTS " if safe else ""
    name, where = quote_name(index.name, dialect), qualified(table, dialect)
    declared = index.declared
    if declared is None:
        return f"CREATE INDEX {exists}{name} ON {where} ({index_columns(index, dialect)})"
    refuse_index(index, dialect)
    kind = "UNIQUE " if declared.unique else f"{declared.type} " if dialect == "mysql" and declared.type else ""
    method = f" USING {declared.type}" if dialect == "postgres" and declared.type else ""
    tail = declared.extra + index_condition(index, dialect)
    return f"CREATE {kind}INDEX {exists}{name} ON {where}{method} ({index_columns(index, dialect)}){tail}"


def qualified(table: TableName, dialect: str) -> str:
    """The quoted name of a table, with its schema; on MySQL that is a database."""
    if table.schema:
        return f"{quote_name(table.schema, dialect)}.{quote_name(table.name, dialect)}"
    return quote_name(table.name, dialect)


def _create_schemas(tables: list[Table], dialect: str) -> Iterator[str]:
    named = {table.name.schema: table for table in reversed(tables) if table.name.schema}
    for schema in dict.fromkeys(table.name.schema for table in tables):
        if schema and dialect == "sqlite":
            raise UnSupportedError(
                f'{named[schema].label} is in the schema "{schema}", and SQLite has none. '
                "Hint: leave Meta.schema out, or keep the model on another connection"
            )
        if schema:
            yield f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema, dialect)}"


def _drop_foreign_key_sql(table: TableName, key: ForeignKey, dialect: str) -> str:
    name = quote_name(key.name, dialect)
    if dialect == "mysql":
        return f"ALTER TABLE /*M! IF EXISTS */ {qualified(table, dialect)} DROP FOREIGN KEY /*M! IF EXISTS */ {name}"
    return f"ALTER TABLE IF EXISTS {qualified(table, dialect)} DROP CONSTRAINT IF EXISTS {name}"


def _unique_sql(unique: Index, dialect: str) -> str:
    kind = "UNIQUE KEY {}" if dialect == "mysql" else "CONSTRAINT {} UNIQUE"
    extra = "" if unique.declared is None else unique.declared.extra
    return f"{kind.format(quote_name(unique.name, dialect))} ({index_columns(unique, dialect)}){extra}"


def _key_sql(index: Index) -> str:
    """An index inside of CREATE TABLE, as MySQL has it."""
    declared = index.declared
    kind = "" if declared is None else "UNIQUE " if declared.unique else f"{declared.type} " if declared.type else ""
    extra = "" if index.declared is None else index.declared.extra
    return f"{kind}KEY {quote_name(index.name, 'mysql')} ({index_columns(index, 'mysql')}){extra}"


def _comments(table: Table) -> Iterator[str]:
    where = qualified(table.name, "postgres")
    if table.comment:
        yield f"COMMENT ON TABLE {where} IS {quote_text(table.comment, 'postgres')}"
    for column in table.columns:
        if column.description:
            name = quote_name(column.column, "postgres")
            yield f"COMMENT ON COLUMN {where}.{name} IS {quote_text(column.description, 'postgres')}"


# Text is compared as it is: neither case nor accents nor trailing spaces are the same to Python. Each server reads
# the comment that is meant for it.
_MYSQL_TEXT = "CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80000 COLLATE utf8mb4_0900_bin */"


def _mysql_options(table: Table) -> str:
    comment = f" COMMENT={quote_comment(table.comment, 'table')}" if table.comment else ""
    return f" {_MYSQL_TEXT}{comment}"


def _do_block(body: str) -> str:
    tag = "$ormgen$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return f"DO {tag}\n{body}\n{tag}"
