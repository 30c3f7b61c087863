"""Errors that real servers and files are brought to raise: class, SQLSTATE, constraint, whether to try again."""

import asyncio
import sqlite3
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncmy
import asyncpg
import pytest

from driver_tools import LONG, AnyDriver, make_driver, spelled, whole
from ormgen.exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
)

pytestmark = pytest.mark.feature(252)


def ours(error: BaseException, state: str | None, *, retryable: bool = False) -> None:
    """Nothing of a driver leaks; what it said stays in `__cause__`."""
    assert isinstance(error, OperationalError)
    assert (error.sqlstate, error.retryable) == (state, retryable), error
    assert error.__cause__ is not None
    assert not isinstance(error.__cause__, BaseORMException)


def of(driver: AnyDriver, told: Sequence[Any]) -> Any:
    """What is listed for SQLite, PostgreSQL and MariaDB, for this one."""
    return told[("sqlite", "postgres", "mysql").index(driver.dialect)]


async def refused(driver: AnyDriver, sql: str, *values: object) -> OperationalError:
    """The same error comes out of every way to run a statement, and the connection serves again."""
    found = []
    with pytest.raises(OperationalError) as caught:
        await driver.execute(spelled(driver, sql), values)
    found.append(caught.value)
    transaction = await driver.begin()
    with pytest.raises(OperationalError) as caught:
        await transaction.execute(spelled(driver, sql), values)
    found.append(caught.value)
    await transaction.rollback()
    await whole(driver)
    assert tuple((await driver.fetch("SELECT 1", ()))[0]) == (1,)
    first, second = found
    assert (type(first), first.sqlstate, first.constraint) == (type(second), second.sqlstate, second.constraint)
    return first


# statement, and the SQLSTATE on SQLite, PostgreSQL and MariaDB; None: no error there
STATEMENTS: dict[str, tuple[str, tuple[str | None, str | None, str | None]]] = {
    "no table": ("SELECT * FROM nowhere", ("42P01", "42P01", "42S02")),
    "no column": ("SELECT nowhere FROM team", ("42703", "42703", "42S22")),
    "syntax": ("SELEC 1", ("42601", "42601", "42000")),
    "no function": ("SELECT nowhere(1)", ("42883", "42883", "42000")),
    "table is there": ("CREATE TABLE team (id INT)", ("42P07", "42P07", "42S01")),
    "division by zero": ("INSERT INTO team (name, score) VALUES ('a', 1 / 0)", (None, "22012", "22012")),
    "too long": ("INSERT INTO team (name) VALUES ('" + "x" * 51 + "')", (None, "22001", "22001")),
    "out of range": ("INSERT INTO team (name, score) VALUES ('a', 99999999999)", ("23514", "22003", "22003")),
    "no number": ("INSERT INTO team (name, score) VALUES ('a', 'x')", ("23514", "22P02", "22018")),
    "no savepoint": ("ROLLBACK TO SAVEPOINT nowhere", ("3B001", "25P01", "42000")),
}


@pytest.mark.parametrize("case", STATEMENTS)
async def test_statements(driver: AnyDriver, case: str) -> None:
    sql, states = STATEMENTS[case]
    state = of(driver, states)
    if state is None or case == "no savepoint" or (case == "table is there" and driver.dialect == "mysql"):
        return await outside(driver, sql, state)  # MariaDB has no tables made inside a transaction
    error = await refused(driver, sql)
    ours(error, state)
    assert not isinstance(error, DBConnectionError)


async def outside(driver: AnyDriver, sql: str, state: str | None) -> None:
    if state is None:
        await driver.execute(sql, ())
        return
    with pytest.raises(OperationalError) as caught:
        await driver.execute(sql, ())
    ours(caught.value, state)


VALUES: list[tuple[object, tuple[str, str, str]]] = [
    (2**70, ("22003", "22000", "22003")),
    ("\ud800", ("22021", "22000", "22021")),
    (object(), ("22023", "22000", "22023")),
]


@pytest.mark.parametrize(("value", "states"), VALUES, ids=["number", "surrogate", "object"])
async def test_values_that_cannot_be_sent(driver: AnyDriver, value: object, states: tuple[str, str, str]) -> None:
    state = of(driver, states)
    column = "score" if isinstance(value, int) else "name"
    error = await refused(driver, f"UPDATE team SET {column} = ?", value)
    ours(error, state)


