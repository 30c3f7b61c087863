"""Names that go round: fields, models, tables and columns that take the names of each other in one step."""

from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.verify import snapshot_faults
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance
from ormgen_codegen.migrations.renames import staged


def key() -> Any:
    return fields.IntField(primary_key=True)


def team(options: dict[str, Any] | None = None, **more: Any) -> ModelSchema:
    return model("Team", options, id=key(), **more)


def hero(**relations: Any) -> ModelSchema:
    return model("Hero", None, id=key(), **relations)


async def there_and_back(project: Project, models: list[ModelSchema], before: Any, check: Any) -> None:
    """After a migration: nothing is left to do, down is as before, up again, and it is like new."""
    assert project.generate(models).migrations == ()
    assert snapshot_faults(project.history) == []
    migrated = await project.tables()
    await check(True)
    await project.downgrade()
    assert await project.tables() == before
    await check(False)
    await project.upgrade()
    await check(True)
    assert await project.fresh_tables(models) == migrated


@pytest.mark.parametrize("said", ["on the command line", "in the models"])
async def test_fields(db_url: str, tmp_path: Path, said: str) -> None:
    project = Project(tmp_path, db_url)

    def name(**more: Any) -> Any:
        return fields.CharField(max_length=20, **more)

    def number(**more: Any) -> Any:
        return fields.IntField(db_index=True, **more)

    groups = {"unique_together": (("a", "c"),), "indexes": (("b", "a"),)}
    await project.evolve([team(groups, a=name(), b=number(), c=name(unique=True))])
    await project.run('INSERT INTO "team" ("id", "a", "b", "c") VALUES (1, \'x\', 2, \'z\')')
    before = await project.tables()
    ring = {"a": "b", "b": "c", "c": "a"}  # a becomes b, b becomes c, c becomes a
    groups = {"unique_together": (("b", "a"),), "indexes": (("c", "b"),)}
    if said == "in the models":
        back = {new: {"renamed_from": old} for old, new in ring.items()}
        models = [team(groups, a=name(unique=True, **back["a"]), b=name(**back["b"]), c=number(**back["c"]))]
        await project.evolve(models)
    else:
        models = [team(groups, a=name(unique=True), b=name(), c=number())]
        await project.evolve(models, renames={f"Team.{old}": new for old, new in ring.items()})

    async def check(after: bool) -> None:
        found = await project.rows('SELECT "id", "a", "b", "c" FROM "team"')
        assert found == [(1, "z", "x", 2) if after else (1, "x", 2, "z")]

    await there_and_back(project, models, before, check)
    if said == "in the models":  # what was followed once is not followed again, whether it stays or goes
        assert project.generate([team(groups, a=name(unique=True), b=name(), c=number())]).migrations == ()
        (project.folders["models"] / "state.json").unlink()
        assert project.generate(models).migrations == ()


async def test_foreign_keys_and_a_change_of_type_at_once(db_url: str, tmp_path: Path) -> None:
    def points(name: str) -> Any:
        return ForeignKeyFieldInstance("models.Team", related_name=name, null=True)

    project = Project(tmp_path, db_url)
    await project.evolve([team(), hero(home=points("h"), rival=points("r"), x=fields.IntField(), y=fields.IntField())])
    await project.run(
        'INSERT INTO "team" ("id") VALUES (1), (2)',
        'INSERT INTO "hero" ("id", "home_id", "rival_id", "x", "y") VALUES (1, 1, 2, 3, 4)',
    )
    before = await project.tables()
    more = {"x": fields.CharField(max_length=9, db_index=True), "y": fields.BigIntField(null=True)}
    models = [team(), hero(home=points("h"), rival=points("r"), **more)]
    ring = ["home:rival", "rival:home", "x:y", "y:x"]
    await project.evolve(models, renames={f"Hero.{each.partition(':')[0]}": each.partition(":")[2] for each in ring})

    async def check(after: bool) -> None:
        found = await project.rows('SELECT "home_id", "rival_id", "x", "y" FROM "hero"')
        assert found == [(2, 1, "4", 3) if after else (1, 2, 3, 4)]

    await there_and_back(project, models, before, check)


@pytest.mark.parametrize("said", ["on the command line", "in the models"])
async def test_models(db_url: str, tmp_path: Path, said: str) -> None:
    def pair(one: str, two: str, before: dict[str, str] | None = None) -> list[ModelSchema]:
        """What was called One and Two, under other names."""
        told = {name: {"renamed_from": old} for name, old in (before or {}).items()}
        friends = ManyToManyFieldInstance(f"models.{two}", related_name="ones")
        first = model(one, told.get(one), id=key(), word=fields.CharField(max_length=9), friends=friends)
        second = model(two, told.get(two), id=key(), number=fields.IntField(db_index=True))
        points = ForeignKeyFieldInstance(f"models.{two}", related_name="heroes")
        return [first, second, hero(points=points)]

    project = Project(tmp_path, db_url)
    await project.evolve(pair("One", "Two"))
    await project.run(
        'INSERT INTO "one" ("id", "word") VALUES (1, \'w\')',
        'INSERT INTO "two" ("id", "number") VALUES (7, 8)',
        'INSERT INTO "one_two" ("one_id", "two_id") VALUES (1, 7)',
        'INSERT INTO "hero" ("id", "points_id") VALUES (1, 7)',
    )
    before = await project.tables()
    if said == "in the models":
        models = pair("Two", "One", {"One": "Two", "Two": "One"})
        await project.evolve(models)
    else:
        models = pair("Two", "One")
        await project.evolve(models, renames={"One": "Two", "Two": "One"})

    async def check(after: bool) -> None:
        one, two = ("two", "one") if after else ("one", "two")
        assert await project.rows(f'SELECT "id", "word" FROM "{one}"') == [(1, "w")]
        assert await project.rows(f'SELECT "id", "number" FROM "{two}"') == [(7, 8)]
        assert await project.rows(f'SELECT "{one}_id", "{two}_id" FROM "{one}_{two}"') == [(1, 7)]
        assert await project.rows('SELECT "points_id" FROM "hero"') == [(7,)]

    await there_and_back(project, models, before, check)


