"""Functions in migrations: models by attribute, enums of their moment, batches, work without a transaction."""

from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, write
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.schema.model_schema import ModelSchema


class Rank(Enum):
    LOW = "low"
    HIGH = "high"


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


SEED = """
async def seed(apps, connection):
    Team = apps.models.Team
    await Team.create(name="a", rank=Team.Rank.HIGH)
    assert (await Team.get(name="a")).rank is Team.Rank.HIGH
    try:
        apps.peple
    except AttributeError as error:
        assert 'no app "peple"' in str(error)
    else:
        assert False
"""


@pytest.mark.feature(232)
async def test_models_by_attribute_with_their_enums(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team(rank=fields.CharEnumField(Rank))])
    write(project, "0002_seed", "migrations.RunPython(seed, migrations.RunPython.noop)", "0001_initial", SEED)
    await project.upgrade()
    assert await project.rows('SELECT "rank" FROM "team"') == [("high",)]
    await project.downgrade()


BATCHES = """
async def fill(apps, connection):
    Team = apps.get_model("Team")
    sizes = []
    async for teams in migrations.in_batches(Team.filter(name="x"), 4):
        sizes.append(len(teams))
        await Team.filter(pk__in=[team.pk for team in teams]).update(name="y")
    assert sizes == [4, 4, 2], sizes
    async for teams in migrations.in_batches(Team.filter(name="nobody")):
        assert False
"""


async def test_batches_go_through_all_rows_though_they_change(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    values = ", ".join(f"({at}, 'x')" for at in range(1, 11))
    await project.run(f'INSERT INTO "team" ("id", "name") VALUES {values}')
    write(project, "0002_fill", "migrations.RunPython(fill)", "0001_initial", BATCHES)
    await project.upgrade()
    assert await project.rows('SELECT DISTINCT "name" FROM "team"') == [("y",)]


LASTING = """
import pathlib

async def lasting(apps, connection):
    await apps.models.Team.create(name="x")
    if not pathlib.Path({path!r}).exists():
        pathlib.Path({path!r}).touch()
        raise ValueError("no")
"""


@pytest.mark.feature(231)
async def test_without_a_transaction_every_statement_lasts(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    head = LASTING.format(path=str(tmp_path / "once"))
    write(project, "0002_data", "migrations.RunPython(lasting, atomic=False)", "0001_initial", head)
    with pytest.raises(
        ConfigurationError, match=r"0002_data.py: RunPython.atomic=False. in a migration that is atomic"
    ):
        await project.upgrade()
    write(project, "0002_data", "migrations.RunPython(lasting, atomic=False)", "0001_initial", head, atomic=False)
    with pytest.raises(ValueError, match="no"):
        await project.upgrade()
    kept = [] if project.dialect == "sqlite" else [("x",)]
    assert await project.rows('SELECT "name" FROM "team"') == kept
    assert len(await project.upgrade()) == 1
    assert await project.rows('SELECT "name" FROM "team"') == [*kept, ("x",)]
