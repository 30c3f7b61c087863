"""Statements on every database: rows, counts, keys, many at once, scripts, streams."""

import asyncio
import datetime
import decimal
from typing import Any

import pytest

from driver_tools import ADVISORY_LOCKS, AnyDriver, make_driver, spelled, whole
from ormgen.exceptions import BaseORMException, OperationalError, TransactionManagementError


async def test_rows_can_be_indexed_and_unpacked(driver: AnyDriver) -> None:
    integers = "SELECT CAST(? AS INTEGER), 'a'" if driver.dialect != "mysql" else "SELECT ?, 'a'"
    (row,) = await driver.fetch(spelled(driver, integers), [1])
    number, letter = row
    assert (number, letter, row[0], row[1]) == (1, "a", 1, "a")


async def test_no_rows(driver: AnyDriver) -> None:
    assert list(await driver.fetch("SELECT id FROM hero", ())) == []


async def test_percent_signs_and_quotes(driver: AnyDriver) -> None:
    text = "100%s ' \" \\ %(x)s \n ü 🎉"
    await driver.execute(spelled(driver, "INSERT INTO team (name) VALUES (?)"), [text])
    found = await driver.fetch(spelled(driver, "SELECT name FROM team WHERE name LIKE '100%' AND name = ?"), [text])
    assert [tuple(row) for row in found] == [(text,)]
    assert len(await driver.fetch(spelled(driver, "SELECT name FROM team WHERE name LIKE '100%'"), ())) == 1


async def test_what_a_write_tells(driver: AnyDriver) -> None:
    inserted = await driver.execute(spelled(driver, "INSERT INTO team (name) VALUES (?), (?)"), ["a", "b"])
    assert inserted.affected == 2
    ((first,), (last,)) = await driver.fetch("SELECT id FROM team WHERE name IN ('a', 'b') ORDER BY id", ())
    assert inserted.last_id == {"sqlite": last, "mysql": first, "postgres": None}[driver.dialect]
    assert (await driver.execute("UPDATE team SET score = score WHERE name IN ('a', 'b')", ())).affected == 2
    assert (await driver.execute("UPDATE team SET score = 1 WHERE name = 'nobody'", ())).affected == 0
    assert (await driver.execute("DELETE FROM team WHERE name = 'a'", ())).affected == 1


async def test_insert_returning(driver: AnyDriver) -> None:
    sql = spelled(driver, "INSERT INTO team (name) VALUES (?), (?) RETURNING name, id")
    result = await driver.execute(sql, ["a", "b"])
    assert [row[0] for row in result.rows] == ["a", "b"]
    assert (result.affected, result.columns) == (2, ("name", "id"))


async def test_execute_reads_too(driver: AnyDriver) -> None:
    result = await driver.execute("SELECT name AS n, score FROM team", ())
    assert ([tuple(row) for row in result.rows], result.columns, result.affected) == (
        [("counter", 0)],
        ("n", "score"),
        1,
    )


async def test_a_write_that_begins_with_a_query(sqlite_url: str) -> None:
    driver = make_driver(sqlite_url)
    await driver.script("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2)")
    assert (await driver.execute("WITH x AS (SELECT 2 AS a) UPDATE t SET a = 5 WHERE a IN x", ())).affected == 1
    assert (await driver.execute("CREATE TABLE u (a)", ())).affected == 0
    await driver.close()


async def test_values_come_back(driver: AnyDriver) -> None:
    if driver.dialect == "sqlite":
        values: list[object] = [b"\0\xff'", 1.5, None, 2**62]
        types = ["BLOB", "REAL", "TEXT", "INTEGER"]
    elif driver.dialect == "postgres":
        moment = datetime.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=datetime.UTC)
        values = [b"\0\xff'", 1.5, None, 2**62, moment, decimal.Decimal("1.50"), '{"a": [1, "%"]}']
        types = ["BYTEA", "FLOAT8", "TEXT", "INT8", "TIMESTAMPTZ", "NUMERIC(5, 2)", "JSONB"]
    else:
        naive = datetime.datetime(2024, 2, 29, 1, 2, 3, 4)
        values = [b"\0\xff'", 1.5, None, 2**62, naive, decimal.Decimal("1.50"), datetime.timedelta(hours=-3)]
        types = ["BLOB", "DOUBLE", "TEXT", "BIGINT", "DATETIME(6)", "DECIMAL(5, 2)", "TIME"]
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(types))
    await driver.execute(f"CREATE TABLE every ({columns})", ())
    await driver.execute(spelled(driver, f"INSERT INTO every VALUES ({', '.join('?' * len(values))})"), values)
    (row,) = await driver.fetch("SELECT * FROM every", ())
    assert list(row) == values
    assert [type(value) for value in row] == [type(value) for value in values]


