"""Fields of a user's own: conversion both ways, SQL types, one way for each database."""

import datetime
from typing import Any

import pytest

from models.custom import Colour, EnumField, SizedField, Thing, WordsField
from ormgen import ORM
from ormgen.exceptions import ValidationError

MODELS = {"models": ["models.custom"]}
NOON = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.UTC)


@pytest.mark.feature(82)
async def test_values_are_converted_both_ways(orm: str) -> None:
    made: Any = await Thing.create(colour=Colour.RED, words=["a", "b"], since=NOON)
    empty = await Thing.create()
    found: Any = await Thing.get(id=made.id)
    assert (found.colour, found.words, found.since, found.sized) == (Colour.RED, ["a", "b"], NOON, "abcd")
    assert (await Thing.get(id=empty.id)).colour is None
    assert await Thing.filter(colour=Colour.RED) == await Thing.filter(words=["a", "b"]) == [made]
    assert await Thing.filter(colour__in=[Colour.RED, Colour.BLUE]) == await Thing.filter(since=NOON) == [made]
    listed: Any = await Thing.filter(id=made.id).values_list("colour", "words")
    assert listed == [(Colour.RED, ["a", "b"])]
    assert await Thing.filter(id=made.id).update(colour=Colour.BLUE, words=["c"]) == 1
    found.colour = Colour.RED
    await found.save(update_fields=["colour"])
    await found.refresh_from_db()
    assert (found.colour, found.words) == (Colour.RED, ["c"])
    found.words = ["d", "e"]
    assert await Thing.bulk_update([found], ["colour", "words", "since"]) == 1
    await Thing.bulk_create([Thing(colour=Colour.BLUE)])
    assert await Thing.all().order_by("id").values_list("colour", flat=True) == [Colour.RED, None, Colour.BLUE]
    assert await Thing.filter(words=["d", "e"]).count() == 1


@pytest.mark.feature(82)
async def test_what_the_field_refuses(orm: str) -> None:
    with pytest.raises(ValidationError, match=r"Thing.colour: .*Expected type Colour, got 5"):
        await Thing.filter(colour=5)
    made = await Thing.create()
    made.colour = "green"
    with pytest.raises(ValueError, match="green"):
        await made.save()


@pytest.mark.feature(78, 82)
async def test_what_the_database_computes(orm: str) -> None:
    made = await Thing.create(number=4)
    assert made.doubled == 8
    made.number = 5
    await made.save()
    await made.refresh_from_db()
    assert made.doubled == 10
    assert await Thing.filter(doubled=10).update(number=6) == 1
    assert await Thing.filter(doubled=12) == [made]


@pytest.mark.feature(82)
async def test_the_columns(orm: str) -> None:
    if orm == "sqlite":
        rows = await ORM.get_connection("default").execute_query_dict("PRAGMA table_info(thing)")
        types = {row["name"]: row["type"] for row in rows}
        assert (types["words"], types["sized"], types["since"]) == ("VARCHAR(200)", "CHAR(4)", "BIGINT")
        return
    where = "table_name = 'thing'" + (" AND table_schema = DATABASE()" if orm == "mysql" else "")
    rows = await ORM.get_connection("default").execute_query_dict(
        f"SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE {where}"
    )
    types = {row["name"]: row["type"] for row in rows}
    assert types["words"] == ("ARRAY" if orm == "postgres" else "varchar")
    assert types["sized"] == ("character" if orm == "postgres" else "varchar")
    assert types["since"] == "bigint"


@pytest.mark.feature(82)
def test_what_a_field_says_for_one_database() -> None:
    words, sized = WordsField(), SizedField(4)
    assert words.get_for_dialect("postgres", "SQL_TYPE") == "TEXT[]"
    assert words.get_for_dialect("sqlite", "SQL_TYPE") == "VARCHAR(200)"
    assert words.get_db_field_types() == {"": "VARCHAR(200)", "postgres": "TEXT[]"}
    assert (sized.get_for_dialect("mysql", "SQL_TYPE"), sized.get_for_dialect("sqlite", "SQL_TYPE")) == (
        "VARCHAR(5)",
        "CHAR(4)",
    )
    assert EnumField(Colour).get_for_dialect("postgres", "SQL_TYPE") == "VARCHAR(128)"
    assert words.get_for_dialect("sqlite", "indexable") is True
    assert words.get_for_dialect("sqlite", "nothing") is None
