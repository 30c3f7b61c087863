"""What type checkers know of models inside of other classes."""

from datetime import datetime
from typing import assert_type

from models import Group, Late, Shop


async def ask() -> None:
    order = await Shop.Order.get(shop__name="x", lines__id=1)
    assert_type(await order.shop, Shop)
    assert_type(order.created, datetime)
    assert_type(order.shop_key(), int)
    shop = await Shop.get(orders__total__gt=3)
    assert_type(shop.state, Shop.State)
    async for line in order.lines:
        assert_type(line, Shop.Order.Line)
    assert_type((await Group.Member.filter(age=3).first()), Group.Member | None)
    assert_type((await Late.get(age=3)).hour, int | None)
    await Shop.Order.filter(bogus=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
