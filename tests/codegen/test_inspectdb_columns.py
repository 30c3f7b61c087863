"""Columns of other tools come back from a database through models: types, collations, defaults with ON UPDATE."""

import re
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from inspected import details_of, shapes, written
from migrating import Project
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import build, document
from ormgen.migrations.live import LiveColumn
from ormgen.schema.field import Field, describe_field
from ormgen.schema.field_types import CharField, TextField
from ormgen.schema.model_schema import ModelSchema
from ormgen.sql.ddl import create_statements
from ormgen.sql.introspect import differences
from ormgen.sql.introspect_sqlite import sqlite_collations
from ormgen_codegen.migrations.source_state import as_kept

HOSTILE = {
    "sqlite": (
        """CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) COLLATE NOCASE NOT NULL DEFAULT 'a)',
        "note" TEXT COLLATE "RTRIM", "price" INT CHECK ("price" COLLATE NOCASE <> 3))""",
    ),
    "postgres": (
        """CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) COLLATE "C" NOT NULL DEFAULT 'a)',
        "note" TEXT COLLATE "POSIX", "where" INET, "clock" TIMETZ, "free" VARCHAR, "fixed" CHAR(5) COLLATE "C",
        "plain" JSON, "small" REAL, "flags" BIT(3), "moment" TIMESTAMP, "span" INTERVAL, "num" NUMERIC, "key" "char",
        "list" INET[], "price" MONEY)""",
    ),
    "mysql": (
        """CREATE TABLE `part` (`id` INT NOT NULL PRIMARY KEY, `label` VARCHAR(9) COLLATE utf8mb4_general_ci NOT NULL
        DEFAULT 'a)', `note` TEXT COLLATE utf8mb4_nopad_bin, `medium` MEDIUMTEXT, `tiny` TINYTEXT, `year` YEAR,
        `flags` BIT(3), `some` SET('a', 'b''c'), `big` INT UNSIGNED, `huge` BIGINT UNSIGNED NOT NULL, `small` FLOAT,
        `moment` DATETIME, `stamp` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        `touched` DATETIME(6) ON UPDATE CURRENT_TIMESTAMP(6), `body` BLOB, `bytes` VARBINARY(10), `digits` DECIMAL(9,3),
        `count` TINYINT NOT NULL, `fixed` CHAR(5),
        `kind` ENUM('in stock', 'it''s gone') NOT NULL DEFAULT 'in stock')""",
        """CREATE TABLE `other` (`id` INT NOT NULL PRIMARY KEY, `label` VARCHAR(9) NOT NULL, `note` LONGTEXT)
        CHARACTER SET latin1 COLLATE latin1_swedish_ci""",
    ),
}


