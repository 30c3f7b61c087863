"""`ormgen export`: what it prints for SQLAlchemy makes the tables that ormgen makes, and holds the same rows."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from inspected import details_of, told
from migrating import Project
from ormgen.migrations.state import State
from ormgen.sql.adoption import affinity
from ormgen.sql.ddl import create_statements
from ormgen.sql.introspect import LiveTable
from ormgen_codegen.cli import cli
from ormgen_codegen.config import Config
from ormgen_codegen.export_sqlalchemy import sqlalchemy_source
from ormgen_codegen.migrations.source_state import as_kept, state_of
from ormgen_codegen.run import read_run

ROOT = Path(__file__).parents[1]
EVERYWHERE = ("columns", "links", "tenants", "library", "checked", "meta_options", "defaults", "native_enums")
ONLY = {
    "collated": ("postgres",),
    "described": ("sqlite", "postgres"),
    "indexed": ("sqlite", "postgres"),
    "ordered": ("sqlite", "postgres"),
    "postgres_indexed": ("postgres",),
    "prefixed": ("mysql",),
    "schemas": ("postgres",),
}
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "mysql": "mysql+asyncmy"}


def state_in(name: str) -> State:
    return state_of(read_run([f"models.{name}"], Config(ROOT), folders=[ROOT]))


def exported(state: State) -> Any:
    """The module that is printed, run."""
    source = sqlalchemy_source(state, sorted(state.models))
    module: Any = ModuleType("exported")
    sys.modules["exported"] = module
    exec(compile(source, "exported.py", "exec"), vars(module))
    module.Base.registry.configure()
    return module


def engine(url: str) -> AsyncEngine:
    scheme, _, rest = url.partition("://")
    dialect = "mysql" if scheme == "mysql" else "sqlite" if scheme == "sqlite" else "postgres"
    slash = "/" if dialect == "sqlite" else ""
    return create_async_engine(f"{DRIVERS[dialect]}://{slash}{rest}")


def shapes(tables: dict[str, LiveTable], dialect: str) -> object:
    """Tables as far as both can make them alike: SQLite's types by how they store, and without its comments; on MariaDB
    without collations, which are those of the database where SQLAlchemy makes them."""
    if dialect == "mysql":
        tables = {name: without_collations(table) for name, table in tables.items()}
    if dialect != "sqlite":
        return {name: (dict(table.columns), *rest(table), table.comment) for name, table in tables.items()}
    return {
        name: (
            {each: replace(column, type=stored(column.type), comment=None) for each, column in table.columns.items()},
            *rest(table),
        )
        for name, table in tables.items()
    }


def without_collations(table: LiveTable) -> LiveTable:
    return replace(table, columns={name: replace(each, collation=None) for name, each in table.columns.items()})


def rest(table: LiveTable) -> tuple[object, ...]:
    """But for indexes of functions that only ormgen's connections to SQLite have."""
    indexes = {name: columns for name, columns in table.indexes.items() if None not in columns}
    return (table.uniques, table.foreign_keys, indexes)


def stored(kind: str) -> str:
    """JSON and truth values are the same text and numbers in columns of either name."""
    return (
        {"JSON TEXT": "JSON", "BOOLEAN": "INTEGER", "BOOL": "INTEGER"}.get(kind, affinity(kind))
        if kind != "JSON"
        else kind
    )


async def made_by_sqlalchemy(module: Any, project: Project) -> dict[str, LiveTable]:
    made = engine(project.url)
    try:
        async with made.begin() as connection:
            await connection.run_sync(module.Base.metadata.create_all)
    finally:
        await made.dispose()
    return await project.tables()


