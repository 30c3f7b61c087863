"""Columns of models that inherit, with odd keys, in several modules and packages."""

# ruff: noqa: B018

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any, assert_type

from shop.base import Slugged, Timestamped

from heroes.models import Player
from shop.catalog import Category, Product, default_title
from shop.orders import Customer, Invoice, Order, OrderLine, VipCustomer


async def columns(
    product: Product, category: Category, order: Order, vip: VipCustomer, invoice: Invoice, line: OrderLine
) -> None:
    assert_type(product.id, uuid.UUID)
    assert_type(product.pk, uuid.UUID)
    assert_type(product.price, Decimal)
    assert_type(product.extra, dict[str, Any] | None)
    assert_type(product.created_at, dt.datetime)
    assert_type(product.age(dt.datetime.now()), dt.timedelta)
    assert_type(product.with_tax(), Decimal)
    assert_type(product.category_id, int)
    assert_type(product.featured_in_id, str | None)
    assert_type(await product.category, Category)
    assert_type(await product.featured_in, Order | None)
    assert_type(category.slug, str)
    assert_type(category.path(), str)
    assert_type(category.parent_id, int | None)
    assert_type(order.state, Order.State)
    assert_type(order.number, str)
    assert_type(order.pk, str)
    assert_type(await order.placed_by, Player | None)
    assert_type(await order.invoice, Invoice | None)
    assert_type(invoice.order_id, str)
    assert_type(invoice.pk, str)
    assert_type(vip.discount, float)
    assert_type(vip.email, str)
    assert_type(await vip.spent(), Decimal)
    assert_type(line.product_id, uuid.UUID)
    assert_type(default_title(), str)
    product.nope  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    product.category.title  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    vip.nope  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    order.placed_by_idd  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    base: Timestamped = product
    mixin: Slugged = category
    customer: Customer = vip
    print(base, mixin, customer)
