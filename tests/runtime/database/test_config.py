"""Configuration: read, checked, and never telling a password."""

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from ormgen.database.config import AppConfig, ORMConfig, resolve
from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import ConfigurationError

SEED: dict[str, Any] = {
    "connections": {
        "default": {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": "default.sqlite3"},
        },
        "another_conn": {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": "another_conn.sqlite3"},
        },
    },
    "apps": {
        "app": {"models": ["app.models"], "default_connection": "default"},
        "another_app": {"models": ["another_app.models"], "default_connection": "another_conn"},
    },
}


def problems_of(data: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        ORMConfig.from_dict(data)
    return str(caught.value).split("\n")


def with_connection(connection: Any) -> dict[str, Any]:
    return {"connections": {"default": connection}, "apps": {}}


@pytest.mark.feature(2, 6)
def test_the_usual_dict() -> None:
    config = ORMConfig.from_dict(SEED)
    assert config.connections["another_conn"] == ConnectionConfig("sqlite", {"file_path": "another_conn.sqlite3"})
    assert config.apps == {
        "app": AppConfig(("app.models",), "default"),
        "another_app": AppConfig(("another_app.models",), "another_conn"),
    }
    assert (config.use_tz, config.timezone, config.routers) == (True, "UTC", ())


@pytest.mark.feature(1)
def test_the_usual_url() -> None:
    config = resolve(db_url="sqlite://db.sqlite3", modules={"app": ["app.models"]})
    assert config.connections == {"default": ConnectionConfig("sqlite", {"file_path": "db.sqlite3"})}
    assert config.apps == {"app": AppConfig(("app.models",), "default")}


@pytest.mark.feature(2)
def test_every_option() -> None:
    module = types.ModuleType("shop.models")
    config = ORMConfig.from_dict(
        {
            "connections": {"default": "sqlite://:memory:", "other": "postgres://u:p@h:1/d?maxsize=5&ssl=true"},
            "apps": {
                "shop": {"models": module, "default_connection": "other", "migrations": "shop.migrations"},
                "blog": {"models": "blog.models", "default_connection": None},
            },
            "use_tz": False,
            "timezone": "Europe/Berlin",
            "routers": ["shop.Router", ConnectionConfig],
        }
    )
    credentials = {"host": "h", "port": 1, "user": "u", "password": "p", "database": "d", "maxsize": 5, "ssl": True}
    assert config.connections["other"] == ConnectionConfig("postgres", credentials)
    assert config.apps["shop"] == AppConfig((module,), "other", "shop.migrations")
    assert config.apps["blog"] == AppConfig(("blog.models",), "default", None)
    assert (config.use_tz, config.timezone, config.routers) == (
        False,
        "Europe/Berlin",
        ("shop.Router", ConnectionConfig),
    )


@pytest.mark.parametrize(
    ("engine", "dialect"),
    [
        ("ormgen.backends.sqlite", "sqlite"),
        ("tortoise.backends.asyncpg", "postgres"),
        ("tortoise.backends.psycopg", "postgres"),
        ("ormgen.backends.asyncmy", "mysql"),
        ("tortoise.backends.mysql", "mysql"),
    ],
)
@pytest.mark.feature(7)
def test_engines(engine: str, dialect: str) -> None:
    credentials = {"file_path": "x"} if dialect == "sqlite" else {"host": "x", "port": "17"}
    connection = ConnectionConfig.from_dict({"engine": engine, "credentials": credentials})
    assert connection.dialect == dialect
    assert dict(connection.credentials) == ({"file_path": "x"} if dialect == "sqlite" else {"host": "x", "port": 17})


def test_an_app_needs_no_connection_when_there_is_one() -> None:
    config = ORMConfig.from_dict({"connections": {"main": "sqlite://x"}, "apps": {"a": {"models": "m"}}})
    assert config.apps["a"].default_connection == "main"


@pytest.mark.feature(4)
def test_to_dict_and_back() -> None:
    config = ORMConfig.from_dict(
        {
            "connections": {"default": "mysql://u:s3cret@h/d?charset=utf8mb4", "files": "sqlite://x?journal_mode=wal"},
            "apps": {"a": {"models": ["m", "n"], "migrations": "a.migrations"}},
            "timezone": "Asia/Tokyo",
        }
    )
    data = config.to_dict()
    assert data["connections"]["default"]["credentials"]["password"] == "s3cret"
    assert data["apps"] == {"a": {"models": ["m", "n"], "default_connection": "default", "migrations": "a.migrations"}}
    assert ORMConfig.from_dict(json.loads(json.dumps(data))) == config
    assert ORMConfig.from_dict(SEED).to_dict()["connections"]["default"] == {
        "engine": "ormgen.backends.sqlite",
        "credentials": {"file_path": "default.sqlite3"},
    }


MISTAKES = {
    "connections": {
        "default": {"engine": "tortoise.backends.sqlit", "credentials": {"file_path": "x"}},
        "url": "postgres://u@h/d?maxsiz=5",
        "bad": "odbc://u@h/d",
        "typo": {"engine": "ormgen.backends.mysql", "credential": {}},
        "number": 5,
        "nowhere": {"engine": "ormgen.backends.sqlite"},
        "server": {"engine": "ormgen.backends.asyncmy", "credentials": {"hots": "h", "port": "33o6"}},
    },
    "apps": {
        "models": {"models": ["m"], "default_conection": "default"},
        "list": ["m"],
        "lost": {"models": [1, ""], "default_connection": "defualt"},
        "odd": {"models": 5, "migrations": 3},
        "empty": {},
    },
    "usetz": True,
    "use_tz": "yes",
    "timezone": "Europe/berlin",
    "routers": [5],
}


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert problems_of(MISTAKES) == [
        'usetz: unknown key; did you mean "use_tz"?',
        'connections.default.engine: unknown engine "tortoise.backends.sqlit"; did you mean "ormgen.backends.sqlite"?',
        'connections.url.maxsiz: unknown key; did you mean "maxsize"?',
        "connections.bad: Unknown DB scheme: odbc",
        'connections.typo.credential: unknown key; did you mean "credentials"?',
        "connections.number: must be a database URL or a mapping, not int",
        "connections.nowhere.credentials.file_path: missing",
        'connections.server.credentials.hots: unknown key; did you mean "host"?',
        "connections.server.credentials.port: the option `port` of a mysql database cannot have this value",
        'apps.models.default_conection: unknown key; did you mean "default_connection"?',
        "apps.list: must be a mapping of names, not list",
        "apps.lost.models[0]: must be a module or the dotted name of one, not 1",
        "apps.lost.models[1]: must be a module or the dotted name of one, not ''",
        "apps.odd.migrations: must be text, not int",
        "apps.odd.models: must be a list of modules, not int",
        "apps.empty.models: missing",
        'apps.lost.default_connection: there is no connection "defualt"; '
        "the connections are: default, url, bad, typo, number, nowhere, server",
        "use_tz: must be true or false, not 'yes'",
        'timezone: unknown time zone "Europe/berlin"; did you mean "Europe/Berlin"?',
        "routers[0]: Router must be either str or type",
    ]


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ([], ["config: must be a mapping of names, not list"]),
        ({}, ['Config must define "connections" section', 'Config must define "apps" section']),
        (
            {"connections": [], "apps": 5, "routers": "a.Router", "timezone": "nowhere at all"},
            [
                "connections: must be a mapping of names, not list",
                "apps: must be a mapping of names, not int",
                'timezone: unknown time zone "nowhere at all"; write one such as "Europe/Berlin"',
                "routers: must be a list, not str",
            ],
        ),
        ({"connections": {1: "sqlite://x"}, "apps": {}}, ["connections.1: names must be text"]),
        (with_connection({"credentials": {}}), ["connections.default.engine: missing"]),
        (
            with_connection({"engine": "ormgen.backends.sqlite", "credentials": {"file_path": 7}}),
            ["connections.default.credentials.file_path: must be a path"],
        ),
        (
            {"connections": {"a": "sqlite://x", "b": "sqlite://y"}, "apps": {"app": {"models": ()}}},
            ['apps.app.default_connection: there is no connection "default"; the connections are: a, b'],
        ),
    ],
)
def test_what_is_refused(data: Any, problems: list[str]) -> None:
    assert problems_of(data) == problems


