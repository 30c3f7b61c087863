"""Enum types of the database through migrations: they come, change and go, and rows keep their values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project, write
from ormgen import fields
from ormgen.exceptions import ConfigurationError, OperationalError, ParamsError
from ormgen.migrations.documents import make_enum
from ormgen.migrations.runner import Done
from ormgen.migrations.verify import snapshot_faults
from ormgen.schema.db_defaults import SqlDefault
from ormgen.schema.indexes import CheckConstraint, Index, PartialIndex
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.migrations.questions import Undecided

Words = str | Sequence[str]


def mood(words: Words, native: str | None = "mood", **options: Any) -> Any:
    listed = words.split() if isinstance(words, str) else words
    members: Any = [(f"M_{at}", word) for at, word in enumerate(listed)]
    return fields.CharEnumField(make_enum("Mood", members), native_enum=native, **options)


def person(field: Any, **more: Any) -> list[ModelSchema]:
    return [model("Person", None, id=fields.IntField(primary_key=True), mood=field, **more)]


async def rows(project: Project, table: str = "person") -> list[Any]:
    return [row[0] for row in await project.rows(f"SELECT mood FROM {table} ORDER BY id")]


async def types(project: Project) -> dict[str, list[str]]:
    if project.dialect != "postgres":
        return {}
    return dict(
        await project.rows(
            "SELECT t.typname::text, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_type t "
            "JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1"
        )
    )


async def settled(project: Project, models: list[ModelSchema]) -> None:
    """There is nothing left to do, and the tables are as if made anew."""
    assert project.generate(models).migrations == ()
    assert snapshot_faults(project.history) == []


async def there_and_back(
    project: Project, models: list[ModelSchema], after: list[Any], before: list[Any], **answers: Any
) -> list[Done]:
    """Do it, undo it and do it again, with the rows of `after` and `before`."""
    original, had = await project.tables(), await types(project)
    done = await project.evolve(models, **answers)
    migrated, has = await project.tables(), await types(project)
    assert await rows(project) == after
    await settled(project, models)
    await project.downgrade()
    assert (await project.tables(), await types(project)) == (original, had)
    assert await rows(project) == before
    await project.upgrade()
    assert (await project.tables(), await types(project)) == (migrated, has)
    assert await rows(project) == after
    assert "__old" not in "".join(has)
    return done


CHANGES: dict[str, tuple[Any, Any, list[str], dict[str, Any]]] = {
    "a value more": (mood("sad happy"), mood("sad happy wild"), ["sad", "happy"], {}),
    "values before and between": (mood("sad happy"), mood("grim sad so ok happy"), ["sad", "happy"], {}),
    "another order": (mood("sad happy ok"), mood("happy ok sad"), ["sad", "happy"], {}),
    "a value less": (mood("sad wild happy"), mood("sad happy"), ["sad", "happy"], {}),
    "a renamed value": (
        mood("sad happy"),
        mood("glum happy"),
        ["glum", "happy"],
        {"renames": {"mood.sad": "glum"}},
    ),
    "renamed, gone, new and moved": (
        mood("sad wild happy", db_default="sad"),
        mood("happy ok melancholic", db_default="melancholic"),
        ["melancholic", "happy"],
        {"renames": {"mood.sad": "melancholic"}, "drops": frozenset({"models.mood.wild"})},
    ),
    "a default that is new": (
        mood("sad happy", db_default="sad"),
        mood("sad happy ok", db_default="ok"),
        ["sad", "happy"],
        {},
    ),
    "a default that is new, as SQL": (
        mood("sad happy"),
        mood("sad happy ok", db_default=SqlDefault("'ok'")),
        ["sad", "happy"],
        {},
    ),
    "a default that goes": (
        mood("sad happy wild", db_default="wild"),
        mood("sad happy", db_default="sad"),
        ["sad", "happy"],
        {},
    ),
    "text becomes a type": (mood("sad happy", None), mood("sad happy"), ["sad", "happy"], {}),
    "text becomes a type with a default": (
        mood("sad happy", None, db_default="sad"),
        mood("sad happy ok", db_default="ok"),
        ["sad", "happy"],
        {},
    ),
    "a type becomes text": (mood("sad happy", db_default="sad"), mood("sad happy", None), ["sad", "happy"], {}),
    "free text becomes a type": (fields.CharField(max_length=20), mood("sad happy ok"), ["sad", "happy"], {}),
    "another type": (mood("sad happy"), mood("happy sad ok", "Other Mood"), ["sad", "happy"], {}),
    "in a schema": (mood("sad happy"), mood("sad happy", "own.mood"), ["sad", "happy"], {}),
    "words with marks": (
        mood(["sad", "happy", 'it\'s \\ "odd" {}']),
        mood(["sad", 'it\'s \\ "odd" {}', "happy", "%s {}"]),
        ["sad", "happy"],
        {},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_changes(name: str, db_url: str, tmp_path: Path) -> None:
    before, after, values, answers = CHANGES[name]
    project = Project(tmp_path, db_url)
    await project.evolve(person(before))
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'sad'), (2, 'happy')")
    await there_and_back(project, person(after), values, ["sad", "happy"], **answers)
    migrated = await project.tables()
    assert await project.fresh_tables(person(after)) == migrated


async def test_rows_that_stand_in_the_way(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(person(mood("sad wild happy")))
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'sad'), (2, 'wild')")
    before = await project.tables(), await types(project)
    project.generate(person(mood("sad happy")))
    if project.dialect == "sqlite":  # which keeps text
        await project.upgrade()
        return
    with pytest.raises(ParamsError, match=r"Person.mood: .* cannot hold all values that there are"):
        await project.upgrade()
    assert (await project.tables(), await types(project)) == before
    await project.run("UPDATE person SET mood = 'happy' WHERE id = 2")
    await project.upgrade()
    assert await rows(project) == ["sad", "happy"]


async def test_text_that_is_no_value_stands_in_the_way(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(person(fields.TextField()))
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'Sad')")
    project.generate(person(mood("sad happy")))
    if project.dialect == "sqlite":
        return
    with pytest.raises(ParamsError, match=r"Person.mood: .* cannot hold all values that there are"):
        await project.upgrade()


async def test_several_columns_share_a_type(db_url: str, tmp_path: Path) -> None:
    def models(words: str, **more: Any) -> list[ModelSchema]:
        pets = model("Pet", None, id=fields.IntField(primary_key=True), mood=mood(words, null=True, unique=True))
        return [*person(mood(words), was=mood(words, null=True), **more), pets]

    project = Project(tmp_path, db_url)
    await project.evolve(models("sad happy"))
    await project.run(
        "INSERT INTO person (id, mood, was) VALUES (1, 'sad', 'happy'), (2, 'happy', NULL)",
        "INSERT INTO pet (id, mood) VALUES (1, 'sad')",
    )
    await there_and_back(project, models("sad happy ok"), ["sad", "happy"], ["sad", "happy"])
    renamed = {"renames": {"mood.sad": "glum"}}
    await there_and_back(project, models("happy glum"), ["glum", "happy"], ["sad", "happy"], **renamed)
    assert await rows(project, "pet") == ["glum"]
    migrated = await project.tables()
    await there_and_back(
        project,
        [*person(mood("happy glum"), was=mood("happy glum", null=True), again=mood("happy glum", null=True))],
        ["glum", "happy"],
        ["glum", "happy"],
    )
    assert len(migrated) == 2
    await project.run("DELETE FROM person")
    plain = [model("Person", None, id=fields.IntField(primary_key=True))]
    await project.evolve(plain)
    assert await types(project) == {}
    await project.downgrade()
    await project.upgrade()
    assert await types(project) == {}


async def test_new_columns_and_keys(db_url: str, tmp_path: Path) -> None:
    """A column that is new and unique, filled, and one that foreign keys point at."""
    project = Project(tmp_path, db_url)
    ruler = model("Ruler", None, mood=mood("sad happy", primary_key=True))
    owned = fields.ForeignKeyField("models.Ruler", related_name="people", null=True)
    await project.evolve([ruler, *person(mood("sad happy"))])
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'sad')", "INSERT INTO ruler (mood) VALUES ('sad')")
    later = [ruler, *person(mood("sad happy"), ruler=owned, kind=mood("a b", "kind", default="b", unique=True))]
    await there_and_back(project, later, ["sad"], ["sad"])
    assert await project.rows("SELECT kind FROM person") == [("b",)]
    await project.run("UPDATE person SET ruler_id = 'sad'")
    moved = [
        model("Ruler", None, mood=mood("happy sad ok", primary_key=True)),
        *person(mood("happy sad ok"), ruler=owned, kind=mood("a b", "kind", default="b", unique=True)),
    ]
    await there_and_back(project, moved, ["sad"], ["sad"])
    if project.dialect != "sqlite":
        with pytest.raises(OperationalError):
            await project.run("INSERT INTO person (id, mood, kind) VALUES (3, 'wild', 'a')")


async def test_checks_and_indexes_follow(db_url: str, tmp_path: Path) -> None:
    """On PostgreSQL they hold values of the type; new values may be in new ones."""
    project = Project(tmp_path, db_url)
    plain = project.dialect == "mysql"

    def models(field: Any, check: str = "mood <> 'wild'", index: str = "happy") -> list[ModelSchema]:
        known = [Index(fields=["size"], name="by_size")]
        known += [] if plain else [PartialIndex(fields=["size"], name="some", condition={"mood": index})]
        options = {"constraints": [CheckConstraint(check=check, name="tame")], "indexes": known}
        size = fields.IntField(default=1)
        return [model("Person", options, id=fields.IntField(primary_key=True), mood=field, size=size)]

    await project.evolve(models(mood("sad happy wild", None)))
    await project.run("INSERT INTO person (id, mood, size) VALUES (1, 'sad', 1)")
    for field in (mood("sad happy wild"), mood("happy sad wild"), mood("happy sad wild ok", "other")):
        await there_and_back(project, models(field), ["sad"], ["sad"])
        assert (await project.tables())["person"].indexes.keys() == {"by_size"} | (set() if plain else {"some"})
        with pytest.raises(OperationalError):
            await project.run("INSERT INTO person (id, mood, size) VALUES (2, 'wild', 1)")
    fewer = models(mood("ok sad", "other"), "mood <> 'ok'", "ok")
    await project.evolve(fewer)
    await settled(project, fewer)
    assert await rows(project) == ["sad"]


async def test_a_new_column_full_of_a_new_value(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(person(mood("sad happy")))
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'sad')")
    more = person(mood("sad happy ok"), was=mood("sad happy ok", default="ok"))
    await there_and_back(project, more, ["sad"], ["sad"])
    assert await project.rows("SELECT was FROM person") == [("ok",)]


async def test_open_connections_go_on(db_url: str, tmp_path: Path) -> None:
    """What PostgreSQL has prepared for the old type is prepared again."""
    project = Project(tmp_path, db_url)
    await project.evolve(person(mood("sad happy")))
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'sad')")
    place = {"sqlite": "?", "postgres": "$1", "mysql": "%s"}[project.dialect]
    asked = f"SELECT id FROM person WHERE mood = {place}"
    changed = f"UPDATE person SET mood = {place} WHERE id = 1"
    async with project.driver() as driver:
        for words in ("sad happy ok", "happy ok sad", "ok sad happy"):
            for _ in range(2):
                assert [tuple(row) for row in await driver.fetch(asked, ("sad",))] == [(1,)]
                assert (await driver.execute(changed, ("sad",))).affected == 1
            await project.evolve(person(mood(words)))
        if project.dialect == "postgres":
            transaction = await driver.begin()
            with pytest.raises(OperationalError, match="cache lookup failed") as caught:
                await transaction.fetch(asked, ("sad",))
            assert caught.value.retryable
            await transaction.rollback()
        assert [tuple(row) for row in await driver.fetch(asked, ("sad",))] == [(1,)]
        assert (await driver.execute(changed, ("sad",))).affected == 1


@pytest.mark.parametrize("at", range(5))
async def test_interrupted(at: int, mysql_url: str, tmp_path: Path) -> None:
    """MariaDB and MySQL take back no part of a migration: it goes on where it was stopped."""
    project = Project(tmp_path, mysql_url)
    await project.evolve(person(mood("sad wild happy", db_default="sad")))
    await project.run("INSERT INTO person (id, mood) VALUES (1, 'sad'), (2, 'happy')")
    after = person(mood("happy ok glum", db_default="glum"))
    project.generate(after, renames={"mood.sad": "glum"}, drops=frozenset({"mood.wild"}))
    units = await project.interrupted(at)
    assert at < units == 5
    await project.upgrade()
    assert await rows(project) == ["glum", "happy"]
    await settled(project, after)
    migrated = await project.tables()
    assert await project.fresh_tables(after) == migrated


async def test_what_has_to_be_said(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    project.generate(person(mood("sad happy")))
    with pytest.raises(Undecided, match=r"models.mood.sad is gone: .* --rename mood.sad:glum or --drop mood.sad"):
        project.generate(person(mood("glum happy")))
    with pytest.raises(ConfigurationError, match="wild is not new; choose from glum"):
        project.generate(person(mood("glum happy")), renames={"mood.sad": "wild"})
    asked: list[str] = []

    def ask(question: str, choices: Sequence[str]) -> int:
        asked.append(f"{question} {', '.join(choices)}")
        return 0

    made = project.generate(person(mood("glum happy ok")), ask=ask)
    assert asked == ["the value mood.sad is gone; it was renamed to glum, renamed to ok, removed; no row may have it"]
    (text,) = [each.text for each in made.migrations]
    assert 'migrations.AlterEnum(\n            "mood",' in text
    assert 'renamed={"sad": "glum"}' in text


async def test_operations_that_do_not_fit(tmp_path: Path, db_url: str) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(person(mood("sad happy"), was=mood("sad happy", null=True)))
    write(project, "0002_x", 'migrations.AlterEnum("mod", [("A", "a")])', "0001_initial")
    with pytest.raises(ConfigurationError, match='no field has the type "mod"; did you mean "mood"'):
        await project.upgrade()
    written = 'migrations.AlterEnum("mood", [("A", "a"), ("B", "b")], renamed={"sad": "c"})'
    write(project, "0002_x", written, "0001_initial")
    with pytest.raises(ConfigurationError, match="renames 'sad' to 'c', which are not a value that goes"):
        await project.upgrade()
    enum = 'migrations.make_enum("Mood", [("SAD", "sad"), ("MAD", "mad"), ("HAPPY", "happy")])'
    written = f'migrations.AlterField("Person", "mood", fields.CharEnumField({enum}, native_enum="mood"))'
    write(project, "0002_x", written, "0001_initial")
    if project.dialect == "postgres":
        with pytest.raises(ConfigurationError, match=r"Person.was: the type .* AlterEnum changes all of them at once"):
            await project.upgrade()


async def test_types_that_apps_share_do_not_change(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite://:memory:")
    project.folders["other"] = tmp_path / "other"

    def models(words: str) -> list[ModelSchema]:
        return [*person(mood(words)), model("Pet", {"app": "other"}, mood=mood(words))]

    project.generate(models("sad happy"))
    with pytest.raises(ConfigurationError, match="apps models and other have it; give each app a type of its own"):
        project.generate(models("sad happy ok"))
