"""What can be watched: every statement, every transaction. The log of statements is one watcher among others.

Nothing is spent while nobody watches but one question whether the logger `ormgen.db_client` listens to DEBUG.
"""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, contextmanager
from inspect import iscoroutinefunction
from typing import Any, Final, Literal, TypeVar
from urllib.parse import quote

from ormgen.database.call_site import call_site
from ormgen.drivers.driver import Result, Rows, Session
from ormgen.drivers.statistics import Watch
from ormgen.exceptions import ParamsError
from ormgen.records import dataclass

F = TypeVar("F", bound=Callable[..., object])

LOGGER = logging.getLogger("ormgen.db_client")
debugging = LOGGER.isEnabledFor
# the logger's own answers to that, found without a function, and emptied when a level changes
LEVELS: Final[Mapping[int, bool]] = vars(LOGGER).get("_cache", {})
OWN_LOGGER = logging.getLogger("ormgen")


@dataclass(frozen=True, slots=True)
class QueryEvent:
    """A statement that has run: on which connection, its text and values, how long it took, what came of it.

    `rows` counts the rows that came back, or those written; None where that is not known. `error` is what it raised.
    `batch` is how many lists of values one text was sent with, all of which `values` holds; None for a single one.
    """

    connection: str
    dialect: str
    sql: str
    values: Sequence[Any]
    seconds: float
    rows: int | None
    error: BaseException | None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class TransactionEvent:
    """A transaction or savepoint that began or ended; `error` is what that raised."""

    connection: str
    action: Literal["begin", "savepoint", "commit", "rollback"]
    seconds: float
    error: BaseException | None


@dataclass(frozen=True, slots=True)
class AcquireEvent:
    """A connection was handed to a statement or a transaction, after `seconds` of waiting."""

    connection: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReleaseEvent:
    """A statement or a transaction gave its connection back, which it had for `seconds`."""

    connection: str
    seconds: float


def plain(hook: F) -> F:
    """`hook`, which is called and not awaited.

    Raises:
        ParamsError: it is a coroutine function.
    """
    if iscoroutinefunction(hook):
        raise ParamsError(f"{hook.__qualname__} is a coroutine function, and hooks are called, not awaited")
    return hook