CONSTRAINTS: dict[str, tuple[str, str, tuple[str | None, str | None, str | None]]] = {
    "unique": ("INSERT INTO team (name) VALUES ('counter')", "23505", ("team.name", "team_name_key", "name")),
    "primary key": ("INSERT INTO team (id, name) VALUES (1, 'b')", "23505", ("team.id", "team_pkey", "PRIMARY")),
    "not null": ("INSERT INTO team (name) VALUES (NULL)", "23502", ("team.name", "team.name", "name")),
    "check": ("UPDATE team SET score = 1000", "23514", ("score_range", "score_range", "score_range")),
    "foreign key": ("INSERT INTO hero (team_id) VALUES (99)", "23503", (None, "hero_team", "hero_team")),
    "referenced": ("DELETE FROM team", "23503", (None, "hero_team", "hero_team")),
}


@pytest.mark.parametrize("kind", CONSTRAINTS)
async def test_constraints(driver: AnyDriver, kind: str) -> None:
    sql, state, names = CONSTRAINTS[kind]
    await driver.execute("INSERT INTO hero (team_id) VALUES (1)", ())
    error = await refused(driver, sql)
    assert isinstance(error, IntegrityError)
    ours(error, state)
    assert error.constraint == of(driver, names)


async def test_exclusion_constraints(postgres_url: str) -> None:
    driver = make_driver(postgres_url)
    await driver.script("CREATE TABLE stay (at int4range, CONSTRAINT alone EXCLUDE USING gist (at WITH &&))")
    await driver.execute("INSERT INTO stay VALUES ('[1,5)')", ())
    error = await refused(driver, "INSERT INTO stay VALUES ('[3,9)')")
    assert isinstance(error, IntegrityError)
    assert (error.sqlstate, error.constraint) == ("23P01", "alone")
    await driver.close()


async def test_statements_that_take_too_long(db_url: str, driver: AnyDriver) -> None:
    limits: dict[str, list[dict[str, Any]]] = {
        "sqlite": [{"command_timeout": 0.2}],
        "postgres": [{"server_settings": {"statement_timeout": "100"}}, {"command_timeout": 0.2}],
        "mysql": [{"init_command": "SET max_statement_time = 0.1"}, {"command_timeout": 0.2}],
    }
    for options in limits[driver.dialect]:
        hasty = make_driver(db_url, **options)
        with pytest.raises(OperationalError) as caught:
            await hasty.execute(LONG[driver.dialect], ())
        ours(caught.value, "57014")
        assert not isinstance(caught.value, DBConnectionError)
        await whole(hasty)
        assert tuple((await hasty.fetch("SELECT 1", ()))[0]) == (1,)
        await hasty.close()


async def test_a_session_that_an_administrator_ends(driver: AnyDriver) -> None:
    if driver.dialect == "sqlite":
        return
    ask, end = {
        "postgres": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
        "mysql": ("SELECT CONNECTION_ID()", "KILL {}"),
    }[driver.dialect]
    transaction = await driver.begin()
    ((session,),) = await transaction.fetch(ask, ())
    await driver.execute(end.format(session), ())
    await asyncio.sleep(0.2)
    with pytest.raises(DBConnectionError) as caught:
        await transaction.fetch("SELECT 1", ())
    assert caught.value.sqlstate in ("57P01", "08003", "08006", "70100", "08S01")
    with pytest.raises(BaseORMException):
        await transaction.commit()
    await whole(driver)
    assert tuple((await driver.fetch("SELECT 1", ()))[0]) == (1,)


async def test_too_many_connections(postgres_url: str, mysql_url: str) -> None:
    """A user who may have one connection, so that the server's other users are left in peace."""
    name = urlsplit(postgres_url).path[1:].replace("ormgen_test", "guest")
    owner = await asyncpg.connect(postgres_url)
    other = await asyncmy.connect(host="127.0.0.1", port=urlsplit(mysql_url).port or 3306, user="root", autocommit=True)
    cursor = other.cursor()
    await owner.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 1")
    await cursor.execute(f"CREATE USER {name}@'%' WITH MAX_USER_CONNECTIONS 1")
    try:
        for url in (postgres_url, mysql_url):
            login = urlsplit(url)._replace(netloc=f"{name}@{urlsplit(url).netloc.rpartition('@')[2]}")
            if url is mysql_url:
                login = login._replace(path="/")
            first, second = [make_driver(login.geturl(), maxsize=1) for _ in range(2)]
            transaction = await first.begin()
            with pytest.raises(DBConnectionError) as caught:
                await second.fetch("SELECT 1", ())
            ours(caught.value, "53300", retryable=True)
            await transaction.rollback()
            await first.close()
            await second.close()
    finally:
        await asyncio.sleep(0.1)
        await owner.execute(f"DROP ROLE {name}")
        await cursor.execute(f"DROP USER {name}@'%'")
        await owner.close()
        other.close()


