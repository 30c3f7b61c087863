"""What can be asked about models whose primary key has several columns, beyond single rows."""

from typing import Any

import pytest

from models.tenants import Line, Order, Payment, Tenant
from ormgen import F, Q, in_transaction
from ormgen.contrib.pydantic import pydantic_model_creator
from ormgen.exceptions import ValidationError
from ormgen.functions import Count

MODELS = {"models": ["models.tenants"]}


@pytest.fixture
async def acme(orm: str) -> Tenant:
    """A tenant with orders o1 to o4; the first has lines of 1 and 2."""
    acme = await Tenant.create(name="acme")
    for number in range(1, 5):
        await Order.create(tenant=acme, id=number, title=f"o{number}", total=number)
    first = await Order.get(id=1)
    for amount in (1, 2):
        await Line.create(order=first, amount=amount)
    return acme


async def titles(question: Any) -> list[str]:
    return [order.title for order in await question]


async def test_what_is_loaded(acme: Tenant) -> None:
    only = await Order.all().only("pk").order_by("pk").first()
    assert only is not None
    assert only.pk == (acme.id, 1)
    with pytest.raises(AttributeError, match=r"Order\.title was not loaded"):
        _ = only.title
    latest = await Order.all().latest("pk")
    assert latest is not None
    assert latest.title == "o4"
    assert [order.title async for order in Order.all().order_by("-pk")] == ["o4", "o3", "o2", "o1"]
    assert await Order.in_bulk(["o1"], "title") == {"o1": await Order.get(title="o1")}
    orders = await Order.all().order_by("pk")
    await Order.fetch_for_list(orders, "lines")
    assert [len(order.lines) for order in orders] == [2, 0, 0, 0]


async def test_groups_and_values(acme: Tenant) -> None:
    key = (acme.id, 1)
    grouped = Line.annotate(n=Count("id")).group_by("order_pk")
    assert await grouped.values("order_pk", "n") == [{"order_pk": key, "n": 2}]
    counted = Order.annotate(n=Count("lines")).group_by("pk").order_by("pk")
    assert await counted.values_list("pk", "n") == [(key, 2), ((acme.id, 2), 0), ((acme.id, 3), 0), ((acme.id, 4), 0)]
    assert await Line.all().distinct().values_list("order", flat=True) == [key]
    assert await Tenant.all().order_by("orders__id").values_list("orders", flat=True) == [
        (acme.id, number) for number in range(1, 5)
    ]
    assert await Line.filter(amount=1).values("order", "order__tenant", "order__title") == [
        {"order": key, "order__tenant": acme.id, "order__title": "o1"}
    ]
    await Payment.create(cents=1)
    assert await Payment.all().values("invoice", "invoice_pk", "invoice__order") == [
        {"invoice": None, "invoice_pk": None, "invoice__order": None}
    ]


async def test_conditions(acme: Tenant) -> None:
    key = (acme.id, 1)
    assert await Order.filter(lines__pk__gt=0).distinct().count() == 1
    assert await Order.filter(Q(pk=key) | Q(pk=(acme.id, 3))).count() == 2
    assert await Order.filter(~Q(pk=key)).count() == 3
    assert await titles(Order.filter(pk=[acme.id, 2])) == ["o2"]
    assert await titles(Order.filter(Order.q.pk == (acme.id, "3"))) == ["o3"]
    assert await Line.filter(order__total=1).update(amount=F("amount") + 1) == 2
    assert await Line.filter(order__title="o1", amount__gt=2).delete() == 1
    async with in_transaction() as connection:
        locked = await Order.select_for_update().using_db(connection).get(pk=key)
        locked.total = 50
        await locked.save(using_db=connection)
    assert await Order.filter(pk=key, total=50).exists()
    with pytest.raises(ValidationError, match=r"Order\.pk takes a tuple of 2 values"):
        await Order.filter(pk__range=((1, 2), 3))


async def test_tens_of_thousands_of_keys(acme: Tenant) -> None:
    keys = [(acme.id, number) for number in range(12_000)]
    assert await Order.filter(pk__in=keys).count() == 4
    assert await Order.filter(pk__not_in=keys[:4]).count() == 1


async def test_the_sql(acme: Tenant, orm: str) -> None:
    row = {"sqlite": "IN (VALUES (1,2),(3,4))"}.get(orm, "IN ((1,2),(3,4))")
    assert row in Order.filter(pk__in=[(1, 2), (3, 4)]).sql(params_inline=True)
    plan = str(await Order.filter(pk=(acme.id, 1)).explain("traditional" if orm == "mysql" else None)).lower()
    assert {"sqlite": "tenant_id=? and id=?", "postgres": "order_pkey", "mysql": "primary"}[orm] in plan


async def test_documents(acme: Tenant) -> None:
    documents = pydantic_model_creator(Line, name="LineDocument")
    assert list(documents.model_fields) == ["id", "order", "amount"]
    line = await Line.get(amount=1)
    made: Any = await documents.from_tortoise_orm(line)
    assert (made.order.tenant_id, made.order.id, made.order.title) == (acme.id, 1, "o1")
    flat = pydantic_model_creator(Line, name="FlatLine", exclude=("order",))
    assert list(flat.model_fields) == ["id", "order_tenant_id", "order_id", "amount"]


@pytest.mark.feature(188)
async def test_keys_are_counted_once(acme: Tenant) -> None:
    other = await Tenant.create(name="other")
    second = await Order.create(tenant=other, id=1, title="x", total=1)
    await Line.create(order=second, amount=5)
    assert await Line.all().aggregate(n=Count("order", distinct=True), m=Count("order")) == {"n": 2, "m": 3}
    assert await Payment.all().aggregate(n=Count("invoice", distinct=True)) == {"n": 0}
    await Payment.create(cents=1)
    assert await Payment.all().aggregate(n=Count("invoice", distinct=True)) == {"n": 0}
    tenants = Tenant.annotate(
        n=Count("orders", distinct=True), few=Count("orders", distinct=True, _filter=Q(orders__id=1))
    )
    assert await tenants.order_by("id").values_list("n", "few") == [(4, 1), (1, 1)]
    grouped = (
        Line.annotate(n=Count("order", distinct=True)).group_by("order__tenant__name").order_by("order__tenant__name")
    )
    assert await grouped.values_list("order__tenant__name", "n") == [("acme", 1), ("other", 1)]
