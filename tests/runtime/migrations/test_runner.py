"""Applying migrations: at once from many processes, killed in the middle, refused, recorded, undone."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, process, write
from ormgen import fields, migrations
from ormgen.exceptions import ConfigurationError, ParamsError, UnSupportedError
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


def hero() -> ModelSchema:
    return model("Hero", None, id=fields.IntField(primary_key=True), team=ForeignKeyFieldInstance("models.Team"))


def wait_for(file: Path) -> None:
    """Wait until another process has made a file."""
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


COUNTING = """
async def count(apps, connection):
    Team = apps.get_model("Team")
    await Team.create(name="counted")
"""
SLOW = """
import asyncio, os, pathlib

async def slow(apps, connection):
    Team = apps.get_model("Team")
    await Team.create(name="slow")
    pathlib.Path({path!r}).touch()
    await asyncio.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
"""


@pytest.mark.feature(226, 234)
async def test_four_processes_apply_exactly_once(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    project.generate([team()])
    write(project, "0002_data", "migrations.RunPython(count)", "0001_initial", COUNTING)
    project.generate([team(x=fields.IntField(default=1))])  # its snapshot is that of 0001
    processes = [process(project, "upgrade") for _ in range(4)]
    told = [each.communicate(timeout=120) for each in processes]
    assert [each.returncode for each in processes] == [0] * 4, told
    assert await project.rows('SELECT "name", "x" FROM "team"') == [("counted", 1)]
    applied = [line.split()[1] for out, _ in told for line in out.splitlines()]
    assert sorted(applied) == ["models.0001_initial", "models.0002_data", "models.0003_add_team_x"]


async def test_killed_and_run_again(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    started = tmp_path / "started"
    project.generate([team()])
    head = SLOW.format(path=str(started))
    operations = (
        'migrations.AddField("Team", "x", fields.IntField(default=1)), migrations.RunPython(slow), '
        'migrations.AddField("Team", "y", fields.IntField(default=2))'
    )
    write(project, "0002_long", operations, "0001_initial", head)
    os.environ["SLOW_SECONDS"] = "60"
    try:
        killed = process(project, "upgrade")
        wait_for(started)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    finally:
        del os.environ["SLOW_SECONDS"]
    assert started.exists()
    assert len(await project.upgrade()) == 1
    assert await project.rows('SELECT "name", "x", "y" FROM "team"') == [("slow", 1, 2)]
    assert await project.upgrade() == []


async def test_killed_between_statement_and_record(mysql_url: str, tmp_path: Path) -> None:
    """Where DDL lasts at once, a statement may have been carried out that the record does not know of."""
    other = ForeignKeyFieldInstance("models.Team", related_name="seconds", null=True, db_index=True)
    models = [
        team(x=fields.IntField(default=1, db_index=True), code=fields.CharField(max_length=3, default="c")),
        model("Hero", None, id=fields.IntField(primary_key=True), team=ForeignKeyFieldInstance("models.Team"),
              other=other),
        model("City", None, id=fields.IntField(primary_key=True)),
    ]  # fmt: skip
    at, units = 0, 1
    while at < units:
        project = Project(tmp_path / str(at), mysql_url)
        await project.evolve([team(), hero()])
        await project.run("INSERT INTO team (id, name) VALUES (1, 'a')", "INSERT INTO hero (id, team_id) VALUES (1, 1)")
        project.generate(models)
        units = await project.interrupted(at)
        assert len(await project.upgrade()) == 1
        assert await project.rows("SELECT id, x, code FROM team") == [(1, 1, "c")]
        assert await project.rows("SELECT id, team_id FROM hero") == [(1, 1)]
        migrated = await project.tables()
        assert await project.fresh_tables(models) == migrated
        await project.run("DROP TABLE ormgen_migrations")
        at += 1
    assert at > 6


@pytest.mark.feature(235)
async def test_children_triggers_views_and_foreign_indexes_survive_a_rebuild(sqlite_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, sqlite_url)
    await project.evolve([team(x=fields.IntField(null=True)), hero()])
    await project.run(
        "INSERT INTO team (id, name) VALUES (1, 'a'), (7, 'b')",
        "DELETE FROM team WHERE id = 7",
        "INSERT INTO hero (id, team_id) VALUES (1, 1)",
        "CREATE INDEX by_hand ON team (name)",
        "CREATE VIEW names AS SELECT name FROM team",
        "CREATE TRIGGER shout AFTER INSERT ON team BEGIN UPDATE team SET name = 'A' WHERE id = NEW.id; END",
    )
    await project.evolve([team(x=fields.IntField(default=5)), hero()])
    assert await project.rows("SELECT * FROM hero") == [(1, 1)]
    assert await project.rows("SELECT name FROM names") == [("a",)]
    await project.run("INSERT INTO team (name, x) VALUES ('b', 1)")
    assert await project.rows("SELECT id, name FROM team ORDER BY id") == [(1, "a"), (8, "A")]  # 7 is not given again
    assert await project.rows("SELECT name FROM sqlite_master WHERE name = 'by_hand'") == [("by_hand",)]


async def test_rows_in_the_way_are_told_before_anything_runs(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team(x=fields.CharField(max_length=20))])
    await project.run("INSERT INTO \"team\" (\"id\", \"name\", \"x\") VALUES (1, 'a', 'many'), (2, 'a', '5')")
    before = await project.tables()
    for changed, fact in (
        (team(x=fields.IntField()), "Team.x: .* cannot hold all values that there are .1 row."),
        (team(x=fields.CharField(max_length=2)), "Team.x: VARCHAR.2. cannot hold all values"),
        (model("Team", {"unique_together": [("name",)]}, id=fields.IntField(primary_key=True),
               name=fields.CharField(max_length=50), x=fields.CharField(max_length=20)), "Team: rows are not unique"),
    ):  # fmt: skip
        made = project.generate([changed])
        with pytest.raises(ParamsError, match=fact):
            await project.upgrade()
        assert await project.tables() == before
        project.forget(made)


async def test_a_type_that_nothing_turns_into_another_is_refused(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team(x=fields.DatetimeField(null=True))])
    before = await project.tables()
    project.generate([team(x=fields.UUIDField(null=True))])
    with pytest.raises(UnSupportedError, match=r"Team.x: nothing says how DatetimeField .* RunPython"):
        await project.upgrade()
    assert await project.tables() == before


async def test_changed_and_missing_files_are_told(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    file = project.folders["models"] / "0001_initial.py"
    text = file.read_text()
    file.write_text(text + "# more\n")
    with pytest.raises(ConfigurationError, match="was changed after it had been applied"):
        await project.upgrade()
    file.write_text(text)
    assert await project.upgrade() == []
    file.unlink()
    with pytest.raises(ConfigurationError, match=r"models.0001_initial, which has no file any more"):
        await project.upgrade()


@pytest.mark.feature(231)
async def test_sql_with_semicolons_and_dialects(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    sql = "INSERT INTO team (id, name) VALUES (1, 'a;b'); INSERT INTO team (id, name) VALUES (2, 'c')"
    back = dict.fromkeys(("sqlite", "postgres", "mysql"), "DELETE FROM team")
    write(project, "0002_rows", f"migrations.RunSQL({sql!r}, {back!r})", "0001_initial")
    await project.upgrade()
    assert await project.rows('SELECT "name" FROM "team" ORDER BY "id"') == [("a;b",), ("c",)]
    await project.downgrade()
    assert await project.rows('SELECT "name" FROM "team"') == []


@pytest.mark.feature(231, 232)
async def test_functions_have_the_models_of_their_moment(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team(), hero()])
    head = """
