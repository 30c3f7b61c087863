"""Models whose primary key has several columns: made, found, changed and deleted by all of them."""

import copy
import datetime
import pickle
from typing import Any

import pytest

from models.tenants import Order, Place, Shipment, Tenant
from ormgen import F, Q
from ormgen.exceptions import (
    DoesNotExist,
    FieldError,
    IntegrityError,
    ObjectDoesNotExistError,
    OperationalError,
    ParamsError,
    ValidationError,
)
from ormgen.expressions import Subquery
from ormgen.functions import Count, Max, Sum

from .watching import watched

MODELS = {"models": ["models.tenants"]}


async def titles(question: Any) -> list[str]:
    return [order.title for order in await question]


@pytest.fixture
async def acme(orm: str) -> Tenant:
    """Two tenants with orders of the same numbers: a1, a2, a3 and b1, b2."""
    acme, other = await Tenant.create(name="acme"), await Tenant.create(name="other")
    for tenant, letter, size in ((acme, "a", 3), (other, "b", 2)):
        for number in range(1, size + 1):
            await Order.create(tenant=tenant, id=number, title=f"{letter}{number}", total=number * 10)
    return acme


async def test_the_key_is_a_tuple(acme: Tenant) -> None:
    order = await Order.get(tenant=acme, id=2)
    assert order.pk == (acme.id, 2)
    assert Order(tenant_id=7).pk is None
    assert Order(pk=(7, "8")).pk == (7, 8)
    assert Order._meta.pk_attr == "pk"
    made = await Order.create(pk=(acme.id, 9), title="a9")
    assert (made.tenant_id, made.id) == (acme.id, 9)
    order.pk = (acme.id, 5)
    assert (order.tenant_id, order.id) == (acme.id, 5)
    assert repr(made) == f"<Order: ({acme.id}, 9)>"
    assert made.to_dict() == {"tenant_id": acme.id, "id": 9, "title": "a9", "total": 0}


async def test_finding_by_the_key(acme: Tenant) -> None:
    a2, b2 = await Order.get(title="a2"), await Order.get(title="b2")
    assert await Order.get(pk=(acme.id, 2)) == await Order[(acme.id, 2)] == await Order[acme.id, 2] == a2
    assert await titles(Order.filter(pk=a2.pk)) == await titles(Order.filter(pk=a2)) == ["a2"]
    assert await titles(Order.filter(pk__in=[a2.pk, b2.pk, (99, 1)]).order_by("title")) == ["a2", "b2"]
    assert await titles(Order.filter(pk__in=[a2, b2]).order_by("title")) == ["a2", "b2"]
    assert await titles(Order.filter(pk__in=[])) == []
    assert await Order.filter(pk__not_in=[]).count() == 5
    assert await titles(Order.filter(pk__not=a2.pk).order_by("title")) == ["a1", "a3", "b1", "b2"]
    assert await titles(Order.filter(pk__not_in=[a2.pk, b2.pk]).order_by("title")) == ["a1", "a3", "b1"]
    assert await titles(Order.exclude(pk=a2.pk).order_by("title")) == ["a1", "a3", "b1", "b2"]
    assert await titles(Order.filter(Q(pk=a2.pk) | Q(pk=b2.pk)).order_by("title")) == ["a2", "b2"]
    assert await titles(Order.filter(pk__gt=a2.pk).order_by("pk")) == ["a3", "b1", "b2"]
    assert await titles(Order.filter(pk__lte=a2.pk).order_by("-pk")) == ["a2", "a1"]
    assert await titles(Order.filter(pk__range=(a2.pk, b2.pk)).order_by("pk")) == ["a2", "a3", "b1", "b2"]
    assert await titles(Order.filter(Order.q.pk == a2.pk)) == ["a2"]
    assert await Order.filter(pk__isnull=True).count() == 0
    assert await Order.filter(pk__isnull=False).count() == await Order.filter(pk__not=None).count() == 5
    assert await Order.get_or_none(pk=(acme.id, 99)) is None
    assert await Order.exists(pk=a2.pk)
    with pytest.raises(ObjectDoesNotExistError, match="Order has no object with pk="):
        await Order[(acme.id, 99)]
    with pytest.raises(DoesNotExist):
        await Order.get(pk=(acme.id, 99))


async def test_many_keys_at_once(acme: Tenant) -> None:
    orders = [Order(tenant=acme, id=number, title=f"n{number}") for number in range(100, 3_100)]
    await Order.bulk_create(orders)
    assert await Order.filter(pk__in=[order.pk for order in orders]).count() == 3_000
    found = await Order.in_bulk([order.pk for order in orders[:50]])
    assert found == {order.pk: order for order in orders[:50]}
    assert await Order.filter(pk__not_in=[order.pk for order in orders]).count() == 5
    for order in orders:
        order.total = order.id
    assert await Order.bulk_update(orders, ["total"]) == 3_000
    assert await Order.filter(total__gte=100, total=F("id")).count() == 3_000
    assert await Order.filter(pk__in=[order.pk for order in orders]).delete() == 3_000
    assert await Order.all().count() == 5


