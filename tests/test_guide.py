"""What docs/guide.md shows is true: its files are one project, which runs."""

from __future__ import annotations

from pathlib import Path

from pages import DOCS, Project

USE = """
import asyncio, logging
from decimal import Decimal
from starlette.testclient import TestClient
from ormgen import ORM
from ormgen.context import orm_test_context
from shop import bulk, pay, replicas, reports, slow, slowly, telemetry, test_shop, web
from shop.models import Customer, Order

async def main():
    await test_shop.test_paying()
    async with orm_test_context(["shop.models"]) as context:
        context.hooks.on_query(lambda event: None)
        slow.watch(0)
        print(await pay.import_orders([Decimal(3), Decimal(-1), Decimal(4)]), await pay.count_orders())
        print(len(slow.slow) > 3)
    async with orm_test_context(["shop.models"]):
        print(await bulk.load(["a@x.org", "b@x.org"]), await bulk.load(["b@x.org", "c@y.org"]))
        a = await Customer.get(email="a@x.org")
        for total in (60, 50):
            await Order.create(customer=a, total=total)
        await Order.create(customer=await Customer.get(email="b@x.org"), total=1)
        print(await reports.ranked(), await reports.without_orders())
        print(await reports.last_totals(), await reports.first_orders(), await reports.months(), await reports.totals())
        raised = await reports.raise_credit("x.org", Decimal(2))
        print(raised, (await Customer.get(id=a.id)).credit, await bulk.sum_up())
        print(await slowly.emails_at_once())
        try:
            await slowly.emails_one_by_one()
        except Exception as error:
            print(type(error).__name__, 'select_related("customer")' in str(error))
    for name in ("replica", "primary"):
        await ORM.init(db_url=f"sqlite://{name}.sqlite3", modules={"models": ["shop.models"]})
        await ORM.generate_schemas()
    await replicas.start("sqlite://primary.sqlite3", "sqlite://replica.sqlite3")
    customer = await Customer.create(email="a@example.com")
    await Order.create(customer=customer, total=1)
    print(await Order.all().count(), await replicas.orders_as_written())
    await ORM.close_connections()

async def telemetric():
    await telemetry.start()
    await ORM.generate_schemas()
    print(await Customer.all().count())
    await ORM.close_connections()

asyncio.run(main())
asyncio.run(telemetric())
with TestClient(web.app) as client:
    print(client.get("/customers/a").status_code, client.post("/customers/a").json(), client.get("/customers/a").json())
"""


def test_it_runs(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.play(DOCS / "guide.md")
    assert project.ran("-c", USE).splitlines() == [
        "2 2",
        "True",
        "2 2",
        "[('a@x.org', 'good'), ('b@x.org', 'new'), ('c@y.org', 'silent')] ['c@y.org']",
        "[('a@x.org', Decimal('50.00')), ('b@x.org', Decimal('1.00')), ('c@y.org', None)] [1, 3] [3] "
        "{'orders': 3, 'total': Decimal('111.00'), 'big': 1}",
        "2 7.00 111.00",
        "['a@x.org', 'a@x.org', 'b@x.org']",
        "NPlusOneError True",
        "0 1",
        "0",
        "404 {'id': 1} {'email': 'a', 'credit': '0.00'}",
    ]
