"""A question about one model: built step by step, asked when it is awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Generator, Iterable
from typing import Any, ClassVar, Final, Generic, Self, cast, overload

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.exceptions import ArgumentError, FieldError, ParamsError
from ormgen.models.answers import Answer
from ormgen.models.by_value import ByValue, only_plain
from ormgen.models.composite import with_parts
from ormgen.models.compound import Combinable, Part
from ormgen.models.hydrate import Hydrator, hydrator, streamer, values_reader
from ormgen.models.listed import Listed, Narrowed
from ormgen.models.n_plus_one import loading_cure, watching
from ormgen.models.naming import checked_alias, refuse_hidden
from ormgen.models.outputs import giving, named_once
from ormgen.models.path_names import conditions, text_of
from ormgen.models.plain import bound
from ormgen.models.prefetch import prefetch
from ormgen.models.rows import Rows
from ormgen.models.single import Rule, Single
from ormgen.models.steps import Steps
from ormgen.models.unawaited import refuse_unawaited
from ormgen.query.expressions import Computable
from ormgen.query.path_expressions import Path
from ormgen.query.statements import Delete, Subquery, Update

M_co = TypeVar("M_co", covariant=True)
R_co = TypeVar("R_co", covariant=True, default=Any)
T = TypeVar("T")
Next = TypeVar("Next", default="QuerySet[Any]")

STREAMED_AT_ONCE: Final = 1_000


class QuerySet(Steps[M_co], Combinable[M_co]):
    """A question about one model, which gives a list of its objects when awaited.

    It never changes: each method gives a new one. The connection is chosen when it is awaited, so that the same
    query set works inside and outside of transactions.
    """

    __slots__ = ()

    @classmethod
    def as_manager(cls) -> Manager[Any]:
        """A manager whose questions begin with this class, as in Django: `people = PeopleQuerySet.as_manager()`."""
        return Manager.from_queryset(cls)()

    # -- relations: what is expected of these, or else a query set of anything, because this class knows none

    def select_related(self, *relations: Any) -> Next:  # type: ignore[type-var]
        """Load foreign keys and one-to-one relations in the same statement, by joins."""
        return cast("Next", self._joining(relations))

    def prefetch_related(self, *relations: Any) -> Next:  # type: ignore[type-var]
        """Load relations of any kind, with one more statement for each."""
        return cast("Next", self._fetching(relations))

    # -- one object

    def get(self, *args: Any, **kwargs: Any) -> Single[M_co]:
        """The only object that meets the conditions.

        Raises (when awaited):
            DoesNotExist: there is none.
            MultipleObjectsReturned: there are several.
        """
        return self._single(args, kwargs, "one")

    def get_or_none(self, *args: Any, **kwargs: Any) -> Single[M_co | None]:
        """The only object that meets the conditions, or None."""
        return self._single(args, kwargs, "one or none")

    def _single(self, args: tuple[Any, ...], kwargs: dict[str, Any], rule: Rule) -> Single[Any]:
        everything = self.statement is self.info.memo.get("everything") and not self.prefetched
        if everything and not args and only_plain(kwargs):
            return ByValue(self.info, lambda model: self.all(), kwargs, rule, self.connection, self.handed)
        return Single(self.found(args, kwargs), rule)

    def found(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Self:
        """Those that meet the conditions, at most two of them: whether there are several is all that is asked."""
        if not args and not kwargs:
            limit, offset = self._limits()
            return self._bounded(2 if limit is None else min(2, limit), offset)
        condition = conditions(self.info, args, kwargs, False)
        where = self.statement.where if condition is None else (*self.statement.where, condition)
        limit = 2 if self.statement.limit is None else min(2, self.statement.limit)
        return self._with(self.statement.replace(where=where, limit=limit))

    def first(self) -> Single[M_co | None]:
        """The first object in order, or None."""
        return Single(self[:1], "first")

    def last(self) -> Single[M_co | None]:
        """The last object in order, or None.

        Raises:
            ParamsError: the query set is limited.
        """
        self._refuse_limits("last()")
        return Single(self._with(self.statement.replace(order_by=self._turned(), limit=1)), "first")

    def latest(self, *names: Any) -> Single[M_co | None]:
        """The object with the greatest value of `names`, or None."""
        return Single(self._by(names, reverse=True), "first")

    def earliest(self, *names: Any) -> Single[M_co | None]:
        """The object with the least value of `names`, or None."""
        return Single(self._by(names, reverse=False), "first")

    def _by(self, names: tuple[str, ...], reverse: bool) -> Self:
        if not names:
            raise FieldError("latest() and earliest() need the names to order by")
        self._refuse_limits("latest() and earliest()")
        ordered = self.order_by(*names)
        return (ordered.reverse() if reverse else ordered).limit(1)

    # -- other answers

    def values(self, *args: Any, **kwargs: Any) -> Rows[Any]:
        """Dictionaries instead of objects; keywords rename: `values("id", team="team__name")`.

        Raises:
            FieldError: a name does not exist, or two values are called alike.
        """
        return Rows(self._with(named_once(giving(self.info, self.statement, args, kwargs))), "dict")

    def values_list(self, *args: Any, flat: bool = False) -> Rows[Any]:
        """Tuples instead of objects, or with `flat` the values of one column."""
        statement = giving(self.info, self.statement, args, {})
        if flat and len(statement.output or ()) != 1:
            raise ArgumentError("values_list(flat=True) takes exactly one name")
        return Rows(self._with(statement), "flat" if flat else "tuple")

    def pluck(self, path: Path[M_co, T]) -> Rows[T]:
        """The values of one column, of the type that its path has: `pluck(Hero.q.team.name)`."""
        return self.values_list(path, flat=True)

    def count(self) -> Coroutine[Any, Any, int]:
        """The number of rows."""
        statement = self.statement.replace(ending="count", related=(), lock=None)

        async def run(connection: Connection) -> int:
            self.watched(".annotate(…=Count(…))")
            _, rows = await connection.fetch(statement)
            return int(rows[0][0])

        return Answer(self.info, run, statement, self.connection)

    def exists(self) -> Coroutine[Any, Any, bool]:
        """Whether there is any row."""
        statement = self.statement.replace(ending="exists", related=(), lock=None)

        async def run(connection: Connection) -> bool:
            self.watched(".annotate(…=Count(…))")
            _, rows = await connection.fetch(statement)
            return bool(rows)

        return Answer(self.info, run, statement, self.connection)

    def contains(self, obj: Any) -> Coroutine[Any, Any, bool]:
        """Whether the object is one of these.

        Raises:
            ParamsError: it is no stored object of this model.
        """
        name = self.info.model.__name__
        if not isinstance(obj, self.info.model):
            raise ParamsError(f"contains() takes an object of {name}, not {obj!r}")
        if obj.pk is None:
            raise ParamsError(f"contains() takes an object that has been saved: this {name} has no primary key")
        bounded = self.statement.limit is not None or self.statement.offset is not None
        within = {"pk__in": self.values("pk")} if bounded else {}
        asked = self._with(self.statement.replace(limit=None, offset=None)) if bounded else self
        return asked.filter(pk=obj.pk, **within).exists()

    def aggregate(self, **aggregates: Any) -> Answer[dict[str, Any]]:
        """Values computed over all rows, as a dictionary: `aggregate(total=Sum("power"), strongest=Max("power"))`.

        A row counts once, however many related rows met a condition; an aggregate over a relation to many counts its
        objects, those that conditions about this relation leave.

        Raises:
            ParamsError: a value is no aggregate, or the rows are grouped.
        """
        if not aggregates:
            raise ParamsError("aggregate() needs what to compute, such as total=Sum(…)")
        if self.statement.group_by:
            raise ParamsError("aggregate() gives one row and cannot follow group_by(); use annotate() and values()")
        for name, value in aggregates.items():
            if not isinstance(value, Computable):
                raise ParamsError(f"aggregate({name}=…) takes an aggregate such as Sum or Count, not {value!r}")
        columns = tuple([(f"aggregate:{name}", self._expression(value)) for name, value in aggregates.items()])
        output = tuple([(checked_alias(name), f"aggregate:{name}") for name in aggregates])
        annotations = (*self.statement.annotations, *columns)
        statement = self.statement.replace(ending="aggregate", annotations=annotations, output=output, related=())

        async def run(connection: Connection) -> dict[str, Any]:
            compiled, rows = await connection.fetch(statement)
            found: dict[str, Any] = values_reader(compiled, "dict", self.info.model)(rows)[0]
            return found

        return Answer(self.info, run, statement, self.connection)

    def update(self, **kwargs: Any) -> Coroutine[Any, Any, int]:
        """Set columns of all these rows; the number of rows."""
        if not kwargs:
            raise ParamsError("update() needs something to set")
        values = [
            (name, self._expression(value) if isinstance(value, Computable) else value)
            for name, value in (with_parts(self.info, kwargs) if self.info.need().composites else kwargs).items()
        ]
        return self._changed(Update(self.statement, tuple(values)))

    def delete(self) -> Coroutine[Any, Any, int]:
        """Delete all these rows; their number."""
        return self._changed(Delete(self.statement))

    def _changed(self, statement: Update | Delete) -> Answer[int]:
        async def run(connection: Connection) -> int:
            _, result = await connection.run(statement)
            return result.affected

        return Answer(self.info, run, statement, self.connection)

    def in_bulk(self, id_list: Iterable[Any], field_name: str = "pk") -> Coroutine[Any, Any, dict[Any, M_co]]:
        """The objects whose `field_name` is in `id_list`, by its value."""
        given = text_of(self.info, field_name)
        name = self.info.need().pk if given == "pk" else given
        chosen = self.filter(**{f"{name}__in": list(id_list)})

        async def run(connection: Connection) -> dict[Any, M_co]:
            return {getattr(item, name): item for item in await chosen.using_db(connection)}

        return Answer(self.info, run, None, self.connection)

    # -- asking

    async def fetched(self) -> list[M_co]:
        """The objects, asked for now."""
        if watching.on:
            self.watched()
        plain, info = self._plain, self.info
        if plain is None:
            connection = self.on()
            refuse_hidden(info, self.statement.annotations)
            compiled, rows = await connection.fetch(self.statement)
        else:  # it locks nothing, which is all that `on` would look at
            connection = info.connection(self.connection, self.handed, False)
            compiled, running = connection.fetch_known(plain[0], self._select, bound(plain))
            rows = await running
        objects: list[M_co] = (compiled.memo.get(info.model) or hydrator(compiled, info))(rows)
        if watching.on:
            watching.found(objects)
        if self.prefetched:
            await prefetch(connection, self.info, objects, self.prefetched)
        return objects

    def watched(self, instead: str | None = None) -> None:
        """Tell who watches that the relation of one object is loaded, if this is that."""
        if watching.on and self.origin is not None:
            instance, relation = self.origin
            watching.loads(instance, relation, instead or loading_cure(relation))

    @overload
    def __await__(self: QuerySet[Narrowed[T]]) -> Generator[Any, None, Listed[T, M_co]]: ...
    @overload
    def __await__(self) -> Generator[Any, None, list[M_co]]: ...
    def __await__(self) -> Generator[Any, None, Any]:
        return self.fetched().__await__()

    def __aiter__(self) -> AsyncIterator[M_co]:
        self.watched()
        refuse_hidden(self.info, self.statement.annotations)
        connection = self.on()
        compiled, chunks = connection.stream(self.statement, STREAMED_AT_ONCE)
        if watching.on or self.prefetched:
            return self._streamed(connection, hydrator(compiled, self.info), chunks)
        return streamer(compiled, self.info)(chunks)

    async def _streamed(self, connection: Connection, make: Hydrator, chunks: Any) -> AsyncIterator[M_co]:
        async for rows in chunks:
            objects = make(rows)
            if watching.on:
                watching.found(objects)
            if self.prefetched:
                await prefetch(connection, self.info, objects, self.prefetched)
            for item in objects:
                yield item

    def sql(self, params_inline: bool = False, dialect: str | None = None) -> str:
        """The SQL that will run, with its values as literals if `params_inline`; nothing is asked of a database.

        `dialect` is "sqlite", "postgres" or "mysql", None for that of the model's connection.
        """
        return self.info.spelled(self.statement, self.connection, dialect, params_inline)

    async def explain(self, output_fmt: str | None = None, **options: Any) -> list[dict[str, Any]]:
        """How the database finds the rows, in its own words; what `analyze` runs is the question itself.

        `output_fmt` is "text", "json", "xml" or "yaml" on PostgreSQL, "traditional", "json" or "tree" on MySQL and
        MariaDB; options are those of EXPLAIN on PostgreSQL (`analyze=True`, `buffers=True` …), `analyze` on MySQL.

        Raises:
            UnSupportedError: this database knows no such format or option.
        """
        return await self.on().explain(self.statement, output_fmt, options)

    def as_part(self) -> Part:
        """This question as part of a compound one."""
        refuse_hidden(self.info, self.statement.annotations)
        statement = self.statement.replace(lock=None)
        return Part(self.info, statement, self.connection, "objects", self.prefetched, self.handed)

    def as_expression(self) -> Subquery:
        """This question as a value inside another one: `filter(team__in=Team.filter(...))`."""
        return Subquery(self.statement)

    def __repr__(self) -> str:
        told = f"{type(self).__name__} of {self.info.model.__name__}"
        try:
            return f"<{told}: {self.sql(params_inline=True)}>"
        except Exception:
            return f"<{told}>"


refuse_unawaited(
    QuerySet,
    "a query set",
    {
        "__bool__": ", or use `await ….exists()`",
        "__len__": ", or use `await ….count()`",
        "__iter__": ", or use `async for`",
        "__contains__": ", or use `await ….contains(…)`",
    },
)


class OpenQuerySet(QuerySet[M_co]):
    """A query set of which a type checker knows no more than its model: what a model without a stub gives."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self!r} has no attribute {name!r}")


