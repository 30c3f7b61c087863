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
