"""What tables a database has, as its catalog says: the questions for each database, and how the answers are read."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from ormgen.records import dataclass, field, fields
from ormgen.sql.introspect_mysql import default_text, expression_text
from ormgen.sql.introspect_sqlite import sqlite_collations, sqlite_constraints, sqlite_generated

Ask = Callable[[str, Sequence[Any]], Awaitable[Sequence[Sequence[Any]]]]


@dataclass
class LiveColumn:
    """One column as the database has it; `values` are those of its enum type on PostgreSQL.

    `collation` is how it compares text: on MariaDB and MySQL always told, elsewhere where it is not the usual one.
    """

    type: str
    null: bool
    default: str | None = None
    primary_key: int = 0
    counting: bool = False
    comment: str | None = None
    values: tuple[str, ...] | None = None
    collation: str | None = None


@dataclass
class LiveTable:
    """One table as the database has it; `indexes` and `uniques` are columns, by name where the name is ours.

    The last part of a foreign key is what happens with it: "CASCADE", and what else stands behind ON DELETE. `names`
    are those of constraints by what they are and their columns, where migrations find them by name: on servers.
    """

    columns: dict[str, LiveColumn] = field(default_factory=dict)
    uniques: set[tuple[str, ...]] = field(default_factory=set)
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    foreign_keys: set[tuple[tuple[str, ...], str, tuple[str, ...], str]] = field(default_factory=set)
    comment: str | None = None
    names: dict[tuple[str, tuple[str, ...]], set[str]] = field(default_factory=dict, compare=False)

    def called(self, kind: str, columns: tuple[str, ...], name: str) -> None:
        """One more name of a constraint."""
        self.names.setdefault((kind, columns), set()).add(name)


def differences(
    wanted: Mapping[str, LiveTable],
    found: Mapping[str, LiveTable],
    alike: Callable[[str, str], bool] | None = None,
    named: bool = False,
) -> list[str]:
    """What tables that are there have otherwise than they should, in words; further tables are no matter.

    `alike` says of two types that they make no difference; names of constraints are compared where they are `named`.
    """
    told: list[str] = []
    for name, table in wanted.items():
        there = found.get(name)
        if there is None:
            told.append(f"table {name} is missing")
            continue
        told += [f"{name}.{each}" for each in _column_differences(table.columns, there.columns, alike)]
        for kind in ("uniques", "foreign_keys"):
            mine, theirs = getattr(table, kind), getattr(there, kind)
            label = "unique constraint" if kind == "uniques" else "foreign key"
            told += [f"{name}: the {label} over {_shown(each)} is missing" for each in sorted(mine - theirs, key=str)]
            told += [f"{name}: there is a {label} over {_shown(each)}" for each in sorted(theirs - mine, key=str)]
        told += [f"{name}: {each}" for each in _name_differences(table, there)] if named else []
        told += [f"{name}: the index {each} is missing" for each in table.indexes if each not in there.indexes]
        told += [f"{name}: there is an index {each}" for each in there.indexes if each not in table.indexes]
        if table.comment != there.comment:
            told.append(f"{name}: its comment is {there.comment!r}, not {table.comment!r}")
    return told


def _name_differences(wanted: LiveTable, found: LiveTable) -> Iterator[str]:
    for (kind, columns), mine in wanted.names.items():
        theirs = found.names.get((kind, columns), mine)
        if mine != theirs:
            shown = ", ".join(sorted(theirs))
            yield f"the {kind} over {', '.join(columns)} is called {shown}, not {', '.join(sorted(mine))}"


def _shown(entry: tuple[Any, ...]) -> str:
    columns, *rest = entry if isinstance(entry[0], tuple) else (entry,)
    text = ", ".join(columns)
    return f"{text} to {rest[0]} ({', '.join(rest[1])}), ON DELETE {rest[2]}" if rest else text


def _column_differences(
    wanted: Mapping[str, LiveColumn], found: Mapping[str, LiveColumn], alike: Callable[[str, str], bool] | None
) -> list[str]:
    told = [f"{name} is missing" for name in wanted if name not in found]
    told += [f"{name} is a column that no model has" for name in found if name not in wanted]
    for name, column in wanted.items():
        there = found.get(name)
        for part in fields(column) if there is not None else ():
            mine, theirs = getattr(column, part.name), getattr(there, part.name)
            if mine != theirs and not (part.name == "type" and alike is not None and alike(mine, theirs)):
                told.append(f"{name}: {part.name.replace('_', ' ')} is {theirs}, not {mine}")
    return told


async def live_tables(ask: Ask, dialect: str) -> dict[str, LiveTable]:
    """Every table of a database (of PostgreSQL those in `public` bare, others with their schema), by name."""
    return await {"sqlite": _sqlite, "postgres": _postgres, "mysql": _mysql}[dialect](ask)


_SQLITE_COLUMNS: Final = (
    'SELECT cid, name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1'
)


async def _sqlite(ask: Ask) -> dict[str, LiveTable]:
    found: dict[str, LiveTable] = {}
    listed = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    for name, sql in await ask(listed, ()):
        table = found[name] = LiveTable()
        opening = re.match(r"[^(]*\(\s*/\* (.*?) \*/", sql, re.DOTALL)
        table.comment = opening[1] if opening else None
        collations, generated = dict(sqlite_collations(sql)), dict(sqlite_generated(sql))
        for _, column, kind, required, default, key in await ask(_SQLITE_COLUMNS, (name,)):
            line = re.search(rf'\n\s*"{re.escape(column)}" [^\n]*?/\* (.*?) \*/,?\n', sql)
            comment = line[1] if line else None
            counting = bool(key) and "AUTOINCREMENT" in sql
            kind = re.sub(r"(?i)\s*GENERATED ALWAYS$", "", kind) if column in generated else kind
            default = generated.get(column, default)
            found_column = LiveColumn(kind, not required, default, key, counting, comment)
            found_column.collation = collations.get(column)
            table.columns[column] = found_column
        for row in await ask("SELECT * FROM pragma_index_list(?)", (name,)):
            index, unique, origin = row[1], row[2], row[3]
            columns = tuple(each[2] for each in await ask("SELECT * FROM pragma_index_info(?)", (index,)))
            if origin == "u" or (unique and origin == "c"):
                table.uniques.add(columns)
            elif origin == "c":
                table.indexes[index] = columns
        keys: dict[int, list[Sequence[Any]]] = {}
        for row in await ask("SELECT * FROM pragma_foreign_key_list(?)", (name,)):
            keys.setdefault(row[0], []).append(row)
        deferred = {each.columns: each.deferrable for each in sqlite_constraints(sql) if each.kind == "REFERENCES"}
        for rows in keys.values():
            near, far = tuple(row[3] for row in rows), tuple(row[4] for row in rows)
            if None in far:  # the primary key of the other table
                asked = "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk"
                far = tuple(row[0] for row in await ask(asked, (rows[0][2],)))
            updated = "" if rows[0][5] == "NO ACTION" else rows[0][5]
            table.foreign_keys.add((near, rows[0][2], far, _rules(rows[0][6], updated, deferred.get(near, ""))))
    return found


def _rules(deleted: str, updated: str, deferrable: str) -> str:
    """What stands behind ON DELETE."""
    return " ".join(filter(None, (deleted, updated and f"ON UPDATE {updated}", deferrable)))


_POSTGRES_COLUMNS: Final = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
       col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class'),
       CASE t.typtype WHEN 'e' THEN
         ARRAY(SELECT enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END,
       CASE WHEN a.attcollation <> t.typcollation THEN l.collname::text END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, a.attnum
"""
_POSTGRES_CONSTRAINTS: Final = """
SELECT n.nspname, c.relname, o.contype::text,
       ARRAY(SELECT attname::text FROM unnest(o.conkey) WITH ORDINALITY k(num, at)
             JOIN pg_attribute ON attrelid = o.conrelid AND attnum = k.num ORDER BY k.at),
       t.relname, tn.nspname,
       ARRAY(SELECT attname::text FROM unnest(o.confkey) WITH ORDINALITY k(num, at)
             JOIN pg_attribute ON attrelid = o.confrelid AND attnum = k.num ORDER BY k.at),
       o.confdeltype::text, o.confupdtype::text,
       CASE WHEN o.condeferrable THEN
         'DEFERRABLE INITIALLY ' || CASE WHEN o.condeferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END ELSE '' END, o.conname
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = o.confrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE o.contype IN ('p', 'u', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_POSTGRES_INDEXES: Final = """
SELECT n.nspname, c.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisunique,
       ARRAY(SELECT COALESCE(attname::text, '') FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(num, at)
             LEFT JOIN pg_attribute ON attrelid = x.indrelid AND attnum = k.num ORDER BY k.at)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = x.indexrelid AND o.contype IN ('p', 'u'))
