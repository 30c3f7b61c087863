"""Who may migrate, and how long a migration waits where tables are locked."""

import asyncio
import dataclasses
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from driver_tools import ADVISORY_LOCKS
from graphs import model
from migrating import Project, process, write
from ormgen import fields, migrations
from ormgen.database import capabilities
from ormgen.exceptions import OperationalError
from ormgen.migrations.guard import LOCK_TABLE
from ormgen.migrations.patience import Patience
from ormgen.migrations.runner import Runner
from ormgen.schema.model_schema import ModelSchema

COUNTING = """
async def count(apps, connection):
    await apps.get_model("Team").create(name="counted")
"""


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


def three_migrations(project: Project) -> None:
    project.generate([team()])
    write(project, "0002_data", "migrations.RunPython(count)", "0001_initial", COUNTING)
    project.generate([team(x=fields.IntField(default=1))])


async def unprivileged(project: Project) -> str:
    """The URL of a user who owns the database, but may not take advisory locks."""
    name = str(project.config.credentials["database"])
    await project.run(
        f'DROP ROLE IF EXISTS "{name}_user"',
        f"CREATE ROLE \"{name}_user\" LOGIN PASSWORD 'secret'",
        f'GRANT ALL ON SCHEMA public TO "{name}_user"',
        "REVOKE EXECUTE ON FUNCTION pg_try_advisory_xact_lock(bigint) FROM PUBLIC",
    )
    url = urlsplit(project.url)
    return url._replace(netloc=f"{name}_user:secret@{url.hostname}:{url.port}").geturl()


@pytest.mark.feature(234)
async def test_four_processes_without_advisory_locks(postgres_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", postgres_url)
    url = await unprivileged(project)
    user = urlsplit(url).username
    other = Project(tmp_path / "m", url)
    three_migrations(other)
    try:
        processes = [process(other, "upgrade") for _ in range(4)]
        told = [each.communicate(timeout=120) for each in processes]
        assert [each.returncode for each in processes] == [0] * 4, told
        assert await other.rows('SELECT "name", "x" FROM "team"') == [("counted", 1)]
        assert await other.rows(f"SELECT * FROM {LOCK_TABLE}") == [(1,)]
        assert not await project.rows(ADVISORY_LOCKS)
    finally:
        await project.run(
            "GRANT EXECUTE ON FUNCTION pg_try_advisory_xact_lock(bigint) TO PUBLIC",
            f'DROP OWNED BY "{user}" CASCADE',
            f'DROP ROLE "{user}"',
        )


async def test_a_row_is_the_lock_where_servers_have_no_others(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "m", server_url)
    lacking = {
        name: dataclasses.replace(each, advisory_locks=False) for name, each in capabilities.CAPABILITIES.items()
    }
    monkeypatch.setattr("ormgen.migrations.guard.known", lambda dialect, facts: lacking[dialect])
    three_migrations(project)

    async def apply() -> int:
        async with Runner(project.history, project.config).opened() as runner:
            return len(await runner.upgrade())

    assert sum(await asyncio.gather(*(apply() for _ in range(4)))) == 3
    assert await project.rows('SELECT "name", "x" FROM "team"') == [("counted", 1)]
    assert await project.rows(f"SELECT * FROM {LOCK_TABLE}") == [(1,)]


@pytest.mark.parametrize("atomic", [True, False])
async def test_a_locked_table_is_tried_again(server_url: str, atomic: bool, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", server_url)
    await project.evolve([team()])
    operation = 'migrations.AddField("Team", "x", fields.IntField(default=1))'
    write(project, "0002_x", operation, "0001_initial", atomic=atomic)
    told: list[str] = []
    locked = asyncio.Event()

    def show(text: str) -> None:
        told.append(text)
        if "locked by others" in text:
            locked.set()

    async with project.driver() as driver:
        holding = await driver.begin()
        await holding.execute("INSERT INTO team (id, name) VALUES (1, 'a')", ())

        async def let_go() -> None:
            await locked.wait()
            await holding.commit()

        work = migrations.upgrade(
            project.url, location=project.folders["models"].parent, show=show, lock_timeout=0.3, wait=60
        )
        done, _ = await asyncio.wait_for(asyncio.gather(work, let_go()), 60)
    assert [str(each.key) for each in done] == ["models.0002_x"]
    assert await project.rows('SELECT "name", "x" FROM "team"') == [("a", 1)]
    assert any("trying again in 0.5 s" in each for each in told)


async def test_a_table_that_stays_locked_is_told(server_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", server_url)
    await project.evolve([team()])
    before = await project.tables()
    project.generate([team(x=fields.IntField(default=1))])
    async with project.driver() as driver:
        holding = await driver.begin()
        await holding.execute("INSERT INTO team (id, name) VALUES (1, 'a')", ())
        began = time.monotonic()
        runner = Runner(project.history, project.config, patience=Patience(0.2, 2))
        async with runner.opened():
            with pytest.raises(OperationalError, match=r"(?i)lock"):
                await runner.upgrade()
        assert time.monotonic() - began < 20
        await holding.rollback()
    assert await project.tables() == before
    assert len(await project.upgrade()) == 1
