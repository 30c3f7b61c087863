"""How each server spells what happens to the parts of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

from ormgen.exceptions import UnSupportedError
from ormgen.records import replace
from ormgen.schema.field import Default, FieldSchema
from ormgen.sql.ddl import column_sql, key_sql, qualified
from ormgen.sql.ddl_change import ColumnParts, TableChange, Value, column_cast, column_parts, fill_in
from ormgen.sql.ddl_steps import Statement, Step
from ormgen.sql.ddl_tables import ForeignKey, Index, Table, TableName
from ormgen.sql.ddl_text import quote_comment, quote_name, quote_text, stored_name
from ormgen.sql.dialect import Dialect
from ormgen.sql.dialects.mysql import MysqlDialect
from ormgen.sql.dialects.postgres import PostgresDialect


class Alterer:
    """What both servers spell alike."""

    dialect: ClassVar[type[Dialect]] = Dialect

    def quoted(self, name: str) -> str:
        """`name` as an identifier."""
        return quote_name(name, self.dialect.name)

    def alter(self, table: TableName) -> str:
        """How a change of a table begins."""
        return f"ALTER TABLE {qualified(table, self.dialect.name)}"

    def drop_key(self, table: Table, key: ForeignKey) -> Iterator[str]:
        """Take a foreign key off its table."""
        yield f"{self.alter(table.name)} DROP CONSTRAINT {self.quoted(key.name)}"

    def drop_index(self, table: TableName, index: Index, unique: bool) -> str:
        """Take an index or unique constraint off its table."""
        raise NotImplementedError

    def rename_index(self, table: TableName, old: str, new: str, unique: bool) -> str:
        """Give an index or unique constraint another name."""
        raise NotImplementedError

    def rename_table(self, old: TableName, new: TableName) -> Iterator[str]:
        """Give a table another name."""
        raise NotImplementedError

    def table_comment(self, before: Table, after: Table) -> Iterator[str]:
        """Say what a table is."""
        raise NotImplementedError

    def drop_primary_key(self, table: TableName) -> str:
        """Take the primary key off a table."""
        raise NotImplementedError

    def rename_primary_key(self, table: Table) -> Iterator[str]:
        """Call the primary key of a table as it is to be called, where primary keys have names."""
        yield from ()

    def alter_column(self, change: TableChange, old: FieldSchema, new: FieldSchema, fill: Value) -> Iterator[Step]:
        """Make of a column what it is to be."""
        raise NotImplementedError

    def add_column(self, table: Table, column: FieldSchema, fill: Value) -> Iterator[Step]:
        """A new column, with a value in the rows that exist."""
        alter = self.alter(table.name)
        names = {each.name: each.column for each in table.columns}
        if fill is None or column.db_default.kind != "none" or column.generated:
            yield Statement(f"{alter} ADD COLUMN {column_sql(column, self.dialect.name, names)}")
        elif isinstance(fill, str):
            shown = column_sql(replace(column, description=None), self.dialect.name)
            yield Statement(f"{alter} ADD COLUMN {shown} DEFAULT {self.in_default(column, fill)}")
            yield self.drop_default(table, column)
        else:
            bare = replace(column, null=True, description=None)
            yield Statement(f"{alter} ADD COLUMN {column_sql(bare, self.dialect.name)}")
            yield fill_in(table, column, fill, self.dialect)
            if not column.null:
                yield from self.not_null(table, column)
        yield from self.column_comment(table, column, fill)

    def drop_default(self, table: Table, column: FieldSchema) -> Statement:
        """Rows to come have no value of the database's."""
        return Statement(f"{self.alter(table.name)} ALTER COLUMN {self.quoted(column.column)} DROP DEFAULT")

    def in_default(self, column: FieldSchema, fill: str) -> str:
        """A value as it stands behind DEFAULT."""
        return fill

    def not_null(self, table: Table, column: FieldSchema) -> Iterator[Step]:
        """No row may lack a value any more."""
        yield Statement(f"{self.alter(table.name)} ALTER COLUMN {self.quoted(column.column)} SET NOT NULL")

    def column_comment(self, table: Table, column: FieldSchema, fill: Value) -> Iterator[Step]:
        """Say what a new column is, where its definition did not."""
        yield from ()

    def filled(self, change: TableChange, column: FieldSchema, fill: Value) -> Iterator[Step]:
        """Rows without a value get one."""
        if callable(fill):
            yield fill_in(change.after, column, fill, self.dialect)
        elif fill is not None:
            name = self.quoted(column.column)
            where = qualified(change.after.name, self.dialect.name)
            yield Statement(f"UPDATE {where} SET {name} = {fill} WHERE {name} IS NULL")