"""
_ACTIONS: Final = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


async def _postgres(ask: Ask) -> dict[str, LiveTable]:
    found: dict[str, LiveTable] = {}
    for row in await ask(_POSTGRES_COLUMNS, ()):
        table = found.setdefault(_bare(row[0], row[1]), LiveTable(comment=row[9]))
        if row[2] is not None:
            generated = row[5] if row[7] else None
            default = f"GENERATED ALWAYS AS ({generated}) STORED" if generated else row[5]
            values = None if row[10] is None else tuple(row[10])
            table.columns[row[2]] = LiveColumn(row[3], row[4], default, 0, bool(row[6]), row[8], values, row[11])
    for schema, name, kind, columns, target, target_schema, far, *rules in await ask(_POSTGRES_CONSTRAINTS, ()):
        table = found[_bare(schema, name)]
        if kind == "p":
            for at, column in enumerate(columns):
                table.columns[column].primary_key = at + 1
        elif kind == "u":
            table.uniques.add(tuple(columns))
            table.called("unique constraint", tuple(columns), rules[3])
        else:
            told = _rules(_ACTIONS[rules[0]], "" if rules[1] == "a" else _ACTIONS[rules[1]], rules[2])
            table.foreign_keys.add((tuple(columns), _bare(target_schema, target), tuple(far), told))
            table.called("foreign key", tuple(columns), rules[3])
    for schema, name, index, _definition, unique, columns in await ask(_POSTGRES_INDEXES, ()):
        if unique:
            found[_bare(schema, name)].uniques.add(tuple(columns))
        else:
            found[_bare(schema, name)].indexes[index] = tuple(columns)
    return found


def _bare(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"


_MARIADB_JSON: Final = (
    "SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
    "WHERE CONSTRAINT_SCHEMA = DATABASE() AND LOWER(CHECK_CLAUSE) LIKE '%%json_valid%%'"
)
_IS_JSON: Final = re.compile(r"\(*json_valid\(`([^`]+)`\)+", re.IGNORECASE)


async def is_mariadb(ask: Ask) -> bool:
    """Whether a server that speaks MySQL's protocol is MariaDB."""
    return "mariadb" in str((await ask("SELECT VERSION()", ()))[0][0]).lower()


