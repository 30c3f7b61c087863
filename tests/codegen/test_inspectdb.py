"""`ormgen inspectdb`: models for tables that are there, which make the same tables again."""

import asyncio
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from databases import Servers, Unavailable
from graphs import model
from inspected import details_of, shapes, told, written
from migrating import Project
from ormgen import fields
from ormgen.migrations.live import LiveColumn, LiveTable
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OnDelete
from ormgen.sql.ddl import create_statements
from ormgen.sql.introspect_details import LiveDetails
from ormgen_codegen.config import Config
from ormgen_codegen.migrations.inspect_models import class_name, models_source
from ormgen_codegen.migrations.source_state import as_kept, state_of
from ormgen_codegen.run import read_run
from table_graphs import table_graphs

ALL = {
    "whole": fields.IntField(),
    "big": fields.BigIntField(null=True),
    "small": fields.SmallIntField(unique=True),
    "text": fields.CharField(max_length=12, description="what it's called"),
    "long": fields.TextField(),
    "real": fields.FloatField(),
    "day": fields.DateField(),
    "moment": fields.DatetimeField(),
    "clock": fields.TimeField(),
    "data": fields.JSONField(),
    "blob": fields.BinaryField(),
    "token": fields.UUIDField(),
}


def declared() -> list[ModelSchema]:
    team = model("Team", {"table": "all_teams", "unique_together": [("whole", "text")]}, **ALL)  # type: ignore[arg-type]
    hero = model(
        "Hero",
        None,
        team=ForeignKeyFieldInstance("models.Team", related_name="heroes", null=True, on_delete=OnDelete.SET_NULL),
        rival=ForeignKeyFieldInstance("models.Team", related_name="rivals", source_field="rival_key"),
        fans=ManyToManyFieldInstance("models.Team", related_name="liked", through="hero_fans"),
    )
    return [team, hero]


