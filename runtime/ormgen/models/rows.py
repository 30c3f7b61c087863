"""A question whose rows are plain values: dictionaries, tuples, or the values of one column."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Coroutine, Generator
from typing import Any, Generic, Literal, Self

from typing_extensions import TypeVar

from ormgen.exceptions import ParamsError
from ormgen.models.compound import Combinable, Part
from ormgen.models.hydrate import values_reader
from ormgen.models.info import ModelInfo
from ormgen.models.single import Single
from ormgen.models.unawaited import Unawaited, refuse_unawaited
from ormgen.query.functions import aggregates
from ormgen.query.statements import Select, Subquery

T_co = TypeVar("T_co", covariant=True)
L_co = TypeVar("L_co", covariant=True, default=list[T_co])


class Rows(Unawaited, Combinable[T_co], Awaitable[L_co], Generic[T_co, L_co]):
    """Rows of plain values, asked for when awaited.

    `L` is the list that awaiting gives: a parameter of its own, so that type checkers see what the caller expects.
    """

    __slots__ = ("_form", "_question")

    def __init__(self, question: Any, form: Literal["dict", "tuple", "flat"]) -> None:
        self._question = question
        self._form: Literal["dict", "tuple", "flat"] = form

    @property
    def info(self) -> ModelInfo:
        """What the model that the question is about knows of itself."""
        info: ModelInfo = self._question.info
        return info

    def _with(self, question: Any) -> Self:
        return type(self)(question, self._form)

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """Only rows that meet all conditions."""
        return self._with(self._question.filter(*args, **kwargs))

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        """Only rows that do not meet all conditions together."""
        return self._with(self._question.exclude(*args, **kwargs))

    def order_by(self, *orderings: Any) -> Self:
        """In this order."""
        return self._with(self._question.order_by(*orderings))

    def limit(self, limit: int) -> Self:
        """At most `limit` rows."""
        return self._with(self._question.limit(limit))

    def offset(self, offset: int) -> Self:
        """Without the first `offset` rows."""
        return self._with(self._question.offset(offset))

    def __getitem__(self, key: slice) -> Self:
        return self._with(self._question[key])

    def distinct(self) -> Self:
        """Each row once."""
        return self._with(self._question.distinct())

    def group_by(self, *names: Any) -> Self:
        """One row for each combination of `names`."""
        return self._with(self._question.group_by(*names))

    def annotate(self, **annotations: Any) -> Rows[Any]:
        """With further values. Those of aggregates are about all rows that agree in the values so far, as in
        `Team.all().values("city").annotate(n=Count("heroes"))`, which is one row for each city.

        Raises:
            ParamsError: these are the values of one column.
        """
        if self._form == "flat":
            raise ParamsError("values_list(flat=True) gives one value of each row; annotate before it")
        question = self._question
        output, names = question.statement.output or (), [name for name, _ in question.statement.annotations]
        grouped = question.annotate(**annotations)
        added = grouped.statement.annotations[len(names) :]
        if not question.statement.group_by and any(aggregates(value) for _, value in added):
            grouped = grouped.group_by(*[name for _, name in output])
        statement = grouped.statement.replace(output=(*output, *[(name, name) for name in annotations]))
        return Rows(grouped.asking(statement), self._form)

    def using_db(self, connection: Any) -> Self:
        """The same question, asked on `connection`."""
        return self._with(self._question.using_db(connection))

    def first(self) -> Single[T_co | None]:
        """The first row, or None."""
        return Single(self.limit(1), "first")

    def get(self) -> Single[T_co]:
        """The only row.

        Raises (when awaited):
            DoesNotExist: there is none.
            MultipleObjectsReturned: there are several.
        """
        return Single(self.limit(2), "one")

    def sql(self, params_inline: bool = False, dialect: str | None = None) -> str:
        """The SQL that will run, with its values as literals if `params_inline`; nothing is asked of a database."""
        text: str = self._question.sql(params_inline, dialect)
        return text

    async def explain(self, output_fmt: str | None = None, **options: Any) -> list[dict[str, Any]]:
        """How the database finds the rows; see `QuerySet.explain`."""
        found: list[dict[str, Any]] = await self._question.explain(output_fmt, **options)
        return found

    def count(self) -> Coroutine[Any, Any, int]:
        """The number of rows."""
        counted: Coroutine[Any, Any, int] = self._question.count()
        return counted

    def exists(self) -> Coroutine[Any, Any, bool]:
        """Whether there is any row."""
        found: Coroutine[Any, Any, bool] = self._question.exists()
        return found

    def as_part(self) -> Part:
        """This question as part of a compound one."""
        statement: Select = self._question.statement
        asked = self._question
        return Part(self.info, statement.replace(lock=None), asked.connection, self._form, {}, asked.handed)

    def as_expression(self) -> Subquery:
        """These values inside another question."""
        statement: Select = self._question.statement
        return Subquery(statement)

    async def fetched(self) -> Any:
        """The rows, asked for now."""
        self._question.watched()
        connection = self._question.on()
        compiled, rows = await connection.fetch(self._question.statement)
        return values_reader(compiled, self._form, self.info.model)(rows)

    def __await__(self) -> Generator[Any, None, L_co]:
        return self.fetched().__await__()

    def __repr__(self) -> str:
        return f"<Rows of {self._question!r}>"

    async def __aiter__(self) -> AsyncIterator[T_co]:
        connection = self._question.on()
        compiled, chunks = connection.stream(self._question.statement, 1_000)
        read = values_reader(compiled, self._form, self.info.model)
        async for rows in chunks:
            for row in read(rows):
                yield row


refuse_unawaited(Rows, "a question for values", {"__iter__": ", or use `async for`"})
