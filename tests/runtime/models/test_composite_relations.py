"""Foreign keys to models whose primary key has several columns."""

import datetime
from typing import Any

import pytest

from models.tenants import Invoice, Line, Order, Payment, Place, Shipment, Tenant, Visit
from ormgen import F, Q
from ormgen.exceptions import (
    FieldError,
    IntegrityError,
    NoValuesFetched,
    OperationalError,
    ParamsError,
    ValidationError,
)
from ormgen.functions import Count, Sum
from ormgen.query_utils import Prefetch

from .watching import watched

MODELS = {"models": ["models.tenants"]}


@pytest.fixture
async def acme(orm: str) -> Tenant:
    """Two tenants with orders 1 and 2 each; the orders called 1 have lines of 1 and 2, the second of acme one of 5."""
    acme, other = await Tenant.create(name="acme"), await Tenant.create(name="other")
    for tenant, letter in ((acme, "a"), (other, "b")):
        for number in (1, 2):
            await Order.create(tenant=tenant, id=number, title=f"{letter}{number}")
    for title, amount in (("a1", 1), ("a1", 2), ("b1", 1), ("b1", 2), ("a2", 5)):
        await Line.create(order=await Order.get(title=title), amount=amount)
    return acme


async def amounts(question: Any) -> list[int]:
    return sorted(line.amount for line in await question)


async def test_columns_and_assignment(acme: Tenant) -> None:
    a1, b2 = await Order.get(title="a1"), await Order.get(title="b2")
    assert list(Line._meta.columns) == ["id", "order_tenant_id", "order_id", "amount"]
    line = await Line.get(order=a1, amount=1)
    assert (line.order_tenant_id, line.order_id, line.order_pk) == (acme.id, 1, a1.pk)
    with pytest.raises(NoValuesFetched):
        _ = line.order.title
    assert await line.order == a1
    assert line.order == a1
    line.order = b2
    assert (line.order, line.order_pk) == (b2, b2.pk)
    await line.save()
    assert (await Line.get(pk=line.pk)).order_pk == b2.pk
    line.update_from_dict({"order_id": 1})
    assert await line.order == await Order.get(title="b1")
    line.update_from_dict({"order_pk": a1.pk})
    await line.save(update_fields=["order"])
    assert (await Line.get(pk=line.pk)).order_pk == a1.pk
    assert (await Line.create(order_pk=(acme.id, 2))).order_id == 2
    assert (await Line.create(order_tenant_id=acme.id, order_id=2)).order_pk == (acme.id, 2)
    for wrong in ((acme.id, 99), (999, 1)):
        with pytest.raises(IntegrityError):
            await Line.create(order_pk=wrong)
    with pytest.raises(ValidationError, match=r"Line\.order_pk takes a tuple of 2 values"):
        await Line.create(order_pk=(1, 2, 3))
    with pytest.raises(ValidationError, match=r"Line\.order is required"):
        await Line.create(amount=1)
    unsaved = Order(tenant=acme)
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on"):
        Line(order=unsaved)
    line.order = unsaved
    with pytest.raises(OperationalError, match=r"You should first call \.save\(\) on"):
        await line.save()


async def test_filters_across(acme: Tenant) -> None:
    a1, a2, b1 = [await Order.get(title=title) for title in ("a1", "a2", "b1")]
    assert await amounts(Line.filter(order=a1)) == await amounts(Line.filter(order=a1.pk)) == [1, 2]
    assert await amounts(Line.filter(order_pk=a2.pk)) == await amounts(Line.filter(order__pk=a2.pk)) == [5]
    assert await amounts(Line.filter(order__in=[a2, b1])) == [1, 2, 5]
    assert await amounts(Line.filter(order__in=[a2.pk, (77, 7)])) == [5]
    assert await amounts(Line.filter(order__in=Order.filter(title__startswith="b"))) == [1, 2]
    assert await amounts(Line.filter(order__not=a1)) == await amounts(Line.exclude(order=a1)) == [1, 2, 5]
    assert await amounts(Line.filter(order__not_in=[a1, b1])) == [5]
    assert await amounts(Line.filter(order__title="a2")) == await amounts(Line.filter(order_id=2)) == [5]
    assert await amounts(Line.filter(order__tenant=acme, order__id=1)) == [1, 2]
    assert await amounts(Line.filter(order__tenant__name="other")) == [1, 2]
    assert await amounts(Line.filter(Q(order=a2) | Q(order=b1, amount=1))) == [1, 5]
    assert [order.title for order in await Order.filter(lines__amount=5)] == ["a2"]
    line = await Line.get(amount=5)
    assert await Order.filter(lines=line) == await Order.filter(lines=line.pk) == [a2]
    assert await Order.filter(lines__in=[line]) == [a2]
    assert [order.title for order in await Order.filter(lines__isnull=True)] == ["b2"]
    assert await Order.filter(lines__isnull=False).distinct().count() == 3
    assert await Tenant.filter(orders=a2) == await Tenant.filter(orders=a2.pk) == [acme]
    assert await Tenant.filter(orders__lines__amount=5) == [acme]
    assert await Tenant.filter(orders__in=[a1, a2]).distinct() == [acme]
    with pytest.raises(ValidationError, match="Expected model type 'Order'"):
        await Line.filter(order=acme)
    with pytest.raises(ValidationError, match=r"Line\.order takes a tuple of 2 values"):
        await Line.filter(order=1)
    with pytest.raises(ValidationError, match=r"Tenant\.orders takes a tuple of 2 values \(tenant_id, id\), not 1"):
        await Tenant.filter(orders=1)


