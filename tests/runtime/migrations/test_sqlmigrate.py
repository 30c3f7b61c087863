"""What `sqlmigrate` prints is what `upgrade` and `downgrade` run, statement by statement, on each database."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from migrating import Project, write
from ormgen import migrations
from ormgen.database.connection_config import ConnectionConfig
from ormgen.drivers.pooled import PooledDriver
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.drivers.transaction import OpenSession

FIRST = """migrations.CreateModel("Team", [
    ("id", fields.IntField(primary_key=True)),
    ("name", fields.CharField(max_length=50, null=True)),
])"""
LEFT = 'migrations.AddField("Team", "x", fields.IntField(null=True, default=7))'
RIGHT = """migrations.AlterField("Team", "name", fields.CharField(max_length=90, default="none")),
    migrations.RunSQL("INSERT INTO team (id, name) VALUES (9, 'a;b')", "DELETE FROM team WHERE id = 9"),
    migrations.AddIndex("Team", {"fields": ["name"], "name": "by_name"})"""
OWN = ("SET ", "SELECT 1", "CREATE TABLE IF NOT EXISTS", "ALTER TABLE ormgen")
AROUND = ("BEGIN;", "COMMIT;", "PRAGMA foreign_key_check;")  # run, but not as a script


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that reaches a database whole."""
    found: list[str] = []
    for kind in (PooledDriver, SqliteDriver, OpenSession):
        monkeypatch.setattr(kind, "script", _noting(kind.script, found))
    return found


def _noting(script: Any, found: list[str]) -> Any:
    async def noting(self: Any, sql: str) -> None:
        if not sql.startswith(OWN) or 'EXISTS "team"' in sql or "EXISTS `team`" in sql:
            found.append(sql)
        await script(self, sql)

    return noting


def said(project: Project, target: str, backward: bool = False) -> list[str]:
    location = project.folders["models"].parent
    text = migrations.sqlmigrate(project.dialect, target, location=location, app="models", backward=backward)
    return [line for line in text.splitlines() if not line.startswith("--") and line not in AROUND]


@pytest.mark.feature(227)
async def test_what_is_printed_is_what_runs(db_url: str, tmp_path: Path, seen: list[str]) -> None:
    project = Project(tmp_path, db_url)
    write(project, "0001_initial", FIRST)
    write(project, "0002_left", LEFT, "0001_initial")
    write(project, "0002_right", RIGHT, "0001_initial")
    for target in ("0001_initial", "0002_left", "0002_right"):
        seen.clear()
        await project.upgrade(target)
        assert "".join(f"{each};\n" for each in seen).splitlines() == said(project, target), target
        assert seen
    assert await project.rows('SELECT "id", "name", "x" FROM "team"') == [(9, "a;b", None)]
    for target in ("0002_right", "0002_left"):
        seen.clear()
        expected = said(project, target, backward=True)
        await migrations.downgrade(db_url, target, location=tmp_path, app="models", inclusive=True)
        if target == "0002_right":  # the other branch stays
            assert "".join(f"{each};\n" for each in seen).splitlines() == expected


async def test_what_is_printed_for_sqlite_keeps_rows_that_point_at_a_table(sqlite_url: str, tmp_path: Path) -> None:
    """The SQL itself, run by hand with foreign keys on, does not empty the tables that point at a rebuilt one."""
    project = Project(tmp_path, sqlite_url)
    hero = """migrations.CreateModel("Hero", [
        ("id", fields.IntField(primary_key=True)), ("team", fields.ForeignKeyField("models.Team"))])"""
    write(project, "0001_initial", f"{FIRST}, {hero}")
    write(project, "0002_right", RIGHT, "0001_initial")
    await project.upgrade("0001")
    await project.run("INSERT INTO team (id) VALUES (1)", "INSERT INTO hero (id, team_id) VALUES (1, 1)")
    text = migrations.sqlmigrate("sqlite", "0002", location=tmp_path, app="models")
    connection = sqlite3.connect(ConnectionConfig.from_dict(sqlite_url).credentials["file_path"], isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(text)
    connection.close()
    assert await project.rows("SELECT id, team_id FROM hero") == [(1, 1)]
    assert await project.rows("SELECT name FROM team WHERE id = 1") == [("none",)]
