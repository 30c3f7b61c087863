"""The rules of the shop, without the service around them."""

import asyncio
from decimal import Decimal

import pytest
from bookshop.models import Author, Book, Line, Order
from bookshop.sales import SoldOut, cancel, place, takings

from ormgen.context import ORMContext


async def shelf() -> tuple[Book, Book]:
    author = await Author.create(name="Ursula")
    return (
        await Book.create(title="The Dispossessed", author=author, price=Decimal("9.50"), stock=3),
        await Book.create(title="Lavinia", author=author, price=Decimal("8.00"), stock=1),
    )


def test_an_order_takes_from_the_stock(orm: ORMContext) -> None:
    async def main() -> None:
        one, two = await shelf()
        order = await place("a@example.com", {one.id: 2, two.id: 1})
        assert await Book.all().order_by("id").values_list("stock", flat=True) == [1, 0]
        assert await takings() == {"Ursula": Decimal("27.00")}
        await cancel(order)
        assert await Book.all().order_by("id").values_list("stock", flat=True) == [3, 1]
        assert await takings() == {}

    asyncio.run(main())


def test_all_books_or_none(orm: ORMContext) -> None:
    async def main() -> None:
        one, two = await shelf()
        with pytest.raises(SoldOut, match="there are 1 copies of 'Lavinia'"):
            await place("a@example.com", {one.id: 1, two.id: 2})
        assert (await Order.all().count(), await Line.all().count()) == (0, 0)
        assert await Book.all().order_by("id").values_list("stock", flat=True) == [3, 1]

    asyncio.run(main())


def test_every_test_begins_with_nothing(orm: ORMContext) -> None:
    assert asyncio.run(Author.all().count()) == 0
