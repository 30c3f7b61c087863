"""Tables that a database has, as the source of models: a beginning, to be read and named by people."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from ormgen.migrations.live import LiveColumn, LiveDetails, LiveTable
from ormgen.migrations.tables import constraint_name
from ormgen.records import dataclass, replace
from ormgen_codegen.migrations.inspect_columns import Columns, attribute_name, plain_default
from ormgen_codegen.migrations.inspect_indexes import (
    HOMES,
    MysqlIndex,
    SpecialIndex,
    exclusion_source,
    imports,
    read_index,
    table_of,
)
from ormgen_codegen.migrations.inspect_pairs import Key, is_filled, is_folded, key_of, pair_of, row_key

_RULES: Final = re.compile(
    r"(?P<deleted>[A-Z ]+?)(?: ON UPDATE (?P<updated>[A-Z ]+?))?(?: DEFERRABLE INITIALLY (?P<deferrable>\w+))?"
)


def models_source(tables: Mapping[str, LiveTable], label: str = "models", details: LiveDetails | None = None) -> str:
    """Models for tables, as the text of a module; tables that only join two others become many-to-many relations."""
    details = details or LiveDetails()
    pairs = {name: table for name, table in tables.items() if is_folded(name, tables, details)}
    plain = {name: table for name, table in tables.items() if name not in pairs}
    whole = Whole(plain, pairs, _class_names(plain), label, details)
    models = [_Model(whole, name).text() for name in plain]
    body = "\n\n".join([*whole.columns.sources(), *models])
    heading = '"""Models of a database that was there before them."""\n\n'
    enums = "from enum import Enum\n\n" if whole.columns.enums else ""
    lines = ["from ormgen import Model, fields", *imports(body)]
    return heading + enums + "\n".join(lines) + "\n\n\n" + body


def remarks(source: str) -> list[tuple[int, int, str]]:
    """What the text of models tells in comments, because they cannot say it: lines, columns and words."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [
        (token.start[0], token.start[1] + 1, token.string.removeprefix("# "))
        for token in tokens
        if token.type == tokenize.COMMENT
    ]


def class_name(table: str) -> str:
    """The name of the model of a table."""
    words = re.split(r"\W+|_", table.rpartition(".")[2])
    name = "".join(word[:1].upper() + word[1:] for word in words if word)
    return name if name.isidentifier() else f"Table{name}"


def _class_names(tables: Mapping[str, LiveTable]) -> dict[str, str]:
    """A name of its own for each table."""
    found: dict[str, str] = {}
    for table in tables:
        name, at = class_name(table), 2
        while name in found.values() or name in ("Model", "Enum", *HOMES):
            name, at = f"{class_name(table)}{at}", at + 1
        found[table] = name
    return found


def _of_keys(whole: Whole, name: str) -> set[str]:
    """The indexes that MariaDB makes for the foreign keys of a table by itself, and calls as they are called."""
    known = whole.details.names.get(name)
    return set(known.foreign_keys.values()) if known is not None and whole.details.dialect == "mysql" else set()


@dataclass
class Whole:
    """What all models of a module share."""

    tables: Mapping[str, LiveTable]
    pairs: Mapping[str, LiveTable]
    names: Mapping[str, str]
    label: str
    details: LiveDetails

    @cached_property
    def columns(self) -> Columns:
        """What spells their columns."""
        return Columns(self.details, {"Enum", "Model", "fields", *HOMES, *self.names.values()})