class PostgresAlterer(Alterer):
    """PostgreSQL."""

    dialect: ClassVar[type[Dialect]] = PostgresDialect

    def drop_index(self, table: TableName, index: Index, unique: bool) -> str:
        if unique:
            return f"{self.alter(table)} DROP CONSTRAINT {self.quoted(index.name)}"
        return f"DROP INDEX {qualified(replace(table, name=index.name), 'postgres')}"

    def rename_index(self, table: TableName, old: str, new: str, unique: bool) -> str:
        if unique:
            return f"{self.alter(table)} RENAME CONSTRAINT {self.quoted(old)} TO {self.quoted(new)}"
        return f"ALTER INDEX {qualified(replace(table, name=old), 'postgres')} RENAME TO {self.quoted(new)}"

    def rename_table(self, old: TableName, new: TableName) -> Iterator[str]:
        if old.schema != new.schema:
            if new.schema:
                yield f"CREATE SCHEMA IF NOT EXISTS {self.quoted(new.schema)}"
            yield f"{self.alter(old)} SET SCHEMA {self.quoted(new.schema or 'public')}"
        if stored_name(old.name, "postgres") != stored_name(new.name, "postgres"):
            yield f"{self.alter(replace(old, schema=new.schema))} RENAME TO {self.quoted(new.name)}"

    def table_comment(self, before: Table, after: Table) -> Iterator[str]:
        if before.comment != after.comment:
            text = quote_text(after.comment, "postgres") if after.comment else "NULL"
            yield f"COMMENT ON TABLE {qualified(after.name, 'postgres')} IS {text}"

    def drop_primary_key(self, table: TableName) -> str:
        return self._on_primary_key(table, "DROP CONSTRAINT %I")

    def rename_primary_key(self, table: Table) -> Iterator[str]:
        name = self.quoted(table.key_name or stored_name(f"{table.name.name}_pkey", "postgres")).replace("%", "%%")
        yield self._on_primary_key(table.name, f"RENAME CONSTRAINT %I TO {name}")

    def _on_primary_key(self, table: TableName, what: str) -> str:
        where = quote_text(qualified(table, "postgres"), "postgres")  # the constraint keeps the name of its first table
        named = f"SELECT conname FROM pg_constraint WHERE conrelid = {where}::regclass AND contype = 'p'"
        told = quote_text(f"{self.alter(table).replace('%', '%%')} {what}", "postgres")
        return f"DO $$ BEGIN EXECUTE format({told}, ({named})); END $$"

    def column_comment(self, table: Table, column: FieldSchema, fill: Value) -> Iterator[Step]:
        if column.description:
            yield self.comment(table.name, column)

    def comment(self, table: TableName, column: FieldSchema) -> Statement:
        """Say what a column is."""
        text = quote_text(column.description, "postgres") if column.description else "NULL"
        name = self.quoted(column.column)
        return Statement(f"COMMENT ON COLUMN {qualified(table, 'postgres')}.{name} IS {text}")

    def alter_column(self, change: TableChange, old: FieldSchema, new: FieldSchema, fill: Value) -> Iterator[Step]:
        was = column_parts(old, change.before, "postgres")
        now = column_parts(new, change.after, "postgres")
        if was.computed != now.computed:
            yield from self._computed_anew(change, new, was, now)
            return
        start = f"{self.alter(change.after.name)} ALTER COLUMN {self.quoted(new.column)}"
        if was.counting and not now.counting:
            yield Statement(f"{start} DROP IDENTITY IF EXISTS")
        if was.type != now.type:
            if was.default is not None:
                yield Statement(f"{start} DROP DEFAULT")
            value = column_cast(change, old, new, "postgres").expression.replace("{}", self.quoted(new.column))
            yield Statement(f"{start} TYPE {now.type} USING {value}")
        if now.default != was.default or (now.type != was.type and now.default is not None):
            yield Statement(f"{start} DROP DEFAULT" if now.default is None else f"{start} SET DEFAULT {now.default}")
        if was.null and not now.null:
            yield from self.filled(change, new, fill)
            yield Statement(f"{start} SET NOT NULL")
        elif now.null and not was.null:
            yield Statement(f"{start} DROP NOT NULL")
        yield from self._key(change, new, was, now)
        if was.comment != now.comment:
            yield self.comment(change.after.name, new)

    def _key(self, change: TableChange, column: FieldSchema, was: ColumnParts, now: ColumnParts) -> Iterator[Step]:
        alter, name = self.alter(change.after.name), self.quoted(column.column)
        if was.primary_key and not now.primary_key:
            yield Statement(self.drop_primary_key(change.after.name))
        if now.primary_key and not was.primary_key:
            yield Statement(f"{alter} ADD {key_sql(change.after, 'postgres')} ({name})")
        if now.counting and not was.counting:
            where = qualified(change.after.name, "postgres")
            sequence = (
                f"pg_get_serial_sequence({quote_text(where, 'postgres')}, {quote_text(column.column, 'postgres')})"
            )
            yield Statement(f"{alter} ALTER COLUMN {name} ADD GENERATED BY DEFAULT AS IDENTITY")
            yield Statement(f"SELECT setval({sequence}, COALESCE((SELECT MAX({name}) FROM {where}), 0) + 1, false)")

    def _computed_anew(
        self, change: TableChange, column: FieldSchema, was: ColumnParts, now: ColumnParts
    ) -> Iterator[Step]:
        name, alter = self.quoted(column.column), self.alter(change.after.name)
        if was.computed is not None and now.computed is None:
            yield Statement(f"{alter} ALTER COLUMN {name} DROP EXPRESSION")
            return
        if was.computed is None:
            raise UnSupportedError(
                f"{change.after.label}.{column.name}: the database would compute it anew and its values would be lost; "
                "remove the field, and add it under this definition"
            )
        yield Statement(f"{alter} DROP COLUMN {name}")
        yield from self.add_column(change.after, column, None)


