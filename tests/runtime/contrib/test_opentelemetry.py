"""OpenTelemetry: what a collector would get, read from exporters in memory."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import db_attributes as incubating
from opentelemetry.semconv._incubating.metrics import db_metrics as incubating_metrics
from opentelemetry.semconv.attributes import db_attributes, error_attributes, server_attributes
from opentelemetry.semconv.metrics import db_metrics as stable_metrics
from opentelemetry.trace import SpanKind, StatusCode

from models.heroes import Team
from ormgen import ORM, connections, get_connection, in_transaction
from ormgen.contrib.opentelemetry import SCHEMA, _read, comment_with_traces, instrument
from ormgen.exceptions import IntegrityError

HEROES = {"models": ["models.heroes"]}
SYSTEMS = {"sqlite": "sqlite", "postgres": "postgresql", "mysql": "mysql"}


class Collected:
    """A collector in memory."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.traces = TracerProvider()
        self.traces.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])

    def spans(self) -> tuple[ReadableSpan, ...]:
        found = self.exporter.get_finished_spans()
        self.exporter.clear()
        return found

    def metrics(self) -> dict[str, list[Any]]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def collected() -> Iterator[Collected]:
    collected = Collected()
    yield collected
    collected.traces.shutdown()
    collected.meters.shutdown()


@pytest.fixture
async def orm(db_url: str) -> Any:
    await ORM.init(db_url=db_url, modules=HEROES)
    await ORM.generate_schemas()
    yield
    await ORM.close_connections()


async def test_spans_of_statements(orm: None, collected: Collected) -> None:
    end = instrument(tracer_provider=collected.traces, meter_provider=collected.meters)
    with collected.traces.get_tracer("test").start_as_current_span("request") as request:
        await Team.create(name="secret")
        assert len(await Team.filter(name="secret")) == 1
    created, read, _ = collected.spans()
    table = Team._meta.db_table
    assert [created.name, read.name] == [f"INSERT {table}", f"SELECT {table}"]
    attributes = dict(read.attributes or {})
    assert "secret" not in str(attributes)
    assert attributes["db.system.name"] == SYSTEMS[get_connection("default").dialect]
    assert attributes["db.operation.name"] == "SELECT"
    assert attributes["db.collection.name"] == table
    assert attributes["db.response.returned_rows"] == 1
    assert attributes["db.namespace"]
    assert str(attributes["db.query.text"]).startswith("SELECT")
    assert read.kind is SpanKind.CLIENT
    assert read.parent is not None
    assert read.parent.span_id == request.get_span_context().span_id
    assert read.start_time is not None
    assert read.end_time is not None
    assert 0 < read.end_time - read.start_time < 10e9
    end()
    await Team.all()
    assert collected.spans() == ()


async def test_failures_and_transactions(orm: None, collected: Collected) -> None:
    instrument(tracer_provider=collected.traces, meter_provider=collected.meters, query_text=False)
    await Team.create(name="a")
    with pytest.raises(IntegrityError) as raised:
        async with in_transaction():
            await Team.create(name="a")
    _, begun, failed, undone = collected.spans()
    assert [begun.name, undone.name] == ["BEGIN", "ROLLBACK"]
    attributes = dict(failed.attributes or {})
    assert failed.status.status_code is StatusCode.ERROR
    assert attributes["error.type"] == raised.value.sqlstate or type(raised.value).__name__
    assert attributes.get("db.response.status_code") == raised.value.sqlstate
    assert "db.query.text" not in attributes


