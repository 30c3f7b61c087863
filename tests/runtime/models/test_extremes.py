"""The greatest and the least value of columns of every kind, also of those that a database does not compare."""

import uuid
from datetime import date

from ormgen import Model, Q, fields
from ormgen.expressions import Window
from ormgen.functions import Max, Min

MODELS = {"models": [__name__]}
KEYS = [uuid.UUID(int=first << 120) for first in (1, 200, 90)]


class Sample(Model):
    key = fields.UUIDField(null=True)
    flag = fields.BooleanField(null=True)
    bits = fields.BinaryField(null=True)
    day = fields.DateField(null=True)


async def build() -> None:
    for number, key in enumerate(KEYS):
        await Sample.create(key=key, flag=number == 1, bits=bytes([number, 255]), day=date(2020, 1, 1 + number))
    await Sample.create()


async def test_of_all_rows(orm: str) -> None:
    await build()
    most = await Sample.all().aggregate(key=Max("key"), flag=Max("flag"), bits=Max("bits"), day=Max("day"))
    assert most == {"key": KEYS[1], "flag": True, "bits": b"\x02\xff", "day": date(2020, 1, 3)}
    least = await Sample.all().aggregate(key=Min("key"), flag=Min("flag"), bits=Min("bits"), day=Min("day"))
    assert least == {"key": KEYS[0], "flag": False, "bits": b"\x00\xff", "day": date(2020, 1, 1)}
    none = Sample.filter(key__isnull=True)
    assert await none.aggregate(key=Max("key"), flag=Min("flag"), bits=Max("bits")) == dict.fromkeys(
        ("key", "flag", "bits")
    )


async def test_of_some_rows(orm: str) -> None:
    await build()
    assert (await Sample.all().aggregate(key=Max("key", _filter=Q(flag=False))))["key"] == KEYS[2]
    assert await Sample.annotate(top=Max("flag")).filter(top=True).values_list("top", flat=True) == [True]
    ranked = Sample.filter(key__isnull=False).annotate(top=Window(Max("key"), partition_by=["flag"]))
    assert await ranked.order_by("day").values_list("top", flat=True) == [KEYS[2], KEYS[1], KEYS[2]]
