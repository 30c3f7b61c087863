"""Odd values, odd settings and functions of users that fail: an error of ours each time, and no connection lost."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from models import columns
from models.heroes import Hero, Team
from ormgen import ORM, Q, connections, in_transaction
from ormgen.config import ORMConfig
from ormgen.drivers.url import parse_url
from ormgen.exceptions import BaseORMException, ConfigurationError, HydrationError, ValidationError

MODULES = {"models": ["models.heroes", "models.columns"]}


@pytest.fixture
async def home(db_url: str) -> AsyncIterator[str]:
    await ORM.init(db_url=db_url, modules=MODULES)
    await ORM.generate_schemas()
    yield db_url
    await ORM.close_connections()


async def whole() -> None:
    """Waits until nobody holds a connection."""
    database = connections.databases["default"]
    for _ in range(500):
        if not database.statistics().in_use:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(database.statistics())


@pytest.mark.feature(247)
async def test_a_stored_value_that_is_no_member(home: str) -> None:
    """However it is asked for; what does not read it is not disturbed."""
    made = await columns.Coloured.create(value=columns.Colour.RED)
    await connections.get("default").execute_query("UPDATE coloured SET value = 'green'")
    asked: list[Callable[[], Any]] = [
        lambda: columns.Coloured.get(id=made.id),
        lambda: columns.Coloured.all(),
        lambda: columns.Coloured.all().values("value"),
        lambda: columns.Coloured.all().values_list("id", "value"),
        lambda: columns.Coloured.all().values_list("value", flat=True),
        lambda: made.refresh_from_db(),
    ]
    for ask in asked:
        with pytest.raises(HydrationError, match=r"^Coloured\.value: the stored value 'green' cannot be read"):
            await ask()
    assert await columns.Coloured.all().values_list("id", flat=True) == [made.id]
    assert await columns.Coloured.all().update(value=columns.Colour.BLUE) == 1


@pytest.mark.parametrize("saved", [True, False])
async def test_an_instance_where_a_key_is_asked_for(home: str, saved: bool) -> None:
    team: Any = await Team.create(name="t") if saved else Team(name="t")
    with pytest.raises(BaseORMException):
        await Hero.filter(team_id=team)
    with pytest.raises(BaseORMException):
        await Hero.filter(Q(team_id=team)).delete()


async def test_json_without_an_end(home: str) -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    ring: list[Any] = []
    ring.append(ring)
    for value in (deep, ring) if sys.version_info < (3, 14) else (ring,):  # from 3.14 on depth is no matter
        with pytest.raises(ValidationError, match=r"^Document\.value: "):
            await columns.Document.create(value=value)


@pytest.mark.parametrize("watch", ["on_query", "on_transaction", "on_acquire", "on_release"])
async def test_hooks_that_fail(home: str, watch: str) -> None:
    def fail(event: object) -> None:
        raise KeyError("hook")

    getattr(ORM.hooks, watch)(fail)
    for turn in range(12):
        with contextlib.suppress(KeyError):
            await Team.create(name=str(turn))
        with contextlib.suppress(KeyError):
            async with in_transaction():
                await Hero.create(name="b")
    ORM.hooks.remove(fail)
    await whole()
    await Hero.create(name="c")


async def test_closing_while_others_write(home: str) -> None:
    tasks = [asyncio.create_task(written(number)) for number in range(20)]
    await asyncio.sleep(0.01)
    await asyncio.wait_for(ORM.close_connections(), 30)
    for told in await asyncio.gather(*tasks, return_exceptions=True):
        assert told is None or isinstance(told, BaseORMException), told


async def written(number: int) -> None:
    await Team.create(name=str(number))


SECRET = "s3cr3t"


@pytest.mark.parametrize("scheme", ["postgres", "mysql"])
@pytest.mark.parametrize("rest", [f"u:{SECRET}\ud800@127.0.0.1:1/x", f"u:{SECRET}@h/x?minsize=9&maxsize=2"])
async def test_passwords_stay_out_of_every_error(scheme: str, rest: str) -> None:
    async def count() -> None:
        await ORM.init(db_url=f"{scheme}://{rest}", modules=MODULES)
        await Hero.all().count()

    with pytest.raises(BaseORMException) as caught:
        await asyncio.wait_for(count(), 20)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    await ORM.close_connections()


URLS = """x :// sqlite: postgres postgres: postgres:// postgres://@ postgres://:@:/ postgres://h:/ postgres://h:0/
postgres://h:-1/ postgres://h:99999/ postgres://h:٣/ postgres://h/a/b postgres://h/%zz postgres://h?x postgres://h/?=
postgres://h/?a=b=c postgres://[::1 postgres://::1/ postgres://a@b@c/ POSTGRES://h/x sqlite://?x=1 postgres://h/d#frag
mysql://h,i/ postgres://,/ postgres://a:1,,b/""".split()


@pytest.mark.parametrize("url", ["", "sqlite://\0", "postgres://h\n/x", "postgres:// h/", *URLS])
def test_odd_urls(url: str) -> None:
    with contextlib.suppress(ConfigurationError):
        parse_url(url)


ONE = {"a": "sqlite://x"}
WRONG: list[Any] = [
    None,
    [],
    "x",
    {"connections": None},
    {"connections": [], "apps": []},
    {"connections": {"a": 5}, "apps": {}},
    {"connections": {"a": {"engine": 5}}, "apps": {}},
    {"connections": {"a": {"engine": "sqlite", "credentials": 5}}, "apps": {}},
    {"connections": ONE, "apps": {"m": 5}},
    {"connections": ONE, "apps": {"m": {"models": [None]}}},
    {"connections": ONE, "apps": {}, "zz": 1},
    {"connections": ONE, "apps": {}, "routers": 5},
    {"connections": ONE, "apps": {}, "timezone": 5},
    {"connections": ONE, "apps": {}, "use_tz": "x"},
    {"connections": ONE, "apps": {}, "naive_datetimes": []},
]


@pytest.mark.parametrize("data", WRONG, ids=repr)
def test_odd_settings(data: Any) -> None:
    with pytest.raises(ConfigurationError):
        ORMConfig.from_dict(data)


async def test_odd_credentials() -> None:
    wrong: list[dict[str, Any]] = [{"server_settings": "x"}, {"minsize": -1}, {"maxsize": 0}, {"minsize": "abc"}]
    for credentials in wrong:
        connection = {"engine": "ormgen.backends.asyncpg", "credentials": {"host": "127.0.0.1", **credentials}}
        with pytest.raises(ConfigurationError):
            await ORM.init({"connections": {"default": connection}, "apps": {"models": {"models": ["models.heroes"]}}})
    flag: Any = "x"
    with pytest.raises(ConfigurationError, match="use_tz"):
        await ORM.init(db_url="sqlite://:memory:", modules=MODULES, use_tz=flag)
