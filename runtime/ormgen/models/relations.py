"""What a relation gives on an instance: the object itself once it is loaded, before that something to await."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeAlias, overload

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.database.current import own_transactions
from ormgen.database.transaction import in_transaction
from ormgen.exceptions import NoValuesFetched, OperationalError, ParamsError, ValidationError, WrongModelError
from ormgen.models.info import ModelInfo
from ormgen.models.n_plus_one import watching
from ormgen.models.prefetch import store
from ormgen.models.queryset import QuerySet
from ormgen.models.unloaded import Unloaded, queryset_of, unloaded
from ormgen.query.expressions import Condition, Q
from ormgen.query.statements import Pairs, Via
from ormgen.schema.graph import Relation, Through
from ormgen.schema.instance import Instance

PAIRS_AT_ONCE: Final = 10_000

M = TypeVar("M")
T_co = TypeVar("T_co", covariant=True)
GET_co = TypeVar("GET_co", covariant=True)
SET_contra = TypeVar("SET_contra", contravariant=True)


class Related(Generic[GET_co, SET_contra]):
    """A relation to one object: what reading gives, and what may be assigned."""

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: Instance, owner: Any) -> GET_co: ...  # first: type checkers try them in order
    @overload
    def __get__(self, instance: None, owner: Any) -> Related[GET_co, SET_contra]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> GET_co: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        relation: Relation = owner.__model__.relation(self.name)
        loaded = instance.__loaded__
        if loaded is not None and self.name in loaded:
            value = loaded[self.name]
            if not relation.kind.forward or _key(value, relation.far) == getattr(instance, relation.near):
                return value
            if loaded.get(relation.near) is value and getattr(instance, relation.near) is None:
                return value
        return Unloaded(instance, relation)

    def __set__(self, instance: Any, value: SET_contra) -> None:
        info: ModelInfo = type(instance).__model__
        relation = info.relation(self.name)
        target = info.target(relation)
        if value is not None and not isinstance(value, target):
            raise WrongModelError(target.__name__, value, self.name)
        if not relation.kind.forward:
            raise ValidationError(
                f"{type(instance).__name__}.{self.name} is set from its other side, {relation.reverse}"
            )
        key = _key(value, relation.far)
        setattr(instance, relation.near, key)
        store(instance, self.name, value)
        # what has no key yet is kept under the name of the column as well, which takes the key when it is saved
        store(instance, relation.near, value if key is None else None)

    def __delete__(self, instance: Any) -> None:
        nothing: Any = None
        self.__set__(instance, nothing)


def _key(value: Any, attribute: str) -> Any:
    return None if value is None else getattr(value, attribute)


class ToMany:
    """The attribute of a relation to many objects."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        relation: Relation = owner.__model__.relation(self.name)
        kind = ManyToManyRelation if relation.through is not None else ReverseRelation
        return kind(instance, relation)

    def __set__(self, instance: Any, value: Any) -> None:
        raise ValidationError(f"{type(instance).__name__}.{self.name} cannot be assigned; use add() or the other side")