async def test_loading_across(acme: Tenant) -> None:
    with watched() as statements:
        orders = await Order.all().prefetch_related("lines", "tenant").order_by("title")
    assert len(statements) == 3
    assert [sorted(line.amount for line in order.lines) for order in orders] == [[1, 2], [5], [1, 2], []]
    assert [order.tenant.name for order in orders] == ["acme", "acme", "other", "other"]
    with watched() as statements:
        lines = await Line.all().select_related("order__tenant").order_by("id")
    assert len(statements) == 1
    assert [(line.order.title, line.order.tenant.name) for line in lines[:3]] == [
        ("a1", "acme"),
        ("a1", "acme"),
        ("b1", "other"),
    ]
    lines = await Line.all().prefetch_related("order__lines").order_by("id")
    assert [len(line.order.lines) for line in lines] == [2, 2, 2, 2, 1]
    order = await Order.get(title="a1")
    await order.fetch_related(Prefetch("lines", queryset=Line.filter(amount__gt=1).only("amount")))
    assert [line.amount for line in order.lines] == [2]
    tenants = await Tenant.all().prefetch_related("orders__lines").order_by("name")
    assert [[len(order.lines) for order in tenant.orders] for tenant in tenants] == [[2, 1], [2, 0]]
    only = await Line.all().select_related("order").only("amount", "order__title").order_by("id").first()
    assert only is not None
    assert (only.amount, only.order.title, only.order.pk) == (1, "a1", (acme.id, 1))


async def test_prefetching_for_many_parents(acme: Tenant) -> None:
    orders = [Order(tenant=acme, id=number) for number in range(10, 12_010)]
    await Order.bulk_create(orders)
    await Line.bulk_create([Line(order=order, amount=order.id) for order in orders])
    loaded = await Order.filter(id__gte=10).prefetch_related("lines")
    assert len(loaded) == 12_000
    assert all([line.amount for line in order.lines] == [order.id] for order in loaded)


async def test_the_way_back(acme: Tenant) -> None:
    order = await Order.get(title="a1")
    assert await amounts(order.lines) == await amounts(order.lines.all()) == [1, 2]
    assert await amounts(order.lines.filter(amount=2)) == [2]
    assert await order.lines.all().count() == 2
    made = await order.lines.create(amount=7)
    assert (made.order_pk, made.order) == (order.pk, order)
    assert await order.lines.filter(amount=7).delete() == 1
    assert await order.lines.all().update(amount=0) == 2
    assert [line.amount async for line in order.lines] == [0, 0]
    other = await Order.get(title="b2")
    assert await Line.filter(order=order).update(order=other) == 2
    assert await Line.filter(order=other).update(order_pk=order.pk) == 2
    with pytest.raises(ParamsError, match="order has several columns"):
        await Line.all().update(order=F("order"))
    with pytest.raises(ValidationError, match="Expected model type 'Order'"):
        await Line.all().update(order=acme)
    with pytest.raises(OperationalError, match="hasn't been instanced"):
        await Order(tenant=acme).lines.all()
    await order.delete()
    assert await Line.all().count() == 3