def test_typed_configuration_is_checked_too() -> None:
    with pytest.raises(ConfigurationError, match=r'^engine: unknown engine "sqlit"; choose from ormgen.backends'):
        ConnectionConfig("sqlit", {})
    with pytest.raises(ConfigurationError, match=r'^credentials.usr: unknown key; did you mean "user"\?$'):
        ConnectionConfig("postgres", {"usr": "x"})
    with pytest.raises(ConfigurationError, match=r"the connections are: none$"):
        ORMConfig({}, {"a": AppConfig(("m",))})
    with pytest.raises(ConfigurationError, match=r"^timezone: unknown time zone"):
        ORMConfig({}, {}, timezone="Mars")
    with pytest.raises(ConfigurationError, match=r"^models\[0\]: must be a module"):
        AppConfig((5,))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    config = ORMConfig({"default": ConnectionConfig("mysql")}, {"a": AppConfig(("m",))})
    assert resolve(config) is config
    assert ORMConfig.from_dict({"connections": config.connections, "apps": config.apps}) == config


def test_configuration_does_not_change() -> None:
    given = {"file_path": "x"}
    config = ORMConfig.from_dict(with_connection({"engine": "ormgen.backends.sqlite", "credentials": given}))
    given["file_path"] = "y"
    assert config.connections["default"].credentials["file_path"] == "x"
    for mapping in (config.connections, config.apps, config.connections["default"].credentials):
        with pytest.raises(TypeError):
            mapping["x"] = 1  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


