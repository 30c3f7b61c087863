"""OpenTelemetry: a span for each statement and transaction, durations and the state of the pools as metrics.

The names are those of the semantic conventions for databases (stable since version 1.33; what counts connections is
still called experimental there). Only opentelemetry-api is needed; what becomes of spans is the application's to say.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider

from ormgen.database.context import ORMContext, require_context
from ormgen.hooks import AcquireEvent, PoolStatistics, QueryEvent, ReleaseEvent, TransactionEvent
from ormgen.records import dataclass

SYSTEMS: Mapping[str, str] = {"sqlite": "sqlite", "postgres": "postgresql", "mysql": "mysql"}
DURATION_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
SCHEMA = "https://opentelemetry.io/schemas/1.33.0"
LONGEST = 255  # characters of a summary
_NUMBER = r"(?<![\w$\"`.])\d+(?:\.\d+)?\b"
_LITERAL: Mapping[str, re.Pattern[str]] = {
    "sqlite": re.compile(rf"'(?:[^']|'')*'|{_NUMBER}"),
    "postgres": re.compile(
        rf"(?s)[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$|{_NUMBER}"
    ),
    "mysql": re.compile(rf"""(?s)'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|{_NUMBER}"""),
}
_INNER = re.compile(r"\([^()]*\)")
_OPERATION = re.compile(r"(?i)\b(SELECT|INSERT|UPDATE|DELETE|REPLACE|MERGE)\b")
_WORD = re.compile(r"[A-Za-z]+")
_NAME = r"((?:[\"`][^\"`]+[\"`]|[^\"`\s(),;?]+)(?:\.(?:[\"`][^\"`]+[\"`]|[^\"`\s(),;?]+))?)"
_TABLE = re.compile(rf"(?i)\b(?:FROM|INTO|JOIN)\s+(?:ONLY\s+)?{_NAME}")
_UPDATED = re.compile(rf"(?i)\bUPDATE\s+(?:ONLY\s+)?{_NAME}")

Attributes = dict[str, str | int]


def instrument(
    context: ORMContext | None = None,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    query_text: bool = True,
) -> Callable[[], None]:
    """Tell OpenTelemetry of what happens on the connections of `context`, the current one unless given.

    Call it after `ORM.init`. The text of statements holds placeholders, never values: in text without any, as in raw
    SQL, what is quoted and what is a number becomes `?`. `query_text=False` leaves it out altogether. What is returned
    ends it.

    Raises:
        NotInitialised: there is no context yet.
    """
    context = require_context() if context is None else context
    told = _Telling(context, tracer_provider, meter_provider, query_text)
    context.hooks.on_query(told.query)
    context.hooks.on_transaction(told.transaction)
    context.hooks.on_acquire(told.acquire)
    context.hooks.on_release(told.release)
    return told.end


def comment_with_traces(context: ORMContext | None = None) -> None:
    """Append `traceparent` of the current span to each statement, as a comment (sqlcommenter).

    Every statement's text differs then, so the database prepares each of them anew.
    """

    def names() -> dict[str, str]:
        carrier: dict[str, str] = {}
        inject(carrier)
        return carrier

    (require_context() if context is None else context).hooks.comment_sql(names)


