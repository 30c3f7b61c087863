"""Changes that are easily got wrong: rows stay and the tables are as if made anew, or nothing at all is done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.exceptions import OperationalError, ParamsError, UnSupportedError
from ormgen.migrations.documents import Imported
from ormgen.schema.db_defaults import Now
from ormgen.schema.indexes import CheckConstraint, Index, PartialIndex
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OneToOneFieldInstance

Models = list[ModelSchema]
Rows = dict[str, list[tuple[Any, ...]]]
LONG = "long" * 12
NASTY = 'it\'s "50%" \\ ; -- {} /* more */ `x` $$'


class Short(Enum):
    LOW = "low"


class Long(Enum):
    LOW = "low"
    HIGHEST = "the highest"


def key(target: str = "Team", **options: Any) -> ForeignKeyFieldInstance:
    return ForeignKeyFieldInstance(f"models.{target}", **{"related_name": False, **options})


def pairs(target: str = "Hero", **options: Any) -> ManyToManyFieldInstance:
    return ManyToManyFieldInstance(f"models.{target}", **{"related_name": "liked", **options})


def number(**options: Any) -> Any:
    return fields.IntField(**options)


def text(size: int = 20, **options: Any) -> Any:
    return fields.CharField(max_length=size, **options)


def made(name: str, meta: dict[str, Any] | None = None, /, **members: Any) -> ModelSchema:
    return model(name, meta, **{"id": number(primary_key=True), **members})


def team(meta: dict[str, Any] | None = None, /, **members: Any) -> ModelSchema:
    return made("Team", meta, **({"name": text()} | members))


def hero(meta: dict[str, Any] | None = None, /, **members: Any) -> ModelSchema:
    return made("Hero", meta, **({"team": key()} | members))


@dataclass
class Case:
    """`rows` fill the tables of before; `kept` are questions and their answers after, `was` those before.

    `refused` says why nothing is done, on all databases or by dialect. `one_way` says that undoing is refused.
    """

    before: Callable[[], Models]
    after: Callable[[], Models]
    rows: tuple[str, ...] = ("team (id, name) VALUES (1, 'a'), (2, 'b')", "hero (id, team_id) VALUES (1, 1), (2, 2)")
    kept: Rows = field(default_factory=lambda: {'SELECT "id", "team_id" FROM "hero"': [(1, 1), (2, 2)]})
    was: Rows = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    refused: str | dict[str, str] | None = None
    one_way: str | None = None


def case(before: Callable[[], Models], after: Callable[[], Models], *rows: str, **options: Any) -> Case:
    """A case; without `rows` there are two teams with a hero each."""
    made = Case(before, after, **options)
    made.rows = rows or made.rows
    return made


def BOTH() -> Models:
    return [team(), hero()]


TEAM = 'SELECT * FROM "team" ORDER BY 1'
HERO = 'SELECT * FROM "hero" ORDER BY 1'


def teams(**members: Any) -> Callable[[], Models]:
    return lambda: [team(**members), hero()]


def with_meta(meta: dict[str, Any], **members: Any) -> Callable[[], Models]:
    return lambda: [team(meta, **members), hero()]


X = "team (id, name, x) VALUES (1, 'a', {}), (2, 'b', {})"
CHILDREN = "hero (id, team_id) VALUES (1, 1), (2, 2)"


def x(one: str, two: str) -> tuple[str, str]:
    return X.format(one, two), CHILDREN


CASES: dict[str, Case] = {
    "rename and type at once": case(
        teams(x=text()), teams(y=number()), *x("'5'", "'6'"),
        answers={"renames": {"Team.x": "y"}}, kept={'SELECT "y" FROM "team" ORDER BY 1': [(5,), (6,)]},
        was={'SELECT "x" FROM "team" ORDER BY 1': [("5",), ("6",)]},
    ),
    "rename and not null at once": case(
        teams(x=number(null=True)), teams(y=number(default=7)), *x("NULL", "6"),
        answers={"renames": {"Team.x": "y"}}, kept={'SELECT "y" FROM "team" ORDER BY 1': [(6,), (7,)]},
    ),
    "foreign keys become a ring": case(BOTH, lambda: [team(best=key("Hero", null=True)), hero()]),
    "a ring of foreign keys is opened": case(
        lambda: [team(best=key("Hero", null=True)), hero()], BOTH,
        "team (id, name) VALUES (1, 'a'), (2, 'b')", CHILDREN, answers={"drops": frozenset({"Team.best"})},
    ),
    "a ring of models goes": case(
        lambda: [team(), hero(), made("One", two=key("Two", null=True)), made("Two", one=key("One", null=True))], BOTH,
        answers={"drops": frozenset({"One", "Two"})},
    ),
    "key to text with children": case(
        BOTH, lambda: [made("Team", id=text(9, primary_key=True), name=text()), hero()],
        kept={'SELECT "id", "team_id" FROM "hero" ORDER BY 1': [(1, "1"), (2, "2")]},
        was={HERO: [(1, 1), (2, 2)]},
    ),
    "key to uuid with children": case(
        BOTH, lambda: [made("Team", id=fields.UUIDField(primary_key=True), name=text()), hero()],
        refused="Team.id: nothing says how IntField",
    ),
    "key gets another name": case(
        BOTH, lambda: [model("Team", None, uid=number(primary_key=True), name=text()), hero()],
        answers={"renames": {"Team.id": "uid"}},
    ),
    "pairs of a model with itself": case(
        BOTH, lambda: [team(), hero(peers=pairs("Hero", symmetrical=True, related_name=None))]
    ),
    "pairs get a table of another name": case(
        lambda: [team(fans=pairs()), hero()], lambda: [team(fans=pairs(through="fan_club")), hero()],
        "team (id, name) VALUES (1, 'a'), (2, 'b')", CHILDREN, "team_hero (team_id, hero_id) VALUES (1, 2)",
        kept={'SELECT "team_id", "hero_id" FROM "fan_club"': [(1, 2)]},
        was={'SELECT "team_id", "hero_id" FROM "team_hero"': [(1, 2)]},
    ),
    "pairs get other columns": case(
        lambda: [team(fans=pairs()), hero()],
        lambda: [team(fans=pairs(forward_key="fan_id", backward_key="club_id")), hero()],
        "team (id, name) VALUES (1, 'a'), (2, 'b')", CHILDREN, "team_hero (team_id, hero_id) VALUES (1, 2)",
        kept={'SELECT "club_id", "fan_id" FROM "team_hero"': [(1, 2)]},
    ),
    "an enum shrinks with a row outside": case(
        teams(x=fields.CharEnumField(Long)), teams(x=fields.CharEnumField(Short)), *x("'low'", "'the highest'"),
        refused="Team.x: VARCHAR.3. cannot hold all values",
    ),
    "unique on repeated values": case(
        teams(x=number()), teams(x=number(unique=True)), *x("1", "1"), refused="Team: rows are not unique in x",
    ),
    "a unique group on repeated values": case(
        teams(x=number()), with_meta({"unique_together": [("x",)]}, x=number()), *x("1", "1"),
        refused="Team: rows are not unique in x",
    ),
    "one-to-one on repeated values": case(
        BOTH, lambda: [team(), hero(team=OneToOneFieldInstance("models.Team", related_name=False))],
        "team (id, name) VALUES (1, 'a')", "hero (id, team_id) VALUES (1, 1), (2, 1)",
        refused="Hero: rows are not unique in team_id",
    ),
    "a new unique column with one default": case(
        BOTH, teams(x=number(default=3, unique=True)), refused=r"Team: rows are not unique in x",
    ),
    "a new unique column with a default for each": case(
        BOTH, teams(x=text(80, default=Imported("secrets:token_hex"), unique=True)),
    ),
    "not null on nulls": case(
        teams(x=number(null=True)), teams(x=number()), *x("NULL", "2"), answers={"fills": {"Team.x": "9"}},
        kept={'SELECT "x" FROM "team" ORDER BY 1': [(2,), (9,)]},
    ),
    "a foreign key not null on nulls": case(
        lambda: [team(), hero(team=key(null=True))], BOTH,
        "team (id, name) VALUES (1, 'a'), (2, 'b')", "hero (id, team_id) VALUES (1, NULL), (2, 2)",
        answers={"fills": {"Hero.team": "1"}},
        kept={'SELECT "id", "team_id" FROM "hero" ORDER BY 1': [(1, 1), (2, 2)]},
    ),
    "a foreign key filled with what is not there": case(
        lambda: [team(), made("Hero")], BOTH, "team (id, name) VALUES (1, 'a')", "hero (id) VALUES (1)",
        answers={"fills": {"Hero.team": "9"}}, refused=r"Hero.team.*point at rows of team that are not there",
    ),
    "a table with all around it gets another name": case(
        lambda: [team({"indexes": [("name",)], "unique_together": [("id", "name")]}, fans=pairs()), hero()],
        lambda: [team({"table": "squads", "indexes": [("name",)], "unique_together": [("id", "name")]}, fans=pairs()),
                 hero()],
        "team (id, name) VALUES (1, 'a'), (2, 'b')", CHILDREN, "team_hero (team_id, hero_id) VALUES (1, 2)",
        kept={'SELECT "team_id", "hero_id" FROM "squads_hero"': [(1, 2)]},
    ),
    "names of indexes over the limit": case(
        lambda: [team(**{f"{LONG}{at}": number(default=at) for at in range(3)}), hero()],
        lambda: [team({"indexes": [tuple(f"{LONG}{at}" for at in range(3))],
                       "unique_together": [("id", *(f"{LONG}{at}" for at in range(3)))]},
                      **{f"{LONG}{at}": number(default=at, db_index=True) for at in range(3)}), hero()],
        f"team (id, name, {', '.join(f'{LONG}{at}' for at in range(3))})"
        " VALUES (1, 'a', 1, 2, 3), (2, 'b', 1, 2, 3)", CHILDREN,
    ),
    "a column in other case": case(
        teams(x=number()), teams(X=number()), *x("1", "2"), answers={"renames": {"Team.x": "X"}},
        kept={'SELECT "X" FROM "team" ORDER BY 1': [(1,), (2,)]},
    ),
    "a table in other case": case(BOTH, with_meta({"table": "Team"})),
    "words of SQL": case(
        lambda: [made("Order", {"table": "order"}, select=number(), where=text())],
        lambda: [made("Order", {"table": "group", "indexes": [("user", "from")]}, user=number(), **{"from": text(30)})],
        '"order" ("id", "select", "where") VALUES (1, 2, \'x\')',
        kept={'SELECT "user", "from" FROM "group"': [(2, "x")]},
        answers={"renames": {"Order.select": "user", "Order.where": "from"}},
        was={'SELECT "select", "where" FROM "order"': [(2, "x")]},
    ),
    "comments with quotes": case(
        teams(x=number(description="a")), with_meta({"table_description": NASTY}, x=number(description=NASTY)),
        *x("1", "2"),
    ),
    "defaults with quotes": case(
        BOTH, teams(x=text(90, default=NASTY)), kept={'SELECT DISTINCT "x" FROM "team"': [(NASTY,)]},
    ),
    "names with quotes": case(
        teams(x=number()), teams(x=number(source_field="we`ird\"x %s {}")), *x("1", "2"),
    ),
    "a table of another name, with signs": case(BOTH, with_meta({"table": "my-té am"})),
    "a default of the database becomes a moment": case(
        teams(x=fields.DatetimeField(null=True)), teams(x=fields.DatetimeField(db_default=Now())),
        *x("NULL", "'2026-01-02 03:04:05'"),
        kept={'SELECT COUNT(*) FROM "team" WHERE "x" IS NULL': [(0,)]},
    ),
    "a partial index": case(
        with_meta({}, x=number()),
        with_meta({"indexes": [PartialIndex(fields=("name",), condition={"x": 2}, name="some")]}, x=number()),
        *x("1", "2"), refused={"mysql": "no partial indexes"},
    ),
    "a key of several columns grows": case(
        lambda: [model("Place", {"primary_key": ("a", "b")}, a=number(), b=number(), c=number())],
        lambda: [model("Place", {"primary_key": ("a", "b", "c")}, a=number(), b=number(), c=number())],
        "place (a, b, c) VALUES (1, 2, 3), (1, 3, 3)",
        kept={'SELECT * FROM "place" ORDER BY 2': [(1, 2, 3), (1, 3, 3)]},
    ),
    "a key of several columns shrinks onto repeated rows": case(
        lambda: [model("Place", {"primary_key": ("a", "b")}, a=number(), b=number(), c=number())],
        lambda: [model("Place", {"primary_key": ("a", "c")}, a=number(), b=number(), c=number())],
        "place (a, b, c) VALUES (1, 2, 3), (1, 3, 3)", refused="Place: rows are not unique in a, c",
    ),
    "a key of several columns grows, which a foreign key leans on": case(
        lambda: [team(), model("Place", {"primary_key": ("team_id", "b")}, team=key(), b=number(), c=number())],
        lambda: [team(), model("Place", {"primary_key": ("team_id", "b", "c")}, team=key(), b=number(), c=number())],
        "team (id, name) VALUES (1, 'a')", "place (team_id, b, c) VALUES (1, 2, 3), (1, 3, 3)",
        kept={'SELECT "team_id", "b", "c" FROM "place" ORDER BY 2': [(1, 2, 3), (1, 3, 3)]},
    ),
    "a column of a key of several columns gets another name and type": case(
        lambda: [team(), model("Place", {"primary_key": ("team_id", "b")}, team=key(), b=number()),
                 made("Sign", at=key("Place"))],
        lambda: [team(), model("Place", {"primary_key": ("team_id", "c")}, team=key(), c=fields.BigIntField()),
                 made("Sign", at=key("Place"))],
        "team (id, name) VALUES (1, 'a')", "place (team_id, b) VALUES (1, 2), (1, 3)",
        "sign (id, at_team_id, at_b) VALUES (1, 1, 3)",
        answers={"renames": {"Place.b": "c"}}, kept={'SELECT "at_team_id", "at_c" FROM "sign"': [(1, 3)]},
    ),
    "a column of a key of several columns gets another name": case(
        lambda: [model("Place", {"primary_key": ("a", "b")}, a=number(), b=number()), made("Sign", at=key("Place"))],
        lambda: [model("Place", {"primary_key": ("a", "c")}, a=number(), c=number()), made("Sign", at=key("Place"))],
        "place (a, b) VALUES (1, 2), (1, 3)", "sign (id, at_a, at_b) VALUES (1, 1, 3)",
        answers={"renames": {"Place.b": "c"}},
        kept={'SELECT "at_a", "at_c" FROM "sign"': [(1, 3)]}, was={'SELECT "at_a", "at_b" FROM "sign"': [(1, 3)]},
    ),
    "text becomes a number, and one is none": case(
        teams(x=text()), teams(x=number()), *x("'1'", "'many'"), refused="Team.x: .* cannot hold all values .*1 row",
    ),
    "a big number no longer fits": case(
        teams(x=fields.BigIntField()), teams(x=number()), *x("1", "3000000000"), refused="Team.x: .* cannot hold",
    ),
    "decimals get fewer digits": case(
        teams(x=fields.DecimalField(max_digits=8, decimal_places=2)),
        teams(x=fields.DecimalField(max_digits=4, decimal_places=2)), *x("1.5", "1234.5"),
        refused="Team.x: .* cannot hold",
    ),
    "decimals get more digits": case(
        teams(x=fields.DecimalField(max_digits=4, decimal_places=1)),
        teams(x=fields.DecimalField(max_digits=9, decimal_places=3)), *x("'1.5'", "'2.5'"),
    ),
    "text becomes JSON, and one is none": case(
        teams(x=fields.TextField()), teams(x=fields.JSONField()), *x("'{}'", "'{'"),
        refused={"sqlite": "Team.x: ", "mysql": "Team.x: ", "postgres": "invalid input syntax for type json"},
    ),
    "a foreign key points elsewhere": case(
        lambda: [team(), hero(), made("City")], lambda: [team(), hero(team=key("City")), made("City")],
        "team (id, name) VALUES (1, 'a'), (2, 'b')", CHILDREN, "city (id) VALUES (1)",
        refused=r"Hero.team.*point at rows of city that are not there.*1 row",
    ),
    "a foreign key is enforced, and one row has none": case(
        lambda: [team(), hero(team=key(db_constraint=False))], BOTH,
        "team (id, name) VALUES (1, 'a')", "hero (id, team_id) VALUES (1, 1), (2, 9)",
        refused=r"Hero.team.*point at rows of team that are not there.*1 row",
    ),
    "a foreign key points at another column": case(
        lambda: [team(code=number(unique=True)), hero()],
        lambda: [team(code=number(unique=True)), hero(team=key(to_field="code"))],
        "team (id, name, code) VALUES (1, 'a', 1), (2, 'b', 2)", CHILDREN,
    ),
    "a check that a row violates": case(
        BOTH, with_meta({"constraints": [CheckConstraint(check="name <> 'a'", name="no_a")]}),
        refused=r"Team: rows do not meet the check no_a .1 row.",
    ),
    "an index and its column go together": case(
        with_meta({"indexes": [("x", "name")], "unique_together": [("x", "id")]}, x=number()), BOTH, *x("1", "2"),
        answers={"drops": frozenset({"Team.x"})}, one_way="has no default",
    ),
    "model, table, key, field and pairs at once": case(
        lambda: [team(fans=pairs()), hero()],
        lambda: [made("Squad", {"table": "crew", "indexes": [Index(fields=("title",), name="titles")]},
                      title=text(50), fans=pairs("Person")),
                 made("Person", {"table": "hero"}, squad=key("Squad"))],
        "team (id, name) VALUES (1, 'a'), (2, 'b')", CHILDREN, "team_hero (team_id, hero_id) VALUES (1, 2)",
        answers={"renames": {"Team": "Squad", "Hero": "Person", "Squad.name": "title", "Person.team": "squad"}},
        kept={'SELECT "id", "title" FROM "crew" ORDER BY 1': [(1, "a"), (2, "b")],
              'SELECT "id", "squad_id" FROM "hero" ORDER BY 1': [(1, 1), (2, 2)],
              'SELECT "squad_id", "person_id" FROM "crew_hero"': [(1, 2)]},
        was={'SELECT "team_id", "hero_id" FROM "team_hero"': [(1, 2)]},
    ),
    "a key to itself that may not be empty": case(
        BOTH, lambda: [team(), hero(boss=key("Hero"))], answers={"fills": {"Hero.boss": "1"}},
        kept={'SELECT "boss_id" FROM "hero"': [(1,), (1,)]},
    ),
    "a column that others point at gets another type": case(
        lambda: [team(code=number(unique=True)), hero(team=key(to_field="code"))],
        lambda: [team(code=fields.BigIntField(unique=True)), hero(team=key(to_field="code"))],
        "team (id, name, code) VALUES (1, 'a', 1), (2, 'b', 2)", CHILDREN,
    ),
    "a day becomes a moment": case(
        teams(x=fields.DateField()), teams(x=fields.DatetimeField()), *x("'2026-01-02'", "'2026-01-03'"),
    ),
    "all at once": case(
        teams(x=number(null=True), y=text()),
        lambda: [team({"indexes": [("z",)], "table_description": "all"}, x=fields.BigIntField(default=1), z=text(40)),
                 hero(team=key(null=True), more=number(default=2, db_index=True)), made("City", of=key())],
        "team (id, name, x, y) VALUES (1, 'a', NULL, 'q'), (2, 'b', 2, 'w')", CHILDREN,
        answers={"renames": {"Team.y": "z"}},
        kept={'SELECT "x", "z" FROM "team" ORDER BY 1': [(1, "q"), (2, "w")]},
    ),
}  # fmt: skip


@pytest.mark.feature(233)
@pytest.mark.parametrize("name", CASES)
async def test_change(name: str, db_url: str, tmp_path: Path) -> None:
    each = CASES[name]
    project = Project(tmp_path, db_url)
    await project.evolve(each.before())
    await project.run(*(f"INSERT INTO {row}" for row in each.rows))
    original, content = await project.tables(), await everything(project)
    why = each.refused.get(project.dialect) if isinstance(each.refused, dict) else each.refused
    project.generate(each.after(), **each.answers)
    if why is not None:
        with pytest.raises((ParamsError, UnSupportedError, OperationalError), match=why):
            await project.upgrade()
        assert (await project.tables(), await everything(project)) == (original, content)
        return
    assert len(await project.upgrade()) == 1
    for question, answer in each.kept.items():
        assert await project.rows(question) == answer
    counts = sorted(len(rows) for rows in content.values())
    migrated, changed = await project.tables(), await everything(project)
    assert sorted(len(rows) for rows in changed.values() if rows) == [count for count in counts if count]
    assert project.generate(each.after()).migrations == ()
    if each.one_way is not None:
        with pytest.raises(ParamsError, match=each.one_way):
            await project.downgrade()
        assert (await project.tables(), await everything(project)) == (migrated, changed)
    else:
        assert len(await project.downgrade()) == 1
        assert await project.tables() == original
        for question, answer in each.was.items():
            assert await project.rows(question) == answer
        assert sorted(len(rows) for rows in (await everything(project)).values()) == counts
        assert len(await project.upgrade()) == 1
        assert await project.tables() == migrated
    assert await project.fresh_tables(each.after()) == migrated


async def everything(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    return {name: sorted(await project.rows(f'SELECT * FROM "{name}"'), key=repr) for name in await project.tables()}
