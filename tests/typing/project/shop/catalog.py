"""What is sold."""

import uuid
from decimal import Decimal
from typing import Any, Self

from ormgen import fields
from ormgen.manager import Manager
from ormgen.models import Model
from ormgen.queryset import QuerySet

from .base import CarefulQuerySet, Slugged, Timestamped


class CategoryManager(Manager):
    def get_queryset(self) -> CarefulQuerySet["Category"]:
        return CarefulQuerySet(self._model)


class Category(Slugged, Model):
    title = fields.CharField(max_length=60)
    parent = fields.ForeignKeyField("shop.Category", related_name="children", null=True)

    class Meta:
        manager = CategoryManager()


class ProductQuerySet(QuerySet["Product"]):
    def cheap(self, below: int = 10) -> Self:
        return self.filter(price__lt=below)

    def named(self, text: str) -> "ProductQuerySet":
        return self.filter(title__icontains=text).order_by("-price")


class ProductManager(Manager):
    def get_queryset(self) -> ProductQuerySet:
        return ProductQuerySet(self._model)

    def answer(self) -> int:
        return 42


class Product(Timestamped):
    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)
    title = fields.CharField(max_length=60, source_field="product_title")
    price = fields.DecimalField(max_digits=10, decimal_places=2)
    extra = fields.JSONField[dict[str, Any]](null=True)
    category = fields.ForeignKeyField("shop.Category", related_name="products")
    featured_in = fields.ForeignKeyField("shop.Order", related_name="featured", null=True)
    similar = fields.ManyToManyField("shop.Product", related_name="similar_to")

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        manager = ProductManager()

    def with_tax(self, rate: Decimal = Decimal("0.19")) -> Decimal:
        return self.price * (1 + rate)

    async def siblings(self) -> list["Product"]:
        return await Product.filter(category_id=self.category_id).exclude(id=self.id).cheap()


def default_title() -> str:
    return "unnamed"