async def _mysql(ask: Ask) -> dict[str, LiveTable]:
    found: dict[str, LiveTable] = {}
    here = "TABLE_SCHEMA = DATABASE()"
    listed = (
        "SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES "
        f"WHERE {here} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"
    )
    for name, comment in await ask(listed, ()):
        found[name] = LiveTable(comment=comment or None)
    columns = (
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLUMN_COMMENT, "
        "COLLATION_NAME, GENERATION_EXPRESSION "
        f"FROM information_schema.COLUMNS WHERE {here} ORDER BY ORDINAL_POSITION"
    )
    mariadb = await is_mariadb(ask)
    for name, column, kind, null, default, extra, comment, collation, computed in await ask(columns, ()):
        if name in found:
            shown = default if mariadb else default_text(default, kind, extra)
            shown = None if shown == "NULL" else shown
            counting = "auto_increment" in extra
            if computed:
                text = computed if mariadb else expression_text(computed)
                shown = f"GENERATED ALWAYS AS ({text}) {'STORED' if 'STORED' in extra.upper() else 'VIRTUAL'}"
            updated = re.search(r"on update (.+)", extra, re.IGNORECASE)
            shown = f"{shown or 'NULL'} ON UPDATE {updated[1]}" if updated else shown
            found[name].columns[column] = LiveColumn(
                kind, null == "YES", shown, 0, counting, comment or None, collation=collation
            )
    for name, check in await ask(_MARIADB_JSON, ()) if mariadb else ():
        match = _IS_JSON.fullmatch(check)
        if name in found and match is not None and match[1] in found[name].columns:
            found[name].columns[match[1]].collation = None  # it is nobody's choice
    await _mysql_indexes(ask, found, here, "RESTRICT" if mariadb else "NO ACTION")
    return found


async def _mysql_indexes(ask: Ask, found: Mapping[str, LiveTable], here: str, usual: str) -> None:
    """Indexes and keys; `usual` is the rule of keys for updates where nothing is said."""
    indexes: dict[tuple[str, str, bool], list[str]] = {}
    listed = (
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COALESCE(COLUMN_NAME, '') FROM information_schema.STATISTICS "
        f"WHERE {here} ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"
    )
    for name, index, repeats, column in await ask(listed, ()):
        indexes.setdefault((name, index, bool(repeats)), []).append(column)
    for (name, index, repeats), columns in indexes.items():
        if index == "PRIMARY":
            for at, column in enumerate(columns):
                found[name].columns[column].primary_key = at + 1
        elif not all(columns):
            continue  # expressions of MySQL, which no model can say there
        elif repeats:
            found[name].indexes[index] = tuple(columns)
        else:
            found[name].uniques.add(tuple(columns))
            found[name].called("unique constraint", tuple(columns), index)
    keys: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    listed = (
        "SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, "
        "r.DELETE_RULE, r.UPDATE_RULE FROM information_schema.KEY_COLUMN_USAGE k "
        "JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.TABLE_SCHEMA "
        "AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME "
        "WHERE k.TABLE_SCHEMA = DATABASE() ORDER BY k.ORDINAL_POSITION"
    )
    for name, constraint, column, target, far, deleted, updated in await ask(listed, ()):
        rule = _rules(deleted, "" if updated == usual else updated, "")
        keys.setdefault((name, constraint, target, rule), []).append((column, far))
    for (name, constraint, target, rule), pairs in keys.items():
        near, there = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
        found[name].foreign_keys.add((near, target, there, rule))
        found[name].called("foreign key", near, constraint)
