"""Questions across modules in a cycle, with custom managers and query sets, to subclasses and other packages."""

# ruff: noqa: B018

import datetime as dt
import uuid
from decimal import Decimal
from typing import assert_type

from heroes.models import Player
from ormgen.expressions import F, Q
from ormgen.functions import Count, Sum
from ormgen.query_utils import Prefetch
from shop.catalog import Category, Product, ProductManager, ProductQuerySet
from shop.orders import Customer, Invoice, Order, OrderLine, VipCustomer


async def asking(product: Product, category: Category, player: Player) -> None:
    assert_type(await Product.all(), list[Product])
    assert_type(Product.all(), ProductQuerySet[Product])
    assert_type(Product.all().cheap(), ProductQuerySet[Product])
    assert_type(await Product.all().cheap().filter(price__gt=3).cheap().first(), Product | None)
    assert_type(await Product.filter(title="x").named("y"), list[Product])
    (await Product.all().cheap().select_related("category").cheap().get(title="x")).category.title
    assert_type(await category.products.filter(price__lt=Decimal(3)).cheap(), list[Product])
    assert_type(Product.objects.answer(), int)
    assert_type(await Product.objects.filter(title="x").cheap(), list[Product])
    manager: ProductManager = Product.objects
    print(manager)
    Product.all().cheap().filter(prize=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Product.all().cheap().order_by("prize")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Product.all().cheep()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Product.all().cheap(below="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Product.filter(price__gte=3, price__lt=2.5, price__range=(1, Decimal(2)), id=uuid.uuid4(), id__in=[uuid.uuid4()])
    Product.filter(id="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Product.filter(price="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Product.filter(category=category, category__parent__isnull=True)
    Product.filter(category=category, category__parent_id__isnull=True, category__slug__startswith="a")
    Product.filter(featured_in="17", featured_in__state=Order.State.OPEN, featured_in__isnull=True)
    Product.filter(extra={"a": 1}, extra__isnull=True, created_at__year=2024)
    Order.filter(placed_by=player, placed_by__username="x", lines__amount__gt=3, featured__title__icontains="x")
    Order.filter(placed_by__usrname="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await player.orders.filter(state=Order.State.PAID).first(), Order | None)
    assert_type((await Player.all().prefetch_related("orders"))[0].orders[0].total, Decimal)
    assert_type(await Category.all(), list[Category])
    assert_type(await Category.all().newest().first(), Category | None)
    assert_type(await Category.all().newest().order_by("title").newest(), list[Category])
    Category.all().newest().order_by("titel")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Category.all().filter(anything="goes: the user's own signature says so").newest()
    Category.exclude(titel="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await VipCustomer.filter(discount__gt=0.1, email__contains="x"), list[VipCustomer])
    assert_type(await VipCustomer.get(pk=1), VipCustomer)
    VipCustomer.all().order_by("discount", "-email")
    Customer.filter(discount__gt=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await Product.since(dt.datetime.now()), list[Product])
    assert_type(await Order.since(dt.datetime.now()), list[Order])
    Order.filter(Q(total__gt=F("total")), total__lt=F("total") * 2)
    found = await Order.all().select_related("invoice", "customer").get(number="1")
    assert_type(found.customer.email, str)
    one = await Order.get(number="1").select_related("invoice")
    one.invoice.paid_on  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    assert_type(one.invoice, Invoice | None)
    pair = (await OrderLine.all().select_related("order", "product"))[0]
    assert_type(pair.product.title, str)
    assert_type(pair.order.total, Decimal)
    tree = (await Category.all().prefetch_related("children", "products"))[0]
    assert_type([c.title for c in tree.children], list[str])
    assert_type([p.price for p in tree.products], list[Decimal])
    strict = (await Category.all().prefetch_related(Prefetch("products", Product.all().cheap())))[0]
    assert_type([p.price for p in strict.products], list[Decimal])
    assert_type(await Order.all().values_list("state", flat=True), list[Order.State])
    assert_type(await Order.all().values_list("placed_by__username", flat=True), list[str | None])
    assert_type(await Player.all().values_list("orders__state", flat=True), list[Order.State | None])
    assert_type(await Product.all().cheap().values_list("id", flat=True), list[uuid.UUID])
    summed = (await Order.annotate(n=Count("lines"), worth=Sum("lines__amount")).filter(n__gt=1))[0]
    print(summed.n, summed.worth, summed.total)
    counted = Product.annotate(n=Count("sold_in")).cheap().filter(n=1)
    print((await counted)[0].n)
    await Product.all().cheap().update(price=F("price") * 2)
    await Product.all().cheap().update(prize=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await product.similar.add(product)
    await product.similar.add(category)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(await product.similar_to.all().cheap(), list[Product])
    assert_type(await product.siblings(), list[Product])