async def test_counting_across(acme: Tenant) -> None:
    orders = await Order.all().annotate(n=Count("lines"), sum=Sum("lines__amount")).order_by("title")
    assert [(order.n, order.sum) for order in orders] == [(2, 3), (1, 5), (2, 3), (0, None)]
    assert await Order.annotate(n=Count("lines")).filter(n__gt=1).count() == 2
    assert [order.title for order in await Order.annotate(n=Count("lines")).filter(lines__amount=5)] == ["a2"]
    await Shipment.create(tenant=acme, number=1, order=await Order.get(title="a1"))
    await Shipment.create(tenant=acme, number=2)
    grouped = Shipment.annotate(n=Count("order"), all=Count("pk")).group_by("tenant_id")
    assert await grouped.values("n", "all") == [{"n": 1, "all": 2}]
    by_order = await Line.annotate(sum=Sum("amount")).group_by("order").order_by("order").values("order", "sum")
    assert [row["sum"] for row in by_order] == [3, 5, 3]
    assert by_order[0]["order"] == (acme.id, 1)
    assert await Line.all().order_by("-order", "amount").values_list("order__pk", "order__title", "amount") == [
        ((acme.id + 1, 1), "b1", 1),
        ((acme.id + 1, 1), "b1", 2),
        ((acme.id, 2), "a2", 5),
        ((acme.id, 1), "a1", 1),
        ((acme.id, 1), "a1", 2),
    ]


async def test_keys_that_are_relations(acme: Tenant) -> None:
    a1, b1 = await Order.get(title="a1"), await Order.get(title="b1")
    invoice = await Invoice.create(order=a1)
    assert invoice.pk == a1.pk == invoice.order_pk
    assert await Invoice.get(pk=a1.pk) == await Invoice[a1.pk] == await Invoice.get(order=a1) == invoice
    assert await a1.invoice == invoice
    assert await b1.invoice is None
    invoice.paid = True
    await invoice.save()
    assert await Invoice.filter(paid=True, order__title="a1").count() == 1
    payment = await Payment.create(invoice=invoice, cents=5)
    assert payment.invoice_pk == a1.pk
    assert await Payment.filter(invoice__order=a1) == await Payment.filter(invoice=a1.pk) == [payment]
    loaded = await Payment.get().select_related("invoice__order__tenant")
    assert loaded.invoice.order.tenant == acme
    orders = await Order.filter(id=1).prefetch_related("invoice__payments").order_by("title")
    assert [order.invoice and [each.cents for each in order.invoice.payments] for order in orders] == [[5], None]
    assert [order.title for order in await Order.filter(invoice__isnull=False)] == ["a1"]
    with pytest.raises(IntegrityError):
        await Invoice.create(order=a1)
    await invoice.delete()
    await payment.refresh_from_db()
    assert payment.invoice_pk is None
    assert await payment.invoice is None
    assert not payment.invoice


async def test_shared_columns(acme: Tenant) -> None:
    a1 = await Order.get(title="a1")
    await Shipment.create(tenant=acme, number=1, order=a1)
    await Shipment.create(order=a1, number=2)
    await Shipment.create(tenant=acme, number=3)
    assert [shipment.number for shipment in await a1.shipments.order_by("number")] == [1, 2]
    loaded = await Shipment.all().select_related("order", "tenant").order_by("number")
    assert [(each.order and each.order.title, each.tenant.name) for each in loaded] == [
        ("a1", "acme"),
        ("a1", "acme"),
        (None, "acme"),
    ]
    orders = await Order.all().prefetch_related("shipments").order_by("title")
    assert [len(order.shipments) for order in orders] == [2, 0, 0, 0]
    assert [each.number for each in await Shipment.filter(order__isnull=True)] == [3]
    assert (await Shipment.get(number=2)).pk == (acme.id, 2)
    with pytest.raises(IntegrityError):
        await Shipment.create(tenant=await Tenant.get(name="other"), number=1, order_id=99)


async def test_joining_two_such_models(acme: Tenant) -> None:
    day = datetime.date(2024, 1, 1)
    place = await Place.create(country="no", since=day, name="north")
    twin = await Place.create(country="se", since=day, name="twin", twin=place)
    assert await place.twin_of == twin
    with pytest.raises(IntegrityError):
        await Place.create(country="dk", since=day, name="third", twin=place)
    for stars, title in ((1, "a1"), (2, "b1")):
        await Visit.create(place=place, order=await Order.get(title=title), stars=stars)
    assert [visit.stars for visit in await place.visits.filter(order__tenant=acme)] == [1]
    assert [order.title for order in await Order.filter(visits__place=place).order_by("title")] == ["a1", "b1"]
    loaded = await Visit.all().select_related("place", "order").order_by("stars")
    assert [(visit.place.name, visit.order.title) for visit in loaded] == [("north", "a1"), ("north", "b1")]
    assert (await Place.annotate(n=Count("visits")).get(name="north")).n == 2
    await Visit.create(place=place, order_pk=(12345, 1))
    with pytest.raises(FieldError, match=r'\(key of several columns\) has no lookup "startswith"'):
        await Visit.filter(place_pk__startswith="n")