class MysqlAlterer(Alterer):
    """MySQL and MariaDB."""

    dialect: ClassVar[type[Dialect]] = MysqlDialect

    def drop_key(self, table: Table, key: ForeignKey) -> Iterator[str]:
        alter = self.alter(table.name)
        yield f"{alter} DROP FOREIGN KEY {self.quoted(key.name)}"
        if not covered(table, key):  # the server has made an index for it, which stays behind
            yield f"{alter} DROP INDEX {self.quoted(key.name)}"

    def drop_index(self, table: TableName, index: Index, unique: bool) -> str:
        return f"{self.alter(table)} DROP INDEX {self.quoted(index.name)}"

    def rename_index(self, table: TableName, old: str, new: str, unique: bool) -> str:
        return f"{self.alter(table)} RENAME INDEX {self.quoted(old)} TO {self.quoted(new)}"

    def rename_table(self, old: TableName, new: TableName) -> Iterator[str]:
        if new.schema and old.schema != new.schema:
            yield f"CREATE SCHEMA IF NOT EXISTS {self.quoted(new.schema)}"
        yield f"{self.alter(old)} RENAME TO {qualified(new, 'mysql')}"

    def table_comment(self, before: Table, after: Table) -> Iterator[str]:
        if before.comment != after.comment:
            yield f"{self.alter(after.name)} COMMENT = {quote_comment(after.comment or '', 'table')}"

    def drop_primary_key(self, table: TableName) -> str:
        return f"{self.alter(table)} DROP PRIMARY KEY"

    def in_default(self, column: FieldSchema, fill: str) -> str:
        return fill if fill.startswith("(") or fill.startswith("CURRENT_TIMESTAMP") else f"({fill})"

    def drop_default(self, table: Table, column: FieldSchema) -> Statement:
        # behind DROP DEFAULT MySQL, unlike MariaDB, wants a value in each INSERT, where NULL is allowed too
        return self.modified(table, column) if column.null else super().drop_default(table, column)

    def column_comment(self, table: Table, column: FieldSchema, fill: Value) -> Iterator[Step]:
        if column.description and fill is not None and column.db_default.kind == "none":
            yield self.modified(table, column)

    def not_null(self, table: Table, column: FieldSchema) -> Iterator[Step]:
        yield self.modified(table, column)

    def modified(self, table: Table, column: FieldSchema) -> Statement:
        """Make of a column what its field says."""
        names = {each.name: each.column for each in table.columns}
        shown = column_sql(replace(column, primary_key=False), "mysql", names)
        if column.primary_key and column_parts(column, table, "mysql").counting:
            shown += " AUTO_INCREMENT"
        return Statement(f"{self.alter(table.name)} MODIFY COLUMN {shown}")

    def alter_column(self, change: TableChange, old: FieldSchema, new: FieldSchema, fill: Value) -> Iterator[Step]:
        was = column_parts(old, change.before, "mysql")
        now = column_parts(new, change.after, "mysql")
        if was == now:
            return
        column_cast(change, old, new, "mysql")
        if was.null and not now.null:
            yield from self.filled(change, self._nullable(old, new), fill)
        if was.primary_key and not now.primary_key:
            yield self.modified(change.after, replace(new, generated=False, db_default=Default()))
            yield Statement(self.drop_primary_key(change.after.name))
        if now.primary_key and not was.primary_key:
            yield Statement(f"{self.alter(change.after.name)} ADD PRIMARY KEY ({self.quoted(new.column)})")
        yield self.modified(change.after, new)

    def _nullable(self, old: FieldSchema, new: FieldSchema) -> FieldSchema:
        return replace(new, null=True)


def covered(table: Table, key: ForeignKey) -> bool:
    """Whether an index of a table begins with the columns of a foreign key, so that the server makes none for it."""
    primary = table.primary_key or tuple(column.column for column in table.columns if column.primary_key)
    listed = [primary, *(index.columns for index in (*table.uniques, *table.indexes))]
    return any(columns[: len(key.columns)] == key.columns for columns in listed)


ALTERERS: Mapping[str, Alterer] = MappingProxyType({"postgres": PostgresAlterer(), "mysql": MysqlAlterer()})
