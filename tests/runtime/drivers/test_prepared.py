"""Which statements stay prepared on PostgreSQL's server: long ones only where they come again."""

from driver_tools import AnyDriver, make_driver, make_tables, spelled

LONG = "SELECT length(statement) FROM pg_prepared_statements WHERE length(statement) > 15360"


def write(driver: AnyDriver, names: int) -> tuple[str, list[str]]:
    listed = ", ".join(f"'{number:040}'" for number in range(names))
    return spelled(driver, f"UPDATE team SET score = 1 WHERE name = ? OR name IN ({listed})"), ["a"]


async def test_long_statements_stay_prepared_once_they_come_again(postgres_url: str) -> None:
    driver = make_driver(postgres_url)
    await make_tables(driver)
    opened = await driver.begin()
    try:
        for names in range(400, 440):
            assert (await opened.execute(*write(driver, names))).affected == 0
        assert len(await opened.fetch(LONG, ())) == 0
        for _ in range(2):
            assert (await opened.execute(*write(driver, 439))).affected == 0
        assert len(await opened.fetch(LONG, ())) == 1
        for names in range(500, 540):
            for _ in range(3):
                assert (await opened.execute(*write(driver, names))).affected == 0
        assert len(await opened.fetch(LONG, ())) == 16
    finally:
        await opened.rollback()
        await driver.close()


async def test_statements_that_are_used_stay_prepared_and_others_are_forgotten(postgres_url: str) -> None:
    """They are found without asking asyncpg each time, which hears of their use when another one is prepared."""
    driver = make_driver(f"{postgres_url}?statement_cache_size=4&maxsize=1")
    told = "SELECT prepare_time::text, statement FROM pg_prepared_statements"
    try:
        times, found = set(), dict[str, str]()
        for number in range(20):
            for _ in range(2):
                assert (await driver.fetch("SELECT 'often'", ()))[0][0] == "often"
                assert (await driver.execute("SELECT 'as well'", ())).rows[0][0] == "as well"
            assert (await driver.fetch(f"SELECT {number}", ()))[0][0] == number
            found = {row[1]: row[0] for row in await driver.fetch(told, ())}
            assert len(found) <= 4
            times.add((found["SELECT 'often'"], found["SELECT 'as well'"]))
        assert len(times) == 1
        assert "SELECT 0" not in found
    finally:
        await driver.close()
