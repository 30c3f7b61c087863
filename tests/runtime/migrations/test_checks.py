"""Checks that come to tables with rows."""

from pathlib import Path

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.exceptions import ParamsError
from ormgen.schema.indexes import CheckConstraint
from ormgen.schema.model_schema import ModelSchema


def team(*checks: CheckConstraint) -> list[ModelSchema]:
    key, code = fields.IntField(primary_key=True), fields.CharField(max_length=9)
    return [model("Team", {"constraints": [*checks]}, id=key, code=code)]


async def test_percent_signs(db_url: str, tmp_path: Path) -> None:
    """Rows are counted before a check comes; MariaDB's driver fills in values behind percent signs."""
    project = Project(tmp_path, db_url)
    await project.evolve(team())
    await project.run("INSERT INTO team (id, code) VALUES (1, 'abc')")
    later = team(CheckConstraint(check="code LIKE 'x%s%'", name="begins"))
    project.generate(later)
    with pytest.raises(ParamsError, match="rows do not meet the check begins"):
        await project.upgrade()
    await project.run("UPDATE team SET code = 'x1s'")
    await project.upgrade()
    assert project.generate(later).migrations == ()
