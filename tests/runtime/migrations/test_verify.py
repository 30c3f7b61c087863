"""`drift` compares a database with its migrations, `verify` the migrations with the models, on each database."""

from pathlib import Path
from typing import Any

from graphs import model
from migrating import Project, write
from ormgen import fields
from ormgen.migrations.verify import drift, verify
from ormgen.schema.indexes import CheckConstraint
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance


def models(**more: Any) -> list[ModelSchema]:
    checks = [CheckConstraint(check="LENGTH(name)>0", name="named")]
    team = model(
        "Team",
        {"indexes": [("name", "size")], "constraints": checks, "table_description": "All teams"},
        id=fields.IntField(primary_key=True),
        name=fields.CharField(max_length=50, unique=True, description="Its name"),
        size=fields.IntField(db_default=1),
        **more,
    )
    key = ForeignKeyFieldInstance("models.Team", related_name="heroes")
    fans = ManyToManyFieldInstance("models.Team", related_name="fans_of")
    return [team, model("Hero", None, id=fields.IntField(primary_key=True), team=key, fans=fans)]


async def told(project: Project) -> str:
    return "\n".join(await drift(project.url, location=project.folders["models"].parent))


async def faults(project: Project) -> str:
    return "\n".join(await verify(project.url, location=project.folders["models"].parent))


async def test_drift_names_what_was_done_by_hand(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    await project.evolve(models())
    await project.evolve(models(x=fields.IntField(default=1)))
    assert await told(project) == ""
    await project.run('ALTER TABLE "team" ADD COLUMN "by_hand" INT', 'CREATE TABLE "theirs" ("id" INT)')
    assert await told(project) == "team.by_hand is a column that no model has"  # tables of others are no matter
    await project.run('ALTER TABLE "team" DROP COLUMN "by_hand"')
    assert await told(project) == ""
    await project.run('CREATE INDEX "mine" ON "team" ("size")')
    assert "mine" in await told(project)
    drop = 'DROP INDEX "mine" ON "team"' if project.dialect == "mysql" else 'DROP INDEX "mine"'
    await project.run(drop, 'ALTER TABLE "team" RENAME COLUMN "x" TO "y"')
    said = await told(project)
    assert "team.y is a column that no model has" in said
    assert "team.x" in said
    await project.run('ALTER TABLE "team" RENAME COLUMN "y" TO "x"', 'DROP TABLE "hero_team"')
    assert "hero_team" in await told(project)


async def test_drift_sees_types_defaults_and_keys(server_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", server_url)
    await project.evolve(models())
    by_hand = {
        "postgres": {
            "team.size": "ALTER TABLE team ALTER COLUMN size TYPE BIGINT",
            "team.name": "ALTER TABLE team ALTER COLUMN name DROP NOT NULL",
            "default": "ALTER TABLE team ALTER COLUMN size SET DEFAULT 7",
            "hero": "ALTER TABLE hero ADD CONSTRAINT twice FOREIGN KEY (team_id) REFERENCES team (id)",
        },
        "mysql": {
            "team.size": "ALTER TABLE team MODIFY size BIGINT NOT NULL DEFAULT 1",
            "default": "ALTER TABLE team ALTER COLUMN size SET DEFAULT 7",
            "hero": "ALTER TABLE hero ADD CONSTRAINT twice FOREIGN KEY (team_id) REFERENCES team (id)",
        },
    }[project.dialect]
    for word, statement in by_hand.items():
        await project.run(statement)
        assert word in await told(project), statement


async def test_an_interrupted_or_missing_migration_is_no_drift(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    await project.evolve(models())
    project.generate(models(x=fields.IntField(default=1)))
    assert await told(project) == ""


async def test_verify_tries_every_way(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    await project.evolve(models())
    project.generate(models(x=fields.IntField(default=1)))
    assert await faults(project) == ""
    assert set(await project.tables()) == {"team", "hero", "hero_team"}  # nothing was done to the database itself
    assert "x" not in (await project.tables())["team"].columns
    lie = 'migrations.SeparateDatabaseAndState([], [migrations.AddField("Team", "y", fields.IntField(null=True))])'
    write(project, "0003_lie", lie, "0002_add_team_x")
    said = await faults(project)
    assert "its snapshot is not what its migrations lead to" in said
    assert "applied one by one: team.y" in said


async def test_verify_finds_what_a_downgrade_leaves(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "m", db_url)
    await project.evolve(models())
    sql = 'migrations.RunSQL("CREATE TABLE IF NOT EXISTS extra (id INT)", migrations.RunSQL.noop)'
    write(project, "0002_extra", sql, "0001_initial")
    assert await faults(project) == "undone: table extra is still there"
