"""Defaults of the database: filled in by it, read back, left alone by later writes. Defaults that are awaited."""

import copy
import datetime
import pickle
from decimal import Decimal
from typing import Any

import pytest

from models.defaults import Computed, Level, Numbered, Plain, Tokened, Unfetched
from ormgen import fields
from ormgen.exceptions import OperationalError, UnSupportedError
from ormgen.fields import Now, RandomHex, SqlDefault
from ormgen.fields.base import DB_DEFAULT_NOT_SET, DatabaseDefault

MODELS = {"models": ["models.defaults"]}
EXPECTED: dict[str, Any] = {
    "number": 1,
    "real": 1.5,
    "price": Decimal("1.10"),
    "flag": True,
    "text": "it's",
    "long": "a\\b",
    "day": datetime.date(2020, 5, 21),
    "moment": datetime.datetime(2020, 5, 20, tzinfo=datetime.UTC),
    "span": datetime.timedelta(seconds=1),
    "data": {"a": [1]},
    "blob": b"\x00\xff",
    "level": Level.HIGH,
    "nothing": None,
}


def values(item: Plain) -> dict[str, Any]:
    return {name: value for name, value in item.to_dict().items() if name != "id"}


@pytest.mark.feature(74, 219)
async def test_every_type_of_column_can_have_one(orm: str) -> None:
    made = await Plain.create()
    assert values(made) == EXPECTED
    assert values(await Plain.get(id=made.id)) == EXPECTED


@pytest.mark.feature(219)
async def test_what_the_database_filled_in_is_found_again(orm: str) -> None:
    made = await Plain.create()
    for name, value in EXPECTED.items():
        if value is not None and name != "blob":
            assert await Plain.filter(**{name: value}) == [made], name


@pytest.mark.feature(219)
async def test_a_value_that_is_given_counts(orm: str) -> None:
    made = await Plain.create(number=5, nothing=3)
    assert (made.number, made.nothing, made.text) == (5, 3, "it's")
    found = await Plain.get(id=made.id)
    assert (found.number, found.nothing, found.text) == (5, 3, "it's")


@pytest.mark.feature(220)
async def test_the_database_computes(orm: str) -> None:
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=2)
    made, other = await Computed.create(name="a"), await Computed.create(name="b")
    after = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
    assert before <= made.created <= after
    assert before.date() <= made.day <= after.date()
    assert isinstance(made.clock, datetime.time)
    assert len(made.token) == 32
    assert int(made.token, 16) >= 0
    assert made.token != other.token
    assert (made.counter, made.shout) == (42, "NEW")
    assert await Computed.filter(created=made.created, id=made.id) == [made]
    assert await Computed.filter(token=made.token, day=made.day) == [made]


@pytest.mark.feature(219)
async def test_before_it_is_stored_the_value_is_a_stand_in(orm: str) -> None:
    made: Any = Plain()
    for copied in (made, copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert isinstance(copied.number, DatabaseDefault)
        assert not copied.number
        assert (str(copied.number), repr(copied.number)) == ("<DB_DEFAULT>", "DatabaseDefault('number')")
    await made.save()
    assert made.number == 1


@pytest.mark.feature(66)
async def test_a_model_can_do_without_reading_back(orm: str) -> None:
    assert not Unfetched._meta.fetch_db_defaults
    assert Unfetched._meta.db_default_db_columns == {"number"}
    made: Any = await Unfetched.create()
    if orm == "mysql":  # the others tell in the INSERT itself
        assert isinstance(made.number, DatabaseDefault)
        await made.save()
        await made.save(update_fields=["number"])
    assert (await Unfetched.get(id=made.id)).number == 1


@pytest.mark.feature(199)
async def test_bulk_create_takes_all_or_none(orm: str) -> None:
    made = await Plain.bulk_create([Plain(text="a"), Plain(text="b")])
    assert await Plain.filter(number=1).count() == len(made) == 2
    await Plain.bulk_create([Plain(number=5), Plain(number=6)])
    assert await Plain.filter(number__in=[5, 6], text="it's").count() == 2
    told = r"Cannot use bulk_create: some of the objects leave Plain.number to the database .* store them in two calls"
    with pytest.raises(OperationalError, match=told):
        await Plain.bulk_create([Plain(number=5), Plain()])
    assert await Plain.all().count() == 4


@pytest.mark.feature(219)
async def test_a_key_that_the_database_makes(orm: str) -> None:
    if orm == "mysql":
        with pytest.raises(UnSupportedError, match=r"Tokened.token is made by the database, and MySQL .* give the key"):
            await Tokened.create()
        with pytest.raises(UnSupportedError, match=r"Tokened.token is made by the database"):
            await Tokened.bulk_create([Tokened()])
        assert await Tokened.all().count() == 0
        return
    made = await Tokened.create()
    assert await Tokened.get(pk=made.token) == made


@pytest.mark.feature(73)
async def test_an_async_default_is_awaited_when_the_object_is_stored(orm: str) -> None:
    made = Numbered()
    assert not made.number
    await made.save()
    first = made.number
    assert first is not None
    assert (await Numbered.get(id=made.id)).number == first
    assert (await Numbered.create()).number == first + 1
    assert (await Numbered.create(number=None)).number is None
    assert (await Numbered.create(number=7)).number == 7
    listed = await Numbered.bulk_create([Numbered(), Numbered()])
    assert [item.number for item in listed] == [first + 2, first + 3]


@pytest.mark.feature(74)
def test_what_a_field_says_of_its_default() -> None:
    assert fields.IntField().db_default is DB_DEFAULT_NOT_SET
    assert not DB_DEFAULT_NOT_SET
    field: Any = fields.IntField(db_default=0)
    assert field.has_db_default()
    stand_in = field.get_db_default_value()
    assert isinstance(stand_in, DatabaseDefault)
    assert stand_in.field is field
    assert Now().get_sql(dialect="mysql") == "CURRENT_TIMESTAMP(6)"
    assert not field.required
    assert fields.IntField().get_db_default_value() is None
    assert (SqlDefault("0"), Now(), RandomHex()) == (SqlDefault("0"), Now(), RandomHex())
    assert SqlDefault("0") != SqlDefault("1")
    assert len({SqlDefault("0"), SqlDefault("0"), Now(), RandomHex()}) == 3
    assert [repr(each) for each in (SqlDefault("0"), Now(), RandomHex())] == ["SqlDefault('0')", "Now()", "RandomHex()"]
