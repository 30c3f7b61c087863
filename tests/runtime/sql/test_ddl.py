"""Table definitions, executed on every database."""

import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graphs import graph, model
from ormgen.schema.field_types import (
    BigIntField,
    CharField,
    IntField,
    SmallIntField,
    UUIDField,
)
from ormgen.schema.graph import ModelGraph
from ormgen.schema.relation_fields import (
    NO_ACTION,
    RESTRICT,
    SET_NULL,
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
    OneToOneFieldInstance,
)
from ormgen.sql.ddl import create_statements, drop_statements
from plain_connections import Connection, connect, insert, run_all


@pytest.fixture
async def connection(db_url: str) -> AsyncIterator[Connection]:
    """To an empty database, on each server in turn."""
    connection = await connect(db_url)
    yield connection
    await connection.close()


async def create(connection: Connection, models: ModelGraph, *, safe: bool = True) -> None:
    await run_all(connection, create_statements(models, connection.dialect, safe=safe))


async def drop(connection: Connection, models: ModelGraph) -> None:
    await run_all(connection, drop_statements(models, connection.dialect))


async def tables(connection: Connection) -> set[str]:
    found = await connection.run(
        {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            "postgres": "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            "mysql": "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
        }[connection.dialect]
    )
    return {name for (name,) in found}


def everything() -> ModelGraph:
    """Every kind of relation, a cycle, names and comments full of quotes."""
    return graph(
        model(
            "Hero",
            {
                "indexes": [("team", "name")],
                "unique_together": ("name", "team"),
                "table_description": "it's; a */ \\ %",
            },
            name=CharField(50, db_index=True, description='with "quotes", `ticks`, 100 %s $1 ? \\'),
            team=ForeignKeyFieldInstance("models.Team", "heroes", description="the hero's"),
            mentor=ForeignKeyFieldInstance("self", "students", null=True, on_delete=RESTRICT),
            friends=ManyToManyFieldInstance("self"),
        ),
        model(
            "Team",
            {"table": "order"},
            name=CharField(20, unique=True, source_field='se"lec`t'),
            captain=ForeignKeyFieldInstance("models.Hero", False, null=True, on_delete=SET_NULL),
        ),
        model("Badge", hero=OneToOneFieldInstance("models.Hero", primary_key=True), mark=UUIDField(unique=True)),
        model(
            "Award",
            key=UUIDField(primary_key=True),
            badge=ForeignKeyFieldInstance("models.Badge", on_delete=NO_ACTION),
            mark=ForeignKeyFieldInstance("Badge", False, NO_ACTION, to_field="mark", source_field="the mark"),
            loose=ForeignKeyFieldInstance("models.Team", False, db_constraint=False),
            heroes=ManyToManyFieldInstance("models.Hero", related_name="awards", unique=False),
        ),
        model("Tag", word=CharField(max_length=10, primary_key=True), on=ManyToManyFieldInstance("Award", "tagged")),
        model(
            "Tagged", {"table": "tagged"}, tag=ForeignKeyFieldInstance("Tag"), award=ForeignKeyFieldInstance("Award")
        ),
    )


async def fill(connection: Connection) -> None:
    """A team whose captain is its hero, who is his own mentor."""
    await connection.run(everything_quoted(connection, "INSERT INTO [order] ([se]lec`t]) VALUES ('red')"))
    await insert(connection, "hero", name="Ann", team_id=1, mentor_id=None)
    await connection.run(everything_quoted(connection, "UPDATE [order] SET [captain_id] = 1"))
    await connection.run("UPDATE hero SET mentor_id = 1")


def everything_quoted(connection: Connection, sql: str) -> str:
    """`[name]` as the dialect quotes it; `se]lec` stands for the one with quotes in it."""
    if connection.dialect == "mysql":
        return sql.replace("se]lec`t", 'se"lec``t').replace("[", "`").replace("]", "`")
    return sql.replace("se]lec", 'se""lec').replace("[", '"').replace("]", '"')


@pytest.mark.feature(212, 216)
async def test_runs_again_and_again(connection: Connection) -> None:
    models = everything()
    await create(connection, models, safe=False)
    await fill(connection)
    await create(connection, models)
    await create(connection, models)
    assert await connection.run("SELECT name, team_id, mentor_id FROM hero") == [("Ann", 1, 1)]
    assert await tables(connection) == {
        *("hero", "order", "badge", "award", "tag", "tagged", "hero_hero", "award_hero"),
    }
    await drop(connection, models)
    assert await tables(connection) == set()
    await drop(connection, models)
    await create(connection, models)
    assert len(await tables(connection)) == 8


@pytest.mark.feature(75, 60)
async def test_constraints_hold(connection: Connection) -> None:
    await create(connection, everything())
    await fill(connection)
    refused: list[tuple[str, dict[str, Any]]] = [
        ("hero", {"name": "Bob", "team_id": 7}),  # no such team
        ("hero", {"name": "Ann", "team_id": 1}),  # unique together
        ("hero", {"name": None, "team_id": 1}),
        ("badge", {"hero_id": 9, "mark": uuid_for(connection, 1)}),  # no such hero
        ("tagged", {"tag_id": "a", "award_id": uuid_for(connection, 1)}),
        ("hero_hero", {"hero_rel_id": 1, "hero_id": 7}),
    ]
    for table, values in refused:
        with pytest.raises(connection.refused):
            await insert(connection, table, **values)
    with pytest.raises(connection.refused):  # the captain of the cycle
        await connection.run(everything_quoted(connection, "UPDATE [order] SET [captain_id] = 7"))
    with pytest.raises(connection.refused):  # unique
        await connection.run(everything_quoted(connection, "INSERT INTO [order] ([se]lec`t]) VALUES ('red')"))