async def test_changing_and_deleting_one(acme: Tenant) -> None:
    order = await Order.get(title="a2")
    order.title = "new"
    await order.save()
    assert sorted(await titles(Order.all())) == ["a1", "a3", "b1", "b2", "new"]
    order.title, order.total = "newer", 1
    await order.save(update_fields=["title"])
    await order.refresh_from_db()
    assert (order.title, order.total) == ("newer", 20)
    await Order.filter(pk=order.pk).update(title="again", total=F("total") + 1)
    await order.refresh_from_db(fields=["title"])
    assert (order.title, order.total) == ("again", 20)
    await order.delete()
    assert sorted(await titles(Order.all())) == ["a1", "a3", "b1", "b2"]
    with pytest.raises(OperationalError):
        await order.refresh_from_db()
    order._saved_in_db = True
    with pytest.raises(OperationalError, match=r"Can't update object that doesn't exist. PK: \("):
        await order.save()
    with pytest.raises(IntegrityError):
        await Order.create(tenant=acme, id=1)
    with pytest.raises(FieldError, match="is the primary key and cannot be changed"):
        await Order.all().update(id=4)
    with pytest.raises(FieldError, match=r"Order\.pk is the primary key and cannot be changed"):
        await Order.all().update(pk=(1, 2))


async def test_making_or_finding(acme: Tenant) -> None:
    order, made = await Order.get_or_create(pk=(acme.id, 2), defaults={"title": "no"})
    assert (order.title, made) == ("a2", False)
    order, made = await Order.get_or_create(pk=(acme.id, 7), defaults={"title": "a7"})
    assert (order.pk, order.title, made) == ((acme.id, 7), "a7", True)
    order, made = await Order.update_or_create(tenant=acme, id=7, defaults={"title": "seven"})
    assert (order.title, made, await Order.all().count()) == ("seven", False, 6)
    rows = [Order(tenant=acme, id=7, title="x", total=1), Order(tenant=acme, id=8, title="y", total=2)]
    await Order.bulk_create(rows, ignore_conflicts=True)
    assert await titles(Order.filter(id__gt=6).order_by("id")) == ["seven", "y"]
    await Order.bulk_create(rows, update_fields=["title"], on_conflict=["pk"])
    assert await titles(Order.filter(id__gt=6).order_by("id")) == ["x", "y"]
    other = (await Order.get(title="a1")).clone(pk=(acme.id, 11))
    await other.save()
    assert await Order.filter(title="a1").count() == 2
    with pytest.raises(ParamsError, match=r"needs pk=…: nothing makes its tenant_id and id"):
        other.clone()


async def test_values_order_and_counts(acme: Tenant) -> None:
    a, b = acme.id, (await Tenant.get(name="other")).id
    assert await Order.all().order_by("pk").values_list("pk", flat=True) == [(a, 1), (a, 2), (a, 3), (b, 1), (b, 2)]
    assert await Order.filter(id=1).order_by("-pk").values("pk", "title", key="pk") == [
        {"pk": (b, 1), "title": "b1", "key": (b, 1)},
        {"pk": (a, 1), "title": "a1", "key": (a, 1)},
    ]
    assert await Order.filter(id=3).values_list("title", "pk") == [("a3", (a, 3))]
    assert await titles(Order.all().order_by("-pk").limit(2)) == ["b2", "b1"]
    last = await Order.all().order_by("pk").last()
    assert last is not None
    assert last.title == "b2"
    assert await Order.filter(tenant__name="acme").count() == 3
    assert await Order.all().limit(2).count() == await Order.all().distinct().limit(2).count() == 2
    assert await Order.filter(tenant__name="other").delete() == 2
    assert await Order.filter(tenant__name="acme").order_by("pk").limit(1).delete() == 1
    assert await titles(Order.all().only("title").order_by("pk")) == ["a2", "a3"]
    assert await titles(Order.all().defer("total").order_by("-pk")) == ["a3", "a2"]


async def test_inside_other_questions(acme: Tenant) -> None:
    dear = Order.filter(total__gt=10)
    assert await titles(Order.filter(pk__in=dear).order_by("title")) == ["a2", "a3", "b2"]
    assert await titles(Order.filter(pk__not_in=dear).order_by("title")) == ["a1", "b1"]
    assert await titles(Order.filter(pk__in=Subquery(dear.order_by("-total").limit(1)))) == ["a3"]
    tenants = await Tenant.all().annotate(n=Count("orders"), most=Max("orders__total")).order_by("name")
    assert [(tenant.name, tenant.n, tenant.most) for tenant in tenants] == [
        ("acme", 3, 30),
        ("other", 2, 20),
    ]
    assert await Order.annotate(s=Sum("total")).group_by("tenant_id").order_by("tenant_id").values_list(
        "tenant_id", "s"
    ) == [(acme.id, 60), (acme.id + 1, 30)]
    every = await Order.all().aggregate(n=Count("pk"), sum=Sum("total"))
    assert every == {"n": 5, "sum": 90}
    assert await Order.all().order_by("-total").limit(2).aggregate(sum=Sum("total")) == {"sum": 50}
    assert await Order.filter(total__gt=10).contains(await Order.get(title="a2"))
    assert not await Order.filter(total__gt=10).contains(await Order.get(title="a1"))
    assert await Order.filter(pk__in=dear).update(total=0) == 3
    assert await Order.filter(total=0).count() == 3