class _Model:
    """Writes one model."""

    def __init__(self, whole: Whole, name: str) -> None:
        self.whole = whole
        self.name = name
        self.table = whole.tables[name]
        self.key = key_of(self.table)
        self.keys: dict[str, Key] = {
            key[0][0]: key for key in sorted(self.table.foreign_keys) if len(key[0]) == 1 and key[1] in whole.names
        }
        self.special = self._special()
        self.unique_indexes = list(self._unique_indexes())
        self.uniques = {columns for columns, _, _ in self.unique_indexes}
        self.single = {group[0] for group in self.uniques if len(group) == 1}
        self.taken: set[str] = {attribute_name(each) for each in self.table.columns if each not in self.keys}
        self.attributes = {each: self._attribute_of(each) for each in self.table.columns}

    def text(self) -> str:
        lines = [f"class {self.whole.names[self.name]}(Model):"]
        if facts := self.whole.details.beyond.get(self.name):
            lines.append(
                f"    # Not kept: {'; '.join(facts)}. What matters of it can be made with RunSQL in a migration."
            )
        for key in sorted(self.table.foreign_keys):
            there = key[1] in self.whole.names
            if not there or (len(key[0]) == 1 and self.keys[key[0][0]] != key):
                why = "whose column points elsewhere already" if there else "which is not among these tables"
                lines.append(f"    # Not kept: the foreign key {', '.join(key[0])} to {key[1]}, {why}.")
        if not self.key and not any(is_filled(self.table, group) for group in self.uniques):
            lines.append("    # Nothing tells its rows apart: what is done to an object is done to all that are alike.")
        indexed = {columns[0] for name, columns in self.table.indexes.items() if self._is_usual(name, columns)}
        for each, column in self.table.columns.items():
            options = list(self._options(each, column))
            options += ["db_index=True"] if each in indexed else []
            lines.append(self._relation(each, options) if each in self.keys else self._field(each, column, options))
        lines += self._composite_keys()
        for pair, joined in (*self.whole.pairs.items(), *self.whole.tables.items()):
            lines += self._many(pair, joined)
        return "\n".join([*lines, "", *self._meta()]) + "\n"

    def _attribute_of(self, column: str) -> str:
        """What a column is called; where it is a foreign key, what the relation is called."""
        if column not in self.keys:
            return attribute_name(column)
        name = attribute_name(column.removesuffix("_id") if column.endswith("_id") else f"{column}_to")
        while name in self.taken or f"{name}_id" in self.taken:
            name = f"{name}_to"
        self.taken |= {name, f"{name}_id"}
        return name

    def _column(self, name: str) -> str:
        """The attribute that holds the value of a column."""
        return f"{self.attributes[name]}_id" if name in self.keys else self.attributes[name]

    def _is_usual(self, name: str, columns: tuple[str, ...]) -> bool:
        """Whether an index is that of `db_index=True`."""
        if len(columns) != 1 or columns == self.key or not columns[0] or name in self.whole.details.special:
            return False
        return name == constraint_name("idx", self.name.rpartition(".")[2], columns)

    def _options(self, name: str, column: LiveColumn) -> Iterator[str]:
        alone = self.key == (name,)
        rowid = self.whole.details.dialect == "sqlite" and alone and column.type.upper() == "INTEGER"
        counting = column.counting or rowid or (column.default or "").startswith("nextval(")
        if alone:
            yield "primary_key=True"
            if not counting and re.match(r"(big|small)?int", column.type.lower()) and name not in self.keys:
                yield "generated=False"
        if column.null and not alone:
            yield "null=True"
        if name in self.single and not alone:
            yield "unique=True"
        default = plain_default(column, self.whole.details)
        if default is not None and default.startswith("GENERATED ALWAYS AS "):
            yield "generated=True"
        elif default is not None and not counting:
            yield f"db_default=SqlDefault({default!r})"
        if column.comment:
            yield f"description={column.comment!r}"

    def _field(self, name: str, column: LiveColumn, options: list[str]) -> str:
        column = replace(column, type=self._pointed_at(name) or column.type) if column.counting else column
        if (self.name, name) in self.whole.details.json:
            column = replace(column, type="json")
        call, remark = self.whole.columns.call(name, column, self.whole.names[self.name], self.name)
        if self.attributes[name] != name:
            options = [*options, f"source_field={name!r}"]
        own = call.startswith("ArrayField(") or call.partition("(")[0] in self.whole.columns.types
        home = "" if own else "fields."
        return f"    {self.attributes[name]} = {home}{_with(call, options)}{remark}"

    def _pointed_at(self, name: str) -> str | None:
        """The type of the columns that point at a counted key; SQLite calls every such key INTEGER."""
        for table in (*self.whole.tables.values(), *self.whole.pairs.values()):
            for near, target, far, _ in table.foreign_keys:
                if (target, far) == (self.name, (name,)):
                    return table.columns[near[0]].type
        return None

    # -- relations

    def _relation(self, name: str, options: list[str]) -> str:
        key, attribute = self.keys[name], self.attributes[name]
        alone = self.key == (name,)
        kind = "OneToOneField" if "unique=True" in options or alone else "ForeignKeyField"
        left_out = ("db_default", "generated")
        given = [each for each in options if each != "unique=True" and not each.startswith(left_out)]
        lost = [
            each.removeprefix("db_default=SqlDefault(").removesuffix(")") for each in options if "db_default=" in each
        ]
        given += self._way_back(key, attribute)
        if key[2] != row_key(self.whole.tables[key[1]]):
            there = self.whole.tables[key[1]]
            given.append(f"to_field={attribute_name(key[2][0])!r}")
            assert key[2][0] in there.columns
        if f"{attribute}_id" != name:
            given.append(f"source_field={name!r}")
        remark = f"  # its column has a default, which is not kept: {lost[0]}" if lost else ""
        return f"    {attribute} = fields.{_with(f'{kind}({self._target(key)})', given)}{remark}"

    def _way_back(self, key: Key, attribute: str) -> Iterator[str]:
        yield f"related_name={f'{self.whole.names[self.name].lower()}_{attribute}'!r}"
        rules = _RULES.fullmatch(key[3])
        deleted, updated, deferrable = rules.groups() if rules is not None else (key[3], None, None)
        if deleted != "CASCADE":
            yield f"on_delete=fields.{deleted.replace(' ', '_')}"
        if updated:
            yield f"on_update=fields.{updated.replace(' ', '_')}"
        if deferrable:
            yield f"deferrable=fields.Deferrable.{deferrable}"
        known, bare = self.whole.details.names.get(self.name), self.name.rpartition(".")[2]
        name = known.foreign_keys.get(key[0]) if known is not None else None
        if name not in (None, constraint_name("fk", bare, key[0], key[1].rpartition(".")[2], *key[2])):
            yield f"constraint_name={name!r}"

    def _target(self, key: Key) -> str:
        return repr(f"{self.whole.label}.{self.whole.names[key[1]]}")

    def _composite_keys(self) -> Iterator[str]:
        """Foreign keys of several columns, which share the fields that stand for these."""
        for key in sorted(self.table.foreign_keys):
            if len(key[0]) < 2 or key[1] not in self.whole.names:
                continue
            if key[2] != row_key(self.whole.tables[key[1]]):
                yield f"    # The foreign key {', '.join(key[0])} to {key[1]} does not point at its primary key."
                continue
            attribute = attribute_name(class_name(key[1]).lower())
            while attribute in self.taken:
                attribute = f"{attribute}_to"
            self.taken.add(attribute)
            given = ["null=True"] if any(self.table.columns[each].null for each in key[0]) else []
            given += [f"from_fields={tuple(self._column(each) for each in key[0])!r}", *self._way_back(key, attribute)]
            kind = "OneToOneField" if key[0] in self.uniques else "ForeignKeyField"
            yield f"    {attribute} = fields.{_with(f'{kind}({self._target(key)})', given)}"

    def _many(self, pair: str, joined: LiveTable) -> Iterator[str]:
        """The relation that a table of pairs makes, on the model that its first column points at."""
        keys = pair_of(joined, {**self.whole.tables, **self.whole.pairs})
        if keys is None or keys[0][1] != self.name:
            return
        near, far = keys
        attribute = attribute_name(pair.rpartition(".")[2])
        while attribute in self.taken:
            attribute = f"{attribute}_to"
        self.taken.add(attribute)
        back = f"{attribute}_of"
        given = [f"forward_key={far[0][0]!r}", f"backward_key={near[0][0]!r}", f"related_name={back!r}"]
        if model := self.whole.names.get(pair):
            given = [self._target(far), f"through={f'{self.whole.label}.{model}'!r}", *given]
        else:
            given = [self._target(far), f"through={pair.rpartition('.')[2]!r}", *given]
            given += [] if joined.uniques else ["unique=False"]
            given += [f"description={joined.comment!r}"] if joined.comment else []
        yield f"    {attribute} = fields.ManyToManyField({', '.join(given)})"

    # -- options

    def _meta(self) -> Iterator[str]:
        yield "    class Meta:"
        schema, _, bare = self.name.rpartition(".")
        yield f"        table = {bare!r}"
        if schema:
            yield f"        schema = {schema!r}"
        if self.table.comment:
            yield f"        table_description = {self.table.comment!r}"
        if len(self.key) != 1:
            listed = tuple(self._column(each) for each in row_key(self.table))
            yield f"        primary_key = {listed!r}"
        if not self.key:
            yield "        db_primary_key = False"
        elif (name := self._key_name()) is not None:
            yield f"        db_primary_key = {name!r}"
        named = {columns for columns, *_ in self._named_uniques()}
        groups = sorted(group for group in self.uniques if len(group) > 1 and group not in named)
        if groups:
            yield f"        unique_together = {[tuple(self._column(each) for each in group) for group in groups]!r}"
        yield from self._indexes()

    def _key_name(self) -> str | None:
        """The name of the primary key, where it is not the one that the database gives."""
        known, bare = self.whole.details.names.get(self.name), self.name.rpartition(".")[2]
        if known is None or (self.whole.details.dialect == "postgres" and known.primary_key == f"{bare}_pkey"):
            return None
        return known.primary_key

    def _unique_indexes(self) -> Iterator[tuple[tuple[str, ...], str | None, bool]]:
        """The unique constraints and indexes of columns alone: these, their names, and whether they are constraints."""
        known = self.whole.details.names.get(self.name)
        if known is None:
            yield from ((columns, None, True) for columns in sorted(self.table.uniques) if all(columns))
            return
        for columns, (name, constraint) in sorted(known.uniques.items()):
            if name not in self.special:
                yield columns, None if name.startswith("sqlite_autoindex_") else name, constraint
        yield from (each for each in known.more if each[1] not in self.special)

    def _named_uniques(self) -> Iterator[tuple[tuple[str, ...], str, bool]]:
        """Those of which more has to be said than `unique`, with their source."""
        known, bare, seen = self.whole.details.names.get(self.name), self.name.rpartition(".")[2], set[object]()
        for columns, name, constraint in self.unique_indexes:
            own = name in (None, constraint_name("uid", bare, columns))
            later = known.deferrable.get(name or "") if known is not None else None
            if not own or later or not constraint or columns in seen:
                told = [f"fields={tuple(self._column(each) for each in columns)!r}"]
                told += [] if own else [f"name={name!r}"]
                told += [f"deferrable=fields.Deferrable.{later}"] if later else []
                called = "UniqueConstraint" if constraint else "Index"
                told += [] if constraint else ["unique=True"]
                yield columns, f"{called}({', '.join(told)})", constraint
            seen.add(columns)

    def _special(self) -> dict[str, SpecialIndex | MysqlIndex | str]:
        """The indexes of this table that are more than columns, by name; the statement of one that nobody can read."""
        bare = self.name.rpartition(".")[2]
        found: dict[str, SpecialIndex | MysqlIndex | str] = {}
        for name, statement in self.whole.details.special.items():
            if not statement.upper().startswith("CREATE"):
                told = MysqlIndex.read(statement)
                found |= {told.name: told} if told.table == bare else {}
            elif name in self.table.indexes or table_of(statement) == bare:
                found[name] = read_index(statement, self.table.columns) or statement
        return found

    def _indexes(self) -> Iterator[str]:
        indexes: list[str] = []
        constraints = [f"CheckConstraint(check={text!r}, name={name!r})" for name, text in self._checks()]
        for name, definition in sorted(self.whole.details.exclusions.get(self.name, {}).items()):
            if (source := exclusion_source(name, definition)) is not None:
                constraints.append(source)
            else:
                yield f"        # Not written, because no class has it: {definition}".replace("\n", " ")
        for _, source, constraint in self._named_uniques():
            (constraints if constraint else indexes).append(source)
        for name, read in sorted(self.special.items()):
            made = None if isinstance(read, str) else read.source(self._column)
            if made is None:
                told = read if isinstance(read, MysqlIndex) else self.whole.details.special[name]
                yield f"        # Not written, because no class has it: {told}".replace("\n", " ")
            elif made.startswith("UniqueConstraint("):
                constraints.append(made)
            else:
                indexes.append(made)
        for name, columns in sorted(self.table.indexes.items()):
            if (
                name not in self.special
                and not self._is_usual(name, columns)
                and name not in _of_keys(self.whole, self.name)
            ):
                fields = tuple(self._column(each) for each in columns)
                usual = name == constraint_name("idx", self.name.rpartition(".")[2], columns)
                indexes.append(repr(fields) if usual else f"Index(fields={fields!r}, name={name!r})")
        if indexes:
            yield f"        indexes = [{', '.join(indexes)}]"
        if constraints:
            yield f"        constraints = [{', '.join(constraints)}]"

    def _checks(self) -> Iterator[tuple[str, str]]:
        yield from sorted(self.whole.details.checks.get(self.name, {}).items())


def _with(call: str, options: list[str]) -> str:
    start = call.removesuffix(")")
    comma = ", " if options and not start.endswith("(") else ""
    return f"{start}{comma}{', '.join(options)})"
