"""What every driver can do, as protocols; nothing above this package sees a database library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from ormgen.drivers.statistics import PoolStatistics, Watch

Row: TypeAlias = Sequence[Any]
Rows: TypeAlias = Sequence[Row]


class Result:
    """What a statement did.

    `affected` counts the rows written (on MySQL those matched), or read for a SELECT. `last_id` means something
    only after an INSERT into a table with a generated key, on SQLite and MySQL; on MySQL it is the key of the first
    row inserted, on SQLite that of the last.
    """

    __slots__ = ("affected", "last_id", "named", "rows")

    def __init__(
        self, rows: Rows, affected: int, last_id: int | None, named: Callable[[], Iterable[str]] | None
    ) -> None:
        self.rows = rows
        self.affected = affected
        self.last_id = last_id
        self.named = named

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of `rows`, asked for by raw SQL alone: made at once they took 0.5 us of each
        statement. PostgreSQL tells none when there is no row.
        """
        named = self.named
        if named is None:  # the rows of PostgreSQL know their names, which nobody asks of most
            named = getattr(self.rows[0], "keys", tuple) if self.rows else tuple
        return tuple(named())


class Session(Protocol):
    """Anything that runs statements: a driver, or an open transaction.

    Placeholders are `?` on SQLite, `$1` on PostgreSQL and `%s` on MySQL. Text for MySQL is always interpolated,
    with or without parameters, so a literal percent sign is written `%%` there, except in `script`.
    Every failure is an exception of `ormgen.exceptions` whose `__cause__` is the library's own.
    """

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """Runs a statement that changes neither data nor session; rows can be indexed and unpacked."""
        ...

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        """Runs any one statement: a write, with or without RETURNING, DDL, raw SQL."""
        ...

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Runs one write for each of `rows`: all of them or none."""
        ...

    async def script(self, sql: str) -> None:
        """Runs several statements without parameters, the text taken as it is."""
        ...

    def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        """Reads a large result in chunks of `size` rows; holds a connection until the iterator is closed.

        Inside a transaction SQLite and MySQL read the whole result first, because they cannot run
        other statements on the connection meanwhile without changing what is read.
        """
        ...


class Transaction(Session, Protocol):
    """An open transaction; it dies at its end, and later use raises TransactionManagementError.

    Statements of several tasks are run one after the other.
    """

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        ...

    async def commit(self) -> None:
        """Makes the changes last; goes through even if the caller is cancelled meanwhile.

        Raises TransactionManagementError when the database had rolled back because a statement failed.
        """
        ...

    async def rollback(self) -> None:
        """Undoes the changes; goes through even if the caller is cancelled meanwhile."""
        ...

    def unguard(self) -> None:
        """Lets statements through that end the transaction; otherwise they raise TransactionManagementError."""
        ...

    async def savepoint(self) -> Savepoint:
        """Opens a transaction inside this one; raises TransactionManagementError while another one is open."""
        ...


class Savepoint(Transaction, Protocol):
    """A transaction inside another: committing keeps its changes for the outer one to decide."""


class Driver(Session, Protocol):
    """The connections to one database. A statement takes one, and gives it back whatever happens."""

    dialect: str
    watch: Watch
    facts: Any  # what the server told with the first connection, None where nothing is asked

    @property
    def size(self) -> int:
        """How many connections are open or being opened."""
        ...

    @property
    def idle(self) -> int:
        """How many open connections nobody holds."""
        ...

    def statistics(self) -> PoolStatistics:
        """How many connections there are, who holds them, how long they were waited for."""
        ...

    async def open(self) -> None:
        """Connects, unless it has; every statement does so by itself.

        Raises DBConnectionError when the database cannot be reached.
        """
        ...

    async def close(self) -> None:
        """Waits for what is running, then closes every connection; a later statement opens anew."""
        ...

    async def execute_together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Result]:
        """Runs several statements in order, in a transaction of their own: all of them or none."""
        ...

    async def begin(
        self, *, isolation: str | None = None, read_only: bool = False, deferrable: bool = False
    ) -> Transaction:
        """Opens a transaction; `isolation` is one of ISOLATION_LEVELS.

        `deferrable` waits, on PostgreSQL, for a moment in which a read-only serializable transaction cannot fail.

        SQLite gives every transaction the strongest level, and an in-memory one cannot be read-only.
        Raises ParamsError for another level, UnSupportedError for `deferrable` elsewhere than on PostgreSQL.
        """
        ...