async def test_logins(postgres_url: str, mysql_url: str) -> None:
    """Who and what is not known, and never the password."""
    wrong: list[tuple[str, dict[str, Any], set[str]]] = [
        (postgres_url, {"database": "no_such_database"}, {"3D000"}),
        (postgres_url, {"user": "no_such_user", "password": "secret-word"}, {"28000", "28P01"}),
        (mysql_url, {"database": "no_such_database"}, {"3D000"}),
        (mysql_url, {"user": "no_such_user", "password": "secret-word"}, {"28000"}),
        (mysql_url, {"password": "secret-word"}, {"28000"}),
    ]
    for url, options, states in wrong:
        driver = make_driver(url, **options)
        with pytest.raises(DBConnectionError) as caught:
            await driver.fetch("SELECT 1", ())
        assert caught.value.sqlstate in states
        assert not caught.value.retryable
        assert "secret-word" not in f"{caught.value!r} {caught.value.__cause__!r} {driver!r}"
        await driver.close()
    for url in (postgres_url, mysql_url):
        driver = make_driver(url, host="no-such-host.invalid", timeout=5)
        with pytest.raises(DBConnectionError) as caught:
            await driver.fetch("SELECT 1", ())
        assert caught.value.sqlstate in ("08001", "08006")
        await driver.close()


async def test_tls_that_the_server_does_not_speak(postgres_url: str, mysql_url: str) -> None:
    plain = await asyncpg.connect(postgres_url)
    speaks = await plain.fetchval("SHOW ssl") == "on"
    await plain.close()
    for url in (postgres_url, mysql_url):
        if url is postgres_url and speaks:
            continue
        driver = make_driver(url, ssl=ssl.create_default_context())
        with pytest.raises(BaseORMException) as caught:
            await driver.fetch("SELECT 1", ())
        assert isinstance(caught.value, DBConnectionError), caught.value
        await driver.close()


async def test_a_text_longer_than_a_server_takes(mysql_url: str) -> None:
    driver = make_driver(mysql_url)
    ((limit,),) = await driver.fetch("SELECT @@max_allowed_packet", ())
    error = None
    try:
        await driver.execute("SELECT LENGTH(%s)", ("x" * (limit + 100),))
    except OperationalError as caught:
        error = caught
    assert error is not None
    assert error.sqlstate in ("54000", "08S01", "08006")
    assert not error.retryable
    assert tuple((await driver.fetch("SELECT 1", ()))[0]) == (1,)
    await whole(driver)
    await driver.close()


async def full(path: Path) -> tuple[AnyDriver, str]:
    driver = make_driver(f"sqlite://{path}", max_page_count=20)
    await driver.script("CREATE TABLE t (text TEXT)")
    return driver, "INSERT INTO t VALUES (hex(randomblob(200000)))"


async def read_only_file(path: Path) -> tuple[AnyDriver, str]:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (text TEXT)")
    connection.close()
    return make_driver(f"sqlite://file:{path}?mode=ro".replace("?", "%3F")), "INSERT INTO t VALUES ('x')"


async def broken(path: Path) -> tuple[AnyDriver, str]:
    """A file with a good beginning."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (text TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,) for _ in range(100)])
    connection.close()
    with open(path, "r+b") as file:  # noqa: ASYNC230
        file.seek(4096)
        file.write(b"\xff" * 8192)
    return make_driver(f"sqlite://{path}"), "SELECT count(*), max(text) FROM t"


FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "full": (full, "53100"),
    "read only": (read_only_file, "25006"),
    "broken": (broken, "XX001"),
}


@pytest.mark.parametrize("kind", FILES)
async def test_files(tmp_path: Path, kind: str) -> None:
    make, state = FILES[kind]
    driver, sql = await make(tmp_path / "file.sqlite3")
    for run in (driver.execute, driver.execute):
        with pytest.raises(OperationalError) as caught:
            await run(sql, ())
        ours(caught.value, state)
    assert tuple((await driver.fetch("SELECT 1", ()))[0]) == (1,)
    await driver.close()


async def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_bytes(b"no database, and long enough to be seen as none" * 10)
    for name in ("folder", "text", "no/such/folder/file"):
        driver = make_driver(f"sqlite://{tmp_path / name}")
        with pytest.raises(DBConnectionError) as caught:
            await driver.fetch("SELECT 1", ())
        ours(caught.value, "08001")
        assert str(tmp_path / name) in str(caught.value)
        await driver.close()


async def test_settings_that_a_driver_refuses(postgres_url: str) -> None:
    driver = make_driver(postgres_url, ssl="nonsense")
    with pytest.raises(ConfigurationError):
        await driver.fetch("SELECT 1", ())
    await driver.close()