class ReverseRelation(Generic[M]):
    """The objects of another model whose foreign key points at this one.

    It has the methods of a query set. Once it is prefetched it can also be iterated, measured and indexed.
    """

    def __init__(self, instance: Any, relation: Relation) -> None:
        self.instance = instance
        self.relation = relation
        self._handed = own_transactions()

    @property
    def remote_model(self) -> Any:
        """The class of the objects."""
        return type(self.instance).__model__.target(self.relation)

    def _key(self) -> Any:
        key = getattr(self.instance, self.relation.near)
        if key is None or not self.instance._saved_in_db:
            place = f"{type(self.instance).__name__}.{self.relation.name}"
            raise OperationalError(
                f"This objects hasn't been instanced, call .save() before calling related queries: {place}"
            )
        return key

    def all(self) -> QuerySet[M]:
        """A query set of the objects."""
        made: Any = queryset_of(self.remote_model)
        condition = Q.of((Condition(self.relation.far, self._key()),), "AND")
        narrowed: QuerySet[M] = made.filter(condition)
        return self._traced(narrowed)

    def _traced(self, question: QuerySet[M]) -> QuerySet[M]:
        """`question`, which knows the object that it is about while somebody watches."""
        if watching.on:
            question.origin = (self.instance, self.relation)
        question.handed = self._handed
        return question

    def _connection(self, using_db: Connection | None) -> Connection:
        """Where this relation is changed: in the transaction that it was read in, if there was one."""
        info: ModelInfo = type(self.instance).__model__
        return info.connection(using_db, self._handed)

    def filter(self, *args: Any, **kwargs: Any) -> QuerySet[M]:
        """Those objects that meet all conditions."""
        return self.all().filter(*args, **kwargs)

    def exclude(self, *args: Any, **kwargs: Any) -> QuerySet[M]:
        """Those objects that do not meet all conditions together."""
        return self.all().exclude(*args, **kwargs)

    def order_by(self, *orderings: Any) -> QuerySet[M]:
        """The objects in this order."""
        return self.all().order_by(*orderings)

    def limit(self, limit: int) -> QuerySet[M]:
        """At most `limit` objects."""
        return self.all().limit(limit)

    def offset(self, offset: int) -> QuerySet[M]:
        """Without the first `offset` objects."""
        return self.all().offset(offset)

    async def create(self, using_db: Connection | None = None, **kwargs: Any) -> M:
        """A new object whose foreign key points at this one."""
        self._key()
        forward = self.relation.reverse
        assert forward is not None
        connection = using_db if self._handed is None else self._connection(using_db)
        made: M = await self.remote_model.create(using_db=connection, **kwargs | {forward: self.instance})
        return made

    def __call__(self) -> list[str]:
        """The names of the columns, where the relation is called `keys`: `dict(instance)` asks for them so.

        Raises:
            TypeError: it is called otherwise.
        """
        if self.relation.name != "keys":
            raise TypeError(f"{self!r} cannot be called; await it, or ask with .all() and .filter(…)")
        return list(self.instance.to_dict())

    def __await__(self) -> Generator[Any, None, list[M]]:
        return self.all().__await__()

    async def __aiter__(self) -> AsyncIterator[M]:
        found: list[M] = []
        async for item in self.all():
            found.append(item)
            yield item
        store(self.instance, self.relation.name, found)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.all(), name)

    # -- once it is loaded

    @property
    def related_objects(self) -> list[M]:
        """The objects that were prefetched.

        Raises:
            NoValuesFetched: they were not.
        """
        loaded = self.instance.__loaded__
        if loaded is None or self.relation.name not in loaded:
            raise NoValuesFetched(unloaded(self.instance, self.relation))
        objects: list[M] = loaded[self.relation.name]
        return objects

    def __repr__(self) -> str:
        loaded = self.instance.__loaded__ or {}
        if self.relation.name in loaded:
            return repr(loaded[self.relation.name])
        return f"<{type(self).__name__} {type(self.instance).__name__}.{self.relation.name}, not loaded>"


# Not in the class body: a stub gives these to relations that were prefetched, through `Fetched`, and to no others.
for _name, _method in {
    "__iter__": lambda relation: iter(relation.related_objects),
    "__len__": lambda relation: len(relation.related_objects),
    "__bool__": lambda relation: bool(relation.related_objects),
    "__contains__": lambda relation, item: item in relation.related_objects,
    "__getitem__": lambda relation, key: relation.related_objects[key],
}.items():
    setattr(ReverseRelation, _name, _method)


class Fetched(Protocol[T_co]):
    """What type checkers see of a relation to many objects once it is prefetched."""

    def __iter__(self) -> Iterator[T_co]: ...

    def __len__(self) -> int: ...

    def __bool__(self) -> bool: ...

    def __contains__(self, item: object) -> bool: ...

    @overload
    def __getitem__(self, key: int) -> T_co: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[T_co]: ...


