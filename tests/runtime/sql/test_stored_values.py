"""What is stored in a column comes back the same, on every database."""

import datetime
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from graphs import graph, model
from ormgen.schema.field import Field
from ormgen.schema.field_types import (
    BigIntField,
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntField,
    JSONField,
    SmallIntField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from ormgen.schema.graph import ModelGraph
from ormgen.sql.ddl import create_statements
from ormgen.sql.values import Codec
from ormgen.sql.zone import Zone
from plain_connections import Connection, connect, insert, run_all


@pytest.fixture
async def connection(db_url: str) -> AsyncIterator[Connection]:
    """To an empty database, on each server in turn."""
    connection = await connect(db_url)
    yield connection
    await connection.close()


async def create(connection: Connection, models: ModelGraph) -> None:
    await run_all(connection, create_statements(models, connection.dialect))


MOMENT = datetime.datetime(2020, 1, 31, 23, 59, 59, 123456, datetime.UTC)
VALUES: list[tuple[Field[Any], list[Any]]] = [
    (IntField(null=True), [0, -(2**31), 2**31 - 1]),
    (BigIntField(null=True), [-(2**63), 2**63 - 1]),
    (CharField(40, null=True), ["", "2020", "1.50", "0x10", " 7 ", "1e5", "ä\U0001f600'\\"]),
    (TextField(null=True), ["12", "007", "'"]),
    (BooleanField(null=True), [True, False]),
    (FloatField(null=True), [1.0, 0.1, 1e300, 5e-324]),
    (DecimalField(30, 2, null=True), [Decimal("1.50"), Decimal("1000.00"), Decimal("9" * 28 + ".99"), Decimal("0.00")]),
    (DecimalField(20, 0, null=True), [Decimal(2020), Decimal("12345678901234567890")]),
    (DatetimeField(null=True), [MOMENT, MOMENT.replace(hour=0, minute=0, second=0, microsecond=0, year=1000)]),
    (DateField(null=True), [datetime.date(2020, 1, 31), datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)]),
    (TimeField(null=True), [datetime.time(), datetime.time(12), datetime.time(23, 59, 59, 1)]),
    (TimeDeltaField(null=True), [datetime.timedelta(days=-3, microseconds=1)]),
    (UUIDField(null=True), [uuid.UUID("1" * 32), uuid.UUID("1e5" + "0" * 29)]),
    (JSONField[Any](null=True), [1, 1.0, 1e5, 10**15 + 1, "1", "null", True, [], {"a": [None, "ä"]}, 2020]),
    (BinaryField(null=True), [b"", b"12", bytes(range(256))]),
]


@pytest.mark.parametrize(("field", "values"), VALUES, ids=lambda value: type(value).__name__)
async def test_stored_values_come_back_the_same(connection: Connection, field: Field[Any], values: list[Any]) -> None:
    await create(connection, graph(model("Thing", x=field)))
    codec = Codec(connection.dialect, Zone())
    encode, decode = codec.encoder(field), codec.decoder(field) or (lambda value: value)
    for number, value in enumerate(values, 1):
        stored = encode(value)
        await insert(connection, "thing", x=stored)
        ((found,),) = await connection.run(f"SELECT x FROM thing WHERE id = {number}")
        assert decode(found) == value
        assert isinstance(decode(found), type(value))
        if connection.dialect == "sqlite":
            assert found == stored
            assert isinstance(stored, type(found))


DEFAULTS: dict[str, tuple[Field[Any], Any]] = {
    "a": (CharField(20, db_default="it's 50% \\ $1"), "it's 50% \\ $1"),
    "b": (TextField(db_default="\\'"), "\\'"),
    "c": (BooleanField(db_default=True), True),
    "d": (DecimalField(5, 2, db_default=1.5), Decimal("1.50")),
    "e": (DatetimeField(db_default="2020-01-31 23:59:59.123456"), MOMENT),
    "f": (DateField(db_default="2020-01-31"), datetime.date(2020, 1, 31)),
    "g": (TimeField(db_default="12:30:00.5"), datetime.time(12, 30, 0, 500000)),
    "h": (TimeDeltaField(db_default=-5), datetime.timedelta(microseconds=-5)),
    "i": (UUIDField(db_default="1" * 32), uuid.UUID("1" * 32)),
    "j": (JSONField[Any](db_default="1"), "1"),
    "k": (FloatField(db_default=-0.5), -0.5),
    "l": (SmallIntField(null=True, db_default=None), None),
}


async def test_the_database_fills_in_its_defaults(connection: Connection) -> None:
    await create(
        connection, graph(model("Thing", x=IntField(), **{name: field for name, (field, _) in DEFAULTS.items()}))
    )
    await insert(connection, "thing", x=1)
    (row,) = await connection.run(f"SELECT {', '.join(DEFAULTS)} FROM thing")
    codec = Codec(connection.dialect, Zone())
    for found, (field, expected) in zip(row, DEFAULTS.values(), strict=True):
        decode = codec.decoder(field)
        assert (found if found is None or decode is None else decode(found)) == expected
