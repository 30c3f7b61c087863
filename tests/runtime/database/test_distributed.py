"""Distributed engines that speak PostgreSQL's protocol, emulated: what they cannot do is known, and done without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from driver_tools import make_driver
from emulated import emulated
from migrating import Project
from models.far import Account, Entry
from ormgen import ORM, F, Model, connections, fields, in_transaction, run_transaction
from ormgen.exceptions import OperationalError, UnSupportedError
from ormgen.transactions import on_commit

pytestmark = pytest.mark.feature(32, only="postgres")

ENGINES = {
    "cockroachdb": {"version": "26.3.1", "transactional_ddl": False, "advisory_locks": False, "deferrable": False,
                    "serial_is_int4": False, "skip_locked": True, "savepoints": True},
    "yugabytedb": {"version": "15.12", "transactional_ddl": False, "advisory_locks": False, "deferrable": True,
                   "serial_is_int4": True, "skip_locked": True, "savepoints": True},
    "citus": {"version": "16.4", "transactional_ddl": True, "advisory_locks": True, "deferrable": True,
              "serial_is_int4": True, "skip_locked": True, "savepoints": True},
    "redshift": {"version": "8.0.2", "transactional_ddl": False, "advisory_locks": False, "deferrable": False,
                 "serial_is_int4": False, "skip_locked": False, "savepoints": False},
}  # fmt: skip
DISTRIBUTED = ["cockroachdb", "yugabytedb", "citus"]


@pytest.mark.parametrize("product", ENGINES)
async def test_what_an_engine_tells(postgres_url: str, product: str) -> None:
    async with emulated(postgres_url, product) as url:
        driver = make_driver(url)
        await driver.fetch("SELECT 1", ())
        assert (driver.facts.product, driver.facts.pooled) == (product, False)
        for name, value in ENGINES[product].items():
            assert getattr(driver.facts, name) == value, name
        await driver.close()


@pytest.fixture(params=DISTRIBUTED)
async def engine(request: pytest.FixtureRequest, postgres_url: str) -> AsyncIterator[str]:
    """The tables of two models on an engine, which is the parameter."""
    async with emulated(postgres_url, request.param) as url:
        await ORM.init(db_url=url, modules={"models": ["models.far"]})
        await ORM.generate_schemas()
        await ORM.generate_schemas()
        if request.param == "cockroachdb":
            await connections.get("default").execute_script(
                "ALTER TABLE account ALTER COLUMN id DROP IDENTITY IF EXISTS;"
            )
            await connections.get("default").execute_script(
                "ALTER TABLE account ALTER COLUMN id SET DEFAULT emulated.unique_rowid()"
            )
        yield request.param
        await ORM.close_connections()


async def failing_at_commit(times: int) -> None:
    await connections.get("default").execute_script(
        f"CREATE CONSTRAINT TRIGGER restarted AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW EXECUTE FUNCTION emulated.restart({times})"
    )


async def test_rows(engine: str) -> None:
    accounts = [await Account.create(name=f"a{number}") for number in range(5)]
    made = await Account.bulk_create([Account(name=f"b{number}") for number in range(20)])
    if engine == "cockroachdb":
        assert min(account.id for account in accounts) > 2**32
    for account in [*accounts, *made]:
        assert (await Account.get(id=account.id)).name == account.name
        await Entry.create(account=account, amount=1)
    assert len(await Account.filter(id__in=[account.id for account in made])) == 20
    loaded = await Account.all().prefetch_related("entries").order_by("name")
    assert [len(account.entries) for account in loaded] == [1] * 25
    async with in_transaction():
        with suppress(KeyError):
            async with in_transaction():
                await Account.all().update(amount=9)
                raise KeyError
        assert not await Account.filter(amount=9).exists()
        assert len(await Account.all().select_for_update(skip_locked=True)) == 25


async def test_a_commit_that_fails_is_run_again(engine: str) -> None:
    account = await Account.create(name="a")
    await failing_at_commit(3)
    tried, done = [], []

    async def add(connection: Any) -> None:
        tried.append(1)
        on_commit(lambda: done.append(1))
        await Account.filter(id=account.id).update(amount=F("amount") + 1)

    with pytest.raises(OperationalError) as caught:
        async with in_transaction() as connection:
            await add(connection)
    assert (caught.value.sqlstate, caught.value.retryable) == ("40001", True)
    await run_transaction(add, retries=3)
    assert (len(tried), done) == (4, [1])
    await account.refresh_from_db()
    assert account.amount == 1


async def test_nothing_is_lost_under_contention(engine: str) -> None:
    account = await Account.create(name="a")

    async def add(connection: Any) -> None:
        found = await Account.get(id=account.id)
        found.amount += 1
        await found.save()

    work = [run_transaction(add, retries=50, isolation="serializable") for _ in range(12)]
    await asyncio.gather(*(asyncio.create_task(each) for each in work))
    await account.refresh_from_db()
    assert account.amount == 12


async def test_deferrable_transactions(engine: str) -> None:
    if ENGINES[engine]["deferrable"]:
        async with in_transaction(isolation="serializable", read_only=True, deferrable=True):
            assert await Account.all().count() == 0
        return
    with pytest.raises(UnSupportedError, match="on PostgreSQL only, not on cockroachdb"):
        await in_transaction(isolation="serializable", read_only=True, deferrable=True).__aenter__()


async def test_keys_that_would_not_fit_are_refused(postgres_url: str) -> None:
    async with emulated(postgres_url, "cockroachdb") as url:
        await ORM.init(db_url=url, modules={"models": ["models.heroes"]})
        with pytest.raises(UnSupportedError, match=r"make .*Team\.id.* a BigIntField or a UUIDField"):
            await ORM.generate_schemas()
        await ORM.close_connections()


async def test_transactions_that_cannot_be_nested(postgres_url: str) -> None:
    async with emulated(postgres_url, "redshift") as url:
        await ORM.init(db_url=url, modules={"models": ["models.far"]})
        async with in_transaction():
            with pytest.raises(UnSupportedError, match="has no savepoints"):
                await in_transaction().__aenter__()
        await ORM.close_connections()


class Before(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=20)

    class Meta:
        table = "moved"


@pytest.mark.parametrize("product", DISTRIBUTED)
async def test_migrations_of_several_processes(postgres_url: str, tmp_path: Path, product: str) -> None:
    """Each change happens once, although there are no advisory locks and a transaction takes one schema change."""
    async with emulated(postgres_url, product) as url:
        project = Project(tmp_path, url)
        schema = Before.__model__.schema
        assert schema is not None
        project.generate([schema.in_app("models")])
        done = await asyncio.gather(*(project.upgrade() for _ in range(4)))
        assert sorted(len(each) for each in done) == [0, 0, 0, 1]
        driver = make_driver(url)
        assert (await driver.fetch("SELECT count(*) FROM moved", ()))[0][0] == 0
        await driver.close()
