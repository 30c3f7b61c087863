"""What is awaited for one answer: a count, an update, a created object."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.database.current import Handed, own_transactions
from ormgen.models.info import ModelInfo
from ormgen.models.unawaited import refuse_unawaited
from ormgen.query.statements import Compound, Delete, Select, Statement, Update

T_co = TypeVar("T_co", covariant=True)

Run = Callable[[Connection], Awaitable[Any]]
Spells = Callable[[Connection], Iterable[Statement]]


class Answer(Coroutine[Any, Any, T_co], Generic[T_co]):
    """One answer of the database, asked for when it is awaited.

    It is a coroutine, so that `asyncio.create_task` takes it; `using_db` chooses the connection first. Made inside a
    transaction it belongs to it, whichever task awaits it: `gather(Team.create(…), Team.create(…))` is all or nothing.
    """

    __slots__ = ("_connection", "_coroutine", "_handed", "_info", "_run", "_statement", "_used")

    def __init__(
        self,
        info: ModelInfo,
        run: Run,
        statement: Statement | Spells | None = None,
        connection: Connection | None = None,
        handed: Handed | None = None,
    ) -> None:
        self._used = False
        self._info = info
        self._run = run
        self._statement = statement
        self._connection = connection
        self._handed = own_transactions() or handed
        self._coroutine: Coroutine[Any, Any, T_co] | None = None

    def using_db(self, connection: Connection | None) -> Self:
        """The same question, asked on `connection`."""
        self._used = True
        return type(self)(self._info, self._run, self._statement, connection, self._handed)

    def sql(self, params_inline: bool = False, dialect: str | None = None) -> str:
        """The SQL that will run, with its values as literals if `params_inline`; nothing is asked of a database.

        `dialect` is "sqlite", "postgres" or "mysql", None for that of the model's connection.

        Raises:
            TypeError: what will run depends on what the database answers.
        """
        self._used = True
        info, connection = self._info, self._connection
        statements = self._spelled(connection)
        return ";\n".join(info.spelled(each, connection, dialect, params_inline) for each in statements)

    def _spelled(self, connection: Connection | None) -> Iterable[Statement]:
        given = self._statement
        if given is None:
            raise TypeError("what will run depends on what is found; log the queries instead")
        return given(self._info.connection(connection)) if callable(given) else (given,)

    def _asked(self) -> str:
        """What was called, where it writes; nothing where it only reads."""
        if isinstance(self._statement, Select | Compound):
            return ""
        if isinstance(self._statement, Update | Delete):
            return type(self._statement).__name__.lower()
        return self._run.__qualname__.split(".")[-3]

    async def _answer(self) -> T_co:
        self._used = True
        write = not isinstance(self._statement, Select | Compound)
        answer: T_co = await self._run(self._info.connection(self._connection, self._handed, write))
        return answer

    def __del__(self) -> None:
        if not self._used and (asked := self._asked()):
            message = f"{self._info.model.__name__}.{asked}() was never awaited"
            warnings.warn(message, RuntimeWarning, stacklevel=2, source=self)

    def __await__(self) -> Generator[Any, None, T_co]:
        return self._answer().__await__()

    def _started(self) -> Coroutine[Any, Any, T_co]:
        if self._coroutine is None:
            self._coroutine = self._answer()
        return self._coroutine

    def send(self, value: Any) -> Any:
        """Part of the coroutine protocol."""
        return self._started().send(value)

    def throw(self, *error: Any) -> Any:
        """Part of the coroutine protocol."""
        return self._started().throw(*error)

    def close(self) -> None:
        """Part of the coroutine protocol."""
        self._used = True
        if self._coroutine is not None:
            self._coroutine.close()


refuse_unawaited(Answer, "an answer of the database", {})
