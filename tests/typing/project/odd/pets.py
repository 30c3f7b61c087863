"""Managers that abstract models hand on, query sets that several models share, and JSON that is annotated."""

from __future__ import annotations

from typing import Any, Self, TypedDict, TypeVar

from ormgen import fields
from ormgen.manager import Manager
from ormgen.models import Model
from ormgen.queryset import QuerySet

M = TypeVar("M", bound=Model, covariant=True)


class Shape(TypedDict):
    legs: int


class SoftQuerySet(QuerySet[M]):
    """For any model that knows what is dead."""

    def alive(self) -> Self:
        return self.filter(dead=False)

    def gone(self) -> SoftQuerySet[M]:
        return self.exclude(dead=False)


class PlainQuerySet(QuerySet):
    """Shared as well, and does not say so."""

    def newest(self) -> Self:
        return self.order_by("-id")


class NamedQuerySet(QuerySet["Pet"]):
    def named(self, name: str | None) -> NamedQuerySet:
        found = self.exclude(name="")
        if name:
            found = found.filter(name=name)
        return found


class LivingManager(Manager):
    def get_queryset(self) -> SoftQuerySet[Any]:
        return SoftQuerySet(self._model).alive()

    def limit_of(self) -> int:
        return 3


class Mortal(Model):
    dead = fields.BooleanField(default=False)

    objects = SoftQuerySet.as_manager()
    everything = Manager()
    living = LivingManager()

    class Meta:
        abstract = True


class Owned(Mortal):
    living = LivingManager()
    sorted = PlainQuerySet.as_manager()

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        abstract = True


class Pet(Mortal):
    name = fields.CharField(max_length=20)
    keeper = fields.ForeignKeyField("pets.Keeper", related_name="pets")
    named = NamedQuerySet.as_manager()
    soft = SoftQuerySet.as_manager()
    sorted = PlainQuerySet.as_manager()


class Keeper(Owned):
    mail = fields.CharField(max_length=20, unique=True)
    prefs: dict[str, bool] = fields.JSONField(default=dict)  # pyright: ignore[reportAssignmentType]
    tags: fields.Field[list[str]] = fields.JSONField(default=list)
    shape: Shape | None = fields.JSONField(null=True)  # pyright: ignore[reportAssignmentType]
    bare: fields.Field[dict] = fields.JSONField(default=dict)  # type: ignore[type-arg]
    later: "fields.Field[list[dict[str, Any]]]" = fields.JSONField(default=list)  # noqa: UP037
    anything = fields.JSONField(default=dict)


class Senior(Keeper):
    """With a table of its own; the managers of the class above stay."""

    since = fields.DateField(null=True)
