"""Model: the base of all models; what can be asked of the class and done with an instance."""

from __future__ import annotations

import copy
import sys
from collections.abc import Coroutine, Generator, Iterable, Iterator, Mapping
from inspect import getattr_static
from typing import Any, ClassVar, Self

from ormgen.database.connection import Connection
from ormgen.database.current import Handed, open_transactions, own_transactions
from ormgen.exceptions import IntegrityError, OperationalError, ParamsError
from ormgen.models.composite import CompositeKey
from ormgen.models.construct import attribute_error, constructor, filler, plain_default, set_attributes
from ormgen.models.info import ModelInfo
from ormgen.models.listeners import tell
from ormgen.models.making import Making
from ormgen.models.n_plus_one import watching
from ormgen.models.naming import own_columns
from ormgen.models.path_roots import ConditionsOf, Paths
from ormgen.models.prefetch import Prefetch, checked_relation, grown, prefetch
from ormgen.models.queryset import Manager
from ormgen.models.relations import Related, ToMany
from ormgen.models.saving import insert, refuse_keys, reload, remove, sent_update, update


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


class Model(Making):
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
        cls = type(self)
        others = filler(cls.__model__)(self, **kwargs)
        if others:
            set_attributes(self, others)
        if cls.__init__ is Model.__init__:  # from the second instance on
            cls.__init__ = constructor(cls.__model__, Model.__init__)  # type: ignore[method-assign]

    @classmethod
    def attached(cls) -> None:
        """Called when the model has its place in a graph: relations become attributes."""
        if getattr(cls.__dict__.get("__init__"), "__wrapped__", None) is Model.__init__:
            del cls.__init__  # that of its former place
        for relation in cls.__model__.need().relations.values():
            setattr(cls, relation.name, ToMany(relation.name) if relation.many else Related(relation.name))
        keys = cls.__model__.need().composites
        for name, columns in keys.items():
            setattr(cls, name, CompositeKey(name, columns))
        if "pk" not in keys and isinstance(getattr_static(cls, "pk"), CompositeKey):  # of a base with another key
            cls.pk = PrimaryKey()

    @classmethod
    def construct(cls, _saved_in_db: bool = False, **kwargs: Any) -> Self:
        """An instance with these attributes as they are, neither converted nor checked; others have their defaults."""
        made = cls.__new__(cls)
        made._saved_in_db = _saved_in_db
        made.__loaded__ = None
        columns, relations = cls.__model__.columns, cls.__model__.need().relations
        for name, column in columns.items():
            setattr(made, name, kwargs.pop(name) if name in kwargs else plain_default(column))
        for name, value in kwargs.items():
            if name in relations and not relations[name].kind.forward:
                loaded = list(value) if relations[name].many else value
                made.__loaded__ = {**(made.__loaded__ or {}), name: loaded}
            else:
                setattr(made, name, value)
        return made

    # -- what an instance can do

    def save(
        self,
        using_db: Connection | None = None,
        update_fields: Iterable[Any] | None = None,
        force_create: bool = False,
        force_update: bool = False,
    ) -> Coroutine[Any, Any, None]:
        """Store this object: a new row, or all its columns (or `update_fields`) in its row.

        Raises:
            IntegrityError: the row to update does not exist.
            IncompleteInstanceError: not all columns were loaded.
            ValidationError: a value does not fit its field.
        """
        handed = None if open_transactions.get() is None else own_transactions()
        return self._save(handed, using_db, update_fields, force_create, force_update)

    async def _save(
        self,
        handed: Handed | None,
        using_db: Connection | None,
        update_fields: Iterable[Any] | None,
        force_create: bool,
        force_update: bool,
    ) -> None:
        info = type(self).__model__
        connection = info.connection(using_db, handed)
        names = None if update_fields is None else own_columns(info, update_fields)
        if info.heard is not None:
            await tell(info.heard.pre_save, self, connection, None if names is None else list(names))
        pk = info.need().pk if info.linked is None else info.linked.pk
        stored = force_update or (self._saved_in_db and getattr(self, pk) is not None)
        created = force_create or not stored
        if created:
            await insert(connection, info, self)
        else:
            sent = sent_update(connection, info, self, names)
            if sent is None and names is not None:
                refuse_keys(info, names)
            if not (await update(connection, info, self, names) if sent is None else (await sent).affected):
                raise IntegrityError(f"Can't update object that doesn't exist. PK: {self.pk!r}")
            self._saved_in_db = True
        if info.heard is not None:
            await tell(info.heard.post_save, self, created, connection, None if names is None else list(names))

    def delete(self, using_db: Connection | None = None) -> Coroutine[Any, Any, None]:
        """Delete the row of this object.

        Raises:
            OperationalError: it has not been saved.
        """
        return self._delete(None if open_transactions.get() is None else own_transactions(), using_db)

    async def _delete(self, handed: Handed | None, using_db: Connection | None) -> None:
        info = type(self).__model__
        if not self._saved_in_db:
            raise OperationalError("Can't delete unpersisted record")
        connection = info.connection(using_db, handed)
        if info.heard is not None:
            await tell(info.heard.pre_delete, self, connection)
        await remove(connection, info, self)
        self._saved_in_db = False
        if info.heard is not None:
            await tell(info.heard.post_delete, self, connection)

    def refresh_from_db(
        self, fields: Iterable[Any] | None = None, using_db: Connection | None = None
    ) -> Coroutine[Any, Any, None]:
        """Read all columns (or `fields`) again; loaded relations are forgotten.

        Raises:
            OperationalError: the object has not been saved, or its row is gone.
        """
        return self._refresh(own_transactions(), fields, using_db)

    async def _refresh(self, handed: Handed | None, fields: Iterable[Any] | None, using_db: Connection | None) -> None:
        if not self._saved_in_db:
            raise OperationalError("Can't refresh unpersisted record")
        info = type(self).__model__
        names = tuple(info.columns) if fields is None else own_columns(info, fields)
        await reload(info.connection(using_db, handed), info, self, names)
        self.__loaded__ = None

    def fetch_related(
        self, *args: str | Prefetch[Any, Any, Any], using_db: Connection | None = None
    ) -> Coroutine[Any, Any, Any]:
        """Load relations of this object, which is returned."""
        return self._fetch_related(own_transactions(), args, using_db)

    async def _fetch_related(self, handed: Handed | None, wanted: Iterable[Any], using_db: Connection | None) -> Any:
        info = type(self).__model__
        branches = grown({}, wanted)
        if watching.on:
            for branch in branches.values():
                relation = checked_relation(info, branch.relation)
                watching.loads(self, relation, f'.prefetch_related("{relation.name}")')
        await prefetch(info.connection(using_db, handed, write=False), info, [self], branches)
        return self

    def update_from_dict(self, data: Mapping[str, Any]) -> Self:
        """Set several attributes; the object is returned.

        Raises:
            UnknownFieldError: a key is no field.
            ValidationError: a value cannot be read as its field's type.
        """
        set_attributes(self, data)
        return self

    def clone(self, pk: Any = None) -> Self:
        """A new object with the same values, not stored; its key is `pk`, or made anew.

        Raises:
            ParamsError: no key is given, and neither the database nor a default makes one.
        """
        model = type(self).__model__.need()
        made = copy.copy(self)
        made._saved_in_db = False
        made.__loaded__ = None
        if pk is not None:
            setattr(made, model.pk, pk)
            return made
        anew = {column: column.field.default for column in model.pk_columns if callable(column.field.default)}
        if not anew and not model.pk_column.generated:
            names = " and ".join(model.pk_names)
            raise ParamsError(f"{type(self).__name__}.clone() needs pk=…: nothing makes its {names}")
        for column in anew or model.pk_columns:
            setattr(made, column.name, anew[column]() if anew else None)
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

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.to_dict().items())

    def __getitem__(self, name: str) -> Any:
        """The value of a column, which `dict(instance)` reads so where a relation is called `keys`.

        Raises:
            KeyError: there is no such column, or it was not loaded.
        """
        return self.to_dict()[name]

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        key = getattr(self, "pk", None)  # which `only()` may have left out
        return self is other or (key is not None and key == getattr(other, "pk", None))

    def __hash__(self) -> int:
        if getattr(self, "pk", None) is None:
            raise TypeError("Model instances without id are unhashable")
        return hash(self.pk)

    def __str__(self) -> str:
        return f"<{type(self).__name__}>"

    def __repr__(self) -> str:
        key = None if type(self).__model__.linked is None else getattr(self, "pk", None)
        return f"<{type(self).__name__}>" if key is None else f"<{type(self).__name__}: {key}>"


class PrimaryKey:
    """`instance.pk`, whatever the key is called."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else getattr(instance, owner.__model__.need().pk)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, type(instance).__model__.need().pk, value)


Model.pk = PrimaryKey()
if sys.version_info < (3, 12):
    del Model.__getattr__  # see `explain_missing`