async def test_metrics(orm: None, collected: Collected) -> None:
    instrument(tracer_provider=collected.traces, meter_provider=collected.meters)
    for _ in range(3):
        await Team.all()
    found = collected.metrics()
    (duration,) = found["db.client.operation.duration"]
    assert duration.count == 3
    assert 0 < duration.sum < 10
    assert duration.attributes["db.operation.name"] == "SELECT"
    states = {
        point.attributes["db.client.connection.state"]: point.value for point in found["db.client.connection.count"]
    }
    assert states["idle"] >= 1
    assert states["used"] == 0
    assert found["db.client.connection.pending_requests"][0].value == 0
    assert found["db.client.connection.wait_time"][0].count >= 3
    (used,) = found["db.client.connection.use_time"]
    assert used.count == 3
    assert 0 < used.sum < 10
    assert found["db.client.connection.max"][0].value == connections.databases["default"].statistics().most >= 1
    async with in_transaction():
        await Team.create(name="b")
        await asyncio.sleep(0.2)
    (used,) = collected.metrics()["db.client.connection.use_time"]
    assert used.count == 4
    assert used.max >= 0.2


async def test_the_names_are_those_of_the_conventions(orm: None, collected: Collected) -> None:
    """Stable ones where there are, by the package that the OpenTelemetry project makes of its conventions."""
    instrument(tracer_provider=collected.traces, meter_provider=collected.meters)
    await Team.create(name="a")
    await Team.bulk_create([Team(name="b"), Team(name="c")])
    with pytest.raises(IntegrityError):
        async with in_transaction():
            await Team.create(name="a")
    stable = {value for module in (db_attributes, error_attributes, server_attributes) for value in strings(module)}
    spans = collected.spans()
    used = {name for span in spans for name in span.attributes or {}}
    assert used - stable <= {incubating.DB_RESPONSE_RETURNED_ROWS}
    assert used >= {"db.system.name", "db.namespace", "db.operation.name", "db.collection.name", "db.query.text"}
    assert used >= {"db.query.summary", "error.type"}
    assert all(span.name == dict(span.attributes or {}).get("db.query.summary", span.name) for span in spans)
    assert {span.instrumentation_scope.schema_url for span in spans if span.instrumentation_scope} == {SCHEMA}
    seconds = ("db.client.operation.duration", "db.client.connection.wait_time", "db.client.connection.use_time")
    units = {**dict.fromkeys(seconds, "s"), "db.client.connection.max": "{connection}"}
    names = {*strings(stable_metrics), *strings(incubating_metrics)}
    data = collected.reader.get_metrics_data()
    assert data is not None
    found = {one.name: one for each in data.resource_metrics for scope in each.scope_metrics for one in scope.metrics}
    assert found.keys() <= names
    assert {name: found[name].unit for name in units} == units
    points: list[Any] = list(found["db.client.operation.duration"].data.data_points)
    assert tuple(points[0].explicit_bounds) == (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
    told = {name for point in points for name in point.attributes}
    assert told <= stable - {"db.query.text"}


def strings(module: Any) -> set[str]:
    return {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}


async def test_many_rows_with_one_text(orm: None, collected: Collected) -> None:
    instrument(tracer_provider=collected.traces, meter_provider=collected.meters)
    connection = get_connection("default")
    mark = {"sqlite": "?", "postgres": "$1", "mysql": "%s"}[connection.dialect]
    await connection.execute_many(f"INSERT INTO team (name, size) VALUES ({mark}, 0)", [["a"], ["b"], ["c"]])
    attributes = [dict(span.attributes or {}) for span in collected.spans() if span.name.startswith("BATCH")]
    (told,) = attributes
    assert (told["db.operation.name"], told["db.operation.batch.size"]) == ("BATCH INSERT", 3)
    assert (told["db.query.summary"], told["db.collection.name"]) == ("BATCH INSERT team", "team")
    assert await Team.all().count() == 3


async def test_literals_of_raw_sql_are_not_told(orm: None, collected: Collected) -> None:
    instrument(tracer_provider=collected.traces, meter_provider=collected.meters)
    connection = get_connection("default")
    texts = ["SELECT 'it''s secret', 4711 FROM team WHERE id = 4711 AND name <> 'secret; DROP TABLE x'"]
    texts += {
        "sqlite": [],
        "postgres": ["SELECT E'a\\'secret' FROM team", "SELECT $x$secret's$x$, $$secret$$ FROM team"],
        "mysql": ["SELECT 'a\\'secret', \"it's secret\" FROM team"],
    }[connection.dialect]
    for text in texts:
        await connection.execute_query(text)
    for span in collected.spans():
        told = dict(span.attributes or {})
        assert "secret" not in str(told)
        assert "4711" not in str(told)
        assert (told["db.operation.name"], told["db.collection.name"]) == ("SELECT", "team")
        assert "?" in str(told["db.query.text"])


READ = [
    ('SELECT EXTRACT(YEAR FROM "at") FROM "event" JOIN "team" ON 1=1', "SELECT", "event", "SELECT event team"),
    ("SELECT 1 FROM a WHERE id IN (SELECT id FROM z) FOR UPDATE", "SELECT", "a", "SELECT a"),
    ('WITH "x" AS (SELECT 1 FROM a) SELECT * FROM "x"', "SELECT", "x", "SELECT x"),
    ('INSERT INTO "p"."h" ("a") VALUES (1) ON CONFLICT ("a") DO UPDATE SET a=1', "INSERT", "p.h", "INSERT p.h"),
    ("UPDATE `t` SET x=(SELECT 1 FROM b)", "UPDATE", "t", "UPDATE t"),
    ("SELECT * FROM (SELECT 1 FROM a) AS t2", "SELECT", "", "SELECT"),
    ("CREATE TABLE x (a int); INSERT INTO y VALUES ('a; b')", "", "", "CREATE; INSERT y"),
    ("PRAGMA foreign_keys", "PRAGMA", "", "PRAGMA"),
    ("; ", "", "", ""),
]


@pytest.mark.parametrize(("sql", "operation", "table", "summary"), READ)
def test_what_is_read_from_a_statement(sql: str, operation: str, table: str, summary: str) -> None:
    read = _read(sql, "sqlite")
    assert (read.operation, read.table, read.summary) == (operation, table, summary)
    assert len(_read("SELECT * FROM " + " JOIN ".join(f"table_{n}" for n in range(99)), "sqlite").summary) <= 255


NOW = {
    "postgres": "SELECT current_query() AS text",
    "mysql": "SELECT info AS text FROM information_schema.processlist WHERE id = connection_id()",
}


async def test_a_comment_that_cannot_be_made_is_left_out(orm: None, caplog: pytest.LogCaptureFixture) -> None:
    values: Any = {"number": 7}
    ORM.hooks.comment_sql(lambda: values)
    await Team.create(name="a")
    ORM.hooks.comment_sql(lambda: {"key": values["missing"]})
    assert await Team.all().count() == 1
    assert {record.name for record in caplog.records} == {"ormgen"}


async def test_comments(orm: None, collected: Collected) -> None:
    """What the database itself sees; no value ends the comment, or becomes a placeholder."""
    connection = get_connection("default")
    ORM.hooks.comment_sql(lambda: {"route": "/a?b=$1 %s '*/ DROP TABLE team; --", "app": "shop"})
    await Team.create(name="a")
    assert await Team.filter(name="a").count() == 1
    if connection.dialect in NOW:
        (row,) = await connection.execute_query_dict(NOW[connection.dialect])
        assert row["text"].endswith(
            "/*app='shop',route='%2Fa%3Fb%3D%241%20%25s%20%27%2A%2F%20DROP%20TABLE%20team%3B%20--'*/"
        )
    comment_with_traces()
    with collected.traces.get_tracer("test").start_as_current_span("request") as request:
        assert await Team.filter(name="a").count() == 1
        if connection.dialect in NOW:
            (row,) = await connection.execute_query_dict(NOW[connection.dialect])
            assert f"traceparent='00-{request.get_span_context().trace_id:032x}-" in row["text"]
    ORM.hooks.comment_sql(None)
    if connection.dialect in NOW:
        (row,) = await connection.execute_query_dict(NOW[connection.dialect])
        assert "/*" not in row["text"]