class Manager(Generic[R_co]):
    """Gives query sets for a model; override `get_queryset` to begin with one of your own.

    `Manager` and `Manager["Hero"]` are the same; the second tells type checkers what `get_queryset` gives.

    `Meta.manager = HeroManager()` is behind `Hero.filter()` and all other questions; further managers may be
    attributes of the class: `strong = StrongManager()`.
    """

    queryset_class: ClassVar[type[QuerySet[Any]]] = QuerySet

    def __init__(self, model: Any = None) -> None:
        self._model = model

    @classmethod
    def from_queryset(cls, queryset_class: type[QuerySet[Any]]) -> type[Self]:
        """A class of managers like this one whose questions begin with `queryset_class`, as in Django.

        Raises:
            ArgumentError: it is no class of query sets.
        """
        if not isinstance(queryset_class, type) or not issubclass(queryset_class, QuerySet):
            raise ArgumentError(f"from_queryset() takes a class of query sets, not {queryset_class!r}")
        body: dict[str, Any] = {"queryset_class": queryset_class, "__module__": cls.__module__}
        made: Any = type(cls.__name__, (cls,), body)
        return cast("type[Self]", made)

    def get_queryset(self) -> QuerySet[R_co]:
        """The query set that every question begins with."""
        return self.queryset_class(self._model)

    def bound(self, model: Any) -> Self:
        """This manager for `model`."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._model = model
        return made

    def __get__(self, instance: object | None, owner: Any) -> Self:
        if instance is not None:
            raise AttributeError("managers belong to the class, not to its instances")
        return self if self._model is owner else self.bound(owner)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.get_queryset(), name)
