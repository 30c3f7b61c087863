"""What `create` makes at once is what an object that is made and saved would be, and is refused as that is."""

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models import columns, heroes
from ormgen import ORM, Model
from ormgen.exceptions import BaseORMException
from ormgen.models.at_once import at_once
from ormgen.signals import pre_save

MODELS = {"models": ["models.columns", "models.heroes"]}

KINDS: list[Any] = [
    *(columns.Whole, columns.Small, columns.Big, columns.Text, columns.LongText, columns.Flag, columns.Real),
    *(columns.Money, columns.Moment, columns.Day, columns.Clock, columns.Span, columns.Identity, columns.Document),
    *(columns.Blob, columns.Coloured, columns.Sized),
]
MOMENT = datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.UTC)
ZONED = MOMENT.astimezone(datetime.timezone(datetime.timedelta(hours=5)))
VALUES: list[Any] = [
    *(None, True, 1, -1, 2**15 - 1, 2**15, 2**30, -(2**30), 2**31 - 1, 2**31, -(2**31), 2**63, 1.5, math.nan, math.inf),
    *(
        "",
        "a",
        "\u00e9",
        "a\0b",
        "x" * 400,
        "5",
        "2020-01-02",
        b"",
        b"x",
        Decimal("1.5"),
        Decimal("1.00005"),
        Decimal("NaN"),
    ),
    *(
        MOMENT,
        ZONED,
        MOMENT.date(),
        MOMENT.time(),
        ZONED.timetz(),
        datetime.timedelta(1),
        UUID(int=5),
        [],
        {"a": [None]},
    ),
    *({"a": object()}, {"a": "\0"}, *columns.Colour, *columns.Size, columns.Colour, object),
]


async def saved(model: Any, given: dict[str, Any]) -> Any:
    made = model(**given)
    await made.save()
    return made


async def outcome(model: Any, given: dict[str, Any], make: Callable[..., Any]) -> Any:
    """An object as it is and as it is stored, or the error."""
    try:
        made = await make(model, given)
    except BaseORMException as error:
        return type(error), str(error)
    again = await model.get(pk=made.pk)
    await made.delete()
    return repr(
        [[getattr(each, name) for name in model._meta.fields_db_projection if name != "id"] for each in (made, again)]
    )


@pytest.mark.filterwarnings("ignore:.* has no time zone")
@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
async def test_it_is_as_an_object_that_is_saved(orm: str, model: type[Model]) -> None:
    assert at_once(ORM.get_connection("default"), model.__model__).make is not None
    for given in [{}, {"other": 1}, {"id": 7}, {"pk": 8}, *[{"value": value} for value in VALUES]]:
        expected = await outcome(model, given, saved)
        for _ in range(2):
            assert await outcome(model, given, lambda cls, values: cls.create(**values)) == expected, given


async def test_who_listens_later_is_told(orm: str) -> None:
    connection = ORM.get_connection("default")
    assert at_once(connection, heroes.Team.__model__).make is not None
    await heroes.Team.create(name="before")
    told: list[str] = []

    async def listen(sender: Any, instance: heroes.Team, using_db: Any, update_fields: Any) -> None:
        told.append(instance.name)

    pre_save(heroes.Team)(listen)
    try:
        await heroes.Team.create(name="heard")
    finally:
        pre_save.disconnect(listen, heroes.Team)
    assert told == ["heard"]
    assert at_once(connection, heroes.Hero.__model__).make is None  # it knows when it was made
    country = await heroes.Country.create(code="no", name="Norway")
    team = await heroes.Team.create(name="a", country=country)
    assert (team.size, team.country_id, await team.country) == (0, "no", country)
