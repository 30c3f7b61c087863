"""The rules of the shop."""

from collections.abc import Mapping
from decimal import Decimal

from bookshop.models import Book, Line, Order, State
from ormgen import F
from ormgen.functions import Sum
from ormgen.transactions import in_transaction


class SoldOut(Exception):
    """There are fewer copies of a book than were ordered."""


async def place(email: str, copies: Mapping[int, int]) -> Order:
    """A new order of so many copies of each book, by its id; all of them, or none.

    Raises:
        SoldOut: there are not enough copies.
        DoesNotExist: there is no such book.
    """
    async with in_transaction():
        order = await Order.create(email=email)
        for key in sorted(copies):
            book = await Book.get(id=key)
            taken = await Book.filter(id=key, stock__gte=copies[key]).update(stock=F("stock") - copies[key])
            if not taken:
                raise SoldOut(f"there are {book.stock} copies of {book.title!r}")
            await Line.create(order=order, book=book, copies=copies[key], price=book.price)
        return order


async def cancel(order: Order) -> None:
    """Put the books of an open order back."""
    async with in_transaction():
        async for line in Line.filter(order=order):
            await Book.filter(id=line.book_id).update(stock=F("stock") + line.copies)
        order.state = State.CANCELLED
        await order.save(update_fields=["state"])


async def takings() -> dict[str, Decimal]:
    """What each author's books have brought in, by name; the highest first."""
    rows = (
        await Line.exclude(order__state=State.CANCELLED)
        .annotate(total=Sum(F("price") * F("copies")))
        .group_by("book__author__name")
        .order_by("-total")
        .values_list("book__author__name", "total")
    )
    return {name: total or Decimal(0) for name, total in rows}
