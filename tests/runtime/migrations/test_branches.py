"""Branches, what they lead to together, long histories in one file, and names that stand for first and last."""

from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, write
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.api import resolve_target
from ormgen.migrations.state import State
from ormgen.migrations.verify import verify
from ormgen.schema.indexes import CheckConstraint, Index
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance
from ormgen_codegen.migrations.generate import generate
from ormgen_codegen.migrations.join import merge, squash
from ormgen_codegen.migrations.questions import Answers


def team(meta: dict[str, Any] | None = None, /, **more: Any) -> ModelSchema:
    return model("Team", meta, id=fields.IntField(primary_key=True), **more)


def hero(**more: Any) -> ModelSchema:
    key = ForeignKeyFieldInstance("models.Team", related_name="heroes", null=True)
    return model("Hero", None, id=fields.IntField(primary_key=True), **({"team": key} | more))


def text(size: int, **options: Any) -> Any:
    return fields.CharField(max_length=size, **options)


ADD = 'migrations.AddField("Team", "{}", fields.IntField({}))'


def branches(project: Project, one: str, other: str) -> None:
    project.generate([team(x=text(5))])
    write(project, "0002_one", one, "0001_initial")
    write(project, "0002_other", other, "0001_initial")


async def test_two_branches_are_merged_and_applied(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    branches(project, ADD.format("y", "null=True"), ADD.format("z", "default=3"))
    assert [key.name for key in project.history.heads("models")] == ["0002_one", "0002_other"]
    with pytest.raises(ConfigurationError, match="several last migrations: run `ormgen merge models`"):
        resolve_target(project.history, "models.__latest__")
    merge(project.history, "models").write()
    models = [team(x=text(5), y=fields.IntField(null=True), z=fields.IntField(default=3))]
    assert project.generate(models).migrations == ()
    assert len(await project.upgrade("0002_one")) == 2
    await project.run('INSERT INTO "team" ("id", "x", "y") VALUES (1, \'a\', 7)')
    assert len(await project.upgrade()) == 2
    assert await project.rows('SELECT "y", "z" FROM "team"') == [(7, 3)]  # a branch does not take what another brought
    migrated = await project.tables()
    await project.run('DELETE FROM "team"')
    assert len(await project.downgrade("0001_initial")) == 3
    assert len(await project.upgrade("__latest__")) == 3
    assert await project.fresh_tables(models) == migrated


@pytest.mark.parametrize(
    ("one", "other", "fact"),
    [
        (ADD.format("y", "null=True"), ADD.format("y", "default=3"), "add Team.y, add Team.y"),
        (
            'migrations.AlterField("Team", "x", fields.CharField(max_length=9))',
            'migrations.RemoveField("Team", "x")',
            "alter Team.x, remove Team.x",
        ),
        (
            'migrations.RenameField("Team", "x", "y")',
            'migrations.RenameField("Team", "x", "z")',
            "rename Team.x to y, rename Team.x to z",
        ),
        ('migrations.RenameModel("Team", "A")', 'migrations.DeleteModel("Team")', "rename model Team to A, delete"),
    ],
)
def test_branches_that_contradict_each_other(tmp_path: Path, one: str, other: str, fact: str) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    branches(project, one, other)
    told = f"models.0002_one and models.0002_other do not fit together: {fact}"
    with pytest.raises(ConfigurationError, match=told):
        merge(project.history, "models")


async def test_a_squashed_history_is_the_same(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    fans = ManyToManyFieldInstance("models.Hero", related_name="liked")
    check = CheckConstraint(check="LENGTH(name)>0", name="named")
    steps: list[tuple[list[ModelSchema], dict[str, Any]]] = [
        ([team(phone=text(5)), hero()], {}),
        ([team(name=text(9, default="-")), hero()], {"renames": {"Team.phone": "name"}}),
        ([team({"constraints": [check]}, name=text(9), fans=fans), hero()], {}),
        ([team({"indexes": [Index(fields=("name",), name="by_name")]}, name=text(20), fans=fans), hero()], {}),
    ]
    for models, answers in steps:
        project.generate(models, **answers)
    whole = [each.key.name for each in project.history.order]
    await project.upgrade(whole[1])  # in the middle of what is squashed
    squash(project.history, "models").write()
    assert [each.key.name for each in project.history.order] == ["0004_squashed"]
    assert project.generate(steps[-1][0]).migrations == ()
    assert [each.key.name for each in await project.upgrade()][:2] == whole[2:]
    migrated = await project.tables()
    assert await verify(project.url, location=project.folders["models"].parent) == []
    assert await project.fresh_tables(steps[-1][0]) == migrated
    await project.run("DROP TABLE ormgen_migrations")
    assert [each.key.name for each in await project.upgrade()] == ["0004_squashed"]
    assert await project.tables() == migrated
    await project.downgrade("zero")
    assert await project.tables() == {}


async def test_latest_and_first_of_another_app(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    project.folders = {"models": tmp_path / "models", "people": tmp_path / "people"}
    person = model("Person", None, id=fields.IntField(primary_key=True)).in_app("people")
    for more in ({}, {"x": fields.IntField(null=True)}):
        person = model("Person", None, id=fields.IntField(primary_key=True), **more).in_app("people")
        generate(project.history, State.of([person]), Answers()).write()
    key = 'migrations.CreateModel("Team", [("id", fields.IntField(primary_key=True))])'
    write(project, "0001_initial", key)
    file = tmp_path / "models" / "0001_initial.py"
    file.write_text(file.read_text().replace("dependencies = []", 'dependencies = [("people", "__latest__")]'))
    done = await project.upgrade("models.__latest__")
    assert [str(each.key) for each in done] == [
        "people.0001_initial",
        "people.0002_add_person_x",
        "models.0001_initial",
    ]
    file.write_text(file.read_text().replace("__latest__", "__first__").replace("people", "nobody"))
    with pytest.raises(ConfigurationError, match=r'there is no nobody.__first__, because app "nobody" has no migra'):
        project.history  # noqa: B018


@pytest.mark.feature(231)
async def test_models_and_database_may_change_apart(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team(x=fields.IntField(null=True))])
    await project.run('INSERT INTO "team" ("id", "x") VALUES (1, 4)')
    before = await project.tables()
    apart = (
        "migrations.SeparateDatabaseAndState("
        '[migrations.RunSQL({"sqlite": "ALTER TABLE team RENAME COLUMN x TO y", '
        '"postgres": ["ALTER TABLE team RENAME COLUMN x TO z", "ALTER TABLE team RENAME COLUMN z TO y"], '
        '"mysql": "ALTER TABLE team RENAME COLUMN x TO z; ALTER TABLE team RENAME COLUMN z TO y"}, '
        '"ALTER TABLE team RENAME COLUMN y TO x")], '
        '[migrations.RenameField("Team", "x", "y")])'
    )
    write(project, "0002_apart", apart, "0001_initial")
    await project.upgrade()
    assert await project.rows('SELECT "y" FROM "team"') == [(4,)]
    migrated = await project.tables()
    await project.downgrade()
    assert await project.tables() == before
    await project.upgrade()
    assert await project.fresh_tables([team(y=fields.IntField(null=True))]) == migrated


async def test_sql_for_other_databases_only_is_told(sqlite_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, sqlite_url)
    await project.evolve([team()])
    write(project, "0002_sql", 'migrations.RunSQL({"postgres": "SELECT 1"})', "0001_initial")
    with pytest.raises(ConfigurationError, match="RunSQL says nothing for sqlite, only for postgres"):
        await project.upgrade()
