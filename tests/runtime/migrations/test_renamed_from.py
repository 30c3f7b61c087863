"""`renamed_from=` in the models answers what would be asked, and says nothing once it is applied."""

from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance


def team(**more: Any) -> ModelSchema:
    return model("Team", None, id=fields.IntField(primary_key=True), **more)


def hero(name: str = "team", target: str = "Team", **options: Any) -> ModelSchema:
    key = ForeignKeyFieldInstance(f"models.{target}", related_name="heroes", **options)
    fans = ManyToManyFieldInstance("models.Hero", related_name="of")
    return model("Hero", None, id=fields.IntField(primary_key=True), fans=fans, **{name: key})


@pytest.mark.feature(233)
async def test_names_follow_what_the_models_say(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team(phone=fields.CharField(max_length=20)), hero()])
    await project.run(
        'INSERT INTO "team" ("id", "phone") VALUES (1, \'5\')',
        'INSERT INTO "hero" ("id", "team_id") VALUES (1, 1)',
        'INSERT INTO "hero_hero" ("hero_rel_id", "hero_id") VALUES (1, 1)',
    )
    before = await project.tables()
    squad = model(
        "Squad",
        {"renamed_from": "Team"},
        id=fields.IntField(primary_key=True),
        number=fields.IntField(default=0, renamed_from="phone"),  # and of another type, at once
    )
    models = [squad, hero("squad", "Squad", renamed_from="team")]
    assert len(await project.evolve(models)) == 1
    assert await project.rows('SELECT * FROM "squad"') == [(1, 5)]
    assert await project.rows('SELECT "squad_id" FROM "hero"') == [(1,)]
    assert await project.rows('SELECT COUNT(*) FROM "hero_hero"') == [(1,)]
    assert project.generate(models).migrations == ()  # what it says is done, and stands in no snapshot
    migrated = await project.tables()
    await project.downgrade()
    assert await project.tables() == before
    assert await project.rows('SELECT * FROM "team"') == [(1, "5")]
    await project.upgrade()
    assert await project.fresh_tables(models) == migrated


def test_a_name_that_comes_again_is_a_new_field(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    email = fields.CharField(max_length=20, renamed_from="phone")
    project.generate([team(phone=fields.CharField(max_length=20))])
    project.generate([team(email=email)])
    (made,) = project.generate([team(email=email, phone=fields.IntField(null=True))]).migrations
    assert [each.describe() for each in made.operations] == ["add Team.phone"]


def test_what_cannot_be_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    project.generate([team(phone=fields.CharField(max_length=20))])
    twice = {name: fields.CharField(max_length=20, renamed_from="phone") for name in ("email", "mail")}
    with pytest.raises(ConfigurationError, match=r"email and mail both say renamed_from, of models.Team.phone"):
        project.generate([team(**twice)])
    other = ForeignKeyFieldInstance("models.Team", related_name="more", null=True, renamed_from="phone")
    with pytest.raises(ConfigurationError, match=r"models.Team.other: renamed_from='phone', which is of another kind"):
        project.generate([team(other=other)])
    with pytest.raises(ConfigurationError, match="renamed_from is 5, not text"):
        fields.IntField(renamed_from=5)
