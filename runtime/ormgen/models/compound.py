"""Questions put together: `union`, `intersection` and `difference` of query sets and rows of values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Mapping
from typing import Any, Generic, Literal, Self, cast

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.database.current import Handed
from ormgen.exceptions import ParamsError
from ormgen.models.answers import Answer
from ormgen.models.hydrate import hydrator, values_reader
from ormgen.models.info import ModelInfo
from ormgen.models.mixed import instances, shared_names, with_kinds
from ormgen.models.outputs import giving
from ormgen.models.path_names import texts
from ormgen.models.prefetch import Branch, prefetch
from ormgen.models.sizes import checked_size, sliced
from ormgen.models.unawaited import Unawaited, refuse_unawaited
from ormgen.query.statements import Compound, Select, SetOperator, Subquery
from ormgen.records import dataclass, field, replace

T_co = TypeVar("T_co", covariant=True)

STREAMED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """One question, what is made of its rows, and where it is asked; `handed` are the transactions it was made in.

    `kinds` are the models by path where it is about several, and the rows then hold the columns `names`.
    """

    info: ModelInfo
    statement: Select | Compound
    connection: Connection | None
    form: Literal["objects", "dict", "tuple", "flat"]
    prefetched: Mapping[str, Branch]
    handed: Handed | None = None
    kinds: Mapping[str, ModelInfo] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    @property
    def models(self) -> Mapping[str, ModelInfo]:
        """What its rows are of, by path."""
        return self.kinds or {self.info.path: self.info}


class Combinable(Generic[T_co]):
    """What can be put together with others of its kind."""

    __slots__ = ()

    def as_part(self) -> Part:
        """This question as part of a compound one."""
        raise NotImplementedError

    def union(self, *others: Combinable[Any], all: bool = False) -> CompoundQuery[T_co]:
        """The rows of this question and those of the others, each once or, with `all`, as often as they come.

        Raises:
            ParamsError: a question is of another kind.
        """
        return _compound(self.as_part(), "UNION ALL" if all else "UNION", others)

    def union_all(self, *others: Combinable[Any]) -> CompoundQuery[T_co]:
        """`union(…, all=True)`."""
        return self.union(*others, all=True)

    def intersection(self, *others: Combinable[Any]) -> CompoundQuery[T_co]:
        """The rows that this question and all others have, each once.

        Raises:
            ParamsError: a question is of another kind.
        """
        return _compound(self.as_part(), "INTERSECT", others)

    def difference(self, *others: Combinable[Any]) -> CompoundQuery[T_co]:
        """The rows of this question that none of the others has, each once.

        Raises:
            ParamsError: a question is of another kind.
        """
        return _compound(self.as_part(), "EXCEPT", others)

    def intersect(self, *others: Combinable[Any]) -> CompoundQuery[T_co]:
        """Another name of `intersection`."""
        return self.intersection(*others)

    def except_(self, *others: Combinable[Any]) -> CompoundQuery[T_co]:
        """Another name of `difference`."""
        return self.difference(*others)


def _compound(first: Part, operator: SetOperator, others: tuple[Any, ...]) -> CompoundQuery[Any]:
    """`first` and others; what is put together already goes on, unless it is limited and so a part of its own.

    Raises:
        ParamsError: there is no other question, or one of them is of another kind.
    """
    if not others:
        raise ParamsError("there has to be another question to put together with this one")
    taken = [other.as_part() if isinstance(other, Combinable) else other for other in others]
    first, taken = _of_several_models(first, operator, taken)
    statement = first.statement
    if not isinstance(statement, Compound) or statement.limit is not None or statement.offset is not None:
        statement = Compound((statement,), (operator,))
    parts, operators = statement.parts, statement.operators
    for part, other in zip(taken, others, strict=True):
        if not isinstance(part, Part) or (part.form == "objects") is not (first.form == "objects"):
            raise ParamsError(f"query sets are put together with query sets and values with values, not {other!r}")
        parts, operators = (*parts, part.statement), (*operators, operator)
    return CompoundQuery(first, statement.replace(parts=parts, operators=operators, order_by=()))


def _of_several_models(first: Part, operator: SetOperator, others: list[Any]) -> tuple[Part, list[Any]]:
    """The same parts, with rows that tell their model where not all objects are of one.

    Raises:
        ParamsError: the parts cannot be put together in this way.
    """
    parts = [first, *[part for part in others if isinstance(part, Part)]]
    kinds = {path: info for part in parts for path, info in part.models.items()}
    if len(kinds) == 1 or any(part.form != "objects" for part in parts) or len(parts) <= len(others):
        return first, others
    if not operator.startswith("UNION"):
        models = " and ".join(info.model.__name__ for info in kinds.values())
        raise ParamsError(f"objects of {models} are never the same; take union(), or put values() of them together")
    if any(part.prefetched for part in parts):
        raise ParamsError("questions about several models load no related objects: leave prefetch_related() out")
    told = [replace(part, statement=with_kinds(part.info, part.statement), kinds=kinds) for part in parts]
    names = shared_names([part.statement for part in told], kinds)
    return replace(told[0], names=names), told[1:]


class CompoundQuery(Unawaited, Combinable[T_co], Generic[T_co]):
    """The rows of several questions as one list, asked for when awaited."""

    __slots__ = ("_first", "_statement")

    def __init__(self, first: Part, statement: Compound) -> None:
        self._first = first
        self._statement = statement

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._first, self._statement.replace(**changes))

    @property
    def info(self) -> ModelInfo:
        """What the model of the first question knows of itself."""
        return self._first.info

    def order_by(self, *names: Any) -> Self:
        """In the order of these values of the rows; a minus reverses.

        Raises (when awaited):
            FieldError: the rows hold no such value.
        """
        return self._with(order_by=texts(self._first.info, names))

    def reverse(self) -> Self:
        """In the opposite order; without an order, by the primary key downwards."""
        names = self._statement.order_by or ("pk",)
        return self._with(order_by=tuple([name[1:] if name.startswith("-") else f"-{name}" for name in names]))

    def limit(self, limit: int) -> Self:
        """At most `limit` rows."""
        return self._with(limit=checked_size("limit", limit))

    def offset(self, offset: int) -> Self:
        """Without the first `offset` rows."""
        return self._with(offset=checked_size("offset", offset))

    def __getitem__(self, key: slice) -> Self:
        limit, offset = sliced(key, self._statement.limit, self._statement.offset)
        return self._with(limit=limit, offset=offset)

    def using_db(self, connection: Connection | None) -> Self:
        """The same question, asked on `connection`."""
        return type(self)(replace(self._first, connection=connection), self._statement)

    def values(self, *names: Any, **aliases: Any) -> CompoundQuery[dict[str, Any]]:
        """Dictionaries of these values of each question, put together in the same way."""
        return self._giving("dict", names, aliases)

    def values_list(self, *names: Any, flat: bool = False) -> CompoundQuery[Any]:
        """Tuples of these values of each question, or with `flat` the values of one column."""
        if flat and len(names) != 1:
            raise ParamsError("values_list(flat=True) takes exactly one name")
        return self._giving("flat" if flat else "tuple", names, {})

    def _giving(
        self, form: Literal["dict", "tuple", "flat"], names: tuple[Any, ...], aliases: dict[str, Any]
    ) -> CompoundQuery[Any]:
        if self._first.form != "objects":
            raise ParamsError("these rows are values already")
        if self._first.kinds:
            raise ParamsError("put values() of questions about several models together, not the questions themselves")
        info = self._first.info
        statement = self._statement.each(lambda select: giving(info, select.replace(related=()), names, aliases))
        return CompoundQuery(replace(self._first, form=form, prefetched={}), statement)

    def count(self) -> Coroutine[Any, Any, int]:
        """The number of rows."""
        return self._answer("count", lambda rows: int(rows[0][0]))

    def exists(self) -> Coroutine[Any, Any, bool]:
        """Whether there is any row."""
        return self._answer("exists", bool)

    def _answer(self, ending: Literal["count", "exists"], read: Callable[[Any], Any]) -> Answer[Any]:
        statement = self._statement.replace(ending=ending)

        async def run(connection: Connection) -> Any:
            _, rows = await connection.fetch(statement)
            return read(rows)

        return Answer(self._first.info, run, statement, self._first.connection, self._first.handed)

    async def first(self) -> T_co | None:
        """The first row, or None."""
        found = await self[:1]
        return found[0] if found else None

    def sql(self, params_inline: bool = False, dialect: str | None = None) -> str:
        """The SQL that will run, with its values as literals if `params_inline`."""
        return self._first.info.spelled(self._statement, self._first.connection, dialect, params_inline)

    async def explain(self, output_fmt: str | None = None, **options: Any) -> list[dict[str, Any]]:
        """How the database finds the rows; see `QuerySet.explain`."""
        return await self._connection().explain(self._statement, output_fmt, options)

    def as_part(self) -> Part:
        """These rows as part of another compound question."""
        return replace(self._first, statement=self._statement)

    def as_expression(self) -> Subquery:
        """These rows inside another question: `filter(id__in=first.union(second))`."""
        return Subquery(self._statement)

    def _connection(self) -> Connection:
        return self._first.info.connection(self._first.connection, self._first.handed, False)

    async def _rows(self) -> list[T_co]:
        connection = self._connection()
        compiled, rows = await connection.fetch(self._statement)
        return await self._made(connection, compiled, rows)

    async def _made(self, connection: Connection, compiled: Any, rows: Any) -> list[T_co]:
        first = self._first
        if first.kinds:
            read = values_reader(compiled, "tuple", first.info.model)
            return cast("list[T_co]", instances(first.kinds, first.names, read(rows)))
        if first.form != "objects":
            return values_reader(compiled, first.form, first.info.model)(rows)
        objects: list[T_co] = hydrator(compiled, first.info)(rows)
        if first.prefetched:
            await prefetch(connection, first.info, objects, first.prefetched)
        return objects

    def __await__(self) -> Generator[Any, None, list[T_co]]:
        return self._rows().__await__()

    async def __aiter__(self) -> AsyncIterator[T_co]:
        connection = self._connection()
        compiled, chunks = connection.stream(self._statement, STREAMED_AT_ONCE)
        async for rows in chunks:
            for row in await self._made(connection, compiled, rows):
                yield row

    def __repr__(self) -> str:
        try:
            return f"<CompoundQuery of {self._first.info.model.__name__}: {self.sql(params_inline=True)}>"
        except Exception:
            return f"<CompoundQuery of {self._first.info.model.__name__}>"


refuse_unawaited(CompoundQuery, "a question", {"__iter__": ", or use `async for`"})