async def test_hostile_columns_come_back(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.run(*HOSTILE[project.dialect])
    tables, before = await project.tables(), await details_of(project)
    source, state = await written(project)
    assert "its type is" not in source
    assert before.collations
    assert len(re.findall(r"db_collation=|SQL_TYPE = .* COLLATE ", source)) == len(before.collations)
    graph = as_kept(state).graph
    async with project.driver() as driver:
        for name in tables:
            await driver.script(f"DROP TABLE {name}")
        for statement in create_statements(graph, project.dialect):
            await driver.script(statement)
    assert shapes(await project.tables()) == shapes(tables)
    assert (await details_of(project)).collations == before.collations


def parts(note: Field[str]) -> list[ModelSchema]:
    return [model("Part", None, label=fields.CharField(max_length=9), note=note)]


NAMES = {"sqlite": "NOCASE", "postgres": "C", "mysql": "utf8mb4_general_ci"}
SAME = {"sqlite": 1, "postgres": 0, "mysql": 1}  # rows that a search with other letters finds


async def test_migrations_change_collations(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    name = NAMES[project.dialect]
    plain = parts(fields.CharField(max_length=9))
    stages = [plain, parts(fields.CharField(max_length=9, db_collation=name)), plain, parts(fields.TextField()), plain]
    await project.evolve(stages[0])
    await project.run("INSERT INTO part (label, note) VALUES ('a', 'Thor')")
    for stage in stages[1:]:
        await project.evolve(stage)
        assert project.generate(stage).migrations == ()
        collations = (await details_of(project)).collations
        collated = stage is stages[1]
        assert collations == ({("part", "note"): name} if collated else {})
        (found,) = await project.rows("""SELECT COUNT(*) FROM part WHERE note = 'THOR'""")
        assert found == (SAME[project.dialect] if collated else 0,)
    assert shapes(await project.fresh_tables(plain)) != {}


@pytest.mark.parametrize(
    "field", [fields.CharField(max_length=3, db_collation="de-x-icu"), fields.TextField(db_collation="C")]
)
def test_they_are_kept_as_they_are(field: CharField | TextField) -> None:
    found = document(describe_field("name", field))
    assert found["db_collation"] == field.db_collation
    again = build(found)
    assert isinstance(again, Field)
    assert document(describe_field("name", again)) == found
    path, arguments, named = field.deconstruct()
    assert path.endswith(type(field).__name__)
    assert document(describe_field("name", type(field)(*arguments, **named))) == found
    assert "db_collation" not in document(describe_field("name", fields.TextField()))


def test_a_collation_is_a_name() -> None:
    wrongs: list[Any] = ["C; DROP TABLE x", "", 'a"b', 3]
    for wrong in wrongs:
        with pytest.raises(ConfigurationError, match="not the name of a collation"):
            fields.TextField(db_collation=wrong)
    with pytest.raises(ConfigurationError, match="no option 'db_collation'"):
        fields.IntField(db_collation="C")


def test_what_sqlite_keeps_of_collations() -> None:
    text = """CREATE TABLE x (a TEXT, "b c" TEXT /* COLLATE x */ COLLATE [no case],
        'd' INT CHECK (d COLLATE BINARY > 1),
        e TEXT DEFAULT 'COLLATE y', `f` VARCHAR(3) collate nocase)"""
    assert list(sqlite_collations(text)) == [("b c", "no case"), ("f", "nocase")]


ENUMS = {
    "sqlite": ("""CREATE TABLE "person" ("id" INT NOT NULL PRIMARY KEY, "mood" VARCHAR(5) NOT NULL)""",),
    "postgres": (
        "CREATE SCHEMA own",
        """CREATE TYPE "mood" AS ENUM ('sad', 'ok', 'happy')""",
        """CREATE TYPE "Odd Kind" AS ENUM ('', 'it''s', 'a\\b')""",
        """CREATE TYPE "own"."mood" AS ENUM ('other')""",
        """CREATE TYPE "with.dot" AS ENUM ('x')""",
        """CREATE TABLE "person" ("id" INT NOT NULL PRIMARY KEY, "mood" mood NOT NULL DEFAULT 'ok', "was" mood UNIQUE,
        "kind" "Odd Kind" DEFAULT '', "far" own.mood NOT NULL, "dot" "with.dot")""",
        """CREATE TABLE "ruler" ("mood" mood NOT NULL PRIMARY KEY)""",
        """CREATE TABLE "subject" ("id" INT NOT NULL PRIMARY KEY, "ruler_id" mood NOT NULL
        REFERENCES "ruler" ("mood") ON DELETE CASCADE)""",
    ),
    "mysql": (
        """CREATE TABLE `person` (`id` INT NOT NULL PRIMARY KEY, `mood` ENUM('sad','ok','happy') NOT NULL DEFAULT 'ok',
        `was` ENUM('sad','ok','happy') UNIQUE, `kind` ENUM('','it''s','a\\\\b','x\\ny') DEFAULT '',
        `ci` ENUM('a') COLLATE utf8mb4_general_ci) COLLATE utf8mb4_nopad_bin""",
        """CREATE TABLE `ruler` (`mood` ENUM('sad','ok') NOT NULL PRIMARY KEY)""",
    ),
}


async def test_enum_types_come_back(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.run(*ENUMS[project.dialect])
    tables = await project.tables()
    source, state = await written(project)
    if project.dialect == "postgres":
        assert tables["person"].columns["mood"].values == ("sad", "ok", "happy")
        assert "mood = fields.CharEnumField(Mood, native_enum='mood', db_default=" in source
        assert "kind = fields.CharEnumField(OddKind, native_enum='Odd Kind', null=True" in source
        assert "far = fields.CharEnumField(OwnMood, native_enum='own.mood')" in source
        assert source.count("# its type is") == source.count('# its type is "with.dot"') == 1
        tables["person"].columns["dot"] = LiveColumn("character varying(1)", True)
    if project.dialect == "mysql":
        assert "was = fields.CharEnumField(PersonWas, native_enum='person_was', null=True, unique=True)" in source
        assert "native_enum='person_ci', db_collation='utf8mb4_general_ci'" in source
    assert await project.fresh_tables_of(as_kept(state)) == tables


async def test_drift_of_enum_types(postgres_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, postgres_url)
    await project.run(*ENUMS["postgres"])
    before = await project.tables()
    await project.run("""ALTER TYPE "mood" ADD VALUE 'wild' AFTER 'sad'""")
    told = differences(before, await project.tables())
    assert told[0] == "person.mood: values is ('sad', 'wild', 'ok', 'happy'), not ('sad', 'ok', 'happy')"
    assert len(told) == 4
