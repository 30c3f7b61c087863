"""Models as DBML has them, the language of dbdiagram.io: tables, indexes and references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ormgen.migrations.tables import (
    ForeignKey,
    Index,
    Table,
    TableName,
    check_texts,
    default_texts,
    expression_texts,
    tables_of,
    type_on,
)
from ormgen.schema.column_types import counts_up
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import ModelGraph


def dbml_source(graph: ModelGraph, dialect: str, keys: Sequence[str]) -> str:
    """The tables of the models called `keys`, and of those that join them, with the types that a database has.

    Raises:
        UnSupportedError: the database has no such column.
    """
    tables = tables_of(graph, keys)
    parts = ["// Tables of the models of ormgen.\n", *(_table(table, dialect) for table in tables)]
    parts.append("".join(f"{_reference(table, key)}\n" for table in tables for key in table.foreign_keys))
    return "\n".join(part for part in parts if part)


def _table(table: Table, dialect: str) -> str:
    lines = [f"Table {_named(table.name)} {{"]
    lines += [f"  {_column(column, table, dialect)}" for column in table.columns]
    if listed := [*_indexes(table, dialect)]:
        lines += ["", "  indexes {", *(f"    {each}" for each in listed), "  }"]
    for check in table.checks:
        text = " ".join(check_texts(table, check).get(dialect, "").split())
        lines.append(f"  // check {check.name}: {text}")
    if table.comment:
        lines += ["", f"  Note: {_text(table.comment)}"]
    return "\n".join([*lines, "}"]) + "\n"


def _column(column: FieldSchema, table: Table, dialect: str) -> str:
    settings = ["pk"] if column.primary_key and not table.primary_key else []
    if counts_up(column):
        settings.append("increment")
    if not column.null and "pk" not in settings:
        settings.append("not null")
    if any(each.columns == (column.column,) and _is_total(each) for each in table.uniques):
        settings.append("unique")
    if column.db_default.kind != "none" and not counts_up(column):
        settings.append(f"default: {_expression(default_texts(column)[dialect])}")
    if column.description:
        settings.append(f"note: {_text(column.description)}")
    kind = _name(type_on(column, dialect))
    return f"{_name(column.column)} {kind}" + (f" [{', '.join(settings)}]" if settings else "")


def _indexes(table: Table, dialect: str) -> Iterator[str]:
    if table.primary_key:
        yield f"({', '.join(map(_name, table.primary_key))}) [pk]"
    for unique in table.uniques:
        if len(unique.columns) != 1 or unique.declared is not None:
            yield _index(unique, dialect, "unique")
    for index in table.indexes:
        yield _index(index, dialect)


def _index(index: Index, dialect: str, *settings: str) -> str:
    declared = index.declared
    given = [*settings, f"name: {_text(index.name)}"]
    if declared is not None and declared.type:
        given.append(f"type: {declared.type.lower()}" if declared.type in ("BTREE", "HASH") else _note(declared.type))
    if declared is not None and any(declared.marks):
        given.append(
            _note(", ".join(map(" ".join, zip(index.columns, declared.marks, strict=True))).replace(" ,", ","))
        )
    if declared is not None and declared.condition is not None:
        given.append(_note("of some of the rows"))
    if declared is not None and declared.expressions:
        return f"{_expression(expression_texts(index).get(dialect, '?'))} [{', '.join(given)}]"
    return f"({', '.join(map(_name, index.columns))}) [{', '.join(given)}]"


def _reference(table: Table, key: ForeignKey) -> str:
    one = any(set(each.columns) == set(key.columns) and _is_total(each) for each in table.uniques)
    near = f"{_named(table.name)}.{_columns(key.columns)}"
    far = f"{_named(key.target)}.{_columns(key.target_columns)}"
    updated = f", update: {key.on_update.value.lower()}" if key.on_update is not None else ""
    rules = f"[delete: {key.on_delete.value.lower()}{updated}]"
    return f"Ref {_name(key.name)}: {near} {'-' if one else '>'} {far} {rules}"


def _columns(names: Sequence[str]) -> str:
    return _name(names[0]) if len(names) == 1 else f"({', '.join(map(_name, names))})"


def _named(table: TableName) -> str:
    return ".".join(_name(each) for each in (table.schema, table.name) if each)


def _name(text: str) -> str:
    """A name in quotes, in which DBML knows no escapes."""
    return '"' + " ".join(text.replace('"', "'").split()) + '"'


def _text(text: str) -> str:
    return "'" + " ".join(text.split()).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _expression(text: str) -> str:
    return "`" + text.replace("`", "'") + "`"


def _note(text: str) -> str:
    return f"note: {_text(text)}"


def _is_total(index: Index) -> bool:
    return index.declared is None or index.declared.is_total
