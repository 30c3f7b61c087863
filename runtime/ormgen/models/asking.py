"""What can be asked of a model class: each question of a query set, begun at the class."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from inspect import getattr_static
from typing import Any, Self

from ormgen.database.connection import Connection
from ormgen.database.current import open_transactions, own_transactions
from ormgen.exceptions import DoesNotExist, ObjectDoesNotExistError, ValidationError
from ormgen.models.answers import Answer
from ormgen.models.by_value import ByValue, only_plain
from ormgen.models.composite import parts
from ormgen.models.declare import ModelMeta
from ormgen.models.describing import describe_model
from ormgen.models.info import ModelInfo
from ormgen.models.plain import Plan
from ormgen.models.queryset import OpenQuerySet, QuerySet
from ormgen.models.raw import RawRows
from ormgen.models.single import Single
from ormgen.models.steps import begun, first_plan
from ormgen.models.unloaded import queryset_of
from ormgen.schema.instance import Instance


def plainly_asked(model: Any) -> Plan | None:
    """The plan that questions about `model` begin with, that of all of its objects; None where a manager, or an `all`
    of its own, chooses some."""
    info: ModelInfo = model.__model__
    own = getattr_static(model, "all") is not Asking.__dict__["all"]
    found = info.memo["plainly asked"] = first_plan(info) if info.manager is None and not own else None
    return found


class Asking(Instance, metaclass=ModelMeta):
    """Base of `Model`: its questions."""

    __slots__ = ()

    @classmethod
    def all(cls, using_db: Connection | None = None) -> OpenQuerySet[Self]:
        """A query set of all objects."""
        made: OpenQuerySet[Self] = queryset_of(cls)
        return made if using_db is None else made.using_db(using_db)

    @classmethod
    def filter(cls, /, *args: Any, using_db: Any = None, **kwargs: Any) -> OpenQuerySet[Self]:
        """Those objects that meet all conditions."""
        info = cls.__model__
        if using_db is None and kwargs and not args:
            plan: Plan | None = info.memo.get("plainly asked") or plainly_asked(cls)
            asked: Any = None if plan is None else begun(QuerySet, info, plan, kwargs)
            if asked is not None:
                return asked  # type: ignore[no-any-return]
        return cls.all(cls.__model__.given(using_db)).filter(*args, **kwargs)

    @classmethod
    def exclude(cls, *args: Any, using_db: Any = None, **kwargs: Any) -> OpenQuerySet[Self]:
        """Those objects that do not meet all conditions together."""
        return cls.all(cls.__model__.given(using_db)).exclude(*args, **kwargs)

    @classmethod
    def annotate(cls, *args: Any, **kwargs: Any) -> Any:
        """All objects, with computed attributes."""
        return cls.all().annotate(*args, **kwargs)

    @classmethod
    def get(cls, /, *args: Any, using_db: Connection | None = None, **kwargs: Any) -> Single[Self]:
        """The only object that meets the conditions; DoesNotExist or MultipleObjectsReturned otherwise."""
        info = cls.__model__
        if using_db is None and not args and (info.memo.get("plainly asked") or plainly_asked(cls)):
            handed = None if open_transactions.get() is None else own_transactions()
            if only_plain(kwargs):
                return ByValue(info, QuerySet, kwargs, "one", None, handed)
        return cls.all(cls.__model__.given(using_db)).get(*args, **kwargs)

    @classmethod
    def get_or_none(cls, *args: Any, using_db: Connection | None = None, **kwargs: Any) -> Single[Self | None]:
        """The only object that meets the conditions, or None."""
        return cls.all(cls.__model__.given(using_db)).get_or_none(*args, **kwargs)

    @classmethod
    def first(cls, using_db: Connection | None = None) -> Single[Self | None]:
        """The first object, or None."""
        return cls.all(using_db).first()

    @classmethod
    def last(cls, using_db: Connection | None = None) -> Single[Self | None]:
        """The last object, or None."""
        return cls.all(using_db).last()

    @classmethod
    def latest(cls, *names: Any, using_db: Connection | None = None) -> Single[Self | None]:
        """The object with the greatest value of `names`, or None."""
        return cls.all(using_db).latest(*names)

    @classmethod
    def earliest(cls, *names: Any, using_db: Connection | None = None) -> Single[Self | None]:
        """The object with the least value of `names`, or None."""
        return cls.all(using_db).earliest(*names)

    @classmethod
    def exists(cls, *args: Any, using_db: Connection | None = None, **kwargs: Any) -> Coroutine[Any, Any, bool]:
        """Whether any object meets the conditions."""
        return cls.all(cls.__model__.given(using_db)).filter(*args, **kwargs).exists()

    @classmethod
    def aggregate(cls, **aggregates: Any) -> Answer[dict[str, Any]]:
        """Values computed over all rows, as a dictionary: `await Hero.aggregate(total=Sum("power"))`.

        Raises:
            ParamsError: a value is no aggregate.
        """
        return cls.all().aggregate(**aggregates)

    @classmethod
    def in_bulk(
        cls, id_list: Iterable[Any], field_name: str = "pk", using_db: Connection | None = None
    ) -> Coroutine[Any, Any, dict[Any, Self]]:
        """The objects whose `field_name` is in `id_list`, by its value."""
        return cls.all(using_db).in_bulk(id_list, field_name)

    @classmethod
    def raw(cls, sql: str, values: Sequence[Any] = (), using_db: Connection | None = None) -> RawRows[Self]:
        """The rows of a SELECT of one's own as objects; `values` are for the placeholders of the database."""
        return RawRows(cls.__model__, sql, values, using_db)

    @classmethod
    def describe(cls, serializable: bool = True) -> dict[str, Any]:
        """The model, its fields and relations as plain data; with `serializable`, data that JSON can say.

        Raises:
            NotInitialised: `ORM.init` has not seen the model.
        """
        return describe_model(cls.__model__, serializable)

    @classmethod
    def get_table(cls) -> Any:
        """The table as a pypika `Table`, for `ormgen.query_api.execute_pypika`."""
        from ormgen.database.pypika_queries import table_of

        return table_of(cls.__model__.need())

    @classmethod
    def select_for_update(cls, *args: Any, **kwargs: Any) -> OpenQuerySet[Self]:
        """All objects, locked until the end of the transaction."""
        return cls.all().select_for_update(*args, **kwargs)

    @classmethod
    async def get_by_key(cls, key: Any) -> Self:
        """The object whose primary key is `key`, also written `await Model[key]`.

        Raises:
            ObjectDoesNotExistError: there is none.
            ValidationError: the key has several columns, and `key` is no tuple of as many values.
        """
        model = cls.__model__.need()
        if model.pk in model.composites and not isinstance(key, cls):
            parts(model, model.pk, key)
        try:
            return await cls.get(pk=key)
        except (DoesNotExist, ValidationError):
            raise ObjectDoesNotExistError(cls, model.pk, key) from None
