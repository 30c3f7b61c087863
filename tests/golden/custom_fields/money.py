"""Field types of the project."""

from decimal import Decimal
from typing import Any, TypeVar

from ormgen import fields


class Money(Decimal):
    pass


class MoneyField(fields.DecimalField):
    python_type = Money

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("description", "In the currency of the shop")
        super().__init__(max_digits=18, decimal_places=4, **kwargs)

    def to_python_value(self, value: Any) -> Any:
        return None if value is None else Money(value)


class BigMoneyField(MoneyField):
    python_type = Money


T = TypeVar("T")
S = TypeVar("S")


class Stored(fields.Field[T]):
    """Says its type where it is used."""


class Listed(Stored[list[S]]):
    """Says half of it."""


class MoneyText(fields.CharField):
    field_type = Money


class Wallet(fields.Field[Money]):
    """Says it in brackets only."""


class SavedWallet(Wallet):
    """Says nothing itself."""


class Loose(fields.Field[T]):
    """Used without brackets."""