@pytest.mark.parametrize("value", [{"a": 1}, {1, 2}, object()])
async def test_no_driver_binds_containers_by_accident(driver: AnyDriver, value: object) -> None:
    with pytest.raises(OperationalError):
        await driver.execute(spelled(driver, "INSERT INTO team (name) VALUES (?)"), [value])


async def test_many_at_once_are_all_or_none(driver: AnyDriver) -> None:
    insert = spelled(driver, "INSERT INTO team (name, score) VALUES (?, ?)")
    await driver.execute_many(insert, [(f"t{number}", number) for number in range(500)])
    with pytest.raises(OperationalError):
        await driver.execute_many(insert, [("new", 1), ("t1", 1)])
    update = spelled(driver, "UPDATE team SET score = ? WHERE name = ?")
    await driver.execute_many(update, [(7, "t1"), (8, "t2")])
    with pytest.raises(OperationalError):
        await driver.execute_many(update, [(9, "t1"), (1000, "t2")])
    ((total, new),) = await driver.fetch(
        "SELECT count(*), sum(CASE WHEN name = 'new' THEN 1 ELSE 0 END) FROM team WHERE name <> 'counter'", ()
    )
    rows = await driver.fetch("SELECT score FROM team WHERE name IN ('t1', 't2') ORDER BY name", ())
    assert (total, new, [row[0] for row in rows]) == (500, 0, [7, 8])


async def test_many_of_nothing(driver: AnyDriver) -> None:
    await driver.execute_many(spelled(driver, "INSERT INTO team (name) VALUES (?)"), [])


async def test_long_inserts_are_sent_in_parts(mysql_url: str) -> None:
    driver = make_driver(mysql_url)
    await driver.execute("CREATE TABLE t (id INT PRIMARY KEY, text LONGTEXT)", ())
    await driver.execute_many("INSERT INTO t VALUES (%s, %s)", [(number, "x" * 300_000) for number in range(10)])
    ((total, length),) = await driver.fetch("SELECT count(*), sum(length(text)) FROM t", ())
    assert (total, length) == (10, 3_000_000)
    await driver.close()


async def test_scripts_hold_semicolons(driver: AnyDriver) -> None:
    await driver.script(
        """
        -- a comment; with a semicolon
        INSERT INTO team (name) VALUES ('a;b');
        INSERT INTO team (name) VALUES ('100%');
        """
    )
    rows = await driver.fetch("SELECT name FROM team WHERE name <> 'counter' ORDER BY name", ())
    assert sorted(row[0] for row in rows) == ["100%", "a;b"]


