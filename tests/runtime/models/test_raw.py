"""SQL of one's own: objects from any SELECT, statements on a connection, queries built with pypika."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypedDict
from uuid import uuid4

import pytest
from pydantic import BaseModel, TypeAdapter
from pypika import Order, Query, Table
from pypika import functions as pypika_functions

from models.heroes import Badge, Hero, Log, Mood, Team
from ormgen import connections, in_transaction
from ormgen.exceptions import FieldError, OperationalError
from ormgen.query_api import QueryResult, execute_pypika

PLACES = {"sqlite": ("?", "?"), "postgres": ("$1", "$2"), "mysql": ("%s", "%s")}


@pytest.mark.feature(135)
async def test_objects_from_sql(orm: str) -> None:
    team = await Team.create(name="a", size=3)
    hero = await Hero.create(name="h", team=team, price=Decimal("7.25"), mood=Mood.BAD, data={"x": [1]})
    (found,) = await Hero.raw("SELECT * FROM hero")
    assert type(found) is Hero
    assert found == hero
    assert (found.price, found.mood, found.data, found.team_id) == (Decimal("7.25"), Mood.BAD, {"x": [1]}, team.id)
    found.name = "changed"
    await found.save()
    assert await Hero.filter(name="changed").count() == 1
    assert [each.name async for each in Hero.raw("SELECT id, name FROM hero")] == ["changed"]
    assert await Hero.raw("SELECT * FROM hero WHERE id < 0") == []
    await Log.create(line="50 %")
    quote = "`" if orm == "mysql" else '"'
    table = f"{quote}{Log._meta.db_table.replace(quote, quote * 2)}{quote}"
    assert [log.line for log in await Log.raw(f"SELECT * FROM {table} /* 100 % sure? */")] == ["50 %"]


@pytest.mark.feature(135)
async def test_columns_that_are_missing_and_columns_beside(orm: str) -> None:
    await Team.bulk_create([Team(name=name, size=at) for at, name in enumerate("abc")])
    first, second = PLACES[orm]
    sql = f"SELECT id, name, size * 2 AS doubled FROM team WHERE size > {first} AND name <> {second} ORDER BY name"
    (found,) = await Team.raw(sql, [0, "c"])
    assert (found.name, found.doubled) == ("b", 2)
    with pytest.raises(AttributeError, match=r"Team\.size was not loaded"):
        _ = found.size
    with pytest.raises(FieldError, match="cannot be the name of an annotation"):
        await Team.raw("SELECT COUNT(*) AS " + ("`a b`" if orm == "mysql" else '"a b"') + " FROM team")
    with pytest.raises(FieldError, match='has a field "heroes" already'):
        await Team.raw("SELECT id, 1 AS heroes FROM team")
    with pytest.raises(OperationalError):
        await Team.raw("SELECT nothing FROM team")
    assert Team.raw("SELECT 1").sql() == "SELECT 1"
    unawaited: Any = Team.raw("SELECT 1")
    with pytest.raises(TypeError, match="await it first"):
        list(unawaited)


@pytest.mark.feature(135, 205)
async def test_raw_sees_the_transaction(orm: str) -> None:
    async with in_transaction() as connection:
        await Team.create(name="a")
        assert len(await Team.raw("SELECT * FROM team")) == 1
        assert len(await Team.raw("SELECT * FROM team").using_db(connection)) == 1
        await connection.rollback()
    assert await Team.raw("SELECT * FROM team") == []


@pytest.mark.feature(193, 194)
async def test_statements_on_a_connection(orm: str) -> None:
    connection = connections.get("default")
    first, second = PLACES[orm]
    insert = f"INSERT INTO team (name, size) VALUES ({first}, {second})"
    key = await connection.execute_insert(insert + (" RETURNING id" if orm == "postgres" else ""), ["a", 1])
    assert (await Team.get(name="a")).id == key
    await connection.execute_many(insert, [["b", 2], ["c%", 3]])
    number, rows = await connection.execute_query(f"SELECT name, size FROM team WHERE size > {first}", [1])
    assert (number, rows) == (2, [{"name": "b", "size": 2}, {"name": "c%", "size": 3}])
    assert await connection.execute_query_dict("SELECT name FROM team WHERE name LIKE 'c%'") == [{"name": "c%"}]
    rows, number = await connection.execute_query_dict_with_affected("UPDATE team SET size = 9")
    assert (number, rows) == (3, [])
    rows, number = await connection.execute_query_dict_with_affected("SELECT size FROM team")
    assert (number, rows[0]) == (3, {"size": 9})
    await connection.execute_script("UPDATE team SET city = '1 %'; UPDATE team SET size = 8")
    assert await Team.filter(size=8, city="1 %").count() == 3


class TeamRow(BaseModel):
    name: str
    size: int


class TeamDict(TypedDict):
    name: str
    size: int


@pytest.mark.feature(139, 195)
async def test_queries_of_pypika(orm: str) -> None:
    await Team.bulk_create([Team(name=name, size=at) for at, name in enumerate(("it's", "b\\", "50 %"))])
    table = Team.get_table()
    assert isinstance(table, Table)
    query = Query.from_(table).select(table.name, table.size).where(table.name == "it's")
    text = query.get_sql()
    found = await execute_pypika(query)
    assert found == QueryResult([{"name": "it's", "size": 0}], 1)
    assert query.get_sql() == text
    everything = Query.from_(table).select(table.name, table.size).orderby(table.size, order=Order.desc)
    assert (await execute_pypika(everything, schema=TeamRow)).rows[0] == TeamRow(name="50 %", size=2)
    rows: list[Any] = (await execute_pypika(everything, schema=TypeAdapter(TeamRow))).rows
    assert rows[1] == TeamRow(name="b\\", size=1)
    assert (await execute_pypika(everything, schema=TeamDict)).rows[2] == {"name": "it's", "size": 0}
    several = Query.from_(table).select(table.name).where(table.name.isin(["b\\", "x"]) | (table.size > 1))
    assert {row["name"] for row in (await execute_pypika(several)).rows} == {"b\\", "50 %"}
    counted = Query.from_(table).select(pypika_functions.Count(table.star).as_("n"))
    assert (await execute_pypika(counted)).rows == [{"n": 3}]
    nested = Query.from_(table).select(table.name).where(table.size.isin(counted.where(table.name == "it's")))
    assert (await execute_pypika(nested)).rows == [{"name": "b\\"}]


@pytest.mark.feature(195)
async def test_pypika_writes_inside_a_transaction(orm: str) -> None:
    table = Team.get_table()
    async with in_transaction() as connection:
        done = await execute_pypika(Query.into(table).columns("name", "size", "city").insert("x", 3, None))
        assert done.rows_affected == 1
        done = await execute_pypika(Query.update(table).set(table.city, "'; --").where(table.name == "x"))
        assert done.rows_affected == 1
        assert await Team.all().values_list("name", "size", "city") == [("x", 3, "'; --")]
        await connection.rollback()
    assert await Team.all().count() == 0
    hero = await Hero.create(name="h")
    badge = await Badge.create(id=uuid4(), hero=hero)
    badges, heroes = Badge.get_table(), Hero.get_table()
    moment = datetime(2999, 1, 1, tzinfo=UTC)
    query = Query.from_(badges).join(heroes).on(badges.hero_id == heroes.id).select(heroes.name)
    query = query.where(badges.id == badge.id).where(heroes.created < moment)
    assert (await execute_pypika(query, using_db=connections.get("default"))).rows == [{"name": "h"}]
