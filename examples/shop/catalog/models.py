"""Products, their suppliers and their reviews."""

from datetime import date, time
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Self

from ormgen import fields
from ormgen.indexes import Index
from ormgen.manager import Manager
from ormgen.models import Model
from ormgen.queryset import QuerySet


class Kind(Enum):
    TEA = "tea"
    CUP = "cup"
    KETTLE = "kettle"


class Size(IntEnum):
    SMALL = 1
    MEDIUM = 2
    LARGE = 3


class Named(Model):
    """Anything with a name."""

    name = fields.CharField(max_length=100)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()).upper()


class Listed:
    """Knows since when it has been on offer."""

    listed_on = fields.DateField(default=date.today)
    active = fields.BooleanField(default=True)

    def is_new(self, today: date) -> bool:
        return (today - self.listed_on).days < 30


class Supplier(Named):
    country = fields.CharField(max_length=2, db_index=True)
    opens_at = fields.TimeField(default=time(8))
    closes_at = fields.TimeField(null=True)
    delivers_within = fields.TimeDeltaField()

    class Meta(Named.Meta):
        table = "suppliers"

    def is_open(self, at: time) -> bool:
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)


class ProductQuerySet(QuerySet["Product"]):
    """Questions about products that the whole shop asks."""

    def on_offer(self) -> Self:
        return self.filter(active=True, stock__gt=0)

    def cheaper_than(self, price: Decimal) -> Self:
        return self.filter(price__lt=price)


class ProductManager(Manager):
    """Behind `Product.all()`, `Product.filter()` and all the others."""

    def get_queryset(self) -> ProductQuerySet:
        return ProductQuerySet(self._model)


class Product(Listed, Named):
    id = fields.BigIntField(primary_key=True)
    sku = fields.CharField(max_length=20, unique=True)
    ean = fields.BigIntField(null=True, unique=True)
    kind = fields.CharEnumField(Kind)
    size = fields.IntEnumField(Size, null=True)
    price = fields.DecimalField(max_digits=10, decimal_places=2)
    weight = fields.FloatField(null=True, description="in kilograms")
    stock = fields.IntField(default=0)
    details = fields.JSONField[dict[str, Any]](default=dict)
    photo = fields.BinaryField(null=True)
    suppliers = fields.ManyToManyField(
        "catalog.Supplier",
        through="delivery",
        forward_key="delivered_by",
        backward_key="delivers",
        related_name="products",
    )
    goes_with = fields.ManyToManyField("catalog.Product", through="pairing", related_name="accompanies")

    class Meta(Named.Meta):
        table = "products"
        manager = ProductManager()
        ordering = ["sku"]
        indexes = [Index(fields=("kind", "price"), name="products_by_price"), ("active", "stock")]

    async def stars(self) -> float | None:
        given = await self.reviews.all().values_list("stars", flat=True)
        return sum(given) / len(given) if given else None


class Review(Model):
    """What a customer thinks of one line of an order."""

    product = fields.ForeignKeyField("catalog.Product", related_name="reviews")
    line = fields.OneToOneField("orders.OrderLine", related_name="review")
    stars = fields.SmallIntField()
    text = fields.TextField(default="")
    written_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "reviews"
        ordering = ["-stars", "id"]