async def test_a_script_in_a_transaction_does_not_commit_it(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    await transaction.script("INSERT INTO team (name) VALUES ('a;1'); INSERT INTO team (name) VALUES ('b');")
    assert len(await transaction.fetch("SELECT 1 FROM team", ())) == 3
    await transaction.rollback()
    assert len(await driver.fetch("SELECT 1 FROM team", ())) == 1


async def test_a_failed_script_raises(driver: AnyDriver) -> None:
    with pytest.raises(OperationalError):
        await driver.script("INSERT INTO team (name) VALUES ('a'); INSERT INTO nowhere VALUES (1);")


async def test_triggers_are_one_statement(sqlite_url: str) -> None:
    driver = make_driver(sqlite_url)
    await driver.script(
        """CREATE TABLE t (a); CREATE TABLE log (a);
        CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); INSERT INTO log VALUES (';'); END;
        INSERT INTO t VALUES (1)"""
    )
    assert await driver.fetch("SELECT a FROM log", ()) == [(1,), (";",)]
    await driver.close()


@pytest.mark.parametrize("sql", ["BEGIN", "BEGIN; INSERT INTO team (name) VALUES ('a')"])
async def test_statements_cannot_leave_a_transaction_open(driver: AnyDriver, sql: str) -> None:
    with pytest.raises(TransactionManagementError):
        await (driver.script(sql) if ";" in sql else driver.execute(sql, ()))
    assert len(await driver.fetch("SELECT 1 FROM team", ())) == 1


async def test_changes_of_a_session_do_not_stay(db_url: str) -> None:
    driver = make_driver(db_url, **({} if db_url.startswith("sqlite") else {"maxsize": 1}))
    if driver.dialect == "postgres":
        await driver.execute("SET search_path = pg_catalog", ())
        await driver.execute("SELECT pg_advisory_lock(7)", ())
        await driver.execute("CREATE TEMP TABLE mine (a INT)", ())
        await whole(driver)
        ((path, tables),) = await driver.fetch("SELECT current_setting('search_path'), to_regclass('mine')", ())
        assert ("public" in path, tables) == (True, None)
        assert await driver.fetch(ADVISORY_LOCKS, ()) == []
    elif driver.dialect == "mysql":
        await driver.execute("SET SESSION sql_mode = ''", ())
        await driver.execute("SELECT GET_LOCK('x', 1)", ())
        ((mode, lock),) = await driver.fetch("SELECT @@sql_mode, IS_FREE_LOCK('x')", ())
        assert ("STRICT" in mode, lock) == (True, 1)
    await driver.close()


async def test_streams(driver: AnyDriver) -> None:
    names = [f"t{number:04}" for number in range(2500)]
    await driver.execute_many(spelled(driver, "INSERT INTO team (name) VALUES (?)"), [(name,) for name in names])
    sql = spelled(driver, "SELECT name FROM team WHERE name <> ? ORDER BY name")
    sizes, read = [], []
    async for rows in driver.stream(sql, ["counter"], 1000):
        sizes.append(len(rows))
        read += [row[0] for row in rows]
        await driver.execute("UPDATE team SET score = 1 WHERE name = 't0001'", ())
        assert len(await driver.fetch("SELECT score FROM team WHERE score = 1", ())) == 1
    assert (sizes, read) == ([1000, 1000, 500], names)
    assert [len(rows) async for rows in driver.stream(sql, ["counter"], 2500)] == [2500]
    assert [len(rows) async for rows in driver.stream("SELECT 1 FROM hero", ())] == []


async def test_streams_in_a_transaction(driver: AnyDriver) -> None:
    transaction = await driver.begin()
    insert = spelled(driver, "INSERT INTO team (name) VALUES (?)")
    await transaction.execute_many(insert, [(f"t{number}",) for number in range(25)])
    read = 0
    async for rows in transaction.stream("SELECT id FROM team", (), 10):
        read += len(rows)
        for (key,) in rows:
            await transaction.execute(spelled(driver, "UPDATE team SET score = 1 WHERE id = ?"), [key])
    assert read == 26
    if driver.dialect != "mysql":  # which would commit
        await transaction.script("ALTER TABLE team ADD COLUMN extra INT")  # a result left open would forbid that
    await transaction.rollback()


async def test_leaving_a_stream_early(driver: AnyDriver) -> None:
    await driver.execute_many(
        spelled(driver, "INSERT INTO team (name) VALUES (?)"), [(f"t{number}",) for number in range(500)]
    )
    for _ in range(8):  # more often than there are connections
        stream: Any = driver.stream("SELECT name FROM team", (), 10)
        async for _ in stream:
            break
        await stream.aclose()
    await whole(driver)
    async for _ in driver.stream("SELECT name FROM team", (), 10):
        break  # the loop closes this one
    await asyncio.sleep(0.05)


async def test_a_stream_that_fails(driver: AnyDriver) -> None:
    for sql in ("SELECT nothing FROM team", "SELEC 1"):
        with pytest.raises(OperationalError):
            async for _ in driver.stream(sql, ()):
                pass


async def test_a_stream_does_not_take_in_everything(mysql_url: str) -> None:
    driver = make_driver(mysql_url)
    await driver.script("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, x TEXT)")
    await driver.execute_many("INSERT INTO t (x) VALUES (%s)", [("x" * 1000,) for _ in range(5000)])
    read = 0
    async for rows in driver.stream("SELECT x FROM t", (), 100):
        read += len(rows)
        await asyncio.sleep(0)
    assert read == 5000
    await driver.close()


async def test_what_is_prepared_survives_changes_of_its_tables(postgres_url: str) -> None:
    driver = make_driver(postgres_url)
    other = make_driver(postgres_url)
    try:
        await other.script("CREATE TABLE changing (id INT, value INT); INSERT INTO changing VALUES (1, 1)")
        for _ in range(2):
            assert [tuple(row) for row in await driver.fetch("SELECT * FROM changing", ())] == [(1, 1)]
        await other.script("ALTER TABLE changing ALTER value TYPE text")
        assert [tuple(row) for row in await driver.fetch("SELECT * FROM changing", ())] == [(1, "1")]
        transaction = await driver.begin()
        assert [tuple(row) for row in await transaction.fetch("SELECT * FROM changing", ())] == [(1, "1")]
        await transaction.rollback()
        await other.script("ALTER TABLE changing ALTER value TYPE int USING value::int")
        transaction = await driver.begin()
        with pytest.raises(BaseORMException):
            await transaction.fetch("SELECT * FROM changing", ())  # the server has ended the transaction already
        await transaction.rollback()
        assert [tuple(row) for row in await driver.fetch("SELECT * FROM changing", ())] == [(1, 1)]
        await whole(driver)
    finally:
        await driver.close()
        await other.close()
