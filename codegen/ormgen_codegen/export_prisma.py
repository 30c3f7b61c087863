"""Models as Prisma has them: a schema whose models map to the same tables, columns, keys and indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ormgen.migrations.documents import plain
from ormgen.migrations.tables import (
    ForeignKey,
    Index,
    Table,
    TableName,
    column_enum,
    default_texts,
    enum_types,
    tables_of,
    through_name,
    type_on,
)
from ormgen.schema.column_types import counts_up
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import ModelGraph, Relation, RelationKind
from ormgen.schema.native_enums import NativeEnum

PROVIDERS: Final[Mapping[str, str]] = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite"}
# What Prisma calls SQL types: its own type, and the attribute that says more where that is needed.
TYPES: Final = (
    (r"TINYINT\(1\)|BOOL|BOOLEAN", "Boolean", ""),
    (r"SMALLINT", "Int", "SmallInt"),
    (r"INT|INTEGER", "Int", ""),
    (r"BIGINT", "BigInt", ""),
    (r"DOUBLE PRECISION|DOUBLE|REAL", "Float", ""),
    (r"(?:DECIMAL|NUMERIC)\((\d+), *(\d+)\)", "Decimal", "Decimal({0}, {1})"),
    (r"VARCHAR\((\d+)\)", "String", "VarChar({0})"),
    (r"CHAR\((\d+)\)", "String", "Char({0})"),
    (r"TEXT", "String", "Text"),
    (r"LONGTEXT", "String", "LongText"),
    (r"UUID", "String", "Uuid"),
    (r"TIMESTAMPTZ", "DateTime", "Timestamptz(6)"),
    (r"TIMESTAMP", "DateTime", "Timestamp(6)"),
    (r"DATETIME\(6\)", "DateTime", "DateTime(6)"),
    (r"DATE", "DateTime", "Date"),
    (r"TIME(?:\(6\))?", "DateTime", "Time(6)"),
    (r"JSONB", "Json", "JsonB"),
    (r"JSON(?: TEXT)?", "Json", "Json"),
    (r"BYTEA", "Bytes", "ByteA"),
    (r"LONGBLOB", "Bytes", "LongBlob"),
    (r"BLOB", "Bytes", ""),
)
ACTIONS: Final = {
    "CASCADE": "Cascade",
    "RESTRICT": "Restrict",
    "SET NULL": "SetNull",
    "SET DEFAULT": "SetDefault",
    "NO ACTION": "NoAction",
}


def prisma_source(graph: ModelGraph, dialect: str, keys: Sequence[str]) -> str:
    """The text of a `schema.prisma` with the models called `keys`, and with the tables that join them.

    Raises:
        UnSupportedError: the database has no such column.
    """
    return _Schema(graph, dialect, keys).text()


class _Schema:
    def __init__(self, graph: ModelGraph, dialect: str, keys: Sequence[str]) -> None:
        self.graph, self.dialect = graph, dialect
        self.tables: Mapping[TableName, Table] = {table.name: table for table in tables_of(graph, keys)}
        self.names = self._model_names()
        enums = enum_types(self.tables.values(), dialect).values()
        named = [*(name.schema for name in self.tables), *(enum.schema for enum in enums)]
        self.schemas = sorted({schema for schema in named if schema})
        self.enums: dict[str, NativeEnum] = {}  # by what they are called there
        self.back: dict[TableName, list[str]] = {name: [] for name in self.tables}
        self.taken = {
            name: {*self.scalars(table).values(), *(table.model.relations if table.model else ())}
            for name, table in self.tables.items()
        }

    def text(self) -> str:
        fields = {name: [*self._fields(table)] for name, table in self.tables.items()}
        whole = [self._head()]
        for name, table in self.tables.items():
            lines = [*fields[name], *self.back[name], "", *self._attributes(table)]
            told = "".join(f"/// {line}\n" for line in (table.comment or "").splitlines())
            body = "\n".join(f"  {line}".rstrip() for line in lines)
            whole.append(f"{told}model {self.names[name]} {{\n{body}\n}}\n")
        whole += [f"enum {word} {{\n{''.join(self._values(enum))}}}\n" for word, enum in self.enums.items()]
        return "\n".join(whole)

    def _head(self) -> str:
        schemas = f"\n  schemas  = [{', '.join(map(_quoted, ['public', *self.schemas]))}]" if self.schemas else ""
        return (
            "// Models for Prisma, made from those of ormgen.\n\n"
            'generator client {\n  provider = "prisma-client-js"\n}\n\n'
            f'datasource db {{\n  provider = "{PROVIDERS[self.dialect]}"\n'
            f'  // before Prisma 7: url = env("DATABASE_URL"){schemas}\n}}\n'
        )

    def _model_names(self) -> dict[TableName, str]:
        short = [table.model.name for table in self.tables.values() if table.model is not None]
        found: dict[TableName, str] = {}
        for name, table in self.tables.items():
            model = table.model
            word = name.name.title().replace("_", "") if model is None else model.name
            if model is not None and short.count(model.name) > 1:
                word = f"{model.app.title()}{model.name}"
            word = _word(word)
            while word in found.values():
                word += "_"
            found[name] = word
        return found

    def scalars(self, table: Table) -> dict[str, str]:
        """What the columns of a table are called there."""
        names = [column.name if table.model is not None else column.column for column in table.columns]
        return dict(zip((column.column for column in table.columns), map(_word, names), strict=True))

    # -- fields

    def _fields(self, table: Table) -> Iterator[str]:
        for column in table.columns:
            yield from (f"/// {line}" for line in (column.description or "").splitlines())
            yield " ".join(self._column(table, column))
        for key in table.foreign_keys:
            yield self._relation(table, key)

    def _column(self, table: Table, column: FieldSchema) -> Iterator[str]:
        name = self.scalars(table)[column.column]
        kind, native = self._type(column)
        yield name
        yield kind + ("?" if column.null and not kind.endswith("[]") else "")
        if column.primary_key and not table.primary_key:
            yield "@id"
        if counts_up(column):
            yield "@default(autoincrement())"
        elif column.db_default.kind != "none":
            default = default_texts(column)[self.dialect]
            now = re.fullmatch(r"\(?CURRENT_TIMESTAMP(\(6\))?\)?", default)
            yield "@default(now())" if now else f"@default(dbgenerated({_quoted(default)}))"
        elif column.default.kind == "callable" and plain(column.field.default) == {"call": "uuid:uuid4"}:
            yield "@default(uuid())"
        if column.auto == "now" and kind == "DateTime":
            yield "@updatedAt"
        for unique in table.uniques:
            if unique.columns == (column.column,) and _plain(unique):
                yield f"@unique(map: {_quoted(unique.name)})"
        if name != column.column:
            yield f"@map({_quoted(column.column)})"
        if native:
            yield f"@db.{native}"

    def _type(self, column: FieldSchema) -> tuple[str, str]:
        text, enum = type_on(column, self.dialect), column_enum(column, self.dialect)
        if enum is not None:
            word = _word(enum.name)
            while word in self.names.values() or self.enums.setdefault(word, enum) != enum:
                word += "_"
            return word, ""
        base = text.removesuffix("[]")
        for pattern, kind, native in TYPES:
            if found := re.fullmatch(pattern, base, re.IGNORECASE):
                kind += "[]" if base != text else ""
                return kind, "" if self.dialect == "sqlite" else native.format(*found.groups())
        return f"Unsupported({_quoted(text)})", ""

    def _values(self, enum: NativeEnum) -> Iterator[str]:
        """The lines inside of an enum."""
        words: list[str] = []
        for value in enum.values:
            word = _word(value)
            while word in words:
                word += "_"
            words.append(word)
            yield f"  {word}\n" if word == value else f"  {word} @map({_quoted(value)})\n"
        if self.dialect == "postgres":
            yield f"\n  @@map({_quoted(enum.name.rpartition('.')[2])})\n"
            yield f"  @@schema({_quoted(enum.schema or 'public')})\n" if self.schemas else ""

    def _relation(self, table: Table, key: ForeignKey) -> str:
        names, there = self.scalars(table), self.scalars(self.tables[key.target])
        name, reverse, one = self._called(table, key)
        needed = [column for column in table.columns if column.column in key.columns]
        optional = "?" if any(column.null for column in needed) else ""
        options = [
            _quoted(key.name),
            f"fields: [{', '.join(names[each] for each in key.columns)}]",
            f"references: [{', '.join(there[each] for each in key.target_columns)}]",
            f"onDelete: {ACTIONS[key.on_delete.value]}",
            f"onUpdate: {ACTIONS[key.on_update.value] if key.on_update is not None else 'NoAction'}",
            *([] if self.dialect == "sqlite" else [f"map: {_quoted(key.name)}"]),
        ]
        hidden = " @ignore" if not self._identified(table) else ""
        many = "?" if one else "[]"
        self.back[key.target].append(f"{reverse} {self.names[table.name]}{many} @relation({options[0]}){hidden}")
        return f"{name} {self.names[key.target]}{optional} @relation({', '.join(options)})"

    def _called(self, table: Table, key: ForeignKey) -> tuple[str, str, bool]:
        """What a relation and its way back are called, and whether it leads back to one row."""
        if table.model is not None:
            for relation in table.model.relations.values():
                near = tuple(table.model.columns[name].column for name, _ in relation.pairs if relation.kind.forward)
                if near == key.columns and relation.kind.forward:
                    name = _word(relation.name)
                    back = relation.reverse or f"{name}_of_{table.name.name}"
                    one = relation.kind is RelationKind.ONE_TO_ONE
                    return name, self._free(key.target, back, known=relation.reverse is not None), one
        name = self._free(table.name, key.columns[0].removesuffix("_id"))
        for relation in self._joining(table):
            near_column = None if relation.through is None else relation.through.near_column
            lists = relation.name if near_column == key.columns[0] else relation.reverse
            if lists is not None:
                return name, self._free(key.target, lists, known=True), False
        return name, self._free(key.target, f"{table.name.name}_{name}"), False

    def _joining(self, table: Table) -> Iterator[Relation]:
        for model in self.graph:
            for relation in model.relations.values():
                if relation.kind is RelationKind.MANY_TO_MANY and through_name(relation, self.graph) == table.name:
                    yield relation

    def _free(self, table: TableName, name: str, known: bool = False) -> str:
        word = _word(name)
        while not known and word in self.taken[table]:
            word += "_"
        self.taken[table].add(word)
        return word

    # -- what stands behind the fields

    def _identified(self, table: Table) -> bool:
        whole = any(column.primary_key for column in table.columns) or bool(table.primary_key)
        return whole or any(_plain(unique) for unique in table.uniques)

    def _attributes(self, table: Table) -> Iterator[str]:
        names = self.scalars(table)
        if table.primary_key:
            yield f"@@id([{', '.join(names[each] for each in table.primary_key)}])"
        for index, kind in [
            *((each, "unique") for each in table.uniques),
            *((each, "index") for each in table.indexes),
        ]:
            if not _plain(index):
                yield f'// {kind} "{index.name}" cannot be said here'
            elif kind == "index" or len(index.columns) > 1:
                yield f"@@{kind}([{', '.join(names[each] for each in index.columns)}], map: {_quoted(index.name)})"
        yield from (f'// check "{check.name}" cannot be said here' for check in table.checks)
        yield f"@@map({_quoted(table.name.name)})"
        if self.schemas:
            yield f"@@schema({_quoted(table.name.schema or 'public')})"
        if not self._identified(table):
            yield "@@ignore"


def _plain(index: Index) -> bool:
    return index.declared is None or index.declared.is_total


def _word(name: str) -> str:
    """A name as Prisma takes it."""
    word = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return word if word[:1].isalpha() else f"f{word}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
