"""Another primary key, and names that are too long for a database."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.exceptions import UnSupportedError
from ormgen.migrations.verify import snapshot_faults
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance


def name(**more: Any) -> Any:
    return fields.CharField(max_length=10, **more)


def key(**more: Any) -> Any:
    return fields.IntField(primary_key=True, **more)


def team(options: dict[str, Any] | None = None, **members: Any) -> list[ModelSchema]:
    return [model("Team", options, **members)]


PAIR = {"primary_key": ("code", "name")}
CASES: dict[str, tuple[list[ModelSchema], list[ModelSchema], dict[str, Any]]] = {
    "another field": (team(id=key(), name=name()), team(id=fields.IntField(), name=name(primary_key=True)), {}),
    "a text, and the number goes": (
        team(id=key(), name=name(unique=True)),
        team(name=name(primary_key=True)),
        {"drops": frozenset({"Team.id"})},
    ),
    "a number, counted by the database": (
        team(name=name(primary_key=True)),
        team(id=key(), name=name()),
        {},
    ),
    "a new field with a value for each row": (
        team(id=key(), name=name()),
        team(uid=fields.UUIDField(primary_key=True, default=uuid4), id=fields.IntField(), name=name()),
        {},
    ),
    "several instead of one": (
        team(id=key(), code=name(), name=name()),
        team(PAIR, id=fields.IntField(unique=True), code=name(), name=name()),
        {},
    ),
    "one instead of several": (
        team(PAIR, code=name(), name=name()),
        team(code=name(primary_key=True), name=name()),
        {},
    ),
    "counted instead of several": (team(PAIR, code=name(), name=name()), team(id=key(), code=name(), name=name()), {}),
}


@pytest.mark.parametrize("case", CASES)
async def test_another_key(case: str, db_url: str, tmp_path: Path) -> None:
    before, after, answers = CASES[case]
    project = Project(tmp_path, db_url)
    await project.evolve(before)
    texts = [each.name for each in before[0].members if each.name in ("name", "code")]
    numbered = any(member.name == "id" for member in before[0].members)
    listed = ", ".join(f'"{each}"' for each in [*texts, *(["id"] if numbered else [])])
    for at, word in ((1, "'a'"), (2, "'b'")):
        values = ", ".join([word] * len(texts) + ([str(at)] if numbered else []))
        await project.run(f'INSERT INTO "team" ({listed}) VALUES ({values})')
    original = await project.tables()
    await project.evolve(after, **answers)
    assert project.generate(after).migrations == ()
    assert snapshot_faults(project.history) == []
    assert await project.rows('SELECT "name" FROM "team" ORDER BY "name"') == [("a",), ("b",)]
    if "uid" in case or "new field" in case:
        found = {UUID(str(each)) for (each,) in await project.rows('SELECT "uid" FROM "team"')}
        assert len(found) == 2
    if "counted" in case:
        assert await project.rows('SELECT "id" FROM "team" ORDER BY "id"') == [(1,), (2,)]
        more, values = ", ".join(f'"{each}"' for each in texts), ", ".join(["'c'"] * len(texts))
        await project.run(f'INSERT INTO "team" ({more}) VALUES ({values})')
        assert (3,) in await project.rows('SELECT "id" FROM "team"')
        await project.run('DELETE FROM "team" WHERE "name" = \'c\'')
    migrated = await project.tables()
    if not answers:  # a key that went has no values to come back
        await project.downgrade()
        assert await project.tables() == original
        assert await project.rows('SELECT "name" FROM "team" ORDER BY "name"') == [("a",), ("b",)]
        await project.upgrade()
        assert await project.tables() == migrated
    assert await project.fresh_tables(after) == migrated


async def test_another_key_after_another_name(db_url: str, tmp_path: Path) -> None:
    """PostgreSQL keeps the name that the constraint of the key had."""
    project = Project(tmp_path, db_url)
    await project.evolve(team(PAIR, code=name(), name=name()))
    await project.run('INSERT INTO "team" ("code", "name") VALUES (\'a\', \'b\')')
    squad = [model("Squad", None, code=name(), name=name(primary_key=True))]
    await project.evolve(squad, renames={"Team": "Squad"})
    assert await project.rows('SELECT * FROM "squad"') == [("a", "b")]
    migrated = await project.tables()
    assert await project.fresh_tables(squad) == migrated


async def test_names_over_the_limit(db_url: str, tmp_path: Path) -> None:
    """SQLite has none, PostgreSQL cuts names off, MySQL and MariaDB refuse: that is told before anything is run."""
    project = Project(tmp_path, db_url)

    def models(last: str, **more: Any) -> list[ModelSchema]:
        long = "A" + "long" * 10 + last
        pairs = ManyToManyFieldInstance(f"models.{long}", related_name="pairs")
        points = ForeignKeyFieldInstance(f"models.{long}", related_name="others")
        return [
            model(long, None, id=key(), **more),
            model(f"Other{long}", None, id=key(), points=points, many=pairs),
        ]

    before, after = models("one"), models("two", x=fields.IntField(default=3))
    if project.dialect == "mysql":
        project.generate(before)
        with pytest.raises(UnSupportedError, match="has 94 letters; MySQL and MariaDB take 64; shorten it"):
            await project.upgrade()
        assert await project.tables() == {}
        return
    await project.evolve(before)
    await project.run(f'INSERT INTO "{before[0].table}" ("id") VALUES (1)')
    original = await project.tables()
    old, new = before[0].name, after[0].name
    await project.evolve(after, renames={old: new, f"Other{old}": f"Other{new}"})
    assert await project.rows(f'SELECT * FROM "{after[0].table}"') == [(1, 3)]
    migrated = await project.tables()
    await project.downgrade()
    assert await project.tables() == original
    await project.upgrade()
    assert await project.fresh_tables(after) == migrated