async def test_tables_and_columns(db_url: str, tmp_path: Path) -> None:
    def named(one: str | None, two: str | None, x: str | None, y: str | None) -> list[ModelSchema]:
        first = model("One", {"table": one} if one else None, id=key(), word=fields.CharField(max_length=9))
        options = {"table": two} if two else None
        a, b = fields.IntField(source_field=x), fields.IntField(source_field=y, default=0)
        return [first, model("Two", options, id=key(), a=a, b=b)]

    project = Project(tmp_path, db_url)
    await project.evolve(named(None, None, "x", "y"))
    await project.run(
        'INSERT INTO "one" ("id", "word") VALUES (1, \'w\')',
        'INSERT INTO "two" ("id", "x", "y") VALUES (1, 2, 3)',
    )
    before = await project.tables()
    models = named("two", "one", "y", "x")
    await project.evolve(models)

    async def check(after: bool) -> None:
        one, two = ("two", "one") if after else ("one", "two")
        assert await project.rows(f'SELECT * FROM "{one}"') == [(1, "w")]
        a, b = ("y", "x") if after else ("x", "y")
        assert await project.rows(f'SELECT "{a}", "{b}" FROM "{two}"') == [(2, 3)]

    await there_and_back(project, models, before, check)


async def test_a_name_is_handed_on_or_taken(db_url: str, tmp_path: Path) -> None:
    def text(**more: Any) -> Any:
        return fields.CharField(max_length=20, default="new", **more)

    project = Project(tmp_path, db_url)
    await project.evolve([team(a=text(), b=text(), c=text(), d=text())])
    await project.run('INSERT INTO "team" ("id", "a", "b", "c", "d") VALUES (1, \'a\', \'b\', \'c\', \'d\')')
    models = [team(b=text(renamed_from="a"), e=text(renamed_from="b"), c=text(), f=text(), d=text())]
    await project.evolve(models, renames={"Team.c": "f"}, drops=frozenset())  # and a new c
    assert await project.rows('SELECT "b", "e", "c", "f", "d" FROM "team"') == [("a", "b", "new", "c", "d")]
    assert project.generate(models).migrations == ()
    models = [team(b=text(), e=text(), f=text(), d=text())]
    await project.evolve(models, renames={"Team.c": "d"}, drops=frozenset({"Team.d"}))
    assert await project.rows('SELECT "b", "e", "f", "d" FROM "team"') == [("a", "b", "c", "new")]
    migrated = await project.tables()
    assert await project.fresh_tables(models) == migrated


def test_what_cannot_be_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    number = fields.IntField(default=0)
    project.generate([team(a=number, b=number)])
    told = "--rename Team.a:…: Team.b is there already; say what became of it: --rename Team.b:… or --drop Team.b"
    with pytest.raises(ConfigurationError, match=told):
        project.generate([team(a=number, b=number)], renames={"Team.a": "b"})
    with pytest.raises(ConfigurationError, match="renamed_from='a', but a is still there; remove one of them"):
        project.generate([team(a=number, b=number, c=fields.IntField(default=0, renamed_from="a"))])
    stale = fields.IntField(default=0, renamed_from="a")  # says nothing by itself: b was there before
    assert project.generate([team(a=number, b=stale)]).migrations == ()


def test_rings_take_one_name_more() -> None:
    assert list(staged({"a": "b", "b": "a"}, "ab", "ab")) == [("a", "swapped"), ("b", "a"), ("swapped", "b")]
    assert list(staged({"a": "b", "b": "c"}, "ab", "bc")) == [("b", "c"), ("a", "b")]
    rings = {"a": "b", "b": "a", "c": "d", "d": "c", "swapped": "swapped"}
    here = {each: each for each in rings}
    for old, new in staged(rings, rings, rings.values()):
        assert new not in here
        here[new] = here.pop(old)
    assert here == {new: old for old, new in rings.items()}


async def test_reverse_names_are_handed_on(db_url: str, tmp_path: Path) -> None:
    def points(name: str) -> Any:
        return ForeignKeyFieldInstance("models.Team", related_name=name, null=True)

    project = Project(tmp_path, db_url)
    await project.evolve([team(), hero(home=points("heroes"), rival=points("others"))])
    await project.run(
        'INSERT INTO "team" ("id") VALUES (1)', 'INSERT INTO "hero" ("id", "home_id", "rival_id") VALUES (1, 1, 1)'
    )
    before = await project.tables()
    models = [team(others=fields.IntField(default=3)), hero(base=points("heroes"), rival=points("rivals"))]
    await project.evolve(models, drops=frozenset({"Hero.home"}))

    async def check(after: bool) -> None:
        assert await project.rows('SELECT "rival_id" FROM "hero"') == [(1,)]

    await there_and_back(project, models, before, check)
