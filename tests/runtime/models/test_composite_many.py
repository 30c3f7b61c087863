"""Many objects whose primary key has several columns, and many that point at such objects."""

from typing import Any

import pytest

from models.tenants import Invoice, Line, Order, Payment, Shipment, Tenant
from ormgen import F
from ormgen.exceptions import FieldError, IntegrityError, ParamsError
from ormgen.functions import Count

from .watching import watched

MODELS = {"models": ["models.tenants"]}


@pytest.fixture
async def acme(orm: str) -> Tenant:
    """Orders 1 to 40 of two tenants, with as many lines as the rest of their number by three."""
    acme, other = await Tenant.create(name="acme"), await Tenant.create(name="other")
    orders = [
        Order(tenant=tenant, id=at, title=f"{tenant.name}{at}") for tenant in (acme, other) for at in range(1, 41)
    ]
    await Order.bulk_create(orders)
    await Line.bulk_create([Line(order=order, amount=at) for order in orders for at in range(order.id % 3)])
    return acme


@pytest.mark.feature(133)
async def test_foreign_keys_in_bulk_updates(acme: Tenant) -> None:
    lines = await Line.filter(order__tenant=acme).order_by("id")
    orders = await Order.filter(tenant=acme).order_by("id")
    for at, line in enumerate(lines):
        line.order, line.amount = orders[at % 40], at
    assert await Line.bulk_update(lines, fields=["order", "amount"]) == len(lines)
    for at, line in enumerate(await Line.filter(id__in=[line.id for line in lines]).order_by("id")):
        assert (line.order_pk, line.amount) == (orders[at % 40].pk, at)
    for order in orders:
        order.title = f"new {order.id}"
    assert await Order.bulk_update(orders, fields=["title"], batch_size=7) == 40
    assert await Order.filter(title__startswith="new").count() == 40
    with pytest.raises(ParamsError, match="primary key"):
        await Order.bulk_update(orders, fields=["pk"])


@pytest.mark.feature(131, 168, 177)
async def test_objects_in_lists(acme: Tenant) -> None:
    orders = await Order.filter(tenant=acme, id__lte=30)
    assert await Order.in_bulk([order.pk for order in orders]) == {order.pk: order for order in orders}
    assert await Line.filter(order__in=orders).count() == sum(order.id % 3 for order in orders)
    assert await Line.filter(order__not_in=orders).count() == await Line.all().count() - 30
    assert await Line.filter(order__in=[order.pk for order in orders]).count() == 30
    assert await Line.filter(order__in=Order.filter(tenant=acme, id__lte=30)).count() == 30
    assert await Line.filter(order__in=[]).count() == 0
    assert set(await Order.filter(lines__in=await Line.filter(order__in=orders))) == {
        each for each in orders if each.id % 3
    }
    assert await Line.filter(order__in=orders).update(amount=F("amount") + 10) == 30
    assert await Line.filter(order__in=orders[:2]).delete() == sum(order.id % 3 for order in orders[:2])


@pytest.mark.feature(153, 154)
async def test_loading_many(acme: Tenant) -> None:
    with watched() as statements:
        orders: Any = await Order.all().prefetch_related("lines", "tenant").order_by("tenant_id", "id")
    assert len(statements) == 3
    assert [len(order.lines) for order in orders] == [order.id % 3 for order in orders]
    lines: Any = await Line.all().select_related("order__tenant")
    assert all(line.order.tenant.name in ("acme", "other") and line.order.pk == line.order_pk for line in lines)
    await Invoice.bulk_create([Invoice(order=order) for order in orders[:5]])
    await Payment.bulk_create([Payment(invoice=invoice, cents=1) for invoice in await Invoice.all()])
    for payment in await Payment.all().prefetch_related("invoice__order__lines"):
        loaded: Any = payment
        assert loaded.invoice.order.pk == loaded.invoice.pk
        assert len(loaded.invoice.order.lines) == loaded.invoice.order.id % 3
    counted = await Order.annotate(n=Count("lines")).filter(n=2).values_list("pk", "n")
    assert sorted(counted) == sorted((order.pk, 2) for order in orders if order.id % 3 == 2)


@pytest.mark.feature(107, 118)
async def test_deleting_many(acme: Tenant, orm: str) -> None:
    first = await Order.get(tenant=acme, id=2)
    await Shipment.create(order=first, number=1)
    await first.delete()
    assert await Line.filter(order_id=2, order_tenant_id=acme.id).count() == 0
    assert await Shipment.all().count() == 0
    assert await Order.filter(pk__in=[(acme.id, 3), (acme.id, 4)]).delete() == 2
    assert await Order.filter(tenant=acme).limit(5).order_by("-id").delete() == 5
    assert await Order.filter(tenant=acme).count() == 32
    with pytest.raises(IntegrityError):
        await Line.create(order_pk=(acme.id, 4))
    with pytest.raises(FieldError, match="primary key"):
        await Order.filter(tenant=acme).update(pk=(acme.id, 99))