def uuid_for(connection: Connection, number: int) -> Any:
    value = uuid.UUID(int=number)
    return value if connection.dialect == "postgres" else str(value)


async def test_relations_point_where_they_should(connection: Connection) -> None:
    await create(connection, everything())
    await fill(connection)
    one, two = uuid_for(connection, 1), uuid_for(connection, 2)
    await insert(connection, "badge", hero_id=1, mark=one)
    with pytest.raises(connection.refused):  # one to one
        await insert(connection, "badge", hero_id=1, mark=two)
    with pytest.raises(connection.refused):  # to_field
        await insert(connection, "award", key=one, badge_id=1, **{"the mark": two}, loose_id=1)
    await insert(connection, "award", key=two, badge_id=1, **{"the mark": one}, loose_id=777)
    for _ in range(2):  # unique=False
        await insert(connection, "award_hero", award_id=two, hero_id=1)
    await insert(connection, "hero_hero", hero_rel_id=1, hero_id=1)
    with pytest.raises(connection.refused):  # pairs are unique
        await insert(connection, "hero_hero", hero_rel_id=1, hero_id=1)
    with pytest.raises(connection.refused):  # NO_ACTION
        await connection.run("DELETE FROM badge")
    await connection.run("DELETE FROM award")
    assert await connection.run("SELECT * FROM award_hero") == []  # CASCADE


COMMENTS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE name = 'hero' AND type = 'table'",
    "postgres": "SELECT obj_description('hero'::regclass), col_description('hero'::regclass, 2)",
    "mysql": "SELECT t.table_comment, c.column_comment FROM information_schema.tables t "
    "JOIN information_schema.columns c ON c.table_name = t.table_name AND c.table_schema = t.table_schema "
    "WHERE t.table_schema = DATABASE() AND t.table_name = 'hero' AND c.column_name = 'name'",
}


@pytest.mark.feature(217)
async def test_comments_arrive_whole(connection: Connection) -> None:
    await create(connection, everything())
    (found,) = await connection.run(COMMENTS[connection.dialect])
    if connection.dialect == "sqlite":
        assert re.findall(r"/\*.*?\*/", found[0]) == [
            "/* it's; a * / \\ % */",
            '/* with "quotes", `ticks`, 100 %s $1 ? \\ */',
            "/* the hero's */",
        ]
    else:
        assert found == ("it's; a */ \\ %", 'with "quotes", `ticks`, 100 %s $1 ? \\')


@pytest.mark.feature(217)
async def test_long_comments_are_cut_where_the_server_would_refuse_them(connection: Connection) -> None:
    wordy = graph(model("Wordy", {"table_description": "ä" * 3000}, x=IntField(description="'" * 3000)))
    await create(connection, wordy)
    assert await tables(connection) == {"wordy"}


@pytest.mark.feature(213)
async def test_names_as_long_as_they_get(connection: Connection) -> None:
    a, b, first, second = "ä" * 31, "ö" * 31, "ü" * 30, "ß" * 30
    long = graph(
        model(
            "A",
            {"table": a, "unique_together": ("x", "b"), "indexes": [("b", "x")]},
            x=IntField(source_field=first),
            b=ForeignKeyFieldInstance("models.B", False, source_field=second),
        ),
        model("B", {"table": b}, a=ForeignKeyFieldInstance("models.A", False, null=True)),
    )
    for _ in range(3):
        await create(connection, long)
    assert await tables(connection) == {a, b}
    if connection.dialect == "postgres":
        assert await connection.run("SELECT count(*) FROM pg_constraint WHERE contype = 'f'") == [(2,)]
        assert await connection.run("SELECT count(*) FROM pg_class WHERE relname LIKE 'idx_%'") == [(1,)]
    await drop(connection, long)
    assert await tables(connection) == set()


@pytest.mark.feature(218)
async def test_tables_in_schemas(postgres_url: str) -> None:
    connection = await connect(postgres_url)
    models = graph(
        model(
            "A",
            {"schema": 'in"ner', "table_description": "here"},
            x=IntField(db_index=True, unique=False, description="x"),
            bs=ManyToManyFieldInstance("models.B"),
            b=ForeignKeyFieldInstance("models.B", False, null=True),
        ),
        model("B", a=ForeignKeyFieldInstance("models.A", False)),
    )
    for _ in range(2):
        await create(connection, models)
    assert await tables(connection) == {"b"}
    await drop(connection, models)
    assert await tables(connection) == set()
    await create(connection, models)
    await connection.run('INSERT INTO "in""ner".a (x) VALUES (1)')
    await connection.close()


@pytest.mark.feature(71, 78)
async def test_ids_count_up_and_can_be_given(connection: Connection) -> None:
    await create(
        connection,
        graph(
            model("A", x=IntField()),
            model("B", id=BigIntField(primary_key=True), x=IntField()),
            model("C", id=SmallIntField(primary_key=True), x=IntField()),
        ),
    )
    for table in "abc":
        await insert(connection, table, x=0)
        await insert(connection, table, x=0)
        await insert(connection, table, id=10, x=0)
        assert await connection.run(f"SELECT id FROM {table} ORDER BY id") == [(1,), (2,), (10,)]
