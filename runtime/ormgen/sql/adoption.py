"""Tables that another tool has made, compared with those of models: what does not fit, and what makes them the same.

Only names, spellings and comments are changed, so that later migrations find what they expect; never a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ormgen.records import dataclass, field, replace
from ormgen.sql.ddl import add_foreign_key_sql, create_index_sql, foreign_key_sql, qualified
from ormgen.sql.ddl_alter import MysqlAlterer, PostgresAlterer
from ormgen.sql.ddl_change import loose_indexes, unique_constraints
from ormgen.sql.ddl_rebuild import rebuilding
from ormgen.sql.ddl_steps import Statement, Step
from ormgen.sql.ddl_tables import ForeignKey, Table, TableName
from ormgen.sql.ddl_text import default_sql, quote_name, quote_text
from ormgen.sql.introspect import LiveColumn, LiveTable
from ormgen.sql.introspect_names import LiveNames

_WIDER: Final = {"longtext": ("tinytext", "text", "mediumtext"), "longblob": ("tinyblob", "blob", "mediumblob")}
KEYS_OFF, TEXT, TABLES, KEYS_ON = range(4)  # the order of steps
_BEYOND: Final = re.compile(r"\b(CHECK|GENERATED|COLLATE|STRICT|WITHOUT)\b", re.IGNORECASE)


@dataclass
class Fit:
    """How one table fits: `faults` are what models and database do not agree in, `extras` what stays beside.

    `steps` make it as models make it, each with what it does in words, and before that with when: of all tables, those
    with lower numbers come first.
    """

    faults: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    steps: list[tuple[int, str, Step]] = field(default_factory=list)


def fit(table: Table, wanted: LiveTable, found: LiveTable, names: tuple[LiveNames, LiveNames], dialect: str) -> Fit:
    """How a table fits: `wanted` and `found` as a database shows them, with their `names` in this order."""
    made = {"sqlite": _SqliteFitting, "postgres": _PostgresFitting, "mysql": _MysqlFitting}[dialect]
    fitting = made(table, wanted, found, *names)
    fitting.columns()
    fitting.uniques()
    fitting.keys()
    fitting.indexes()
    if wanted.comment != found.comment:
        fitting.comment()
    if not fitting.result.faults:
        fitting.finish()
    return fitting.result


def live_name(name: TableName) -> str:
    """A table as `live_tables` calls it."""
    return f"{name.schema}.{name.name}" if name.schema and name.schema != "public" else name.name


@dataclass
class _Fitting:
    """What all databases have in common; each of them carries the changes out in its own way."""

    table: Table
    wanted: LiveTable
    found: LiveTable
    right: LiveNames
    names: LiveNames
    result: Fit = field(default_factory=Fit)

    def fault(self, text: str) -> None:
        self.result.faults.append(f"{live_name(self.table.name)}{text}")

    def extra(self, text: str) -> None:
        self.result.extras.append(f"{live_name(self.table.name)}: {text}")

    def step(self, told: str, *steps: Step, at: int = TABLES) -> None:
        self.result.steps += [(at, f"{live_name(self.table.name)}: {told}", step) for step in steps]

    # -- comparing

    def columns(self) -> None:
        for name in self.wanted.columns:
            if name not in self.found.columns:
                self.fault(f".{name} is missing")
        for name in self.found.columns:
            if name not in self.wanted.columns:
                self.fault(f".{name} is a column that no model has")
        for name, wanted in self.wanted.columns.items():
            if name in self.found.columns:
                self.column(name, wanted, self.found.columns[name])

    def column(self, name: str, wanted: LiveColumn, found: LiveColumn) -> None:
        if wanted.null != found.null:
            self.fault(f".{name} {'may' if found.null else 'may not'} be NULL, and the model says otherwise")
        if wanted.primary_key != found.primary_key:
            self.fault(f".{name} {'is' if found.primary_key else 'is not'} part of the primary key")
        if wanted.type != found.type and not self.stores_alike(wanted.type, found.type):
            self.fault(f".{name}: type is {found.type}, not {wanted.type}")
        if wanted.counting != found.counting and not self.can_count(found):
            self.fault(f".{name}: the database {'counts' if found.counting else 'does not count'} it up")
        if wanted != replace(found, collation=wanted.collation):  # tables are converted as a whole
            self.alter(name, wanted, found)

    def uniques(self) -> None:
        for columns in sorted(self.wanted.uniques - self.found.uniques):
            self.fault(f": the unique constraint over {', '.join(columns)} is missing")
        for columns in sorted(self.found.uniques - self.wanted.uniques, key=str):
            self.extra(f"there is a unique constraint over {', '.join(map(str, columns))}")
        for unique in self.table.uniques:
            if unique.columns in self.names.uniques:
                name, constraint = self.names.uniques[unique.columns]
                self.rename_unique(name, unique.name, constraint, unique in unique_constraints(self.table))

    def keys(self) -> None:
        wanted, found = self.wanted.foreign_keys, self.found.foreign_keys
        there = {columns for columns, *_ in found}
        for columns, target, far, action in sorted(wanted - found):
            if columns in there:
                shown = f"{', '.join(columns)} to {target} ({', '.join(far)}), ON DELETE {action}"
                self.fault(f": the foreign key {shown} is missing")
        for columns, target, far, action in sorted(found - wanted):
            shown = f"{', '.join(columns)} to {target} ({', '.join(far)}), ON DELETE {action}"
            self.fault(f": there is a foreign key {shown}")

    def indexes(self) -> None:
        """Indexes over the same columns are the same, whatever they are called."""
        loose = {index.name: index for index in loose_indexes(self.table)}
        spare = {name: each for name, each in self.found.indexes.items() if self.wanted.indexes.get(name) != each}
        for name, columns in self.wanted.indexes.items():
            if self.found.indexes.get(name) == columns:
                continue
            old = next((each for each, theirs in spare.items() if theirs == columns), None)
            if old is not None:
                del spare[old]
                self.rename_index(old, name)
            elif name in loose:
                self.step(f"create index {name}", self.create_index(name))
        for name in spare:
            self.extra(f"there is an index {name}")

    # -- changing

    def stores_alike(self, wanted: str, found: str) -> bool:
        raise NotImplementedError

    def can_count(self, found: LiveColumn) -> bool:
        return False

    def alter(self, name: str, wanted: LiveColumn, found: LiveColumn) -> None:
        raise NotImplementedError

    def rename_unique(self, old: str, new: str, constraint: bool, wanted_constraint: bool) -> None:
        raise NotImplementedError

    def rename_index(self, old: str, new: str) -> None:
        raise NotImplementedError

    def create_index(self, name: str) -> Statement:
        index = next(each for each in loose_indexes(self.table) if each.name == name)
        return Statement(create_index_sql(self.table.name, index, self.dialect, safe=False))

    def add_key(self, key: ForeignKey) -> None:
        """A foreign key that only the model has; the database checks the rows."""
        sql = add_foreign_key_sql(self.table.name, key, self.dialect, safe=False)
        self.step(f"foreign key {key.name}", Statement(sql), at=KEYS_ON)

    def comment(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """What is done once nothing is in the way."""

    dialect = ""


class _PostgresFitting(_Fitting):
    dialect = "postgres"
    alterer = PostgresAlterer()

    def stores_alike(self, wanted: str, found: str) -> bool:
        return False

    def can_count(self, found: LiveColumn) -> bool:
        return (found.default or "").startswith("nextval(")

    def alter(self, name: str, wanted: LiveColumn, found: LiveColumn) -> None:
        column = next(each for each in self.table.columns if each.column == name)
        start = f"{self.alterer.alter(self.table.name)} ALTER COLUMN {quote_name(name, 'postgres')}"
        if wanted.counting and not found.counting:
            self.step(f"{name} counts as an identity column", self._identity(name, start, found.default or ""))
        elif wanted.default != found.default:
            if column.db_default.kind == "none":
                self.step(f"{name} has no default in the database", Statement(f"{start} DROP DEFAULT"))
            else:
                text = default_sql(column, "postgres")
                self.step(f"{name} has the default {text}", Statement(f"{start} SET DEFAULT {text}"))
        if wanted.comment != found.comment:
            self.step(f"the comment on {name}", self.alterer.comment(self.table.name, column))

    def _identity(self, name: str, start: str, default: str) -> Statement:
        """The sequence of a serial column makes way for that of an identity column, which goes on where it was."""
        sequence = default[len("nextval('") : default.rindex("'")].replace("''", "'")
        where = qualified(self.table.name, "postgres")
        new = f"pg_get_serial_sequence({quote_text(where, 'postgres')}, {quote_text(name, 'postgres')})"
        body = (
            f"DECLARE was bigint; used boolean;\nBEGIN\n    LOCK TABLE {where} IN ACCESS EXCLUSIVE MODE;\n"
            f"    SELECT last_value, is_called INTO was, used FROM {sequence};\n    {start} DROP DEFAULT;\n"
            f"    DROP SEQUENCE {sequence};\n    {start} ADD GENERATED BY DEFAULT AS IDENTITY;\n"
            f"    PERFORM setval({new}, was, used);\nEND"
        )
        return Statement(f"DO $ormgen$\n{body}\n$ormgen$")

    def rename_unique(self, old: str, new: str, constraint: bool, wanted_constraint: bool) -> None:
        if wanted_constraint and not constraint:
            sql = f"{self.alterer.alter(self.table.name)} ADD CONSTRAINT {self.alterer.quoted(new)} UNIQUE USING INDEX"
            self.step(f"the index {old} becomes constraint {new}", Statement(f"{sql} {self.alterer.quoted(old)}"))
        elif old != new:
            renamed = self.alterer.rename_index(self.table.name, old, new, constraint)
            self.step(f"rename {old} to {new}", Statement(renamed))

    def rename_index(self, old: str, new: str) -> None:
        self.step(f"rename {old} to {new}", Statement(self.alterer.rename_index(self.table.name, old, new, False)))

    def comment(self) -> None:
        before = replace(self.table, comment=self.found.comment)
        self.step("its comment", *(Statement(sql) for sql in self.alterer.table_comment(before, self.table)))

    def finish(self) -> None:
        for key in self.table.foreign_keys:
            old = self.names.foreign_keys.get(key.columns)
            if old is None:
                self.add_key(key)
            elif old != key.name:
                renamed = self.alterer.rename_index(self.table.name, old, key.name, True)
                self.step(f"rename {old} to {key.name}", Statement(renamed))


class _MysqlFitting(_Fitting):
    dialect = "mysql"
    alterer = MysqlAlterer()

    def stores_alike(self, wanted: str, found: str) -> bool:
        return found in _WIDER.get(wanted, ())

    def alter(self, name: str, wanted: LiveColumn, found: LiveColumn) -> None:
        column = next(each for each in self.table.columns if each.column == name)
        self.step(f"{name} as its model says", self._loosely(self.alterer.modified(self.table, column).sql))

    def _loosely(self, sql: str) -> Statement:
        return Statement(f"SET FOREIGN_KEY_CHECKS = 0; {sql}; SET FOREIGN_KEY_CHECKS = 1")

    def rename_unique(self, old: str, new: str, constraint: bool, wanted_constraint: bool) -> None:
        if old != new:
            self.rename_index(old, new)

    def rename_index(self, old: str, new: str) -> None:
        self.step(f"rename {old} to {new}", Statement(self.alterer.rename_index(self.table.name, old, new, False)))

    def comment(self) -> None:
        before = replace(self.table, comment=self.found.comment)
        self.step("its comment", *(Statement(sql) for sql in self.alterer.table_comment(before, self.table)))

    def finish(self) -> None:
        alter, collation = self.alterer.alter(self.table.name), self.right.collation
        converting = collation is not None and collation != self.names.collation
        for key in self.table.foreign_keys:
            old = self.names.foreign_keys.get(key.columns)
            if old is None:
                self.add_key(key)
            elif converting and self._is_text(key):
                drop = Statement(f"{alter} DROP FOREIGN KEY {self.alterer.quoted(old)}")
                self.step(f"take {old} off meanwhile", drop, at=KEYS_OFF)
                self.add_key(key)
            elif old != key.name:
                both = f"DROP FOREIGN KEY {self.alterer.quoted(old)}, ADD {foreign_key_sql(key, 'mysql')}"
                self.step(f"rename {old} to {key.name}", Statement(f"{alter} {both}"))
        if converting and collation is not None:
            sql = f"{alter} CONVERT TO CHARACTER SET {collation.partition('_')[0]} COLLATE {collation}"
            self.step(f"text is compared as it is, by {collation}", self._loosely(sql), at=TEXT)

    def _is_text(self, key: ForeignKey) -> bool:
        return any("char" in self.found.columns[name].type for name in key.columns)


class _SqliteFitting(_Fitting):
    dialect = "sqlite"
    rebuilt = False

    def stores_alike(self, wanted: str, found: str) -> bool:
        return stores_alike(wanted, found)

    def can_count(self, found: LiveColumn) -> bool:
        return found.type.upper() == "INTEGER" and bool(found.primary_key)

    def alter(self, name: str, wanted: LiveColumn, found: LiveColumn) -> None:
        self.rebuilt = True

    def rename_unique(self, old: str, new: str, constraint: bool, wanted_constraint: bool) -> None:
        if constraint != wanted_constraint or (not constraint and old != new):
            self.rebuilt = True

    def rename_index(self, old: str, new: str) -> None:
        drop = Statement(f"DROP INDEX {quote_name(old, 'sqlite')}")
        self.step(f"rename {old} to {new}", drop, self.create_index(new))

    def comment(self) -> None:
        self.rebuilt = True

    def finish(self) -> None:
        """All that only a new table can have comes with one copy of it."""
        self.rebuilt = self.rebuilt or self.found.foreign_keys != self.wanted.foreign_keys
        if not self.rebuilt:
            return
        inside = {columns for columns, (_, constraint) in self.names.uniques.items() if constraint}
        for columns in inside - self.wanted.uniques:
            self.fault(f": there is a unique constraint over {', '.join(columns)}, which no model has")
        plain = re.sub(r'/\*.*?\*/|"[^"]*"|\'[^\']*\'', "", self.names.definition, flags=re.DOTALL)
        if not self.table.checks and (beyond := _BEYOND.search(plain)):
            self.fault(f": its definition says {beyond[1].upper()}, which no model does")
        if not self.result.faults:
            self.step_rebuild()

    def step_rebuild(self) -> None:
        replaced = [name for columns, (name, _) in self.names.uniques.items() if columns in self.wanted.uniques]
        taken = set(self.wanted.indexes.values())
        replaced += [name for name, columns in self.found.indexes.items() if columns in taken]
        self.result.steps.clear()
        self.step("copied into a table as its model makes it, with every row", rebuilding(self.table, replaced))


def stores_alike(wanted: str, found: str) -> bool:
    """Whether SQLite keeps the values of a type as those of another one."""
    return affinity(found) == affinity(wanted) or found.upper() in ("JSON", "BOOL", "BOOLEAN")


def affinity(kind: str) -> str:
    """How SQLite keeps values in a column of a type, by the words in it."""
    name = kind.upper()
    words: Mapping[str, tuple[str, ...]] = {
        "INTEGER": ("INT",),
        "TEXT": ("CHAR", "CLOB", "TEXT"),
        "BLOB": ("BLOB",),
        "REAL": ("REAL", "FLOA", "DOUB"),
    }
    found = next((label for label, parts in words.items() if any(part in name for part in parts)), None)
    return found or ("BLOB" if not name else "NUMERIC")