async def test_models_of_tables_make_these_tables(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(declared())
    tables = await project.tables()
    _, state = await written(project)
    assert {each.table for each in state.models.values()} == {"all_teams", "hero"}
    assert shapes(await project.fresh_tables_of(state)) == shapes(tables)


@pytest.mark.parametrize("name", ["tenants", "library", "links", "defaults", "meta_options"])
async def test_models_of_many_kinds(name: str, db_url: str, tmp_path: Path) -> None:
    """Keys of several columns and what points at them, defaults of the database, through tables with more in them."""
    project = Project(tmp_path, db_url)
    root = Path(__file__).parents[1]
    state = as_kept(state_of(read_run([f"models.{name}"], Config(root), folders=[root])))
    async with project.driver() as driver:
        for statement in create_statements(state.graph, project.dialect):
            await driver.script(statement)
    tables = await project.tables()
    _, found = await written(project)
    fresh = await project.fresh_tables_of(found)
    assert shapes(fresh) == shapes(tables)


async def test_enums_and_special_indexes(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    kind = "enum('in stock', 'it''s gone', 'x')" if project.dialect == "mysql" else "kind_of"
    if project.dialect == "postgres":
        await project.run("CREATE TYPE kind_of AS ENUM ('in stock', 'it''s gone', 'x')")
    if project.dialect == "sqlite":
        kind = "VARCHAR(9)"
    await project.run(
        f'CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "kind" {kind} NOT NULL, "label" VARCHAR(9) NOT NULL)',
        'CREATE TABLE "log" ("at" INT)',
    )
    if project.dialect != "mysql":
        await project.run('CREATE INDEX "some" ON "part" ("label") WHERE "id" > 1')
        await project.run('CREATE INDEX "lowered" ON "part" (lower("label"))')
    else:
        await project.run("CREATE FULLTEXT INDEX `some` ON `part` (`label`)")
    source, state = await written(project)
    assert "    # Nothing tells its rows apart" in source.partition("class Log(Model):\n")[2]
    assert "primary_key = ('at',)\n        db_primary_key = False\n" in source
    if project.dialect == "mysql":
        assert "indexes = [FullTextIndex(fields=('label',), name='some')]" in source
    else:
        assert "PartialIndex(fields=('label',), name='some', condition=" in source
        assert "Index(RawSQL('lower(" in source
    if project.dialect != "sqlite":
        assert "    IN_STOCK = 'in stock'\n" in source
        assert "VALUE_2" not in source
        name = "part_kind" if project.dialect == "mysql" else "kind_of"
        assert f", native_enum={name!r}" in source
    assert {each.table for each in state.models.values()} == {"part", "log"}


SPECIAL = {
    "sqlite": (
        """CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) NOT NULL CHECK ("label" <> ','),
        /* "a" CHECK (b) */ "size" INT NOT NULL, CONSTRAINT "odd (one)" CHECK ("size" IN (1, 3, 5)))""",
        'CREATE INDEX "some" ON "part" ("label") WHERE "size" > 1',
        'CREATE INDEX "lowered" ON "part" (lower("label"), "size")',
        'CREATE UNIQUE INDEX "once" ON "part" ("label") WHERE "size" = 1',
    ),
    "postgres": (
        """CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) NOT NULL CHECK ("label" <> ','),
        "size" INT NOT NULL, "tags" TEXT[], "data" JSONB, "made" VARCHAR(32)[] NOT NULL,
        CONSTRAINT "odd (one)" CHECK ("size" IN (1, 3, 5)))""",
        'CREATE INDEX "some" ON "part" ("label") WHERE "size" > 1',
        'CREATE INDEX "lowered" ON "part" (lower("label"), "size")',
        'CREATE UNIQUE INDEX "once" ON "part" ("label") WHERE "size" = 1',
        'CREATE INDEX "inside" ON "part" USING gin ("tags")',
        'CREATE INDEX "paths" ON "part" USING gin ("data" jsonb_path_ops)',
        'CREATE INDEX "hashed" ON "part" USING hash ("label") WHERE "size" > 2',
        'CREATE INDEX "ranges" ON "part" USING brin ("size")',
    ),
    "mysql": (
        """CREATE TABLE `part` (`id` INT NOT NULL PRIMARY KEY, `label` VARCHAR(9) NOT NULL, `size` INT NOT NULL,
        `data` JSON, CONSTRAINT `odd (one)` CHECK (`size` IN (1, 3, 5)))""",
        "CREATE FULLTEXT INDEX `some` ON `part` (`label`)",
    ),
}


async def test_checks_and_special_indexes_come_back(db_url: str, tmp_path: Path) -> None:
    """As the catalog tells them, word for word but for the quotes and brackets that SQLite keeps as they were."""
    project = Project(tmp_path, db_url)
    await project.run(*SPECIAL[project.dialect])
    tables, before = await project.tables(), await details_of(project)
    source, state = await written(project)
    assert "Not written" not in source
    graph = as_kept(state).graph
    async with project.driver() as driver:
        await driver.script("DROP TABLE part")
        for statement in create_statements(graph, project.dialect):
            await driver.script(statement)
    assert told(await details_of(project)) == told(before)
    assert len(before.special) == len(SPECIAL[project.dialect]) - 1
    assert sum(map(len, before.checks.values())) == (1 if project.dialect == "mysql" else 2)
    assert shapes(await project.tables()) == shapes(tables)


async def test_json_is_json_everywhere(db_url: str, tmp_path: Path) -> None:
    """MariaDB keeps it as text of which it checks that it is JSON."""
    project = Project(tmp_path, db_url)
    columns = {"data": fields.JSONField(null=True), "note": fields.TextField(), "more": fields.JSONField(default=dict)}
    await project.evolve([model("Part", None, **columns)])
    source, _ = await written(project)
    assert re.findall(r"(data|note|more) = fields\.(\w+)", source) == [
        ("data", "JSONField"),
        ("note", "TextField"),
        ("more", "JSONField"),
    ]
    assert "constraints" not in source


async def test_what_no_class_has_is_told(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.run('CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) NOT NULL)')
    statement = {
        "sqlite": """CREATE INDEX "odd" ON "part" ("label") WHERE "label" = 'a)'""",
        "postgres": 'CREATE UNIQUE INDEX "odd" ON "part" ("label") INCLUDE ("id")',
        "mysql": "CREATE UNIQUE INDEX `odd` ON `part` (`label`(3) DESC)",
    }[project.dialect]
    await project.run(statement)
    source, _ = await written(project)
    if project.dialect == "sqlite":
        assert "PartialIndex(fields=('label',), name='odd', condition=" in source
        return
    assert source.count("# Not written, because no class has it: ") == 1
    assert "odd" in source
    assert "indexes = " not in source
    assert "unique=" not in source


CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def attempt(servers: Servers, kind: str, models: list[ModelSchema]) -> None:
    if not models:
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            url = servers.get(kind).empty_database(Path(folder))
        except Unavailable as reason:
            pytest.skip(f"{kind} ({reason})")

        async def check() -> None:
            project = Project(Path(folder), url)
            await project.evolve(models)
            tables = await project.tables()
            _, state = await written(project)
            assert shapes(await project.fresh_tables_of(state)) == shapes(tables)

        asyncio.run(check())


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=CHECKS)
@given(models=table_graphs())
def test_any_tables_on_sqlite(servers: Servers, models: list[ModelSchema]) -> None:
    attempt(servers, "sqlite", models)


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
@settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=CHECKS)
@given(models=table_graphs())
def test_any_tables_on_a_server(servers: Servers, kind: str, models: list[ModelSchema]) -> None:
    attempt(servers, kind, models)


@pytest.mark.parametrize(("table", "name"), [("all_teams", "AllTeams"), ("2go", "Table2go"), ("x.a-b", "AB")])
def test_names_of_classes(table: str, name: str) -> None:
    assert class_name(table) == name


def test_types_that_no_field_has_are_classes_or_told() -> None:
    columns = {"class": "inet", "zoned": "time with time zone", "clock": "time without time zone", "more": "inet"}
    others = {name: LiveColumn(kind, False) for name, kind in columns.items()}
    table = LiveTable({"id": LiveColumn("bigint", False, None, 1, True), **others})
    source = models_source({"things": table}, details=LiveDetails(dialect="postgres"))
    assert "    id = fields.BigIntField(primary_key=True)\n" in source
    assert source.count("class Inet(fields.TextField):\n    SQL_TYPE = 'inet'\n") == 1
    assert "    class_ = Inet(source_field='class')\n" in source
    assert "    zoned = TimeWithTimeZone()\n" in source
    assert "    clock = fields.TimeField()\n" in source
    assert "    more = Inet()\n" in source
    sqlite = models_source(
        {"things": LiveTable({"odd": LiveColumn("MONEY", False)})}, details=LiveDetails(dialect="sqlite")
    )
    assert "    odd = fields.TextField()  # its type is MONEY\n" in sqlite
