"""What the databases refuse, as exceptions of ormgen."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from driver_tools import INCREMENT, AnyDriver, make_driver, spelled, whole
from ormgen.exceptions import BaseORMException, DBConnectionError, IntegrityError, OperationalError

VIOLATIONS = [
    ("INSERT INTO team (name) VALUES ('counter')", "23505"),
    ("INSERT INTO team (name) VALUES (NULL)", "23502"),
    ("INSERT INTO team (name, score) VALUES ('a', 1000)", "23514"),
    ("INSERT INTO hero (team_id) VALUES (99)", "23503"),
]


@pytest.mark.parametrize(("sql", "state"), VIOLATIONS)
@pytest.mark.feature(252)
async def test_constraints(driver: AnyDriver, sql: str, state: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        await driver.execute(sql, ())
    error = caught.value
    assert (error.sqlstate, error.retryable) == (state, False)
    assert error.__cause__ is not None
    assert not isinstance(error.__cause__, BaseORMException)
    if state == "23514":
        assert error.constraint == "score_range"
    if state == "23503" and driver.dialect != "sqlite":
        assert error.constraint == "hero_team"
    if state == "23505":
        assert error.constraint == {"sqlite": "team.name", "postgres": "team_name_key", "mysql": "name"}[driver.dialect]


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM nowhere", "SELECT nothing FROM team", "SELECT 1; SELECT"])
async def test_statements_that_make_no_sense(driver: AnyDriver, sql: str) -> None:
    for attempt in (driver.fetch, driver.execute):
        with pytest.raises(OperationalError) as caught:
            await attempt(sql, ())
        assert not isinstance(caught.value, IntegrityError | DBConnectionError)
        assert not caught.value.retryable
        assert caught.value.__cause__ is not None
    assert driver.size == driver.idle


@pytest.mark.parametrize("count", [0, 2])
async def test_wrong_number_of_parameters(driver: AnyDriver, count: int) -> None:
    with pytest.raises(OperationalError):
        await driver.fetch(spelled(driver, "SELECT name FROM team WHERE name = ?"), ["x"] * count)


@pytest.mark.parametrize("value", [2**70, "\ud800", object()])
async def test_values_that_do_not_fit(driver: AnyDriver, value: object) -> None:
    with pytest.raises(OperationalError):
        await driver.execute(spelled(driver, "INSERT INTO team (score, name) VALUES (?, 'a')"), [value])


async def test_a_lock_that_is_not_to_be_had(db_url: str, driver: AnyDriver) -> None:
    limits: dict[str, dict[str, Any]] = {
        "sqlite": {"busy_timeout": 50},
        "postgres": {"server_settings": {"lock_timeout": "50"}},
        "mysql": {"init_command": "SET innodb_lock_wait_timeout = 1"},
    }
    other = make_driver(db_url, **limits[driver.dialect])
    transaction = await driver.begin()
    await transaction.execute(INCREMENT, ())
    with pytest.raises(OperationalError) as caught:
        await other.execute(INCREMENT, ())
    assert caught.value.retryable
    assert caught.value.sqlstate == "55P03"
    await transaction.rollback()
    await other.execute(INCREMENT, ())
    await other.close()


@pytest.mark.feature(252)
async def test_deadlocks_are_retryable_and_end_the_transaction(db_url: str, driver: AnyDriver) -> None:
    if driver.dialect == "sqlite":
        return  # has one writer
    await driver.execute("INSERT INTO team (name) VALUES ('a'), ('b')", ())
    first, second = await driver.begin(), await driver.begin()
    await first.execute("UPDATE team SET score = 1 WHERE name = 'a'", ())
    await second.execute("UPDATE team SET score = 2 WHERE name = 'b'", ())
    results = await asyncio.gather(
        first.execute("UPDATE team SET score = 1 WHERE name = 'b'", ()),
        second.execute("UPDATE team SET score = 2 WHERE name = 'a'", ()),
        return_exceptions=True,
    )
    (failed,) = [result for result in results if isinstance(result, BaseException)]
    assert isinstance(failed, OperationalError)
    assert (failed.retryable, failed.sqlstate) == (True, "40P01")
    victim, winner = (first, second) if results[0] is failed else (second, first)
    with pytest.raises(BaseORMException):
        await victim.execute(INCREMENT, ())
    with pytest.raises(BaseORMException, match="rolled"):
        await victim.commit()
    await winner.commit()
    ((counter,),) = await driver.fetch("SELECT score FROM team WHERE name = 'counter'", ())
    assert counter == 0


async def test_serialization_failures_are_retryable(postgres_url: str) -> None:
    driver = make_driver(postgres_url)
    await driver.script("CREATE TABLE t (a INT); INSERT INTO t VALUES (1)")
    first, second = [await driver.begin(isolation="serializable") for _ in range(2)]
    await first.fetch("SELECT a FROM t", ())
    await second.fetch("SELECT a FROM t", ())
    await first.execute("UPDATE t SET a = 2", ())
    await first.commit()
    with pytest.raises(OperationalError) as caught:
        await second.execute("UPDATE t SET a = 3", ())
    assert (caught.value.retryable, caught.value.sqlstate) == (True, "40001")
    await second.rollback()
    await driver.close()


async def test_commit_errors_are_translated(postgres_url: str) -> None:
    driver = make_driver(postgres_url)
    await driver.script("CREATE TABLE t (a INT UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1)")
    transaction = await driver.begin()
    await transaction.execute("INSERT INTO t VALUES (1)", ())
    with pytest.raises(IntegrityError) as caught:
        await transaction.commit()
    assert caught.value.constraint == "t_a_key"
    await whole(driver)
    await driver.close()


async def test_commit_errors_on_sqlite_undo_the_transaction(sqlite_url: str) -> None:
    driver = make_driver(sqlite_url)
    await driver.script(
        "CREATE TABLE t (id INTEGER PRIMARY KEY);CREATE TABLE u (t INT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    transaction = await driver.begin()
    await transaction.execute("INSERT INTO u VALUES (5)", ())
    with pytest.raises(IntegrityError):
        await transaction.commit()
    assert await driver.fetch("SELECT * FROM u", ()) == []
    again = await driver.begin()
    await again.rollback()
    await driver.close()


UNREACHABLE = [
    "postgres://nobody:secret-word@127.0.0.1:1/test",
    "mysql://nobody:secret-word@127.0.0.1:1/test",
    "postgres://postgres:secret-word@127.0.0.1:5432/no_such_database",
    "mysql://nobody:secret-word@127.0.0.1:3306/test",
    "sqlite:///no/such/folder/at.all",
]


@pytest.mark.parametrize("url", UNREACHABLE)
@pytest.mark.feature(43)
async def test_databases_that_cannot_be_reached(url: str) -> None:
    driver = make_driver(url)
    for attempt in (driver.open(), driver.fetch("SELECT 1", ()), driver.begin()):
        with pytest.raises(DBConnectionError) as caught:
            await attempt
        assert isinstance(caught.value, ConnectionError)
        assert "secret-word" not in f"{caught.value!r} {caught.value} {driver!r}"
    assert driver.size == 0
    await driver.close()


@pytest.mark.feature(48)
async def test_passwords_of_any_letters() -> None:
    async def later() -> str:
        return "pä€ß;%"

    for password in ("pä€ß;%", lambda: "pä€ß;%", later):
        driver = make_driver("mysql://nobody@127.0.0.1:3306/test", password=password)
        with pytest.raises(DBConnectionError) as caught:
            await driver.open()
        assert "pä" not in str(caught.value)
        await driver.close()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "text"
    await asyncio.to_thread(path.write_bytes, b"no database, and long enough to be seen as none" * 10)
    driver = make_driver(f"sqlite://{path}")
    with pytest.raises(DBConnectionError, match="not a database"):
        await driver.open()
