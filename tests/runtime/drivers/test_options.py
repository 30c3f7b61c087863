"""What drivers can be told, and what they refuse."""

import builtins
import sys
from typing import Any

import pytest

from driver_tools import DRIVERS, LONG, AnyDriver, make_driver
from ormgen.drivers.mysql import MysqlDriver
from ormgen.drivers.postgres import PostgresDriver
from ormgen.drivers.sqlite import SqliteDriver
from ormgen.drivers.url import parse_url
from ormgen.exceptions import ConfigurationError, DBConnectionError, OperationalError


def connectable(url: str, **options: Any) -> dict[str, Any]:
    return {**parse_url(url).credentials, **options}


@pytest.mark.parametrize(
    ("dialect", "wrong", "right"),
    [("sqlite", "journal_mod", "journal_mode"), ("postgres", "max_sise", "max_size"), ("mysql", "char_set", "charset")],
)
def test_unknown_options_are_refused_by_name(dialect: str, wrong: str, right: str) -> None:
    path = {"path": "x"} if dialect == "sqlite" else {}
    with pytest.raises(ConfigurationError, match=rf"`{wrong}` is not .*did you mean `{right}`"):
        DRIVERS[dialect](**path, **{wrong: 1})


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        (SqliteDriver, {"path": "x", "journal_mode": "WAL; DROP TABLE x"}),
        (MysqlDriver, {"sql_mode": "NO_BACKSLASH_ESCAPES"}),
        (MysqlDriver, {"sql_mode": "ansi_quotes"}),
        (MysqlDriver, {"time_zone": "' + '"}),
        (MysqlDriver, {"minsize": 5, "maxsize": 2}),
        (PostgresDriver, {"maxsize": 0}),
        (PostgresDriver, {"minsize": "many"}),
    ],
)
def test_values_that_are_refused(driver: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        driver(**options)


@pytest.mark.feature(33)
async def test_pragmas(sqlite_url: str) -> None:
    async def ask(driver: AnyDriver, *names: str) -> list[object]:
        return [(await driver.fetch(f"PRAGMA {name}", ()))[0][0] for name in names]

    driver = make_driver(sqlite_url)
    names = ("journal_mode", "busy_timeout", "foreign_keys", "query_only")
    assert await ask(driver, *names) == ["wal", 5000, 1, 1]
    assert (await driver.execute("PRAGMA query_only", ())).rows == [(0,)]
    await driver.close()
    driver = make_driver(sqlite_url, foreign_keys=False, busy_timeout=7000, cache_size=-500)
    assert await ask(driver, *names[:3], "cache_size") == ["wal", 7000, 0, -500]
    await driver.close()


async def test_sqlite_without_wal_has_one_connection(sqlite_url: str) -> None:
    for driver in (make_driver(sqlite_url, journal_mode="DELETE"), SqliteDriver(":memory:"), SqliteDriver("")):
        await driver.script("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)")
        transaction = await driver.begin()
        await transaction.execute("DELETE FROM t WHERE a = 1", ())
        assert driver.size == 1
        await transaction.rollback()
        assert [len(rows) async for rows in driver.stream("SELECT a FROM t", (), 2)] == [2, 1]
        await driver.close()


@pytest.mark.feature(33)
async def test_functions_for_sql_on_sqlite() -> None:
    driver = SqliteDriver(":memory:")
    sql = "SELECT ormgen_lower('ÀÉx'), ormgen_lower(NULL), ormgen_lower(5), 'abc' REGEXP 'B', 'abc' REGEXP '(?i)B$|c$',"
    rows = await driver.fetch(f"{sql} NULL REGEXP 'a', 12 REGEXP '2'", ())
    assert rows == [("àéx", None, 5, 0, 1, None, 1)]
    await driver.execute("CREATE TABLE t (a)", ())
    await driver.execute("CREATE INDEX i ON t (ormgen_lower(a))", ())  # only deterministic functions may
    await driver.close()


async def test_a_read_only_file(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite://")
    driver = SqliteDriver(path)
    await driver.script("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    await driver.close()
    driver = SqliteDriver(f"file:{path}?mode=ro")
    assert await driver.fetch("SELECT a FROM t", ()) == [(1,)]
    await driver.close()


@pytest.mark.feature(34, 38, 39, 41)
async def test_postgres_options(postgres_url: str) -> None:
    asked = 0

    async def init(connection: Any) -> None:
        await connection.execute("SELECT set_config('my.setting', 'set', false)")

    def password() -> str:
        nonlocal asked
        asked += 1
        return ""

    driver = PostgresDriver(
        **connectable(
            postgres_url, schema="mine", application_name="tests", command_timeout=5, statement_cache_size=0,
            password=password, init=init, min_size=1, max_size=2, server_settings={"work_mem": "1MB"},
        )
    )  # fmt: skip
    await driver.execute("CREATE SCHEMA mine", ())
    await driver.execute("CREATE TABLE t (a INT)", ())
    settings = "'search_path', 'application_name', 'timezone', 'work_mem', 'my.setting'"
    rows = await driver.fetch(f"SELECT current_setting(s) FROM unnest(ARRAY[{settings}]) s", ())
    assert [row[0] for row in rows] == ["mine", "tests", "UTC", "1MB", "set"]
    assert [row[0] for row in await driver.fetch("SELECT schemaname FROM pg_tables WHERE tablename = 't'", ())] == [
        "mine"
    ]
    await driver.execute("SET work_mem = '2MB'", ())
    assert [row[0] for row in await driver.fetch("SHOW work_mem", ())] == ["1MB"]
    await driver.close()


async def test_command_timeout(db_url: str) -> None:
    driver = make_driver(db_url, command_timeout=0.1)
    with pytest.raises(OperationalError, match="command_timeout") as raised:
        await driver.fetch(LONG[driver.dialect], ())
    assert (raised.value.sqlstate, isinstance(raised.value, DBConnectionError)) == ("57014", False)
    await driver.fetch("SELECT 1", ())
    await driver.close()


async def test_command_timeout_in_a_transaction(sqlite_url: str) -> None:
    """What was written before is still there to be committed, and the time begins anew with each statement."""
    driver = make_driver(f"{sqlite_url}?command_timeout=0.1")
    await driver.execute("CREATE TABLE t (n int)", ())
    transaction = await driver.begin()
    await transaction.execute("INSERT INTO t VALUES (1)", ())
    with pytest.raises(OperationalError, match="command_timeout"):
        await transaction.fetch(LONG["sqlite"], ())
    await transaction.rollback()
    assert await driver.fetch("SELECT n FROM t", ()) == []
    await driver.execute("INSERT INTO t VALUES (2)", ())
    with pytest.raises(OperationalError, match="command_timeout"):
        await driver.execute(f"INSERT INTO t {LONG['sqlite']}", ())
    assert await driver.fetch("SELECT n FROM t", ()) == [(2,)]
    await driver.close()


@pytest.mark.feature(36)
async def test_mysql_sessions(mysql_url: str) -> None:
    driver = make_driver(mysql_url, init_command="SET @mine = 5", storage_engine="InnoDB", time_zone="+02:00")
    (row,) = await driver.fetch(
        "SELECT @mine, @@time_zone, @@character_set_connection, @@autocommit, @@default_storage_engine", ()
    )
    assert row == (5, "+02:00", "utf8mb4", 1, "InnoDB")
    await driver.close()


async def test_server_side_statements_on_mysql(mysql_url: str) -> None:
    driver = make_driver(mysql_url, stmt_cache_size=10)
    assert await driver.fetch("SELECT %s, '%%'", ["x"]) == (("x", "%"),)
    await driver.close()


@pytest.mark.parametrize(
    ("dialect", "library", "extra"), [("postgres", "asyncpg", "postgres"), ("mysql", "asyncmy", "mysql")]
)
def test_a_missing_library(monkeypatch: pytest.MonkeyPatch, dialect: str, library: str, extra: str) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {library!r}", name=library)
        return real(name, *args, **kwargs)

    for module in (f"ormgen.drivers.{dialect}_connection", f"ormgen.drivers.{dialect}_errors"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delattr(sys.modules["ormgen.drivers"], f"{dialect}_connection", raising=False)
    with pytest.raises(ConfigurationError) as caught:
        DRIVERS[dialect]()
    assert f'pip install "ormgen-orm[{extra}]"' in str(caught.value)
