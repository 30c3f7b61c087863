"""A morning in the shop: `python -m shop.main`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from ormgen import ORM, run_async
from ormgen.exceptions import IntegrityError
from ormgen.expressions import F, Q
from ormgen.functions import Count, Sum
from ormgen.query_utils import Prefetch
from ormgen.transactions import atomic, in_transaction
from shop.catalog.models import Kind, Product, Review, Size, Supplier
from shop.orders.models import Customer, Order, OrderLine, Payment


@dataclass(frozen=True)
class Facts:
    """What came out of a run."""

    suppliers: dict[str, list[str]]
    offers: list[str]
    pairs: list[str]
    wishes: dict[str, list[str]]
    orders: list[str]
    receipts: dict[int, bytes | None]
    stock: dict[str, int]
    sold: dict[str, int]
    spent: dict[str, Decimal]
    reviews: list[str]
    stars: float | None
    prices: dict[str, Decimal]
    unsold: list[str]
    left: int


class OutOfStock(Exception):
    """There are not that many of them."""


async def init_db(db_url: str) -> None:
    """Both apps in one database."""
    modules = {"catalog": ["shop.catalog.models"], "orders": ["shop.orders.models"]}
    await ORM.init(db_url=db_url, modules=modules)
    await ORM.generate_schemas()


async def fill_shelves() -> None:
    """Two suppliers and five products."""
    assam = await Supplier.create(name="Assam Leaves", country="IN", delivers_within=timedelta(days=12))
    clay = await Supplier.create(
        name="Clay & Co", country="PT", opens_at=time(9, 30), closes_at=time(17), delivers_within=timedelta(hours=36)
    )
    tea = await Product.create(
        sku="T-1",
        ean=4006381333931,
        name="Assam",
        kind=Kind.TEA,
        price=Decimal("7.50"),
        stock=40,
        weight=0.25,
        details={"origin": "India", "flush": 2},
        photo=b"\xff\xd8\x00",
    )
    await Product.bulk_create(
        [
            Product(sku="T-2", name="Sencha", kind=Kind.TEA, price=Decimal("9.95"), stock=3),
            Product(sku="C-1", name="Cup", kind=Kind.CUP, size=Size.SMALL, price=Decimal("4.20"), stock=12),
            Product(sku="C-2", name="Big Cup", kind=Kind.CUP, size=Size.LARGE, price=Decimal("6"), stock=0),
            Product(
                sku="K-1", name="Kettle", kind=Kind.KETTLE, price=Decimal("39"), stock=1, listed_on=date(2020, 5, 1)
            ),
        ]
    )
    cup, kettle = await Product.get(sku="C-1"), await Product.get(sku="K-1")
    await tea.suppliers.add(assam)
    await clay.products.add(cup, kettle)
    await cup.suppliers.add(assam, clay)
    await cup.suppliers.remove(assam)
    await tea.goes_with.add(cup, kettle)
    assert cup.photo is None
    assert not kettle.is_new(date(2024, 1, 1))


async def suppliers() -> dict[str, list[str]]:
    """Who is open for business at noon, and what they deliver."""
    found: dict[str, list[str]] = {}
    for supplier in await Supplier.filter(delivers_within__lte=timedelta(days=14)).prefetch_related("products"):
        if supplier.is_open(time(12)):
            found[f"{supplier} ({supplier.initials()})"] = [product.sku for product in supplier.products]
    return found


async def offers() -> list[str]:
    """What can be bought for less than ten, by price."""
    products = await Product.all().on_offer().cheaper_than(Decimal(10)).order_by("-price").only("sku", "name", "price")
    return [f"{product.sku} {product.name}: {product.price}" for product in products]


async def pairs() -> list[str]:
    """What goes with tea, and back."""
    lines = []
    async for product in Product.filter(kind=Kind.TEA).prefetch_related("goes_with__accompanies"):
        for other in product.goes_with:
            lines.append(f"{product} goes with {other}, which goes with {', '.join(map(str, other.accompanies))}")
    return lines


async def welcome() -> tuple[Customer, Customer]:
    """Two customers, one of whom brought the other."""
    ana = await Customer.create(email="ana@example.com")
    ben = await ana.referrals.create(email="ben@example.com")
    kettle, cup = await Product.filter(Q(kind=Kind.KETTLE) | Q(size=Size.LARGE)).order_by("-price")
    await ben.wishes.add(kettle, cup)
    await ana.wishes.add(kettle)
    await ana.wishes.clear()
    return ana, ben


async def wishes() -> dict[str, list[str]]:
    """Products with the customers who wish for them, across the apps."""
    customers = Customer.filter(referred_by__email="ana@example.com")
    products = await Product.filter(wished_by__isnull=False).prefetch_related(Prefetch("wished_by", queryset=customers))
    return {product.name: [customer.email for customer in product.wished_by] for product in products}


@atomic()
async def place(customer: Customer, basket: Mapping[str, int]) -> Order:
    """An order of everything in the basket (number of pieces by sku), or of nothing.

    Raises:
        OutOfStock: one of the products cannot be had in that number.
    """
    order = await Order.create(number=await Order.all().count() + 1, customer=customer)
    for sku, quantity in basket.items():
        product = await Product.select_for_update().get(sku=sku)
        if not await Product.filter(sku=sku, stock__gte=quantity).update(stock=F("stock") - quantity):
            raise OutOfStock(f"{product.name}: {product.stock} left, {quantity} wanted")
        await OrderLine.create(order=order, product=product, quantity=quantity, unit_price=product.price)
    return order


async def sell(ana: Customer, ben: Customer) -> None:
    """Four orders are tried, three are placed; one is paid for twice, which counts once."""
    first = await place(ana, {"T-1": 2, "C-1": 4})
    async with in_transaction():
        await place(ben, {"T-2": 3})
        try:
            await place(ben, {"T-1": 1, "K-1": 2})
        except OutOfStock as error:
            print(f"no order: {error}")
        last = await place(ben, {"K-1": 1, "T-1": 1})
    for _ in range(2):
        payment, created = await Payment.update_or_create(
            order=first, defaults={"amount": await first.total(), "receipt": b"\x00paid"}
        )
        print(f"payment of {payment.amount} {'received' if created else 'received again'}")
    last.note = "rush"
    await last.save(update_fields=["note"])
    await Order.filter(payment__amount__gt=0).update(state=Order.State.PAID)


async def orders() -> list[str]:
    """Every order with its lines, in two statements."""
    lines = OrderLine.all().select_related("product")
    found = (
        await Order.all().select_related("customer__referred_by").prefetch_related(Prefetch("lines", queryset=lines))
    )
    told = []
    for order in found:
        goods = ", ".join(f"{line.quantity} {line.product.name}" for line in order.lines)
        friend = order.customer.referred_by
        via = "" if friend is None else f" (friend of {friend.email})"
        told.append(f"{order.number} {order.state.value} {order.customer.email}{via}: {goods}")
    return told


async def receipts() -> dict[int, bytes | None]:
    """The receipt of each order, None where it is not paid."""
    found: dict[int, bytes | None] = {}
    for order in await Order.all().select_related("payment"):
        found[order.number] = None if order.payment is None else order.payment.receipt
    return found


async def sold() -> dict[str, int]:
    """How many pieces of each product were ordered."""
    products = Product.annotate(pieces=Sum("order_lines__quantity"), times=Count("order_lines")).filter(times__gt=0)
    return {product.sku: product.pieces or 0 for product in await products.order_by("-pieces", "sku")}


async def spent() -> dict[str, Decimal]:
    """What each customer has spent."""
    found: dict[str, Decimal] = {}
    async for line in OrderLine.all().select_related("order__customer"):
        email = line.order.customer.email
        found[email] = found.get(email, Decimal(0)) + line.amount()
    return found


async def reviews() -> list[str]:
    """Opinions about what was bought."""
    for line in await OrderLine.filter(order__customer__email__startswith="ana").select_related("product"):
        stars = 5 if line.product.kind is Kind.TEA else 3
        await Review.create(product=line.product, line=line, stars=stars, text=f"{line.product.name}!")
    kettle = await OrderLine.get(product_id="K-1")
    await Review.create(product=await kettle.product, line_id=kettle.id, stars=4)
    disliked = await OrderLine.get(review__stars=3)
    opinion = await disliked.review
    print(f"line {disliked.id}: {'no opinion' if opinion is None else opinion.text}")
    return [
        f"{each.stars} {each.product.sku} {each.line.order.customer.email}"
        for each in await Review.all().select_related("product", "line__order__customer")
    ]


async def stars(sku: str) -> float | None:
    """The mean of the stars that a product got."""
    product = await Product.get(sku=sku)
    return await product.stars()


async def raise_prices() -> dict[str, Decimal]:
    """All teas become dearer by a tenth."""
    teas = await Product.filter(kind=Kind.TEA)
    for tea in teas:
        tea.price = (tea.price * Decimal("1.1")).quantize(Decimal("0.01"))
        tea.details = {**tea.details, "raised": True}
    changed = await Product.bulk_update(teas, ["price", "details"], batch_size=1)
    assam = await Product.get(sku="T-1")
    assert assam.details == {"origin": "India", "flush": 2, "raised": True}
    print(f"{changed} prices raised, among them that of {assam.ean} ({assam.weight} kg)")
    rows = await Product.filter(kind=Kind.TEA).values("sku", "price")
    return {row["sku"]: row["price"] for row in rows}


async def unsold() -> list[str]:
    """What nobody ever ordered; what somebody did order cannot be deleted."""
    try:
        async with in_transaction():
            await Product.filter(sku="K-1").delete()
    except IntegrityError:
        print("the kettle stays on the books")
    line = await OrderLine.get(product__sku="K-1")
    await Product.filter(sku="K-1").update(active=False)
    assert await line.still_sold() is None
    return await Product.filter(order_lines__isnull=True).values_list("sku", flat=True)


async def main(db_url: str = "sqlite://:memory:") -> Facts:
    """The whole morning, in a database without tables."""
    await init_db(db_url)
    await fill_shelves()
    ana, ben = await welcome()
    offered = await offers()
    await sell(ana, ben)
    facts = Facts(
        suppliers=await suppliers(),
        offers=offered,
        pairs=await pairs(),
        wishes=await wishes(),
        orders=await orders(),
        receipts=await receipts(),
        stock=dict(await Product.all().values_list("sku", "stock")),
        sold=await sold(),
        spent=await spent(),
        reviews=await reviews(),
        stars=await stars("T-1"),
        prices=await raise_prices(),
        unsold=await unsold(),
        left=await Product.all().on_offer().count(),
    )
    for name, value in vars(facts).items():
        print(f"{name}: {value}")
    return facts


if __name__ == "__main__":
    run_async(main())
