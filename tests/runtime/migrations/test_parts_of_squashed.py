"""Migrations behind a squashed one: named as targets, undone one by one, and squashed again."""

from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields, migrations
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.history import History
from ormgen.migrations.state import State
from ormgen.migrations.verify import drift
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance
from ormgen_codegen.migrations.generate import generate
from ormgen_codegen.migrations.join import squash
from ormgen_codegen.migrations.questions import Answers

NAMES = ["0001_initial", "0002_add_team_x1", "0003_add_team_x2", "0004_add_team_x3"]


def team(size: int) -> list[ModelSchema]:
    columns = {f"x{at}": fields.IntField(default=at) for at in range(1, size)}
    return [model("Team", None, id=fields.IntField(primary_key=True), **columns)]


async def recorded(project: Project) -> list[str]:
    return sorted(name for (name,) in await project.rows('SELECT "name" FROM ormgen_migrations'))


async def columns(project: Project) -> set[str]:
    tables = await project.tables()
    return set(tables["team"].columns) if "team" in tables else set()


def history(project: Project, upto: int = 4, *, squashed: bool = True) -> None:
    for size in range(1, upto + 1):
        project.generate(team(size))
    assert [each.key.name for each in project.history.order] == NAMES[:upto]
    if squashed:
        squash(project.history, "models").write()


async def test_up_to_a_part_and_down_to_one(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    history(project)
    where: Any = {"location": tmp_path, "app": "models"}
    assert [key.name for key in await migrations.plan(db_url, "0002", **where)] == NAMES[:2]
    await migrations.upgrade(db_url, "0002", **where)
    assert await columns(project) == {"id", "x1"}
    assert [each.key.name for each in await migrations.upgrade(db_url, **where)] == [*NAMES[2:], "0004_squashed"]
    assert await migrations.upgrade(db_url, "0003", **where) == []
    await project.run('INSERT INTO "team" ("id", "x1", "x2", "x3") VALUES (1, 5, 6, 7)')
    assert [key.name for key in await migrations.reverse_plan(db_url, "0002", **where)] == NAMES[3:1:-1]
    assert len(await migrations.downgrade(db_url, "0002", **where)) == 2
    assert await recorded(project) == NAMES[:2]
    assert await project.rows('SELECT * FROM "team"') == [(1, 5)]
    assert [each.key.name for each in await migrations.downgrade(db_url, **where)] == NAMES[1:2]
    assert await drift(db_url, location=tmp_path) == []
    await migrations.upgrade(db_url, **where)
    assert await project.rows('SELECT * FROM "team"') == [(1, 1, 2, 3)]
    await migrations.downgrade(db_url, "zero", **where)
    assert (await columns(project), await recorded(project)) == (set(), [])


async def test_a_new_database_has_the_squashed_one_and_goes_back_to_a_part(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    history(project)
    assert [each.key.name for each in await project.upgrade()] == ["0004_squashed"]
    await migrations.downgrade(db_url, "0003", location=tmp_path, app="models", inclusive=True)
    assert (await columns(project), await recorded(project)) == ({"id", "x1"}, NAMES[:2])
    assert [each.key.name for each in await project.upgrade()] == [*NAMES[2:], "0004_squashed"]
    assert [each.key.name for each in await project.downgrade()] == ["0004_squashed"]
    assert (await columns(project), await recorded(project)) == (set(), [])


async def test_a_database_that_has_all_parts_before_the_squashed_file_comes(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    history(project, squashed=False)
    await project.upgrade()
    squash(project.history, "models").write()
    assert await drift(db_url, location=tmp_path) == []
    assert [each.key.name for each in await project.downgrade()] == NAMES[3:]
    assert await columns(project) == {"id", "x1", "x2"}
    await project.upgrade("0004_add")
    for name in NAMES:  # without their files, the squashed one is undone
        (project.folders["models"] / f"{name}.py").unlink()
    assert [each.key.name for each in await project.downgrade()] == ["0004_squashed"]
    assert (await columns(project), await recorded(project)) == (set(), [])


@pytest.mark.parametrize("had", [0, 1, 2, 3, 4])
async def test_squashed_twice(db_url: str, tmp_path: Path, had: int) -> None:
    """However many of the first ones a database has, it goes on."""
    project = Project(tmp_path, db_url)
    history(project, 2, squashed=False)
    if had:
        await project.upgrade(NAMES[min(had, 2) - 1])
    squash(project.history, "models", "0002").write()
    for size in (3, 4):
        project.generate(team(size))
        if had >= size:
            await project.upgrade()
    squash(project.history, "models").write()
    assert [each.key.name for each in project.history.order] == ["0004_squashed"]
    assert await drift(db_url, location=tmp_path) == []
    await project.upgrade()
    assert await columns(project) == {"id", "x1", "x2", "x3"}
    assert "0004_squashed" in await recorded(project)
    assert await project.upgrade() == []
    await project.downgrade("0003")
    assert await columns(project) == {"id", "x1", "x2"}
    await project.downgrade("0001")
    assert await columns(project) == {"id"}
    await project.upgrade()
    await project.downgrade("zero")
    assert (await columns(project), await recorded(project)) == (set(), [])


def test_the_sql_of_a_part(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    history(project)
    sql = migrations.sqlmigrate("postgres", "0002", location=tmp_path)
    assert "x1" in sql
    assert "x2" not in sql
    assert "DROP" in migrations.sqlmigrate("postgres", "0002", location=tmp_path, backward=True)
    with pytest.raises(ConfigurationError, match=r"models.0002_add_team_x1 is a part of models.0004_squashed now"):
        squash(project.history, "models", "0002")


def test_apps_that_wait_for_each_other_are_not_squashed_into_a_ring(tmp_path: Path) -> None:
    def models(size: int) -> State:
        def key() -> Any:
            return fields.IntField(primary_key=True)

        to_beta = ForeignKeyFieldInstance("b.Beta", related_name="alphas", null=True)
        to_alpha = ForeignKeyFieldInstance("a.Alpha", related_name="betas", null=True)
        alpha = model("Alpha", {"app": "a"}, id=key(), name=fields.CharField(max_length=size), beta=to_beta)
        beta = model("Beta", {"app": "b"}, id=key(), name=fields.CharField(max_length=size), alpha=to_alpha)
        return State.of([alpha.in_app("a"), beta.in_app("b")])

    folders = {app: tmp_path / app for app in "ab"}
    for size in (5, 6, 7):
        generate(History.read(folders), models(size), Answers()).write()
    names = [str(each.key) for each in History.read(folders).order]
    assert names.index("a.0001_initial") < names.index("b.0001_initial") < names.index("a.0002_add_alpha_beta")
    told = "b.0001_initial stands between a.0001_initial and a.0002_add_alpha_beta, so .*; squash up to 0001_initial"
    with pytest.raises(ConfigurationError, match=told):
        squash(History.read(folders), "a")
    assert [str(each.key) for each in History.read(folders).order] == names  # nothing was written
