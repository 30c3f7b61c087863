"""What several models of the shop have in common."""

import datetime as dt
from typing import Self, TypeVar

from ormgen import fields
from ormgen.expressions import Q
from ormgen.models import Model
from ormgen.queryset import QuerySet

ModelT = TypeVar("ModelT", bound=Model, covariant=True)


class Timestamped(Model):
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        abstract = True

    def age(self, now: dt.datetime) -> dt.timedelta:
        return now - self.created_at

    @classmethod
    async def since(cls, moment: dt.datetime) -> list[Self]:
        return await cls.filter(created_at__gte=moment)


class Slugged:
    """A plain mixin: not a model, yet with a field."""

    slug = fields.CharField(max_length=60, unique=True)

    def path(self) -> str:
        return "/" + self.slug


class CarefulQuerySet(QuerySet[ModelT]):
    """For any model; overrides filter."""

    def filter(self, *args: Q, **kwargs: object) -> Self:
        return super().filter(*args, **kwargs)

    def newest(self) -> Self:
        return self.order_by("-id")
