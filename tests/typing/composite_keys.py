"""Keys of several columns are tuples, in filters, in new objects, and behind foreign keys."""

import datetime
import uuid
from typing import assert_type

from tenants.models import Club, Invoice, Line, Order, Payment, Person, Place, Shipment, Tenant


async def the_key(order: Order, place: Place, invoice: Invoice, payment: Payment) -> None:
    assert_type(order.pk, tuple[int, int])
    assert_type(order.tenant_id, int)
    assert_type(place.pk, tuple[str, uuid.UUID, datetime.date])
    assert_type(place.parent_pk, tuple[str, uuid.UUID, datetime.date] | None)
    assert_type(invoice.pk, tuple[int, int])
    assert_type(payment.invoice_pk, tuple[int, int] | None)
    order.pk = (1, 2)
    order.pk = (1, "2")  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    order.pk = 1  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type(order.clone(pk=(1, 2)), Order)
    order.clone(pk=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def finding(order: Order, tenant: Tenant) -> None:
    assert_type(await Order.get(pk=(1, 2)), Order)
    await Order.get(tenant=tenant, id=2)
    await Order.filter(pk__in=[(1, 2), (3, 4)])
    await Order.filter(pk__gt=(1, 2)).order_by("pk", "-tenant")
    await Order.get(pk=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Order.get(pk=(1, 2, 3))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Order.filter(pk__in=[1, 2])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await Order.filter(pk__contains="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await Order.in_bulk([(1, 2)]), dict[tuple[int, int], Order])
    await Order.in_bulk([1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    assert_type(await Order.all().values_list("pk", flat=True), list[tuple[int, int]])
    await Order.filter(Order.q.pk == (1, 2))


async def making(order: Order, tenant: Tenant) -> None:
    assert_type(await Order.create(tenant=tenant, id=1), Order)
    await Order.create(tenant_id=1, id=1, title="x")
    await Order.create(pk=(1, 1), total=3)
    await Order.create(tenant=tenant)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Order.create(pk=1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Order.create(tenant=tenant, id="1")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await tenant.orders.create(id=1)
    await Order.get_or_create(pk=(1, 2), defaults={"title": "x"})
    await Place.create(country="no", since=datetime.date.today(), name="x")
    await Line.create(order=order)
    await Line.create(order_pk=(1, 2))
    await Line.create(order_tenant_id=1, order_id=2, amount=3)
    await Line.create(order_id=2)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Line.create(order_pk=2)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await Shipment.create(tenant=tenant, number=1, order=order)
    await Shipment.create(order=order, number=1)
    await Line.filter(id=1).update(order=order)
    await Line.filter(id=1).update(order_pk=(1, 2))
    await Line.filter(id=1).update(order_pk=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def relations(order: Order, line: Line) -> None:
    await Line.filter(order=order)
    await Line.filter(order=(1, 2), order__title="x", order_pk=(1, 2), order_id=2)
    await Line.filter(order=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Line.filter(order__in=[order, (1, 2)])
    assert_type(await order.lines.filter(amount=2), list[Line])
    assert_type((await Line.get(id=1).select_related("order")).order.pk, tuple[int, int])
    assert_type(await Line.all().values_list("order", "amount"), list[tuple[tuple[int, int], int]])


async def joined(person: Person, club: Club) -> None:
    await person.friends.add(person)
    await person.clubs.add(club, through_defaults={"since": None})
    await person.friends.add(club)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(await club.people, list[Person])
