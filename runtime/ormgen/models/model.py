"""Model: the base of all models; what can be asked of the class and done with an instance."""

from __future__ import annotations

import copy
from collections.abc import Coroutine, Generator, Iterable, Mapping
from typing import Any, ClassVar, Final, Self

from ormgen.database.connection import Connection
from ormgen.database.transaction import in_transaction
from ormgen.exceptions import (
    IntegrityError,
    OperationalError,
    ParamsError,
)
from ormgen.models.answers import Answer
from ormgen.models.construct import attribute_error, fill, set_attributes
from ormgen.models.info import ModelInfo
from ormgen.models.listeners import tell
from ormgen.models.manager import Manager
from ormgen.models.naming import own_columns
from ormgen.models.path_roots import ConditionsOf, Paths
from ormgen.models.prefetch import Prefetch, grown, prefetch
from ormgen.models.queryset import QuerySet
from ormgen.models.relations import Related, ToMany
from ormgen.models.saving import ROWS_AT_ONCE, insert, insert_many, reload, update, update_many
from ormgen.models.signalling import Signalling
from ormgen.query.statements import Delete, Insert, Select

NOT_LOOKED_UP: Final = "__"


class Objects:
    """`Model.objects`: the model's manager under the name that Django users know."""

    def __get__(self, instance: object | None, owner: Any) -> Any:
        manager: Manager | None = owner.__model__.manager
        return (Manager() if manager is None else manager).bound(owner)


class ToDict(dict[str, Any]):
    """The columns of an instance; may be awaited, which gives the same."""

    def __await__(self) -> Generator[Any, None, dict[str, Any]]:
        return dict(self)
        yield


