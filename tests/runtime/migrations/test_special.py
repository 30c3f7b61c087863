"""Indexes of all kinds, schemas, several apps, fields of single databases, and a long history."""

from pathlib import Path
from typing import Any

import pytest

from counting import counted
from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.contrib.postgres.fields import ArrayField, TSVectorField
from ormgen.contrib.postgres.indexes import GinIndex
from ormgen.exceptions import UnSupportedError
from ormgen.functions import Lower
from ormgen.indexes import Index, PartialIndex, UniqueConstraint
from ormgen.migrations import plan
from ormgen.migrations.history import History
from ormgen.migrations.state import State
from ormgen.query.expressions import Q, RawSQL
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance
from ormgen_codegen.migrations.generate import generate
from ormgen_codegen.migrations.questions import Answers


def team(meta: dict[str, Any] | None = None, /, **more: Any) -> ModelSchema:
    members: dict[str, Any] = {"id": fields.IntField(primary_key=True), "name": fields.CharField(max_length=50)}
    return model("Team", meta, **(members | {"active": fields.BooleanField(default=True)} | more))


@pytest.mark.parametrize(
    "index",
    [
        Index(Lower("name"), name="lowered"),
        Index(RawSQL("lower(name)"), RawSQL("active"), name="written"),
        PartialIndex(fields=("name",), condition={"active": True}, name="busy"),
        PartialIndex(fields=("name",), condition=Q(active=True) | Q(name="x"), name="busy"),
    ],
    ids=["expression", "text", "condition", "question"],
)
async def test_indexes_of_expressions_and_some_rows(db_url: str, tmp_path: Path, index: Index) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    project.generate([team({"indexes": [index]})])
    if project.dialect == "mysql":
        with pytest.raises(UnSupportedError, match="index"):
            await project.upgrade()
        return
    await project.upgrade()
    assert project.generate([team({"indexes": [index]})]).migrations == ()
    migrated = await project.tables()
    assert index.name in migrated["team"].indexes
    await project.downgrade()
    assert index.name not in (await project.tables())["team"].indexes
    await project.upgrade()
    assert await project.fresh_tables([team({"indexes": [index]})]) == migrated