@pytest.mark.parametrize(
    "data",
    [
        with_connection("postgres://user:s3cret@host:port/db"),
        with_connection("nosuch://user:s3cret@host/db"),
        with_connection("postgres://user:s3cret@host/db?sslmod=1"),
        with_connection({"engine": "postgres://user:s3cret@host/db"}),
        with_connection({"engine": "ormgen.backends.asyncpg", "credentials": {"password": "s3cret", "port": "x"}}),
        with_connection({"engine": "ormgen.backends.asyncpg", "credentials": {"passwrd": "s3cret"}}),
        with_connection({"engine": "ormgen.backends.asyncpg", "credentials": "s3cret"}),
        {"connections": {}, "apps": {"a": {"models": (), "default_connection": "mysql://u:s3cret@h/d"}}},
        {"connections": "postgres://user:s3cret@host/db", "apps": {}},
    ],
)
@pytest.mark.feature(19)
def test_no_message_tells_a_password(data: Any) -> None:
    assert "s3cret" not in "\n".join(problems_of(data))


def test_no_repr_tells_a_password() -> None:
    config = resolve(db_url="postgres://user:s3cret@host/db", modules={"app": ["m"]})
    assert "user" in repr(config)
    assert "s3cret" not in repr(config)
    assert "s3cret" not in str(config.connections["default"])


def test_values_that_are_no_text_stay_as_they_are() -> None:
    def password() -> str:
        return "s3cret"

    connection = ConnectionConfig("postgres", {"password": password, "ssl": None, "port": 5433})
    assert dict(connection.credentials) == {"password": password, "port": 5433}


@pytest.mark.feature(5)
def test_exactly_one_source() -> None:
    sources: list[dict[str, Any]] = [
        {},
        {"config": SEED, "db_url": "sqlite://x"},
        {"config": SEED, "config_file": "x.json"},
        {"modules": {"app": ["m"]}},
    ]
    for source in sources:
        with pytest.raises(ConfigurationError) as caught:
            resolve(**source)
        assert str(caught.value) == 'You should init either from "config", "config_file" or "db_url"'
    with pytest.raises(ConfigurationError, match='You must specify "db_url" and "modules" together'):
        resolve(db_url="sqlite://x")
    with pytest.raises(ConfigurationError, match='"modules" goes with "db_url"'):
        resolve(SEED, modules={"app": ["m"]})