class Model(Signalling):
    """Base of all models: `class Hero(Model): name = fields.CharField(max_length=50)`.

    Keywords of the constructor are columns and forward relations.

    Raises:
        UnknownFieldError: a keyword is no field.
        ValidationError: a value cannot be read as its field's type.
        NotInitialised: `ORM.init` has not seen the model.
    """

    __slots__ = ("__dict__", "__loaded__", "__weakref__", "_saved_in_db")

    _meta: ClassVar[ModelInfo]
    objects: ClassVar[Any] = Objects()
    q: Any = Paths()  # not ClassVar: a column may have this name
    Q: Any = ConditionsOf()
    pk: Any

    __loaded__: dict[str, Any] | None
    _saved_in_db: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args:
            raise TypeError(f"{type(self).__name__} takes its values as keywords")
        self._saved_in_db = False
        self.__loaded__ = None
        fill(self, kwargs)

    @classmethod
    def attached(cls) -> None:
        """Called when the model has its place in a graph: relations become attributes."""
        for relation in cls.__model__.need().relations.values():
            setattr(cls, relation.name, ToMany(relation.name) if relation.many else Related(relation.name))

    @classmethod
    def construct(cls, _saved_in_db: bool = False, **kwargs: Any) -> Self:
        """An instance with these attributes as they are, neither converted nor checked."""
        made = cls.__new__(cls)
        made._saved_in_db = _saved_in_db
        made.__loaded__ = None
        columns, relations = cls.__model__.columns, cls.__model__.need().relations
        for name in columns:
            setattr(made, name, kwargs.pop(name, None))
        for name, value in kwargs.items():
            if name in relations and relations[name].many:
                made.__loaded__ = {**(made.__loaded__ or {}), name: list(value)}
            else:
                setattr(made, name, value)
        return made

    # -- creating

    @classmethod
    def create(cls, using_db: Connection | None = None, **kwargs: Any) -> Coroutine[Any, Any, Self]:
        """A new object, stored."""

        async def run(connection: Connection) -> Self:
            made = cls(**kwargs)
            await made.save(using_db=connection, force_create=True)
            return made

        return Answer(cls.__model__, run, None, using_db)

    @classmethod
    async def get_or_create(
        cls, defaults: Mapping[str, Any] | None = None, using_db: Connection | None = None, **kwargs: Any
    ) -> tuple[Self, bool]:
        """The object that meets the conditions, else a new one with `defaults`; and whether it is new."""
        found = await cls.get_or_none(using_db=using_db, **kwargs)
        if found is not None:
            return found, False
        try:
            async with in_transaction(using_db or cls.__model__.connection()) as connection:
                return await cls.create(using_db=connection, **_created(kwargs, defaults)), True
        except IntegrityError:
            found = await cls.get_or_none(using_db=using_db, **kwargs)
            if found is None:
                raise
            return found, False

    @classmethod
    async def update_or_create(
        cls, defaults: Mapping[str, Any] | None = None, using_db: Connection | None = None, **kwargs: Any
    ) -> tuple[Self, bool]:
        """The object that meets the conditions, with `defaults` set, else a new one; and whether it is new."""
        async with in_transaction(using_db or cls.__model__.connection()) as connection:
            found = await cls.select_for_update().using_db(connection).get_or_none(**kwargs)
            if found is None:
                found, created = await cls.get_or_create(defaults, connection, **kwargs)
                if created:
                    return found, True
            found.update_from_dict(defaults or {})
            await found.save(using_db=connection)
            return found, False

    @classmethod
    async def bulk_create(
        cls,
        objects: Iterable[Self],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_fields: Iterable[str] | None = None,
        on_conflict: Iterable[str] | None = None,
        using_db: Connection | None = None,
    ) -> list[Self]:
        """Store many new objects with few statements, all or none; their keys are set where the database tells them.

        Raises:
            ParamsError: the options contradict each other.
        """
        conflict = _conflict(cls, ignore_conflicts, update_fields, on_conflict)
        listed = list(objects)
        async with in_transaction(using_db or cls.__model__.connection()) as connection:
            await insert_many(connection, cls.__model__, listed, _batch(batch_size), conflict)
        return listed

    @classmethod
    async def bulk_update(
        cls,
        objects: Iterable[Self],
        fields: Iterable[Any],
        batch_size: int | None = None,
        using_db: Connection | None = None,
    ) -> int:
        """Store `fields` of many objects with few statements, all or none; the number of rows found.

        Raises:
            ParamsError: no fields are given, or an object has not been saved.
        """
        listed, names = list(objects), own_columns(cls.__model__, fields)
        if not names:
            raise ParamsError("bulk_update needs the names of the fields to store")
        if any(item.pk is None for item in listed):
            raise ParamsError("bulk_update needs objects that have been saved: one of them has no primary key")
        async with in_transaction(using_db or cls.__model__.connection()) as connection:
            return await update_many(connection, cls.__model__, listed, names, _batch(batch_size))

    # -- what an instance can do

    async def save(
        self,
        using_db: Connection | None = None,
        update_fields: Iterable[Any] | None = None,
        force_create: bool = False,
        force_update: bool = False,
    ) -> None:
        """Store this object: a new row, or all its columns (or `update_fields`) in its row.

        Raises:
            OperationalError: the row to update does not exist.
            IncompleteInstanceError: not all columns were loaded.
            ValidationError: a value does not fit its field.
        """
        info = type(self).__model__
        connection = info.connection(using_db)
        names = None if update_fields is None else own_columns(info, update_fields)
        if info.heard is not None:
            await tell(info.heard.pre_save, self, connection, None if names is None else list(names))
        created = force_create or not (self._saved_in_db or force_update)
        if created:
            await insert(connection, info, self)
        else:
            if not await update(connection, info, self, tuple(info.columns) if names is None else names):
                raise OperationalError(f"Can't update object that doesn't exist. PK: {self.pk!r}")
            self._saved_in_db = True
        if info.heard is not None:
            await tell(info.heard.post_save, self, created, connection, None if names is None else list(names))

    async def delete(self, using_db: Connection | None = None) -> None:
        """Delete the row of this object.

        Raises:
            OperationalError: it has not been saved.
        """
        info = type(self).__model__
        if not self._saved_in_db:
            raise OperationalError("Can't delete unpersisted record")
        connection = info.connection(using_db)
        if info.heard is not None:
            await tell(info.heard.pre_delete, self, connection)
        condition = QuerySet(type(self)).filter(pk=self.pk).statement.where
        await connection.run(Delete(Select(info.path, where=condition)))
        self._saved_in_db = False
        if info.heard is not None:
            await tell(info.heard.post_delete, self, connection)

    async def refresh_from_db(self, fields: Iterable[Any] | None = None, using_db: Connection | None = None) -> None:
        """Read all columns (or `fields`) again; loaded relations are forgotten.

        Raises:
            OperationalError: the object has not been saved, or its row is gone.
        """
        if not self._saved_in_db:
            raise OperationalError("Can't refresh unpersisted record")
        info = type(self).__model__
        names = tuple(info.columns) if fields is None else own_columns(info, fields)
        await reload(info.connection(using_db), info, self, names)
        self.__loaded__ = None

    async def fetch_related(self, *args: str | Prefetch[Any, Any, Any], using_db: Connection | None = None) -> Any:
        """Load relations of this object, which is returned."""
        info = type(self).__model__
        await prefetch(info.connection(using_db), info, [self], grown({}, args))
        return self

    @classmethod
    async def fetch_for_list(
        cls, instance_list: Iterable[Self], *args: Any, using_db: Connection | None = None
    ) -> None:
        """Load relations of many objects at once."""
        info = cls.__model__
        await prefetch(info.connection(using_db), info, list(instance_list), grown({}, args))

    def update_from_dict(self, data: Mapping[str, Any]) -> Self:
        """Set several attributes; the object is returned.

        Raises:
            UnknownFieldError: a key is no field.
            ValidationError: a value cannot be read as its field's type.
        """
        set_attributes(self, data)
        return self

    def clone(self, pk: Any = None) -> Self:
        """A new object with the same values, not stored; its key is `pk`, or made when it is saved."""
        made = copy.copy(self)
        made._saved_in_db = False
        made.__loaded__ = None
        setattr(made, type(self).__model__.need().pk, pk)
        return made

    def to_dict(self) -> ToDict:
        """The columns that are loaded, by attribute; may be awaited."""
        return ToDict((name, getattr(self, name)) for name in type(self).__model__.columns if hasattr(self, name))

    def __await__(self) -> Generator[Any, None, Self]:
        return self
        yield

    def __getstate__(self) -> Any:
        state: Any = super().__getstate__()
        plain, slots = state  # both, because there always are slots
        if slots["__loaded__"] is not None:
            slots["__loaded__"] = dict(slots["__loaded__"])
        return plain, slots

    def __getattr__(self, name: str) -> Any:
        raise attribute_error(type(self), name)

    def __iter__(self) -> Any:
        return iter(self.to_dict().items())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self is other or (self.pk is not None and self.pk == getattr(other, "pk", None))

    def __hash__(self) -> int:
        if self.pk is None:
            raise TypeError("Model instances without id are unhashable")
        return hash((type(self), self.pk))

    def __str__(self) -> str:
        return f"<{type(self).__name__}>"

    def __repr__(self) -> str:
        key = None if type(self).__model__.linked is None else self.pk
        return f"<{type(self).__name__}: {key}>"