class _Telling:
    """What turns events into spans and metrics."""

    def __init__(
        self,
        context: ORMContext,
        tracer_provider: TracerProvider | None,
        meter_provider: MeterProvider | None,
        query_text: bool,
    ) -> None:
        self._context = context
        self._query_text = query_text
        self._on = True
        self._places: dict[str, Attributes] = {}
        self._tracer = trace.get_tracer("ormgen", tracer_provider=tracer_provider, schema_url=SCHEMA)
        meter = metrics.get_meter("ormgen", meter_provider=meter_provider, schema_url=SCHEMA)
        self._duration = meter.create_histogram(
            "db.client.operation.duration",
            "s",
            "Duration of database client operations",
            explicit_bucket_boundaries_advisory=DURATION_BUCKETS,
        )
        self._wait = meter.create_histogram(
            "db.client.connection.wait_time", "s", "Time it took to obtain an open connection from the pool"
        )
        self._use = meter.create_histogram(
            "db.client.connection.use_time", "s", "Time between borrowing a connection and returning it to the pool"
        )
        pools: Iterable[tuple[str, str, str, Callable[[PoolStatistics], Mapping[str, int]]]] = (
            ("count", "{connection}", "Connections by state", lambda pool: {"used": pool.in_use, "idle": pool.idle}),
            ("max", "{connection}", "Connections that there may be", lambda pool: {"": pool.most}),
            ("pending_requests", "{request}", "Tasks that wait for a connection", lambda pool: {"": pool.waiting}),
            ("timeouts", "{timeout}", "Waits that ended without a connection", lambda pool: {"": pool.timeouts}),
        )
        for name, unit, description, read in pools:
            counts_up = name == "timeouts"
            make = meter.create_observable_counter if counts_up else meter.create_observable_up_down_counter
            make(f"db.client.connection.{name}", [self._observer(read)], unit, description)

    def end(self) -> None:
        """Tell nothing any more."""
        self._on = False
        for hook in (self.query, self.transaction, self.acquire, self.release):
            self._context.hooks.remove(hook)

    def query(self, event: QueryEvent) -> None:
        """A span for a statement that has run, below the span that is current, and its duration."""
        read = _read(event.sql, event.dialect)
        batch = "" if event.batch is None else "BATCH "
        attributes = self._attributes(event.connection, event.dialect)
        attributes["db.query.summary"] = summary = f"{batch}{read.summary}"
        if read.operation:
            attributes["db.operation.name"] = f"{batch}{read.operation}"
        if read.table:
            attributes["db.collection.name"] = read.table
        attributes |= _failure(event.error)
        self._duration.record(event.seconds, attributes)
        if event.batch is not None:
            attributes["db.operation.batch.size"] = event.batch
        if self._query_text:
            attributes["db.query.text"] = event.sql if event.values else _LITERAL[event.dialect].sub("?", event.sql)
        if event.rows is not None and read.operation == "SELECT":
            attributes["db.response.returned_rows"] = event.rows
        self._span(summary, attributes, event.seconds, event.error)

    def transaction(self, event: TransactionEvent) -> None:
        """A span for the statement that began or ended a transaction."""
        database = self._context.connections.database(event.connection)
        attributes = self._attributes(event.connection, database.dialect)
        operation = event.action.upper()
        attributes |= {"db.operation.name": operation, **_failure(event.error)}
        self._span(operation, attributes, event.seconds, event.error)

    def acquire(self, event: AcquireEvent) -> None:
        """How long a connection was waited for."""
        self._wait.record(event.seconds, {"db.client.connection.pool.name": event.connection})

    def release(self, event: ReleaseEvent) -> None:
        """How long a connection was used."""
        self._use.record(event.seconds, {"db.client.connection.pool.name": event.connection})

    def _span(self, name: str, attributes: Attributes, seconds: float, error: BaseException | None) -> None:
        ended = time.time_ns()
        span = self._tracer.start_span(
            name, kind=SpanKind.CLIENT, attributes=attributes, start_time=ended - int(seconds * 1e9)
        )
        if error is not None:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        span.end(ended)

    def _attributes(self, alias: str, dialect: str) -> Attributes:
        known = self._places.get(alias)
        if known is None:
            known = self._places[alias] = {"db.system.name": SYSTEMS[dialect], **self._place(alias)}
        return dict(known)

    def _place(self, alias: str) -> Attributes:
        config = self._context.config
        if config is None or alias not in config.connections:
            return {}
        told = config.connections[alias].credentials
        names = {"db.namespace": "database", "server.address": "host", "server.port": "port"}
        place = {name: told[key] for name, key in names.items() if told.get(key) is not None}
        if "file_path" in told:
            place["db.namespace"] = str(told["file_path"])
        return place

    def _observer(
        self, read: Callable[[PoolStatistics], Mapping[str, int]]
    ) -> Callable[[CallbackOptions], Iterator[Observation]]:
        def observe(options: CallbackOptions) -> Iterator[Observation]:
            for alias, database in list(self._context.connections.databases.items()) if self._on else ():
                for state, number in read(database.statistics()).items():
                    attributes = {"db.client.connection.pool.name": alias}
                    yield Observation(number, attributes | ({"db.client.connection.state": state} if state else {}))

        return observe


@dataclass(frozen=True, slots=True)
class _Read:
    """What the text of a statement tells: what it does, to which table first, and both of all its parts."""

    operation: str
    table: str
    summary: str


@lru_cache(1024)
def _read(sql: str, dialect: str) -> _Read:
    """Statements as they are written: sub-queries, functions and literals do not count; several have no operation."""
    text = _LITERAL[dialect].sub("?", sql)
    while (shorter := _INNER.sub(" ? ", text)) != text:
        text = shorter
    parts = [_read_one(part) for part in text.split(";") if part.strip()]
    first = parts[0] if parts else _Read("", "", "")
    summary = "; ".join(part.summary for part in parts)
    if len(summary) > LONGEST:
        summary = summary[:LONGEST].rpartition(" ")[0]
    return _Read(first.operation if len(parts) == 1 else "", first.table, summary)


def _read_one(text: str) -> _Read:
    word = _WORD.search(text)
    found = _OPERATION.search(text) if word is not None and word[0].upper() == "WITH" else word
    operation = "" if found is None else found[0].upper()
    updated = _UPDATED.search(text) if operation == "UPDATE" else None
    named = [*([updated] if updated else []), *_TABLE.finditer(text)]
    tables = [re.sub('["`]', "", each[1]) for each in named]
    return _Read(operation, tables[0] if tables else "", " ".join([operation, *tables]))


def _failure(error: BaseException | None) -> Attributes:
    if error is None:
        return {}
    state: Any = getattr(error, "sqlstate", None)
    return {"error.type": state or type(error).__name__, **({"db.response.status_code": state} if state else {})}
