"""Questions put together: `union`, `intersection` and `difference` of query sets and rows of values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, Self

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.exceptions import ParamsError
from ormgen.models.answers import Answer
from ormgen.models.hydrate import hydrator, values_reader
from ormgen.models.info import ModelInfo
from ormgen.models.path_names import texts
from ormgen.models.prefetch import Branch, prefetch
from ormgen.query.statements import Compound, Select, SetOperator

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Part:
    """One question, and what is made of its rows."""

    info: ModelInfo
    statement: Select
    connection: Connection | None
    form: Literal["objects", "dict", "tuple", "flat"]
    prefetched: Mapping[str, Branch]


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
    return CompoundQuery(first, Compound((first.statement,), (operator,))).joined(operator, others)


class CompoundQuery(Generic[T_co]):
    """The rows of several questions as one list, asked for when awaited."""

    __slots__ = ("_first", "_statement")

    def __init__(self, first: Part, statement: Compound) -> None:
        self._first = first
        self._statement = statement

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._first, self._statement.replace(**changes))

    def joined(self, operator: SetOperator, others: tuple[Any, ...]) -> Self:
        """With further questions.

        Raises:
            ParamsError: there is none, or one of them is of another kind.
        """
        if not others:
            raise ParamsError("there has to be another question to put together with this one")
        if self._statement.limit is not None or self._statement.offset is not None:
            raise ParamsError("limit() and offset() come after the last question that is put together")
        parts, operators = self._statement.parts, self._statement.operators
        for other in others:
            part = other.as_part() if isinstance(other, Combinable) else None
            if part is None or (part.form == "objects") is not (self._first.form == "objects"):
                raise ParamsError(f"query sets are put together with query sets and values with values, not {other!r}")
            if part.form == "objects" and part.info is not self._first.info:
                names = self._first.info.model.__name__, part.info.model.__name__
                raise ParamsError(f"{names[0]} and {names[1]} have other columns; put values() of them together")
            parts, operators = (*parts, part.statement), (*operators, operator)
        return self._with(parts=parts, operators=operators)

    def union(self, *others: Combinable[Any], all: bool = False) -> Self:
        """These rows and those of further questions."""
        return self.joined("UNION ALL" if all else "UNION", others)

    def intersection(self, *others: Combinable[Any]) -> Self:
        """Those of these rows that further questions have too."""
        return self.joined("INTERSECT", others)

    def difference(self, *others: Combinable[Any]) -> Self:
        """Those of these rows that no further question has."""
        return self.joined("EXCEPT", others)

    def order_by(self, *names: Any) -> Self:
        """In the order of these values of the rows; a minus reverses.

        Raises (when awaited):
            FieldError: the rows hold no such value.
        """
        return self._with(order_by=texts(self._first.info, names))

    def limit(self, limit: int) -> Self:
        """At most `limit` rows."""
        return self._with(limit=_size("limit", limit))

    def offset(self, offset: int) -> Self:
        """Without the first `offset` rows."""
        return self._with(offset=_size("offset", offset))

    def using_db(self, connection: Connection | None) -> Self:
        """The same question, asked on `connection`."""
        return type(self)(replace(self._first, connection=connection), self._statement)

    def count(self) -> Coroutine[Any, Any, int]:
        """The number of rows."""
        statement = self._statement.replace(ending="count")

        async def run(connection: Connection) -> int:
            _, rows = await connection.fetch(statement)
            return int(rows[0][0])

        return Answer(self._first.info, run, statement, self._first.connection)

    async def first(self) -> T_co | None:
        """The first row, or None."""
        found = await self.limit(1)
        return found[0] if found else None

    def sql(self, params_inline: bool = False, dialect: str | None = None) -> str:
        """The SQL that will run, with its values as literals if `params_inline`."""
        return self._first.info.spelled(self._statement, self._first.connection, dialect, params_inline)

    async def _rows(self) -> list[T_co]:
        info, form = self._first.info, self._first.form
        connection = info.connection(self._first.connection)
        compiled, rows = await connection.fetch(self._statement)
        if form != "objects":
            return values_reader(compiled, form)(rows)
        objects: list[T_co] = hydrator(compiled, info)(rows)
        if self._first.prefetched:
            await prefetch(connection, info, objects, self._first.prefetched)
        return objects

    def __await__(self) -> Generator[Any, None, list[T_co]]:
        return self._rows().__await__()

    async def __aiter__(self) -> AsyncIterator[T_co]:
        for row in await self._rows():
            yield row


def _size(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ParamsError(f"{name} should be non-negative number, not {value!r}")
    return value
