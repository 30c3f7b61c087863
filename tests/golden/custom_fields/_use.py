"""The types that fields of the project say in one way or another."""

from typing import Any, assert_type

from models import Point, Product
from money import Money


async def ask() -> None:
    product = await Product.get(wallet=Money(1), stored=Point(), listed=[Money(2)], text=Money(3))
    assert_type(product.cost, Money | None)
    assert_type(product.place, Point | None)
    assert_type(product.words, list[str])
    assert_type(product.stored, Point | None)
    assert_type(product.listed, list[Money])
    assert_type(product.text, Money)
    assert_type(product.wallet, Money)
    assert_type(product.loose, Any)
