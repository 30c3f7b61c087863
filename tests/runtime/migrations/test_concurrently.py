"""Indexes that are built while others write, and what is left of them when the process dies in the middle."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, process, write
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.schema.indexes import Index, UniqueConstraint
from ormgen.schema.model_schema import ModelSchema

INDEX = 'migrations.AddIndex("Team", {"fields": ["name"], "name": "by_name"}, concurrently=True)'
UNIQUE = (
    'migrations.AddConstraint("Team", {"type": "UniqueConstraint", "fields": ["name", "id"], "name": "one"}, '
    "concurrently=True)"
)
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass"


def team(meta: dict[str, Any] | None = None) -> ModelSchema:
    return model("Team", meta, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50))


@pytest.mark.feature(230)
async def test_indexes_come_and_go_concurrently(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    await project.run('INSERT INTO "team" ("id", "name") VALUES (1, \'a\'), (2, \'a\')')
    before = await project.tables()
    write(project, "0002_index", f"{INDEX}, {UNIQUE}", "0001_initial")
    with pytest.raises(ConfigurationError, match=r"AddIndex.concurrently=True. in a migration that is atomic; write"):
        await project.upgrade()
    write(project, "0002_index", f"{INDEX}, {UNIQUE}", "0001_initial", atomic=False)
    assert len(await project.upgrade()) == 1
    migrated = await project.tables()
    meta = {
        "indexes": [Index(fields=("name",), name="by_name")],
        "constraints": [UniqueConstraint(fields=("name", "id"), name="one")],
    }
    await project.downgrade()
    assert await project.tables() == before
    await project.upgrade()
    assert await project.fresh_tables([team(meta)]) == migrated


async def found(project: Project, sql: str, some: bool = True) -> list[tuple[Any, ...]]:
    """Ask until there is something, or nothing any more."""
    for _ in range(600):
        rows = await project.rows(sql)
        if bool(rows) is some:
            return rows
        await asyncio.sleep(0.1)
    pytest.fail(f"in vain: {sql}")


BUILDING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURR%' AND state = 'active'"
SQL = 'migrations.RunSQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name ON team (name)")'


@pytest.mark.parametrize("operation", [INDEX, SQL], ids=["operation", "sql"])
@pytest.mark.parametrize("finishes", [True, False])
async def test_killed_while_building(postgres_url: str, tmp_path: Path, operation: str, finishes: bool) -> None:
    project = Project(tmp_path / "m", postgres_url)
    await project.evolve([team()])
    write(project, "0002_index", operation, "0001_initial", atomic=False)
    async with project.driver() as driver:
        writing = await driver.begin()
        await writing.execute("INSERT INTO team (id, name) VALUES (1, 'a')", ())
        killed = process(project, "upgrade")
        ((builder,),) = await found(project, BUILDING)
        await driver.execute("INSERT INTO team (id, name) VALUES (2, 'b')", ())  # nobody is kept out
        killed.send_signal(signal.SIGKILL)
        await asyncio.to_thread(killed.communicate)
        if not finishes:
            await driver.fetch(f"SELECT pg_terminate_backend({builder})", ())
            await found(project, f"SELECT 1 FROM pg_stat_activity WHERE pid = {builder}", some=False)
            assert await project.rows(VALID) == [(False,)]
        await writing.commit()
    assert len(await project.upgrade()) == 1
    assert await project.rows(VALID) == [(True,)]
    assert await project.upgrade() == []
    assert await project.rows("SELECT name FROM team ORDER BY id") == [("a",), ("b",)]


async def test_what_needs_no_transaction_says_so(postgres_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, postgres_url)
    await project.evolve([team()])
    sql = "migrations.RunSQL('CREATE INDEX CONCURRENTLY by_name ON team (name)', 'DROP INDEX CONCURRENTLY by_name')"
    write(project, "0002_index", sql, "0001_initial")
    with pytest.raises(ConfigurationError, match=r"0002_index.py: PostgreSQL cannot do this inside of a transaction"):
        await project.upgrade()
    write(project, "0002_index", sql, "0001_initial", atomic=False)
    assert len(await project.upgrade()) == len(await project.downgrade()) == 1
    assert await project.rows("SELECT to_regclass('by_name')::text") == [(None,)]


async def test_a_step_and_its_record_are_one_on_postgres(postgres_url: str, tmp_path: Path) -> None:
    """Without one transaction around all, what is not recorded has not happened."""
    project = Project(tmp_path, postgres_url)
    await project.evolve([team()])
    added = ", ".join(f'migrations.AddField("Team", "x{at}", fields.IntField(default={at}))' for at in range(3))
    failing = f'{added}, migrations.RunSQL("SELECT nonsense FROM team")'
    write(project, "0002_more", failing, "0001_initial", atomic=False)
    with pytest.raises(Exception, match="nonsense"):
        await project.upgrade()
    step = await project.rows("SELECT step FROM ormgen_migrations WHERE name = '0002_more'")
    assert step[0][0] >= 3
    write(project, "0002_more", failing.replace("nonsense", "id"), "0001_initial", atomic=False)
    with pytest.raises(ConfigurationError, match="was changed after"):
        await project.upgrade()
    write(project, "0002_more", failing, "0001_initial", atomic=False)
    await project.run("ALTER TABLE team ADD COLUMN nonsense INT")
    assert len(await project.upgrade()) == 1
