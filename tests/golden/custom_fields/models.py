from typing import Any

import money
from money import MoneyField as Price
from ormgen import Model, fields


class Point:
    pass


class Lower:
    def to_db_value(self, value: Any, instance: Any) -> Any:
        return value.lower()


class LowerField(Lower, fields.CharField):
    pass


class SlugField(LowerField):
    def __init__(self, length: int = 50, *, unique: bool = True, **options: Any) -> None:
        options["db_index"] = True
        if length > 100:
            options["description"] = "long"
        super().__init__(max_length=length, unique=unique, **options)


class PointField(fields.Field[Point]):
    python_type = Point


class ListField(fields.JSONField[list[str]]):
    pass


class Product(Model):
    slug = SlugField()
    long_slug = SlugField(120, unique=False)
    name = LowerField(max_length=20, null=True)
    price = Price(default=0)
    cost = money.BigMoneyField(null=True, description="Ours")
    place = PointField(null=True)
    words = ListField(default=list)
    stored = money.Stored[Point](null=True)
    listed = money.Listed[money.Money]()
    text = money.MoneyText(max_length=9, default="0")
    wallet = money.SavedWallet()
    loose: Any = money.Loose()
