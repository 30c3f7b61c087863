"""Decimals are exact: as they are kept, compared, added up and computed with, on every database."""

from decimal import Decimal

import pytest

from models.decimals import Price
from ormgen import F
from ormgen.exceptions import ValidationError
from ormgen.functions import Max, Min, Sum

MODELS = {"models": ["models.decimals"]}
LARGE = Decimal("12345678901234567890.0123456789")
TINY = Decimal("0.0000000001")
BOTH = Decimal("12345678901234567890.0123456790")  # 30 digits, where Python's own sum would have 28


@pytest.fixture
async def prices(orm: str) -> tuple[Price, Price]:
    first = await Price.create(small=Decimal("0.1"), large=LARGE, whole=3)
    return first, await Price.create(small=Decimal("0.2"), large=TINY)


@pytest.mark.feature(87)
async def test_aggregates(prices: tuple[Price, Price]) -> None:
    found = await Price.aggregate(total=Sum("large"), most=Max("large"), least=Min("large"), small=Sum("small"))
    assert found == {"total": BOTH, "most": LARGE, "least": TINY, "small": Decimal("0.3")}
    assert all(isinstance(value, Decimal) for value in found.values())


@pytest.mark.feature(87)
async def test_arithmetic(prices: tuple[Price, Price]) -> None:
    first, _ = prices
    await Price.filter(id=first.id).update(large=F("large") + TINY)
    await first.refresh_from_db()
    assert first.large == BOTH
    rows = await Price.filter(id=first.id).annotate(more=F("large") + 1, thrice=F("small") * 3).values("more", "thrice")
    assert rows == [{"more": Decimal("12345678901234567891.0123456790"), "thrice": Decimal("0.3")}]
    assert await Price.annotate(thrice=F("small") * 3).filter(thrice=Decimal("0.3")).count() == 1
    assert await Price.annotate(all=F("small") * F("whole")).filter(all=Decimal("0.3")) == [first]


@pytest.mark.feature(87)
async def test_comparisons(prices: tuple[Price, Price]) -> None:
    first, second = prices
    assert (
        await Price.filter(large__gt=Decimal("12345678901234567890.01234567885"))
        == await Price.filter(large=LARGE)
        == [first]
    )
    assert await Price.filter(small__in=[Decimal("0.10"), Decimal("5")]) == [first]
    assert await Price.filter(small__range=("0.15", "0.2")) == [second]
    ten = await Price.create(small=10)
    assert await Price.all().order_by("-small").values_list("id", flat=True) == [ten.id, second.id, first.id]
    assert (await Price.get(id=ten.id)).small.as_tuple().exponent == -4


@pytest.mark.feature(87)
async def test_what_does_not_fit(orm: str) -> None:
    for value in (Decimal("1e14"), Decimal("NaN"), Decimal("Infinity"), "ten"):
        with pytest.raises(ValidationError, match=r"Price.small: "):
            await Price.create(small=value)
    made = await Price.create(small=Decimal("0.00005"))
    assert (await Price.get(id=made.id)).small == Decimal("0.0000")
