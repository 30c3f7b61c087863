"""Models that go to another app, and apps that get another name: no row is lost, and it is asked for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.migrations.runner import Runner
from ormgen.migrations.units import apps_here
from ormgen.migrations.verify import snapshot_faults
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance
from ormgen_codegen.migrations.join import squash
from ormgen_codegen.migrations.questions import Undecided


def models(app: str, heroes: str | None = None, called: str = "Team") -> list[ModelSchema]:
    """A team in one app and heroes in one, by default the same."""
    key = ForeignKeyFieldInstance(f"{app}.{called}", related_name="heroes")
    fans = ManyToManyFieldInstance(f"{app}.{called}", related_name="fans")
    name = fields.CharField(max_length=20, db_index=True)
    team = model(called, None, id=fields.IntField(primary_key=True), name=name)
    hero = model("Hero", None, id=fields.IntField(primary_key=True), team=key, fans=fans)
    return [replace(team, app=app), replace(hero, app=heroes or app)]


async def started(folder: Path, url: str) -> Project:
    project = Project(folder, url)
    project.folders["shop"] = folder / "shop"
    await project.evolve(models("models"))
    await project.run(
        'INSERT INTO "team" ("id", "name") VALUES (1, \'a\'), (2, \'b\')',
        'INSERT INTO "hero" ("id", "team_id") VALUES (1, 2)',
        'INSERT INTO "hero_team" ("hero_id", "team_id") VALUES (1, 1)',
    )
    return project


async def rows(project: Project, team: str = "team") -> list[Any]:
    asked = (f'SELECT "id" FROM "{team}"', 'SELECT "id", "team_id" FROM "hero"', 'SELECT * FROM "hero_team"')
    return [sorted(await project.rows(each)) for each in asked]


ROWS = [[(1,), (2,)], [(1, 2)], [(1, 1)]]


@pytest.mark.feature(228)
@pytest.mark.parametrize("whole", [True, False], ids=["an app", "one model"])
async def test_models_move_with_their_rows(whole: bool, db_url: str, tmp_path: Path) -> None:
    project = await started(tmp_path, db_url)
    before = await project.tables()
    after = models("shop") if whole else models("shop", "models")
    with pytest.raises(Undecided, match=r"--rename models.Team:shop.Team or --drop models.Team"):
        project.generate(after)
    names = ["Team", "Hero"] if whole else ["Team"]
    await project.evolve(after, renames={f"models.{name}": f"shop.{name}" for name in names})
    assert await project.tables() == before
    assert await rows(project) == ROWS
    assert project.generate(after).migrations == ()
    assert snapshot_faults(project.history) == []
    history = project.history
    async with Runner(history, project.config).opened() as runner:
        await runner.downgrade()
        assert await project.tables() == before
        assert await rows(project) == ROWS
        await runner.upgrade()
    assert await project.fresh_tables(after) == before


async def test_a_model_moves_under_another_name(db_url: str, tmp_path: Path) -> None:
    project = await started(tmp_path, db_url)
    after = models("shop", "models", "Squad")
    await project.evolve(after, renames={"models.Team": "shop.Squad"})
    assert [row[0] for row in await project.rows('SELECT "id" FROM "squad"')] == [1, 2]
    assert project.generate(after).migrations == ()
    moved = await project.tables()
    assert await project.fresh_tables(after) == moved


async def test_what_is_dropped_is_said_so(sqlite_url: str, tmp_path: Path) -> None:
    project = await started(tmp_path, sqlite_url)
    made = project.generate(models("shop"), drops=frozenset({"models.Team", "models.Hero"}))
    told = [operation.describe() for each in made.migrations for operation in each.operations]
    assert told == ["delete model Hero", "delete model Team", "create model Team", "create model Hero"]


async def test_a_model_does_not_move_into_another_database(sqlite_url: str, tmp_path: Path) -> None:
    project = await started(tmp_path / "m", sqlite_url)
    project.generate(models("shop"), renames={f"models.{name}": f"shop.{name}" for name in ("Team", "Hero")})
    here = apps_here({"models": "default", "shop": "other"}, "default")
    async with Runner(project.history, ConnectionConfig.from_dict(sqlite_url), here=here).opened() as runner:
        with pytest.raises(UnSupportedError, match="have their tables in different databases; make a new model there"):
            await runner.upgrade()
    assert await rows(project) == ROWS


async def test_a_move_is_not_squashed_away(sqlite_url: str, tmp_path: Path) -> None:
    project = await started(tmp_path, sqlite_url)
    names = {f"models.{name}": f"shop.{name}" for name in ("Team", "Hero")}
    project.generate(models("shop"), renames=names)
    more = replace(model("More", None, id=fields.IntField(primary_key=True)), app="shop")
    project.generate([*models("shop"), more])
    with pytest.raises(ConfigurationError, match="cannot be squashed: take model Hero from app models"):
        squash(project.history, "shop", forget_data=True)