async def there(apps, connection):
    Team, Hero = apps.get_model("Team"), apps.get_model("models", "Hero")
    made = await Team.create(name="x")
    await Hero.create(team=made)
    assert not hasattr(made, "motto")
    assert await Hero.filter(team__name="x").count() == 1

async def back(apps, connection):
    await apps.get_model("models.Team").all().delete()
"""
    write(project, "0002_data", "migrations.RunPython(there, back)", "0001_initial", head)
    project.generate([team(motto=fields.CharField(max_length=9, default="-")), hero()])
    assert len(await project.upgrade()) == 2
    assert await project.rows('SELECT "name", "motto" FROM "team"') == [("x", "-")]
    await project.downgrade("0001_initial")
    assert await project.rows('SELECT * FROM "team"') == await project.rows('SELECT * FROM "hero"') == []


async def test_a_failing_function_leaves_nothing(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    head = """
async def fail(apps, connection):
    await apps.get_model("Team").create(name="x")
    raise ValueError("no")
"""
    write(project, "0002_data", "migrations.RunPython(fail)", "0001_initial", head)
    with pytest.raises(ValueError, match="no"):
        await project.upgrade()
    assert await project.rows('SELECT * FROM "team"') == []
    mended = head.replace('    raise ValueError("no")\n', "")
    write(project, "0002_data", "migrations.RunPython(fail)", "0001_initial", mended)
    assert len(await project.upgrade()) == 1
    assert await project.rows('SELECT "name" FROM "team"') == [("x",)]
    with pytest.raises(ParamsError, match="0002_data cannot be undone: run fail has no way back"):
        await project.downgrade()


async def test_fake_records_and_no_more(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    project.generate([team()])
    location = str(project.folders["models"].parent)
    done = await migrations.upgrade(db_url, location=location, fake=True)
    assert [str(each.key) for each in done] == ["models.0001_initial"]
    assert await project.tables() == {}
    (entry,) = await migrations.status(db_url, location=location)
    assert entry.applied_at is not None
    await migrations.downgrade(db_url, location=location, fake=True)
    assert [str(key) for key in await migrations.plan(db_url, location=location)] == ["models.0001_initial"]
    with pytest.raises(ParamsError, match="nothing to undo"):
        await migrations.downgrade(db_url, location=location)
