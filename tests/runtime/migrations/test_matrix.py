"""Ordinary changes of models, one by one: rows stay, the tables are as if made anew, and nothing is left to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.exceptions import ParamsError
from ormgen.migrations.documents import Imported
from ormgen.schema.db_defaults import Now
from ormgen.schema.indexes import CheckConstraint, Index, UniqueConstraint
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import (
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
    OnDelete,
    OneToOneFieldInstance,
)
from ormgen.sql.introspect import LiveTable


class Rank(Enum):
    LOW = "low"
    HIGH = "high"


class LongRank(Enum):
    LOW = "low"
    HIGH = "high"
    HIGHEST = "the highest"


Models = list[ModelSchema]


def key(**options: Any) -> ForeignKeyFieldInstance:
    return ForeignKeyFieldInstance("models.Team", **{"related_name": "heroes", **options})


def team(meta: dict[str, Any] | None = None, /, **more: Any) -> ModelSchema:
    members: dict[str, Any] = {"id": fields.IntField(primary_key=True), "name": fields.CharField(max_length=50)}
    return model("Team", meta, **{name: each for name, each in (members | more).items() if each is not None})


def hero(**more: Any) -> ModelSchema:
    members: dict[str, Any] = {"id": fields.IntField(primary_key=True), "name": fields.CharField(max_length=50)}
    return model("Hero", None, **(members | {"team": key()} | more))


@dataclass
class Change:
    """Models before and after; `row` are further columns of the team that is there, as SQL."""

    before: Callable[[], Models]
    after: Callable[[], Models]
    row: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    teams: str = "team"
    heroes: bool = True
    value: tuple[str, Any] | None = None
    one_way: bool = False


def both(**more: Any) -> Callable[[], Models]:
    return lambda: [team(**more), hero()]


def of_team(meta: dict[str, Any], **more: Any) -> Callable[[], Models]:
    return lambda: [team(meta, **more), hero()]


PLAIN = both()
CHANGES: dict[str, Change] = {
    "add nullable column": Change(PLAIN, both(x=fields.IntField(null=True)), value=("x", None)),
    "add not null column with default": Change(PLAIN, both(x=fields.IntField(default=7)), value=("x", 7)),
    "add not null column with callable default": Change(
        PLAIN, both(x=fields.CharField(max_length=8, default=Imported("lambda: 'made'"))), value=("x", "made")
    ),
    "add auto_now_add": Change(PLAIN, both(x=fields.DatetimeField(auto_now_add=True))),
    "remove column": Change(both(x=fields.IntField()), PLAIN, {"x": "1"}, one_way=True),
    "widen varchar": Change(PLAIN, both(name=fields.CharField(max_length=200))),
    "int to bigint": Change(both(x=fields.IntField()), both(x=fields.BigIntField()), {"x": "5"}, value=("x", 5)),
    "null to not null with default": Change(
        both(n=fields.IntField(null=True)), both(n=fields.IntField(default=3)), {"n": "NULL"}, value=("n", 3)
    ),
    "not null to null": Change(both(n=fields.IntField()), both(n=fields.IntField(null=True)), {"n": "4"}),
    "add db_index": Change(PLAIN, both(name=fields.CharField(max_length=50, db_index=True))),
    "remove db_index": Change(both(name=fields.CharField(max_length=50, db_index=True)), PLAIN),
    "add unique": Change(PLAIN, both(name=fields.CharField(max_length=50, unique=True))),
    "remove unique": Change(both(name=fields.CharField(max_length=50, unique=True)), PLAIN),
    "add composite index": Change(
        both(x=fields.IntField()), of_team({"indexes": [("x", "name")]}, x=fields.IntField()), {"x": "1"}
    ),
    "add unique_together": Change(
        both(x=fields.IntField()), of_team({"unique_together": [("x", "name")]}, x=fields.IntField()), {"x": "1"}
    ),
    "remove unique_together": Change(
        of_team({"unique_together": [("x", "name")]}, x=fields.IntField()), both(x=fields.IntField()), {"x": "1"}
    ),
    "add many-to-many": Change(PLAIN, both(fans=ManyToManyFieldInstance("models.Hero", related_name="liked"))),
    "remove many-to-many": Change(both(fans=ManyToManyFieldInstance("models.Hero", related_name="liked")), PLAIN),
    "add nullable foreign key": Change(
        PLAIN, lambda: [team(), hero(rival=key(null=True, related_name="rivals"))]
    ),
    "on_delete cascade to restrict": Change(PLAIN, lambda: [team(), hero(team=key(on_delete=OnDelete.RESTRICT))]),
    "foreign key to one-to-one": Change(
        PLAIN, lambda: [team(), hero(team=OneToOneFieldInstance("models.Team", related_name="hero"))]
    ),
    "change Meta.table": Change(PLAIN, of_team({"table": "squads"}), teams="squads"),
    "change Meta.table_description": Change(PLAIN, of_team({"table_description": "All teams"})),
    "change column description": Change(PLAIN, both(name=fields.CharField(max_length=50, description="Its name"))),
    "change db_default": Change(
        both(x=fields.IntField(db_default=1)), both(x=fields.IntField(db_default=2)), {"x": "9"}, value=("x", 9)
    ),
    "rename column": Change(
        both(phone=fields.CharField(max_length=20)),
        both(email=fields.CharField(max_length=20)),
        {"phone": "'555'"},
        {"renames": {"Team.phone": "email"}},
        value=("email", "555"),
    ),
    "rename model": Change(
        PLAIN,
        lambda: [
            model("Squad", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50)),
            hero(team=ForeignKeyFieldInstance("models.Squad", related_name="heroes")),
        ],
        answers={"renames": {"Team": "Squad"}},
        teams="squad",
    ),
    "add model and a foreign key to it": Change(
        PLAIN,
        lambda: [
            model("City", None, id=fields.IntField(primary_key=True)),
            team(city=ForeignKeyFieldInstance("models.City", related_name="teams", null=True)),
            hero(),
        ],
    ),
    "delete model with a foreign key": Change(PLAIN, lambda: [team()], heroes=False),
    "char to int": Change(
        both(x=fields.CharField(max_length=10)), both(x=fields.IntField()), {"x": "'42'"}, value=("x", 42)
    ),
    "add a longer enum member": Change(
        both(rank=fields.CharEnumField(Rank)), both(rank=fields.CharEnumField(LongRank)), {"rank": "'low'"}
    ),
    "two new models that point at each other": Change(
        PLAIN,
        lambda: [
            team(),
            hero(),
            model(
                "One", None, two=ForeignKeyFieldInstance("models.Two", related_name="ones", null=True)
            ),
            model("Two", None, one=ForeignKeyFieldInstance("models.One", related_name="twos", null=True)),
        ],
    ),
    # beyond the list that others were measured with
    "add a default of the database": Change(PLAIN, both(x=fields.DatetimeField(db_default=Now()))),
    "remove a default of the database": Change(
        both(x=fields.IntField(db_default=1)), both(x=fields.IntField(default=0)), {"x": "9"}, value=("x", 9)
    ),
    "key int to bigint": Change(PLAIN, both(id=fields.BigIntField(primary_key=True))),
    "narrow varchar that fits": Change(PLAIN, both(name=fields.CharField(max_length=10))),
    "int to text": Change(
        both(x=fields.IntField()), both(x=fields.CharField(max_length=10)), {"x": "42"}, value=("x", "42")
    ),
    "text to text field": Change(PLAIN, both(name=fields.TextField())),
    "source_field": Change(PLAIN, both(name=fields.CharField(max_length=50, source_field="title"))),
    "rename a foreign key": Change(
        PLAIN,
        lambda: [team(), model("Hero", None, id=fields.IntField(primary_key=True),
                               name=fields.CharField(max_length=50), squad=key())],
        answers={"renames": {"Hero.team": "squad"}},
    ),
    "rename model with many-to-many": Change(
        both(fans=ManyToManyFieldInstance("models.Hero", related_name="liked")),
        lambda: [
            model("Squad", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50),
                  fans=ManyToManyFieldInstance("models.Hero", related_name="liked")),
            hero(team=ForeignKeyFieldInstance("models.Squad", related_name="heroes")),
        ],
        answers={"renames": {"Team": "Squad"}},
        teams="squad",
    ),
    "remove a foreign key": Change(PLAIN, lambda: [
        team(), model("Hero", None, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50))
    ], one_way=True),
    "add an index to a foreign key": Change(PLAIN, lambda: [team(), hero(team=key(db_index=True))]),
    "remove the index of a foreign key": Change(lambda: [team(), hero(team=key(db_index=True))], PLAIN),
    "add a check": Change(PLAIN, of_team({"constraints": [CheckConstraint(check="LENGTH(name)>0", name="named")]})),
    "remove a check": Change(of_team({"constraints": [CheckConstraint(check="LENGTH(name)>0", name="named")]}), PLAIN),
    "add a named unique constraint": Change(
        PLAIN, of_team({"constraints": [UniqueConstraint(fields=("name",), name="one_name")]})
    ),
    "rename an index": Change(
        of_team({"indexes": [Index(fields=("name",), name="old")]}),
        of_team({"indexes": [Index(fields=("name",), name="new")]}),
    ),
    "name a unique constraint": Change(
        of_team({"constraints": [UniqueConstraint(fields=("name",))]}),
        of_team({"constraints": [UniqueConstraint(fields=("name",), name="one_name")]}),
    ),
    "rename a check": Change(
        of_team({"constraints": [CheckConstraint(check="LENGTH(name)>0", name="old")]}),
        of_team({"constraints": [CheckConstraint(check="LENGTH(name)>0", name="new")]}),
    ),
    "rename a column with an index and a unique group": Change(
        of_team({"indexes": [("x", "id")], "unique_together": [("x", "name")]}, x=fields.IntField()),
        of_team({"indexes": [("y", "id")], "unique_together": [("y", "name")]}, y=fields.IntField()),
        {"x": "8"},
        {"renames": {"Team.x": "y"}},
        value=("y", 8),
    ),
    "foreign key may be empty": Change(PLAIN, lambda: [team(), hero(team=key(null=True))]),
}  # fmt: skip


async def filled(project: Project, change: Change) -> None:
    """One team, and one hero in it."""
    columns = {"id": "1", "name": "'alpha'"} | change.row
    names = ", ".join(f'"{name}"' for name in columns)
    await project.run(
        f'INSERT INTO "team" ({names}) VALUES ({", ".join(columns.values())})',
        'INSERT INTO "hero" ("id", "name", "team_id") VALUES (1, \'ann\', 1)',
    )


@pytest.mark.feature(228, 229, 230, 233)
@pytest.mark.parametrize("name", CHANGES)
async def test_change(name: str, db_url: str, tmp_path: Path) -> None:
    change = CHANGES[name]
    project = Project(tmp_path, db_url)
    await project.evolve(change.before())
    await filled(project, change)
    original = await project.tables()

    assert len(await project.evolve(change.after(), **change.answers)) == 1
    column = '"title"' if name == "source_field" else '"name"'
    assert await project.rows(f'SELECT "id", {column} FROM "{change.teams}"') == [(1, "alpha")]
    if change.heroes:
        assert await project.rows('SELECT "id", "name" FROM "hero"') == [(1, "ann")]
    if change.value is not None:
        assert await project.rows(f'SELECT "{change.value[0]}" FROM "{change.teams}"') == [(change.value[1],)]
    again = project.generate(change.after())
    assert again.migrations == ()
    migrated = await project.tables()
    await there_and_back(project, change, original, migrated)
    assert await project.fresh_tables(change.after()) == migrated


async def there_and_back(
    project: Project, change: Change, original: dict[str, LiveTable], migrated: dict[str, LiveTable]
) -> None:
    """Undo, which keeps rows too, and do it again."""
    if change.one_way:
        with pytest.raises(ParamsError, match="has no default"):
            await project.downgrade()
        assert await project.tables() == migrated
        return
    assert len(await project.downgrade()) == 1
    assert await project.tables() == original
    assert await project.rows('SELECT "id", "name" FROM "team"') == [(1, "alpha")]
    if change.heroes:
        assert await project.rows('SELECT "id", "name" FROM "hero"') == [(1, "ann")]
    assert len(await project.upgrade()) == 1
    assert await project.tables() == migrated
