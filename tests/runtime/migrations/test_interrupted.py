"""Runs that were stopped by a key or a crash, and files of which only half was written."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, process, write
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.schema.model_schema import ModelSchema

SLOW = """
import asyncio, os, pathlib

async def slow(apps, connection):
    await apps.get_model("Team").create(name="slow")
    pathlib.Path({path!r}).touch()
    await asyncio.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
"""


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda each: each.name)
async def test_stopped_in_the_middle(db_url: str, tmp_path: Path, stop: signal.Signals) -> None:
    project = Project(tmp_path / "m", db_url)
    started = tmp_path / "started"
    project.generate([team()])
    operations = (
        'migrations.AddField("Team", "x", fields.IntField(default=1)), migrations.RunPython(slow), '
        'migrations.AddField("Team", "y", fields.IntField(default=2))'
    )
    write(project, "0002_long", operations, "0001_initial", SLOW.format(path=str(started)))
    os.environ["SLOW_SECONDS"] = "60"
    try:
        stopped = process(project, "upgrade")
        for _ in range(600):
            if started.exists():
                break
            signal.sigtimedwait([], 0.1)
        stopped.send_signal(stop)
        stopped.communicate(timeout=30)
    finally:
        del os.environ["SLOW_SECONDS"]
    assert stopped.returncode != 0
    assert started.exists()
    done = await project.upgrade()
    assert [each.key.name for each in done] == ["0002_long"]
    assert await project.rows('SELECT "name", "x", "y" FROM "team"') == [("slow", 1, 2)]
    assert await project.upgrade() == []
    await project.run('DELETE FROM "team"')
    models = [team(x=fields.IntField(default=1), y=fields.IntField(default=2))]
    migrated = await project.tables()
    assert await project.fresh_tables(models) == migrated


async def test_half_a_file_stops_everything(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    project.generate([team(x=fields.IntField(default=1))])
    file = project.folders["models"] / "0002_add_team_x.py"
    text = file.read_text()
    before = await project.tables()
    for half, told in (
        (text[: len(text) // 2], r"0002_add_team_x.py: running it failed: SyntaxError"),
        ("", r"0002_add_team_x.py: it declares no class Migration"),
        (text.partition("    operations")[0].replace("migrations.Migration", "migrations.Migratio"), "AttributeError"),
    ):
        file.write_text(half)
        with pytest.raises(ConfigurationError, match=told):
            await project.upgrade()
    assert await project.tables() == before
    (project.folders["models"] / "0003_never.py.new").write_text(text[:20])  # what a crash of `migrate` leaves
    file.write_text(text)
    assert len(await project.upgrade()) == 1


def test_half_a_snapshot_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    project.generate([team()])
    snapshot = project.folders["models"] / "state.json"
    snapshot.write_text(snapshot.read_text()[:40])
    with pytest.raises(ConfigurationError, match='snapshot of app "models": not JSON'):
        project.generate([team(x=fields.IntField(default=1))])
