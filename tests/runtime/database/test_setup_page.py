"""The blocks of the set-up page that Tortoise users know, with nothing but the name of the package changed."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ormgen
from ormgen import ORM, ORMContext, run_async
from ormgen.exceptions import ConfigurationError

APP = """
from ormgen import Model, fields

class {name}(Model):
    name = fields.CharField(max_length=20)

class Unlisted(Model):
    name = fields.CharField(max_length=20)

__models__ = [{name}]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the packages `app` and `another_app`, importable and the current one."""
    for package, name in (("app", "Event"), ("another_app", "Note")):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
        (tmp_path / package / "models.py").write_text(APP.format(name=name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for module in ("app", "app.models", "another_app", "another_app.models"):
        sys.modules.pop(module, None)


def tables(path: Path) -> set[str]:
    import sqlite3

    with sqlite3.connect(path) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found - {"sqlite_sequence"}


@pytest.mark.feature(1, 14)
def test_init_and_generate_schemas(project: Path) -> None:
    async def init() -> None:
        await ORM.init(db_url="sqlite://db.sqlite3", modules={"app": ["app.models"]})
        # Generate the schema
        await ORM.generate_schemas()

    run_async(init())
    assert tables(project / "db.sqlite3") == {"event"}  # __models__ leaves the other out
    assert not ORM.is_inited()


@pytest.mark.feature(212)
def test_generate_schemas_safely(project: Path) -> None:
    async def init() -> None:
        await ORM.init(db_url="sqlite://db.sqlite3", modules={"app": ["app.models"]})
        await ORM.generate_schemas()
        event = ORM.apps["app"]["Event"]
        await event.create(name="a")
        await ORM.generate_schemas(safe=True)
        assert await event.all().count() == 1

    run_async(init())


@pytest.mark.parametrize("home", ["tortoise", "ormgen"])
@pytest.mark.feature(2, 44)
def test_config_with_two_databases(project: Path, home: str) -> None:
    config = {
        "connections": {
            "default": {
                "engine": f"{home}.backends.sqlite",
                "credentials": {"file_path": "default.sqlite3"},
            },
            "another_conn": {
                "engine": f"{home}.backends.sqlite",
                "credentials": {"file_path": "another_conn.sqlite3"},
            },
        },
        "apps": {
            "app": {"models": ["app.models"], "default_connection": "default"},
            "another_app": {"models": ["another_app.models"], "default_connection": "another_conn"},
        },
    }

    async def init() -> None:
        await ORM.init(config=config)
        await ORM.generate_schemas()
        await ORM.apps.get_model("another_app", "Note").create(name="a")

    run_async(init())
    assert tables(project / "default.sqlite3") == {"event"}
    assert tables(project / "another_conn.sqlite3") == {"note"}


@pytest.mark.feature(15)
def test_close_connections(project: Path) -> None:
    async def init() -> None:
        await ORM.init(db_url="sqlite://db.sqlite3", modules={"app": ["app.models"]})
        await ORM.generate_schemas()
        await ORM.close_connections()
        await ORM.close_connections()

    asyncio.run(init())


@pytest.mark.feature(18)
def test_run_async_gives_the_result_and_closes_after_an_error(project: Path) -> None:
    async def work(fail: bool) -> int:
        await ORM.init(db_url="sqlite://db.sqlite3", modules={"app": ["app.models"]})
        await ORM.generate_schemas()
        if fail:
            raise KeyError
        return 5

    assert run_async(work(False)) == 5
    with pytest.raises(KeyError):
        run_async(work(True))
    assert not ORM.is_inited()
    assert ormgen.run_async is run_async


@pytest.mark.feature(25)
def test_global_fallback(project: Path) -> None:
    async def start() -> None:
        await ORM.init(
            db_url="sqlite://db.sqlite3",
            modules={"models": ["app.models"]},
            _enable_global_fallback=True,
        )

    async def init() -> None:
        await asyncio.create_task(start())
        await ORM.generate_schemas()
        event = ORM.apps["models"]["Event"]
        assert await event.all().count() == 0
        with pytest.raises(ConfigurationError, match="a global fallback context is set already"):
            await start()
        assert await event.all().count() == 0
        async with ORMContext() as context:
            await context.init(db_url="sqlite://other.sqlite3", modules={"models": ["app.models"]})
            await context.generate_schemas()
            await event.create(name="a")
        assert await event.all().count() == 0
        await ORM.close_connections()
        await start()
        await ORM.close_connections()

    asyncio.run(init())
    assert not ORM.is_inited()