@pytest.mark.parametrize("name", [*EVERYWHERE, *ONLY])
async def test_both_make_the_same_tables(name: str, db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    if project.dialect not in ONLY.get(name, (project.dialect,)):
        return
    module = exported(state_in(name))
    if name == "schemas":
        await project.run('CREATE SCHEMA "warehouse"')
    found = await made_by_sqlalchemy(module, project)
    more = await details_of(project)
    if name == "schemas":
        await project.run('DROP SCHEMA "warehouse" CASCADE')
    wanted = await project.fresh_tables_of(as_kept(state_in(name)))
    assert shapes(found, project.dialect) == shapes(wanted, project.dialect)
    if name in ("collated", "ordered", "prefixed"):
        async with project.driver() as driver:
            for statement in create_statements(as_kept(state_in(name)).graph, project.dialect):
                await driver.script(statement)
        same = await details_of(project)
        assert told(same) == told(more)
        assert same.collations == more.collations
        assert same.special or same.collations


MODELS = """
import datetime
import uuid
from decimal import Decimal
from enum import Enum, IntEnum

from ormgen import Model, fields


class Kind(str, Enum):
    SMALL = "small"
    LARGE = "large"


class Rank(IntEnum):
    LOW = 1
    HIGH = 2


class Team(Model):
    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=20, unique=True)
    kind = fields.CharEnumField(Kind, default=Kind.SMALL)
    rank = fields.IntEnumField(Rank, default=Rank.HIGH)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.50"))
    data = fields.JSONField(default=dict)
    span = fields.TimeDeltaField(null=True)
    flag = fields.BooleanField(default=True)
    made = fields.DatetimeField(auto_now_add=True)


class Hero(Model):
    name = fields.CharField(max_length=20)
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
    boss = fields.ForeignKeyField("models.Hero", related_name="staff", null=True)
    friends = fields.ManyToManyField("models.Hero", related_name="liked")
"""
USE = """
import asyncio, sys
from decimal import Decimal
from ormgen import ORM
from shop.models import Hero, Kind, Rank, Team

async def main():
    await ORM.init(db_url=sys.argv[1], modules={"models": ["shop.models"]})
    thor = await Hero.get(name="Thor")
    team = await thor.team
    assert (team.price, team.data, team.flag, team.kind, team.rank) == (
        Decimal("12.34"), {"a": [1]}, False, Kind.LARGE, Rank.HIGH)
    assert team.span.total_seconds() == 0.000003
    assert (await thor.boss).name == "Odin" and [each.name async for each in thor.friends] == ["Odin"]
    await Hero.create(name="Loki", team=team, boss=thor)
    await ORM.close_connections()

asyncio.run(main())
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["shop.models"] }\n')
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["export", *arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


async def test_both_read_what_the_other_has_written(project: Path, db_url: str) -> None:
    run("sqlalchemy", "-o", "alchemy.py")
    module: Any = ModuleType("alchemy")
    sys.modules["alchemy"] = module
    exec((project / "alchemy.py").read_text(), vars(module))
    made = engine(db_url)
    session = async_sessionmaker(made, expire_on_commit=False)
    async with made.begin() as connection:
        await connection.run_sync(module.Base.metadata.create_all)
    async with session() as opened, opened.begin():
        values = {
            "price": module.decimal.Decimal("12.34"),
            "data": {"a": [1]},
            "flag": False,
            "kind": module.Kind.LARGE,
        }
        team = module.Team(name="A", span=module.datetime.timedelta(microseconds=3), **values)
        odin = module.Hero(name="Odin", team=team)
        opened.add(module.Hero(name="Thor", team=team, boss=odin, friends=[odin]))
    command = [sys.executable, "-c", USE, db_url]
    done = await asyncio.to_thread(subprocess.run, command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    async with session() as opened:
        loki = (await opened.scalars(select(module.Hero).where(module.Hero.name == "Loki"))).one()
        assert (await opened.run_sync(lambda _: loki.boss.name), await opened.run_sync(lambda _: loki.team.price)) == (
            "Thor",
            module.decimal.Decimal("12.34"),
        )
    await made.dispose()


def test_the_module_has_types(project: Path) -> None:
    run("sqlalchemy", "-o", "alchemy.py")
    (project / "probe.py").write_text(
        "from typing import assert_type\nfrom decimal import Decimal\nfrom alchemy import Hero, Kind, Team\n\n\n"
        "def probe(hero: Hero) -> None:\n    assert_type(hero.team, Team)\n    assert_type(hero.boss, Hero | None)\n"
        "    assert_type(hero.team.price, Decimal)\n    assert_type(hero.team.heroes, list[Hero])\n"
        "    assert_type(hero.team.kind, Kind)\n    hero.nam  # type: ignore[attr-defined]\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "alchemy.py", "probe.py"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
def test_sql_of_each_database(project: Path, servers: Any, dialect: str, request: pytest.FixtureRequest) -> None:
    text = run("sql", "--dialect", dialect)
    there = Project(project, request.getfixturevalue(f"{dialect}_url"))

    async def made() -> dict[str, LiveTable]:
        async with there.driver() as driver:
            await driver.script(text)
        return await there.tables()

    found = asyncio.run(made())
    state = state_of(read_run(["shop.models"], Config(project, {"models": ("shop.models",)}), folders=[project]))
    assert found == asyncio.run(there.fresh_tables_of(state))


def test_mermaid_and_mistakes(project: Path) -> None:
    assert run("mermaid").startswith("erDiagram\n")
    assert "Team" in run("sql", "shop.models", "-o", "tables.sql") + (project / "tables.sql").read_text().title()
    run("sqlalchemy", "shop.nothing", code=2)
    run("drizzle", code=2)