class Hooks:
    """Functions that are told of what happens on the connections of a context.

    They are called at once, in the task whose statement it was, and should be quick; what one of them raises goes to
    the logger `ormgen`, never into the program. The log of statements counts values, and shows them where
    `hide_parameters` is False; hooks get them.
    """

    def __init__(
        self,
        on_query: Iterable[Callable[[QueryEvent], object]] = (),
        on_transaction: Iterable[Callable[[TransactionEvent], object]] = (),
        on_acquire: Iterable[Callable[[AcquireEvent], object]] = (),
        on_release: Iterable[Callable[[ReleaseEvent], object]] = (),
    ) -> None:
        self.queries: tuple[Callable[[QueryEvent], object], ...] = tuple(on_query)
        self.transactions: tuple[Callable[[TransactionEvent], object], ...] = tuple(on_transaction)
        self.acquires: tuple[Callable[[AcquireEvent], object], ...] = tuple(on_acquire)
        self.releases: tuple[Callable[[ReleaseEvent], object], ...] = tuple(on_release)
        self.hide_parameters = True
        self.comment: Callable[[], Mapping[str, str]] | None = None
        self._watches: list[tuple[str, weakref.ref[Watch]]] = []

    def on_query(self, hook: Callable[[QueryEvent], object]) -> Callable[[QueryEvent], object]:
        """Call `hook` after each statement; may be used as a decorator."""
        self.queries = (*self.queries, plain(hook))
        return hook

    def on_transaction(self, hook: Callable[[TransactionEvent], object]) -> Callable[[TransactionEvent], object]:
        """Call `hook` when a transaction or savepoint has begun or ended; may be used as a decorator."""
        self.transactions = (*self.transactions, plain(hook))
        return hook

    def on_acquire(self, hook: Callable[[AcquireEvent], object]) -> Callable[[AcquireEvent], object]:
        """Call `hook` when a connection is handed out; may be used as a decorator."""
        self.acquires = (*self.acquires, plain(hook))
        self._set_watches()
        return hook

    def on_release(self, hook: Callable[[ReleaseEvent], object]) -> Callable[[ReleaseEvent], object]:
        """Call `hook` when a connection is given back; may be used as a decorator."""
        self.releases = (*self.releases, plain(hook))
        self._set_watches()
        return hook

    def watch(self, connection: str, watch: Watch) -> None:
        """Listen to a driver, too."""
        self._watches.append((connection, weakref.ref(watch)))
        self._set_watches()

    def _set_watches(self) -> None:
        self._watches = [(connection, found) for connection, found in self._watches if found() is not None]
        for connection, found in self._watches:
            if (watch := found()) is not None:
                told, freed = self._tellers(connection)
                watch.told = (told,) if self.acquires or self.releases else ()
                watch.freed = (freed,) if self.releases else ()

    def _tellers(self, connection: str) -> tuple[Callable[[float], None], Callable[[float], None]]:
        return (
            lambda seconds: _call(self.acquires, AcquireEvent(connection, seconds)),
            lambda seconds: _call(self.releases, ReleaseEvent(connection, seconds)),
        )

    def remove(self, hook: Callable[[Any], object]) -> None:
        """Forget a hook; nothing happens where it is not known."""
        self.queries = tuple(each for each in self.queries if each != hook)
        self.transactions = tuple(each for each in self.transactions if each != hook)
        self.acquires = tuple(each for each in self.acquires if each != hook)
        self.releases = tuple(each for each in self.releases if each != hook)
        self._set_watches()

    def comment_sql(self, names: Callable[[], Mapping[str, str]] | None) -> None:
        """Append what `names()` gives to each statement, as a comment that the database's own logs show.

        None: no longer. The form is sqlcommenter's, `/*key='value',route='%2Fheroes'*/`, where no value can end the
        comment. A statement whose comment differs each time is prepared each time.
        """
        self.comment = names

    def commented(self, sql: str, dialect: str) -> str:
        """`sql` with the comment that is wished; as it is where the function that makes the comment fails."""
        if self.comment is None:
            return sql
        try:
            pairs = sorted((quote(key, safe=""), quote(value, safe="")) for key, value in self.comment().items())
        except Exception:
            OWN_LOGGER.exception("a hook failed: %r", self.comment)
            return sql
        comment = ",".join(f"{key}='{value}'" for key, value in pairs)
        if not comment:
            return sql
        return f"{sql} /*{comment.replace('%', '%%') if dialect == 'mysql' else comment}*/"

    def tell_query(self, event: QueryEvent) -> None:
        """Log a statement and call every hook."""
        if LOGGER.isEnabledFor(logging.DEBUG):
            took = event.seconds * 1000
            values = f"[{len(event.values)} values]" if self.hide_parameters else repr(event.values)
            LOGGER.debug("%s: %s %s (%.1f ms) at %s", event.connection, event.sql, values, took, call_site())
        _call(self.queries, event)

    @contextmanager
    def transaction(self, connection: str, action: Literal["begin", "savepoint", "commit", "rollback"]) -> Any:
        """Around the statement that begins or ends a transaction."""
        began = time.perf_counter()
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            if self.transactions:
                _call(self.transactions, TransactionEvent(connection, action, time.perf_counter() - began, error))


def _call(hooks: Iterable[Callable[[Any], object]], event: object) -> None:
    for hook in hooks:
        try:
            hook(event)
        except Exception:
            OWN_LOGGER.exception("a hook failed: %r", hook)


class Watched:
    """A session whose statements are told of."""

    __slots__ = ("_alias", "_dialect", "_hooks", "_session")

    def __init__(self, session: Session, hooks: Hooks, alias: str, dialect: str) -> None:
        self._session = session
        self._hooks = hooks
        self._alias = alias
        self._dialect = dialect

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        with self._told(sql, parameters) as count:
            rows = await self._session.fetch(self._hooks.commented(sql, self._dialect), parameters)
            count(len(rows))
            return rows

    async def execute(self, sql: str, parameters: Sequence[Any]) -> Result:
        with self._told(sql, parameters) as count:
            result = await self._session.execute(self._hooks.commented(sql, self._dialect), parameters)
            count(result.affected)
            return result

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._told(sql, rows, len(rows)) as count:
            await self._session.execute_many(self._hooks.commented(sql, self._dialect), rows)
            count(len(rows))

    async def script(self, sql: str) -> None:
        with self._told(sql, ()):
            await self._session.script(sql)

    async def stream(self, sql: str, parameters: Sequence[Any], size: int = 1000) -> AsyncIterator[Rows]:
        with self._told(sql, parameters) as count:
            total = 0
            chunks: Any = self._session.stream(self._hooks.commented(sql, self._dialect), parameters, size)
            async with aclosing(chunks):
                async for rows in chunks:
                    total += len(rows)
                    yield rows
            count(total)

    @contextmanager
    def _told(self, sql: str, values: Sequence[Any], batch: int | None = None) -> Any:
        counted: list[int] = []
        error: BaseException | None = None
        began = time.perf_counter()
        try:
            yield counted.append
        except BaseException as raised:
            error = raised
            raise
        finally:
            seconds = time.perf_counter() - began
            rows = counted[-1] if counted else None
            self._hooks.tell_query(QueryEvent(self._alias, self._dialect, sql, values, seconds, rows, error, batch))