class ManyToManyRelation(ReverseRelation[M]):
    """The objects that are joined with this one through a table of pairs."""

    def all(self) -> QuerySet[M]:
        """A query set of the objects."""
        question: Any = queryset_of(self.remote_model)
        via = Via(self.relation.model, self.relation.name, (self._key(),))
        made: QuerySet[M] = question.via(via)
        return self._traced(made)

    async def add(
        self, *instances: M, using_db: Connection | None = None, through_defaults: Mapping[str, Any] | None = None
    ) -> None:
        """Join these objects with this one; those that are joined already stay so.

        Where the table between them is a model, its rows get the defaults of its fields and `through_defaults`.

        Raises:
            OperationalError: this object or one of them has not been saved.
            ValidationError: one of them is of another model.
            ParamsError: `through_defaults` are given and the table is no model.
        """
        if not self.instance._saved_in_db:
            raise OperationalError(f"You should first call .save() on {self.instance}")
        through = self.relation.through
        assert through is not None
        if through.model is not None:
            await self._add_rows(through, instances, through_defaults or {}, using_db)
        elif through_defaults:
            raise ParamsError(f"{self.relation.name} is joined by a table of pairs, which has no other columns")
        else:
            await self._change("add", instances, using_db)

    async def _add_rows(
        self, through: Through, instances: tuple[Any, ...], values: Mapping[str, Any], using_db: Connection | None
    ) -> None:
        """Join objects by rows of a model."""
        keys = self._keys(instances)
        if not keys:
            return
        info: ModelInfo = type(self.instance).__model__
        model = info.classes[through.model or ""]
        names = {column.column: name for name, column in model.__model__.columns.items()}
        near = [names[column] for column in through.near_columns]
        far = [names[column] for column in through.far_columns]
        pairs = [(self._key(), key) for key in keys]
        if through.symmetrical:
            pairs += [(second, first) for first, second in pairs if first != second]
        async with in_transaction(self._connection(using_db)) as connection:
            if not through.unique:
                firsts = {pair[0]: Q(**dict(_parts(near, pair[0]))) for pair in pairs}
                there = model.filter(Q(*firsts.values(), join_type="OR")).using_db(connection)
                known = set(await there.values_list(*near, *far))
                pairs = [pair for pair in pairs if (*_key_parts(pair[0], near), *_key_parts(pair[1], far)) not in known]
            rows = [
                model(**dict(_parts(near, first)), **dict(_parts(far, second)), **values) for first, second in pairs
            ]
            await model.bulk_create(rows, ignore_conflicts=through.unique, using_db=connection)
        self._forget()

    async def remove(self, *instances: M, using_db: Connection | None = None) -> None:
        """Part these objects from this one; those that are not joined are left alone."""
        if not instances:
            raise OperationalError("remove() called on no instances; to part all of them use clear()")
        await self._change("remove", instances, using_db)

    async def clear(self, using_db: Connection | None = None) -> None:
        """Part all objects from this one."""
        await self._run(Pairs(self.relation.model, self.relation.name, "clear", self._key()), using_db)

    async def create(self, using_db: Connection | None = None, **kwargs: Any) -> M:
        """A new object, joined with this one."""
        self._key()
        connection = using_db if self._handed is None else self._connection(using_db)
        made: M = await self.remote_model.create(using_db=connection, **kwargs)
        await self.add(made, using_db=connection)
        return made

    async def _change(self, action: Any, instances: tuple[Any, ...], using_db: Connection | None) -> None:
        near, keys = self._key(), self._keys(instances)
        through = self.relation.through
        size = PAIRS_AT_ONCE // 2 if through is not None and through.symmetrical else PAIRS_AT_ONCE
        chunks = [keys[start : start + size] for start in range(0, len(keys), size)]
        if len(chunks) == 1:
            await self._run(Pairs(self.relation.model, self.relation.name, action, near, keys), using_db)
        elif chunks:
            async with in_transaction(self._connection(using_db)) as connection:
                for chunk in chunks:
                    await self._run(Pairs(self.relation.model, self.relation.name, action, near, chunk), connection)

    def _keys(self, instances: tuple[Any, ...]) -> tuple[Any, ...]:
        """The keys of objects, each once; keys stand for themselves."""
        return tuple(dict.fromkeys(self._checked(item) for item in instances))

    def _checked(self, item: Any) -> Any:
        target = self.remote_model
        if not isinstance(item, Instance):
            return item
        if not isinstance(item, target):
            raise WrongModelError(target.__name__, item, self.relation.name)
        if not getattr(item, "_saved_in_db", False):
            raise OperationalError(f"You should first call .save() on {item}")
        return getattr(item, self.relation.far)

    async def _run(self, statement: Pairs, using_db: Connection | None) -> None:
        await self._connection(using_db).run(statement)
        self._forget()

    def _forget(self) -> None:
        loaded = self.instance.__loaded__
        if loaded is not None:
            loaded.pop(self.relation.name, None)


def _key_parts(key: Any, names: Sequence[str]) -> tuple[Any, ...]:
    """The values of the columns of a key, which is a tuple where these are several."""
    return tuple(key) if len(names) > 1 else (key,)


def _parts(names: Sequence[str], key: Any) -> Iterator[tuple[str, Any]]:
    """The columns of a key with their values."""
    return zip(names, _key_parts(key, names), strict=True)


ForeignKeyRelation: TypeAlias = Related[M, M]
OneToOneRelation: TypeAlias = Related[M, M]
# What is read may be the object, None, or what has to be awaited first: without stubs nobody knows which.
ForeignKeyNullableRelation: TypeAlias = Related[M | Any, M | None]
OneToOneNullableRelation: TypeAlias = Related[M | Any, M | None]
BackwardOneToOneRelation: TypeAlias = Related[M | Any, M | None]