def test_a_wrong_url_and_wrong_modules_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve(db_url="sqlite://", modules={"app": 5, "other": [None]})  # type: ignore[dict-item, list-item]  # pyright: ignore
    assert str(caught.value).split("\n") == [
        "db_url: No path specified for DB_URL",
        "modules.app: must be a list of modules, not int",
        "modules.other[0]: must be a module or the dotted name of one, not None",
    ]


TOML = """
timezone = "Europe/Berlin"
[connections]
default = "sqlite://x.sqlite3"
[connections.other]
engine = "ormgen.backends.asyncpg"
credentials = { host = "h", password = "s3cret" }
[apps.app]
models = ["app.models"]
"""
YAML = """
connections:
  default: sqlite://x.sqlite3
  other:
    engine: ormgen.backends.asyncpg
    credentials: {host: h, password: s3cret}
apps:
  app: {models: [app.models]}
timezone: Europe/Berlin
"""
FROM_FILE = {
    "connections": {
        "default": "sqlite://x.sqlite3",
        "other": {"engine": "ormgen.backends.asyncpg", "credentials": {"host": "h", "password": "s3cret"}},
    },
    "apps": {"app": {"models": ["app.models"]}},
    "timezone": "Europe/Berlin",
}


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.json", json.dumps(FROM_FILE)), ("c.TOML", TOML), ("c.yml", YAML), ("c.yaml", "\ufeff" + YAML)],
)
@pytest.mark.feature(3)
def test_files(tmp_path: Path, name: str, text: str) -> None:
    if "y" in name:
        pytest.importorskip("yaml", reason="PyYAML is not installed")
    (tmp_path / name).write_text(text, "utf-8")
    assert resolve(config_file=tmp_path / name) == ORMConfig.from_dict(FROM_FILE)
    assert resolve(config_file=str(tmp_path / name)) == ORMConfig.from_dict(FROM_FILE)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.json", b'{"password": s3cret}', ":1:14: Expecting value"),
        ("c.toml", b"password = s3cret", ": Invalid value (at line 1, column 12)"),
        ("c.yml", b"a: b\npassword: 's3cret\n", ":3:1: this is not YAML"),
        ("c.json", b'{"s3cret\xff": 1}', ": not UTF-8 text, see byte 8"),
        ("c.json", b'{"apps": {}}', ':\nConfig must define "connections" section'),
        ("c.ini", b"", ": Unknown config extension .ini; choose from .json, .toml, .yaml, .yml"),
        ("c.json", None, ": No such file or directory"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        ORMConfig.from_file(file)
    assert str(caught.value) == f"{file}{message}"
    assert "s3cret" not in str(caught.value)


def test_yaml_needs_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    (tmp_path / "c.yml").write_text(YAML)
    with pytest.raises(ConfigurationError, match=r"c\.yml: reading YAML needs PyYAML: pip install pyyaml$"):
        ORMConfig.from_file(tmp_path / "c.yml")


@pytest.mark.feature(45)
def test_settings_of_tortoise_without_effect() -> None:
    credentials = {"file_path": "a.sqlite3", "fetch_inserted": False}
    connection = ConnectionConfig.from_dict({"engine": "tortoise.backends.sqlite", "credentials": credentials})
    assert connection.credentials == {"file_path": "a.sqlite3"}


@pytest.mark.feature(35)
@pytest.mark.parametrize("url", ["psycopg://me@host/db", "asyncpg://me@host/db", "postgresql://me@host/db"])
def test_every_name_of_postgres_is_asyncpg(url: str) -> None:
    assert ConnectionConfig.from_dict(url).engine == "ormgen.backends.asyncpg"
