"""A question about one model: built step by step, asked when it is awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Mapping
from typing import Any, Final, Generic, NoReturn, Self

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.exceptions import ParamsError
from ormgen.models.answers import Answer
from ormgen.models.by_value import ByValue, only_plain
from ormgen.models.hydrate import hydrator
from ormgen.models.info import ModelInfo
from ormgen.models.naming import checked_alias, checked_names, own_columns, refuse_taken
from ormgen.models.path_names import conditions, refuse_foreign, text_of, texts
from ormgen.models.prefetch import Branch, check, grown, prefetch
from ormgen.models.rows import Rows
from ormgen.models.single import Rule, Single
from ormgen.query.expressions import Computable, Expression
from ormgen.query.path_expressions import Path
from ormgen.query.paths import relation_path
from ormgen.query.statements import Delete, Lock, Select, Subquery, Update, Via

M_co = TypeVar("M_co", covariant=True)
T = TypeVar("T")

STREAMED_AT_ONCE: Final = 1_000


class QuerySet(Generic[M_co]):
    """A question about one model, which gives a list of its objects when awaited.

    It never changes: each method gives a new one. The connection is chosen when it is awaited, so that the same
    query set works inside and outside of transactions.
    """

    __slots__ = ("__dict__", "connection", "info", "prefetched", "statement")

    def __init__(self, model: Any) -> None:
        self.info: ModelInfo = model.__model__
        memo = self.info.memo
        self.statement: Select = memo.get("everything") or memo.setdefault("everything", Select(self.info.path))
        self.prefetched: Mapping[str, Branch] = {}
        self.connection: Connection | None = None

    @property
    def model(self) -> Any:
        """The class that the question is about."""
        return self.info.model

    def _with(self, statement: Select, prefetched: Mapping[str, Branch] | None = None) -> Self:
        made = object.__new__(type(self))
        made.info = self.info
        made.statement = statement
        made.prefetched = self.prefetched if prefetched is None else prefetched
        made.connection = self.connection
        if self.__dict__:
            made.__dict__.update(self.__dict__)
        return made

    # -- which rows

    def all(self) -> Self:
        """The same question again."""
        return self._with(self.statement)

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """Only rows that meet all conditions."""
        return self._narrowed(args, kwargs, False)

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        """Only rows that do not meet all conditions together."""
        return self._narrowed(args, kwargs, True)

    def _narrowed(self, args: tuple[Any, ...], kwargs: dict[str, Any], negated: bool) -> Self:
        self._refuse_limits("filter() and exclude()")
        condition = conditions(self.info, args, kwargs, negated)
        if condition is None:
            return self._with(self.statement)
        return self._with(self.statement.replace(where=(*self.statement.where, condition)))

    def _refuse_limits(self, asked: str) -> None:
        if self.statement.limit is not None or self.statement.offset is not None:
            raise ParamsError(f"{asked} come before limit() and offset(), not after: the limit would be another one")

    def distinct(self) -> Self:
        """Each row once."""
        return self._with(self.statement.replace(distinct=True))

    def order_by(self, *orderings: Any) -> Self:
        """In this order: names (a minus reverses) or paths (`Hero.q.power.desc()`). Without any: in no order at all."""
        names = texts(self.info, orderings)
        if not all(isinstance(name, str) for name in names):
            raise ParamsError(f"order_by takes names and paths, not {orderings!r}")
        return self._with(self.statement.replace(order_by=names))

    def reverse(self) -> Self:
        """In the opposite order; without an order, by the primary key downwards."""
        return self._with(self.statement.replace(order_by=self._turned()))

    def _turned(self) -> tuple[str, ...]:
        names = self.statement.order_by
        if names is None:
            names = self.info.need().meta.ordering
        names = names or ("pk",)
        return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in names)

    def limit(self, limit: int) -> Self:
        """At most `limit` rows.

        Raises:
            ParamsError: it is not a whole number of at least 0.
        """
        return self._with(self.statement.replace(limit=_size("limit", limit)))

    def offset(self, offset: int) -> Self:
        """Without the first `offset` rows.

        Raises:
            ParamsError: it is not a whole number of at least 0.
        """
        return self._with(self.statement.replace(offset=_size("offset", offset)))

    def __getitem__(self, key: slice) -> Self:
        if not isinstance(key, slice):
            raise ParamsError("a query set is sliced, as in [:10]; for one object use get() or first()")
        if key.step not in (None, 1) or (key.start or 0) < 0 or (key.stop or 0) < 0:
            raise ParamsError("slices of query sets have no step and no negative ends")
        start, before = key.start or 0, self.statement
        made = self.offset((before.offset or 0) + start) if start else self
        sizes = [size - start for size in (key.stop, before.limit) if size is not None]
        return made.limit(max(0, min(sizes))) if sizes else made

    def annotate(self, **annotations: Any) -> Any:
        """With computed attributes: `annotate(n=Count("heroes"))`."""
        for name, value in annotations.items():
            checked_alias(name, computed=True)
            refuse_taken(self.info, name)
            if not isinstance(value, Computable):
                raise ParamsError(f"annotate({name}=…) takes an expression such as Count or F, not {value!r}")
        made = tuple([(name, self._expression(value)) for name, value in annotations.items()])
        return self._with(self.statement.replace(annotations=(*self.statement.annotations, *made)))

    def _expression(self, value: Computable) -> Expression:
        found = value.__expression__()
        refuse_foreign(self.info, found.roots())
        return found

    def group_by(self, *names: Any) -> Self:
        """One row for each combination of `names`; use it with annotate() and values()."""
        return self._with(self.statement.replace(group_by=texts(self.info, names)))

    def via(self, via: Via) -> Self:
        """Only rows that are joined with certain instances of another model."""
        return self._with(self.statement.replace(via=via))

    # -- what is loaded

    def only(self, *columns: Any) -> Self:
        """Load these columns (and the primary key) alone; reading another one raises."""
        return self._with(self.statement.replace(only=texts(self.info, columns)))

    def defer(self, *columns: Any) -> Self:
        """Load all columns but these."""
        left_out = own_columns(self.info, columns)
        kept = tuple(name for name in self.info.columns if name not in left_out)
        return self._with(self.statement.replace(only=kept))

    def select_related(self, *relations: Any) -> Any:
        """Load foreign keys and one-to-one relations in the same statement, by joins."""
        linked, graph = self.info.need(), self.info.graph
        assert graph is not None
        names = texts(self.info, relations)
        for name in names:
            relation_path(graph, linked, name)
        return self._with(self.statement.replace(related=(*self.statement.related, *names)))

    def prefetch_related(self, *relations: Any) -> Any:
        """Load relations of any kind, with one more statement for each."""
        branches = grown(self.prefetched, texts(self.info, relations))
        check(self.info, branches)
        return self._with(self.statement, branches)

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: Iterable[str] = (), no_key: bool = False
    ) -> Self:
        """Lock the rows until the end of the transaction; nothing on SQLite, which locks by itself."""
        return self._with(self.statement.replace(lock=Lock(nowait, skip_locked, tuple(of), no_key)))

    def using_db(self, connection: Connection | None) -> Self:
        """The same question, asked on `connection`."""
        made = self._with(self.statement)
        made.connection = connection
        return made

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
            return ByValue(self, self._found, kwargs, rule)
        return Single(self._found(args, kwargs), rule)

    def _found(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Self:
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
            raise ParamsError("latest() and earliest() need the names to order by")
        self._refuse_limits("latest() and earliest()")
        ordered = self.order_by(*names)
        return (ordered.reverse() if reverse else ordered).limit(1)

    # -- other answers

    def values(self, *args: Any, **kwargs: Any) -> Rows[Any]:
        """Dictionaries instead of objects; keywords rename: `values("id", team="team__name")`."""
        return Rows(self._with(self.statement.replace(output=self._output(args, kwargs))), "dict")

    def values_list(self, *args: Any, flat: bool = False) -> Rows[Any]:
        """Tuples instead of objects, or with `flat` the values of one column."""
        output = self._output(args, {})
        if flat and len(output) != 1:
            raise ParamsError("values_list(flat=True) takes exactly one name")
        return Rows(self._with(self.statement.replace(output=output)), "flat" if flat else "tuple")

    def pluck(self, path: Path[M_co, T]) -> Rows[T]:
        """The values of one column, of the type that its path has: `pluck(Hero.q.team.name)`."""
        return self.values_list(path, flat=True)

    def _output(self, names: Iterable[Any], aliases: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        annotated = [name for name, _ in self.statement.annotations]
        listed = list(texts(self.info, names))
        renamed = {alias: text_of(self.info, name) for alias, name in aliases.items()}
        if not listed and not renamed:
            listed = [*self.info.columns, *annotated]
        checked_names(self.info, [*listed, *renamed.values()], annotated)
        for alias in renamed:
            checked_alias(alias)
        return (*[(name, name) for name in listed], *renamed.items())

    def count(self) -> Coroutine[Any, Any, int]:
        """The number of rows."""
        statement = self.statement.replace(ending="count", related=(), lock=None)

        async def run(connection: Connection) -> int:
            _, rows = await connection.fetch(statement)
            return int(rows[0][0])

        return Answer(self.info, run, statement, self.connection)

    def exists(self) -> Coroutine[Any, Any, bool]:
        """Whether there is any row."""
        statement = self.statement.replace(ending="exists", related=(), lock=None)

        async def run(connection: Connection) -> bool:
            _, rows = await connection.fetch(statement)
            return bool(rows)

        return Answer(self.info, run, statement, self.connection)

    def update(self, **kwargs: Any) -> Coroutine[Any, Any, int]:
        """Set columns of all these rows; the number of rows."""
        if not kwargs:
            raise ParamsError("update() needs something to set")
        values = [
            (name, self._expression(value) if isinstance(value, Computable) else value)
            for name, value in kwargs.items()
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
        connection = self.info.connection(self.connection)
        compiled, rows = await connection.fetch(self.statement)
        objects: list[M_co] = hydrator(compiled, self.info)(rows)
        if self.prefetched:
            await prefetch(connection, self.info, objects, self.prefetched)
        return objects

    def __await__(self) -> Generator[Any, None, list[M_co]]:
        return self.fetched().__await__()

    async def __aiter__(self) -> AsyncIterator[M_co]:
        connection = self.info.connection(self.connection)
        compiled, chunks = connection.stream(self.statement, STREAMED_AT_ONCE)
        make: Callable[[Any], list[M_co]] = hydrator(compiled, self.info)
        async for rows in chunks:
            objects = make(rows)
            if self.prefetched:
                await prefetch(connection, self.info, objects, self.prefetched)
            for item in objects:
                yield item

    def sql(self) -> str:
        """The SQL that will run."""
        compiled, _ = self.info.connection(self.connection).compiler.prepare(self.statement)
        return compiled.sql

    def as_expression(self) -> Subquery:
        """This question as a value inside another one: `filter(team__in=Team.filter(...))`."""
        return Subquery(self.statement)

    def __bool__(self) -> None:
        raise TypeError("a query set is neither true nor false: await it first, or use `await ….exists()`")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.info.model.__name__}>"


def _no_length(question: QuerySet[Any]) -> NoReturn:
    raise TypeError("a query set has no length: await it first, or use `await ….count()`")


def _no_list(question: QuerySet[Any]) -> NoReturn:
    raise TypeError("a query set is not a list: await it first, or use `async for`")


# Not in the class body, so that type checkers report len() and for as what they are: not possible.
for _name, _refuse in (("__len__", _no_length), ("__iter__", _no_list)):
    setattr(QuerySet, _name, _refuse)


class OpenQuerySet(QuerySet[M_co]):
    """A query set of which a type checker knows no more than its model: what a model without a stub gives."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self!r} has no attribute {name!r}")


def _size(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ParamsError(f"{name} is a whole number of at least 0, not {value!r}")
    return value