async def test_equality_copies_and_pickles(acme: Tenant) -> None:
    one, same, other = await Order.get(title="a1"), await Order.get(title="a1"), await Order.get(title="b1")
    assert one == same
    assert one != other
    assert len({one, same, other}) == 2
    assert pickle.loads(pickle.dumps(one)) == copy.copy(one) == copy.deepcopy(one) == one
    with pytest.raises(TypeError, match="unhashable"):
        hash(Order(id=3))


async def test_wrong_values_of_a_key(acme: Tenant) -> None:
    wanted = r"Order\.pk takes a tuple of 2 values \(tenant_id, id\), not "
    wrong: list[Any] = [5, "ab", (1,), (1, 2, 3), {1: 2}]
    for value in wrong:
        with pytest.raises(ValidationError, match=wanted):
            await Order.filter(pk=value)
        with pytest.raises(ValidationError, match=wanted):
            await Order.filter(pk__in=[(1, 2), value])
        with pytest.raises(ValidationError, match=wanted):
            await Order[value]
        with pytest.raises(ValidationError, match=wanted):
            Order(pk=value)
        with pytest.raises(ValidationError, match=wanted):
            (await Order.get(title="a1")).pk = value
    with pytest.raises(ValidationError, match=r"Order\.id: 'x' is not a valid int"):
        Order(pk=(1, "x"))
    with pytest.raises(ValidationError, match="'x' is not a valid int"):
        await Order.filter(pk=(1, "x"))
    with pytest.raises(FieldError, match=r'tenant_id, id \(key of several columns\) has no lookup "contains"'):
        await Order.filter(pk__contains="x")
    with pytest.raises(FieldError, match=r'"pk" is a key of several columns .* name one of them: tenant_id, id'):
        await Order.annotate(key=F("pk"))
    with pytest.raises(FieldError, match="compare each with an expression: tenant_id, id"):
        await Order.filter(pk=F("id"))
    with pytest.raises(ValidationError, match=r"Order\.id: id is non nullable field"):
        await Order.create(tenant=acme)


async def test_columns_of_other_types(orm: str) -> None:
    day = datetime.date(2024, 2, 29)
    north = await Place.create(country="no", since=day, name="north")
    south = await Place.create(country="no", since=day, name="south", parent=north)
    assert north.pk == (north.country, north.code, day)
    assert (south.parent_pk, south.parent_code) == (north.pk, north.code)
    assert await Place.get(pk=north.pk) == await Place.get(pk=("no", str(north.code), "2024-02-29")) == north
    assert await Place.filter(pk__in=[place.pk for place in (north, south)] * 20).count() == 2
    assert (await Place.get(pk=south.pk).select_related("parent")).parent == north
    assert await Place.filter(parent=north) == await Place.filter(parent__pk=north.pk) == [south]
    assert await Place.filter(parent__isnull=True) == [north]
    found = await Place.all().prefetch_related("parts", "parent")
    assert [(place.name, len(place.parts), place.parent) for place in found] == [
        ("north", 1, None),
        ("south", 0, north),
    ]
    south.name = "south pole"
    await Place.bulk_update([south], ["name", "parent"])
    assert [place.name for place in await north.parts] == ["south pole"]
    again = north.clone()
    assert (again.country, again.since, again.code == north.code) == ("no", day, False)
    await again.save()
    assert await Place.filter(name="north").count() == 2


async def test_a_key_takes_one_statement(acme: Tenant) -> None:
    with watched() as statements:
        order = await Order.get(pk=(acme.id, 1))
        order.total = 5
        await order.save()
        await order.delete()
    assert len(statements) == 3
    assert all(" AND " in sql for sql in statements)


async def test_sharing_part_of_the_key(acme: Tenant) -> None:
    order = await Order.get(title="a2")
    shipment = await Shipment.create(tenant=acme, number=1, order=order)
    assert (shipment.pk, shipment.order_id, shipment.order_pk) == ((acme.id, 1), 2, (acme.id, 2))
    empty = await Shipment.create(tenant=acme, number=2)
    assert (empty.order_pk, await empty.order) == (None, None)
    assert await Shipment.filter(order__isnull=True) == [empty]
    shipment.order = None
    assert (shipment.tenant_id, shipment.order_id) == (acme.id, None)
    await shipment.save()
    assert await Shipment.filter(order=None).count() == 2
    with pytest.raises(ParamsError, match="order shares tenant_id with the primary key, which stays; set order_id"):
        await Shipment.filter(number=1).update(order=order)
    assert await Shipment.filter(number=1).update(order_id=order.id) == 1
    assert await Shipment.filter(order=order).update(order=None) == 1
    assert await Shipment.filter(tenant=acme, order=None).count() == 2
