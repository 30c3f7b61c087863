"""What is told before a migration and while it runs."""

from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields, migrations
from ormgen.migrations import progress
from ormgen.schema.model_schema import ModelSchema


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


def code() -> str:
    return "x"


async def upgraded(project: Project) -> list[str]:
    told: list[str] = []
    await migrations.upgrade(project.url, location=project.folders["models"].parent, show=told.append)
    return told


async def test_the_plan_comes_first(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    project.generate([team()])
    project.generate([team(x=fields.IntField(default=1))])
    told = await upgraded(project)
    assert told[:5] == [
        "to apply: 2 migrations",
        "  models.0001_initial",
        "    create model Team",
        "  models.0002_add_team_x",
        "    add Team.x",
    ]
    assert told[5:] == ["apply models.0001_initial", "apply models.0002_add_team_x"]  # neither took a second
    assert await upgraded(project) == []


async def test_what_takes_long_says_how_far_it_is(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path / "m", db_url)
    await project.evolve([team()])
    await project.run(*(f"INSERT INTO team (id, name) VALUES ({key}, 'a')" for key in range(1, 4)))
    project.generate([team(x=fields.CharField(max_length=5, default=code))])
    monkeypatch.setattr(progress, "PAUSE", 0)
    told = await upgraded(project)
    steps = [line for line in told if line.startswith("  step")]
    number = int(steps[0].rpartition(" ")[2])
    assert [line for line in steps if "rows" not in line] == [f"  step {at} of {number}" for at in range(1, number + 1)]
    assert [line.partition(": ")[2] for line in steps if "rows" in line] == ["3 rows"]
    assert migrations.SeparateStateAndDatabase is migrations.SeparateDatabaseAndState
