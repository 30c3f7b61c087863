"""What happens to enum types between the tables of two graphs, and to the values that rows have of them."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ormgen.records import dataclass, field, replace
from ormgen.schema.field import Default, FieldSchema
from ormgen.schema.native_enums import NativeEnum, native_enum, quoted_type
from ormgen.sql.ddl import column_sql, qualified
from ormgen.sql.ddl_enums import create_type_statements, drop_type_sql, enum_types
from ormgen.sql.ddl_steps import Statement
from ormgen.sql.ddl_tables import Table
from ormgen.sql.ddl_text import default_sql, quote_name, quote_text

OLD = "{}__old"


@dataclass(frozen=True, slots=True)
class EnumWishes:
    """What graphs do not tell: `renamed` are values that got other words, by type; `anew` the types that are to be made
    anew even if values only come to them."""

    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    anew: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class EnumChange:
    """What is done `first` and `last`; `before` are the tables as they are in between."""

    before: tuple[Table, ...]
    first: tuple[Statement, ...] = ()
    last: tuple[Statement, ...] = ()


def enum_change(before: Sequence[Table], after: Sequence[Table], wishes: EnumWishes, dialect: str) -> EnumChange:
    """How the types of one list of tables become those of another; columns follow as columns do."""
    if dialect != "postgres":
        return _in_columns(before, wishes.renamed, dialect) if wishes.renamed else EnumChange(tuple(before))
    old, new = enum_types(before, dialect), enum_types(after, dialect)
    first, last = list[str](), list[str]()
    between: dict[str, NativeEnum] = {}
    for name, enum in new.items():
        if name not in old:
            first += create_type_statements([enum], safe=False)
            continue
        renamed = {value: to for value, to in wishes.renamed.get(name, {}).items() if value in old[name].values}
        start = f"ALTER TYPE {quoted_type(name)}"
        first += [f"{start} RENAME VALUE {_text(value)} TO {_text(to)}" for value, to in renamed.items()]
        known = NativeEnum(name, tuple(renamed.get(value, value) for value in old[name].values))
        between |= {name: known} if renamed else {}
        if name in wishes.anew or not _grown(known.values, enum.values) or _in_defaults(after, enum, known.values):
            kept = OLD.format(name)
            first += [f"{start} RENAME TO {quote_name(kept.rpartition('.')[2], dialect)}"]
            first += create_type_statements([enum], safe=False)
            between[name] = NativeEnum(kept, known.values)
            last.append(drop_type_sql(between[name]))
        else:
            first += [f"{start} ADD VALUE {each}" for each in _additions(known.values, enum.values)]
    last += [drop_type_sql(enum) for name, enum in old.items() if name not in new]
    tables = tuple(_retyped(table, between) for table in before)
    return EnumChange(tables, tuple(map(Statement, first)), tuple(map(Statement, last)))


def _text(value: str) -> str:
    return quote_text(value, "postgres")


def _grown(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether nothing but further values distinguishes the two."""
    return [value for value in after if value in before] == list(before)


def _in_defaults(tables: Sequence[Table], enum: NativeEnum, known: Sequence[str]) -> bool:
    """Whether a column begins at once with a value that comes, which its transaction could not use."""
    coming = {_text(value) for value in enum.values if value not in known}
    having = [column for table in tables for column in table.columns if native_enum(column.field) == enum]
    return any(default_sql(each, "postgres") in coming for each in having if each.db_default.kind != "none")


def _additions(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for at, value in enumerate(after):
        if value not in before:
            following = next((each for each in after[at:] if each in before), None)
            yield _text(value) if following is None else f"{_text(value)} BEFORE {_text(following)}"


def _retyped(table: Table, types: Mapping[str, NativeEnum]) -> Table:
    """A table whose columns have other types, by the names of those they have."""
    columns = []
    for column in table.columns:
        enum = native_enum(column.field)
        columns.append(column if enum is None or enum.name not in types else _with_enum(column, types[enum.name]))
    return replace(table, columns=tuple(columns))


def _with_enum(column: FieldSchema, enum: NativeEnum) -> FieldSchema:
    made = copy.copy(column.field)
    vars(made).update(native_enum=enum.name, native_values=enum.values)
    options = tuple((key, enum.name if key == "native_enum" else value) for key, value in column.options)
    return replace(column, field=made, options=options)


def _in_columns(before: Sequence[Table], renamed: Mapping[str, Mapping[str, str]], dialect: str) -> EnumChange:
    """The words that rows have, where the types are those of columns or only text."""
    steps: list[str] = []
    tables = []
    for table in before:
        columns = list(table.columns)
        for at, column in enumerate(columns):
            enum = native_enum(column.field)
            words = renamed.get(enum.name, {}) if enum is not None else {}
            given = {value: to for value, to in words.items() if enum is not None and value in enum.values}
            if enum is None or not given:
                continue
            if dialect == "mysql":
                both = _with_enum(column, NativeEnum(enum.name, (*enum.values, *given.values())))
                steps.append(_modified(table, both))
            steps += _updates(table, column, given, dialect)
            if dialect == "mysql":
                values = tuple(given.get(value, value) for value in enum.values)
                columns[at] = replace(_with_enum(column, NativeEnum(enum.name, values)), db_default=Default())
                steps.append(_modified(table, columns[at]))
        tables.append(replace(table, columns=tuple(columns)))
    return EnumChange(tuple(tables), tuple(map(Statement, steps)))


def _modified(table: Table, column: FieldSchema) -> str:
    shown = column_sql(replace(column, primary_key=False), "mysql")
    return f"ALTER TABLE {qualified(table.name, 'mysql')} MODIFY COLUMN {shown}"


def _updates(table: Table, column: FieldSchema, given: Mapping[str, str], dialect: str) -> Iterable[str]:
    name, where = quote_name(column.column, dialect), qualified(table.name, dialect)
    for value, to in given.items():
        yield f"UPDATE {where} SET {name} = {quote_text(to, dialect)} WHERE {name} = {quote_text(value, dialect)}"