class PrimaryKey:
    """`instance.pk`, whatever the key is called."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else getattr(instance, owner.__model__.need().pk)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, type(instance).__model__.need().pk, value)


Model.pk = PrimaryKey()


def _created(kwargs: Mapping[str, Any], defaults: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a new object: the plain conditions, and the defaults."""
    plain = {name: value for name, value in kwargs.items() if NOT_LOOKED_UP not in name}
    return {**plain, **(defaults or {})}


def _conflict(
    model: type[Model], ignore: bool, update_fields: Iterable[str] | None, on_conflict: Iterable[str] | None
) -> Insert | None:
    if not ignore and not update_fields:
        if on_conflict:
            raise ParamsError("on_conflict needs update_fields or ignore_conflicts")
        return None
    if ignore and update_fields:
        raise ParamsError("ignore_conflicts and update_fields exclude each other")
    if update_fields and not on_conflict:
        raise ParamsError("update_fields needs on_conflict, the unique fields by which rows are found")
    return Insert(
        model.__model__.path,
        (),
        (),
        conflict="ignore" if ignore else "update",
        on=own_columns(model.__model__, on_conflict or ()),
        update=own_columns(model.__model__, update_fields or ()),
    )


def _batch(size: int | None) -> int:
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise ParamsError(f"batch_size is a whole number of at least 1, not {size!r}")
    return size or ROWS_AT_ONCE
