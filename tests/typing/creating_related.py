"""New objects of models with required foreign keys, also through reverse relations."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import assert_type

from heroes.models import Player
from shop.catalog import Category, Product
from shop.orders import Customer, Invoice, Order, OrderLine, VipCustomer


async def making(product: Product, category: Category, order: Order, customer: Customer, player: Player) -> None:
    assert_type(await Product.create(title="x", price=Decimal(3), category=category), Product)
    await Product.create(id=uuid.uuid4(), title="x", price=3, category_id=3, extra=None, slug=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Product.create(title="x", price="3", category=category)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Product.create(title="x", category=category)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Product.create(title="x", price=3, category=category, created_at=dt.datetime.now(), featured_in=order)
    assert_type(await OrderLine.create(order=order, product=product), OrderLine)
    await OrderLine.create(order_id="x", product=product, amount=3)
    await OrderLine.create(order=order, product_id=uuid.uuid4())
    await OrderLine.create(order_id="x", product_id=uuid.uuid4())
    await OrderLine.create(order=order)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await OrderLine.create(product=product, amount=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await OrderLine.create(order_id=3, product=product)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await order.lines.create(product=product)
    await order.lines.create(product_id=uuid.uuid4(), amount=1)
    await order.lines.create(order=order, product=product)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await order.lines.create()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await product.sold_in.create(order=order)
    await Order.create(number="1", customer=customer, placed_by=player)
    await Order.create(customer=customer)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Order.create(number="1", customer=customer, state=Order.State.PAID)
    await Order.create(number="1", customer=customer, state="payed")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Invoice.create(order=order)
    await Invoice.create(order_id="1", paid_on=None)
    await Invoice.create()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    assert_type(await VipCustomer.create(email="x", discount=0.1), VipCustomer)
    await VipCustomer.create(email="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Customer.create(email="x", discount=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Category.create(title="x", slug="y")
    await Category.create(title="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await category.products.create(title="x", price=1)
    await player.orders.create(number="1", customer=customer)
    assert_type(await customer.orders.create(number="1"), Order)
    assert_type(await Order.in_bulk(["1"]), dict[str, Order])
    assert_type(await Category.in_bulk(["a"], field_name="slug"), dict[str, Category])
