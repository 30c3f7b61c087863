"""Tracebacks that show local variables tell no password, whichever way it was given and whatever failed."""

import io
import json
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

from models.heroes import Team
from ormgen import ORM, connections
from ormgen.backends.base.config_generator import expand_db_url, generate_config
from ormgen.config import ConnectionConfig, DBUrlConfig, ORMConfig
from ormgen.context import ORMContext
from ormgen.contrib.starlette import RegisterORM
from ormgen.drivers.mysql import MysqlDriver
from ormgen.drivers.postgres import PostgresDriver
from ormgen.exceptions import BaseORMException, DBConnectionError
from own_postgres import OwnPostgres

HIDDEN = "hush" * 25  # longer than what rich shows of a text before it cuts
MODULES = {"models": ["models.heroes"]}
SCHEMES = {"postgres": "asyncpg", "mysql": "mysql"}
NOBODY = 9  # a port at which nothing listens


def url(scheme: str, more: str = "") -> str:
    return f"{scheme}://ann:{HIDDEN}@127.0.0.1:{NOBODY}/shop{more}"


def settings(connection: Any) -> dict[str, Any]:
    return {"connections": {"default": connection}, "apps": {"models": {"models": ["models.heroes"]}}}


def credentials(scheme: str, **more: Any) -> dict[str, Any]:
    parts = {"host": "127.0.0.1", "port": NOBODY, "user": "ann", "password": HIDDEN, "database": "shop"}
    return {"engine": f"ormgen.backends.{SCHEMES[scheme]}", "credentials": {**parts, **more}}


def in_a_file(folder: Path, connection: Any) -> str:
    path = folder / "settings.json"
    path.write_text(json.dumps(settings(connection)))
    return str(path)


def shown(error: BaseException) -> str:
    """What a log with local variables would hold: that of Python, and that of rich."""
    console = Console(file=io.StringIO(), width=200)
    rich = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True, locals_max_string=40)
    console.print(rich)
    plain = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert isinstance(console.file, io.StringIO)
    return "".join(plain.format()) + console.file.getvalue()


def tells(error: BaseException) -> bool:
    return HIDDEN[:8] in shown(error)


GIVEN: dict[str, Callable[[str, Path], Awaitable[Any]]] = {
    "a URL": lambda scheme, _: ORM.init(db_url=url(scheme), modules=MODULES),
    "a URL with options": lambda scheme, _: ORM.init(
        db_url=f"{scheme}://127.0.0.1:{NOBODY}/shop?user=ann&password={HIDDEN}", modules=MODULES
    ),
    "a URL in settings": lambda scheme, _: ORM.init(settings(url(scheme))),
    "credentials": lambda scheme, _: ORM.init(config=settings(credentials(scheme))),
    "typed": lambda scheme, _: ORM.init(ORMConfig.from_dict(settings(ConnectionConfig(**credentials(scheme))))),
    "a typed URL": lambda scheme, _: ORM.init(ORMConfig.from_dict(settings(DBUrlConfig(url(scheme))))),
    "a file": lambda scheme, folder: ORM.init(config_file=in_a_file(folder, credentials(scheme))),
    "generated": lambda scheme, _: ORM.init(generate_config(url(scheme), {"models": ["models.heroes"]})),
    "registered": lambda scheme, _: RegisterORM(db_url=url(scheme), modules=MODULES).init_orm(),
    "expanded": lambda scheme, _: ORM.init(settings(expand_db_url(url(scheme)))),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("way", GIVEN)
async def test_a_server_that_does_not_answer(scheme: str, way: str, tmp_path: Path) -> None:
    await GIVEN[way](scheme, tmp_path)
    with pytest.raises(DBConnectionError) as caught:
        await Team.all()
    await ORM.close_connections()
    assert not tells(caught.value)
    assert "cannot connect to" in shown(caught.value)


WRONG: dict[str, Callable[[Path], Any]] = {
    "an option": lambda _: ORM.init(db_url=url("postgres", "?minsize=x"), modules=MODULES),
    "an option twice": lambda _: ORM.init(db_url=url("mysql", f"?password={HIDDEN}&password=x"), modules=MODULES),
    "an unknown option": lambda _: ORM.init(settings(credentials("mysql", colour="red"))),
    "a pool": lambda _: ORM.init(settings(credentials("postgres", minsize=5, maxsize=1))),
    "a port": lambda _: ORM.init(db_url=f"postgres://ann:{HIDDEN}@127.0.0.1:x/shop", modules=MODULES),
    "a slash": lambda _: ORM.init(db_url=f"postgres://ann:x/{HIDDEN}@127.0.0.1/shop", modules=MODULES),
    "an app": lambda _: ORM.init({**settings(credentials("postgres")), "apps": 1}),
    "a scheme": lambda _: ORM.init(db_url=url("moo"), modules=MODULES),
    "a module": lambda _: ORM.init(db_url=url("postgres"), modules={"models": ["models.nowhere"]}),
    "a file": lambda folder: ORM.init(config_file=in_a_file(folder, credentials("mysql", port="x"))),
    "a context": lambda _: ORMContext().init(db_url=url("mysql", "?readers=1"), modules=MODULES),
    "a driver": lambda _: PostgresDriver(password=HIDDEN, colour="red"),
    "another driver": lambda _: MysqlDriver(password=f"{HIDDEN}\ud800"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_configuration_that_is_wrong(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(BaseORMException) as caught:
        await WRONG[wrong](tmp_path)
    assert not tells(caught.value)


async def test_a_password_that_is_wrong(mysql_url: str) -> None:
    place = mysql_url.rpartition("@")[2]
    await ORM.init(db_url=f"mysql://nobody_of_this_name:{HIDDEN}@{place}", modules=MODULES)
    with pytest.raises(DBConnectionError) as caught:
        await Team.all()
    await ORM.close_connections()
    assert not tells(caught.value)


async def test_scram_takes_the_right_password_only() -> None:
    """The driver of PostgreSQL takes nothing but plain text for SCRAM; a wrong one is shown nowhere."""
    with OwnPostgres.new() as server:
        await ORM.init(db_url=server.url, modules=MODULES)
        await connections.get("default").execute_script(f"CREATE ROLE ann LOGIN SUPERUSER PASSWORD '{HIDDEN}'")
        await ORM.close_connections()
        (server.data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        server.run("pg_ctl", "-D", str(server.data), "reload")
        place = f"127.0.0.1:{server.port}/postgres"
        await ORM.init(db_url=f"postgres://ann:{HIDDEN}@{place}", modules=MODULES)
        await ORM.generate_schemas()
        await Team.create(name="a")
        await ORM.close_connections()
        await ORM.init(db_url=f"postgres://ann:{HIDDEN}x@{place}", modules=MODULES)
        with pytest.raises(DBConnectionError) as caught:
            await Team.all()
        await ORM.close_connections()
        assert not tells(caught.value)
        assert caught.value.sqlstate == "28P01"


def test_settings_stay_plain_data() -> None:
    config = ConnectionConfig.from_dict(url("postgres"))
    assert config.credentials["password"] == HIDDEN
    assert repr(dict(config.credentials)).count("'***'") == 1
    plain = config.to_dict()["credentials"]["password"]
    assert (type(plain), plain) == (str, HIDDEN)
    assert ConnectionConfig.from_dict(config.to_dict()) == config