async def test_unique_among_some_rows(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    models = [team({"constraints": [UniqueConstraint(fields=("name",), condition="active", name="one")]})]
    await project.evolve([team()])
    project.generate(models)
    if project.dialect == "mysql":
        with pytest.raises(UnSupportedError):
            await project.upgrade()
        return
    await project.upgrade()
    assert project.generate(models).migrations == ()
    migrated = await project.tables()
    assert await project.fresh_tables(models) == migrated


async def test_fields_of_postgres(postgres_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, postgres_url)
    models = [
        team(
            {"indexes": [GinIndex(fields=("tags",)), GinIndex(fields=("words",))]},
            tags=ArrayField("varchar(9)", default=list),
            words=TSVectorField(source_fields=("name",), config="english"),
        )
    ]
    await project.evolve([team()])
    await project.run("INSERT INTO team (id, name, active) VALUES (1, 'a', true)")
    await project.evolve(models)
    assert project.generate(models).migrations == ()
    assert await project.rows("SELECT tags, words::text FROM team") == [([], "")]
    migrated = await project.tables()
    assert await project.fresh_tables(models) == migrated


async def test_keys_of_several_columns(db_url: str, tmp_path: Path) -> None:
    def place(**more: Any) -> ModelSchema:
        columns = {"country": fields.CharField(max_length=2), "zip": fields.CharField(max_length=9)}
        return model("Place", {"primary_key": ("country", "zip")}, **(columns | more))

    def shop() -> ModelSchema:
        return model("Shop", None, place=ForeignKeyFieldInstance("models.Place", related_name="shops", null=True))

    project = Project(tmp_path, db_url)
    await project.evolve([place(), shop()])
    await project.run(
        "INSERT INTO place (country, zip) VALUES ('no', '1')",
        "INSERT INTO shop (id, place_country, place_zip) VALUES (1, 'no', '1')",
    )
    models = [place(name=fields.CharField(max_length=9, default="-"), zip=fields.CharField(max_length=12)), shop()]
    await project.evolve(models)
    assert project.generate(models).migrations == ()
    assert await project.rows("SELECT place_country, place_zip FROM shop") == [("no", "1")]
    migrated = await project.tables()
    assert migrated["shop"].foreign_keys
    assert await project.fresh_tables(models) == migrated


@pytest.mark.feature(231)
async def test_schemas(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    name = f"{project.config.credentials.get('database', '')}_more"
    folder = project.folders["models"]
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text(
        f"from ormgen import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    operations = [migrations.CreateSchema({name!r})]\n"
    )
    if project.dialect == "sqlite":
        with pytest.raises(UnSupportedError, match="SQLite has no schemas"):
            await project.upgrade()
        return
    await project.upgrade()
    listed = f"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '{name}'"
    assert await project.rows(listed) == [(1,)]
    await project.downgrade()
    assert await project.rows(listed) == [(0,)]


async def test_apps_wait_for_each_other(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    project.folders = {"shop": tmp_path / "shop", "people": tmp_path / "people"}
    person = model("Person", None, id=fields.IntField(primary_key=True)).in_app("people")
    order = model("Order", None, by=ForeignKeyFieldInstance("people.Person", related_name="orders")).in_app("shop")
    generation = generate(project.history, State.of([order, person]), Answers())
    generation.write()
    assert [str(each.key) for each in generation.migrations] == ["people.0001_initial", "shop.0001_initial"]
    assert len(await project.upgrade()) == 2
    assert generate(project.history, State.of([order, person]), Answers()).migrations == ()
    favourite = ForeignKeyFieldInstance("shop.Order", related_name="fans", null=True)
    person = model("Person", None, id=fields.IntField(primary_key=True), favourite=favourite).in_app("people")
    generate(project.history, State.of([order, person]), Answers()).write()
    assert len(await project.upgrade()) == 1
    migrated = await project.tables()
    assert len(await project.downgrade()) == len(await project.upgrade()) == 1
    assert await project.tables() == migrated
    assert await project.fresh_tables([order, person]) == migrated


def write_history(folder: Path, many: int) -> None:
    """Write `many` migrations in a row: a table, then a column each."""
    folder.mkdir(parents=True)
    head = "from ormgen import fields, migrations\n\n\nclass Migration(migrations.Migration):\n"
    first = 'migrations.CreateModel("Team", [("id", fields.IntField(primary_key=True))])'
    (folder / "0001_initial.py").write_text(f"{head}    operations = [{first}]\n")
    for at in range(2, many + 1):
        operation = f'migrations.AddField("Team", "x{at}", fields.IntField(null=True))'
        before = "initial" if at == 2 else "more"
        needs = f'    dependencies = [("models", "{at - 1:04d}_{before}")]\n'
        (folder / f"{at:04d}_more.py").write_text(f"{head}{needs}    operations = [{operation}]\n")


async def test_a_thousand_migrations_cost_ten_times_a_hundred(tmp_path: Path) -> None:
    work = {}
    for many in (100, 1000):
        place = tmp_path / str(many)
        write_history(place / "models", many)
        History.read({"models": place / "models"})  # writes the byte code that later runs read
        with counted() as work[many]:
            history = History.read({"models": place / "models"})
            assert len(history.order) == many
            assert history.heads("models") == (history.order[-1].key,)
            assert len(history.before(history.order[-1].key)) == many
            assert len(await plan(f"sqlite://{tmp_path}/new.sqlite3", location=place)) == many
    assert work[1000].count < 11 * work[100].count


async def test_a_new_model_may_have_the_table_of_one_that_goes(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    squad = model("Squad", {"table": "team"}, id=fields.IntField(primary_key=True), size=fields.IntField())
    await project.evolve([squad], drops=frozenset({"Team"}))
    migrated = await project.tables()
    assert await project.fresh_tables([squad]) == migrated


async def test_programs_that_know_nothing_of_a_new_column_go_on(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve([team()])
    added = {"x": fields.IntField(null=True, default=7), "t": fields.TextField(null=True, default="a")}
    commented = fields.CharField(max_length=9, null=True, default="b", description="words")
    await project.evolve([team(**added, c=commented, j=fields.JSONField(null=True, default=[1]))])
    await project.run("INSERT INTO team (name, active) VALUES ('a', TRUE)")
    assert await project.rows("SELECT x, t, c, j FROM team") == [(None, None, None, None)]
