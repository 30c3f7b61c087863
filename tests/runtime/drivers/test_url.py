"""Database URLs."""

from pathlib import Path

import pytest

from ormgen import ORMContext
from ormgen.backends.base.config_generator import expand_db_url
from ormgen.config import ConnectionConfig
from ormgen.drivers.url import DatabaseUrl, parse_url
from ormgen.exceptions import ConfigurationError

SQLITE = {
    "sqlite://:memory:": ":memory:",
    "sqlite:///absolute/test.db": "/absolute/test.db",
    "sqlite://relative.db": "relative.db",
    "sqlite://folder/relative.db": "folder/relative.db",
    "sqlite://with%20space%3F.db": "with space?.db",
    "sqlite://file:x?busy_timeout=1": "file:x",
    "sqlite://file:/a%20b?mode=ro&busy_timeout=1": "file:/a%20b?mode=ro",
    "sqlite:///a%20b?immutable=1": "file:/a%20b?immutable=1",
    "sqlite://file:x?mode=memory&cache=shared": "file:x?mode=memory&cache=shared",
}


@pytest.mark.parametrize(("url", "path"), SQLITE.items())
@pytest.mark.feature(33)
def test_sqlite(url: str, path: str) -> None:
    parsed = parse_url(url)
    assert (parsed.dialect, parsed.path, parsed.credentials["path"]) == ("sqlite", path, path)


SERVERS = {
    "postgres://postgres:moo@127.0.0.1:54321/test": ("127.0.0.1", 54321, "postgres", "moo", "test"),
    "postgresql://db.example.org/test": ("db.example.org", 5432, None, None, "test"),
    "asyncpg://@localhost:/": ("localhost", 5432, None, None, None),
    "mysql://root:@127.0.0.1/": ("127.0.0.1", 3306, "root", None, None),
    "asyncmy://root@127.0.0.1:33060/a%2Fb": ("127.0.0.1", 33060, "root", None, "a/b"),
    "postgres://u%40x:p%3A%2F%3F%25+@h/d": ("h", 5432, "u@x", "p:/?%+", "d"),
    "postgres://user:[a]b[@h:1/d": ("h", 1, "user", "[a]b[", "d"),
    "postgres://user:p:q@w#x@h/d": ("h", 5432, "user", "p:q@w#x", "d"),
    "postgres://user@[::1]:6/d": ("::1", 6, "user", None, "d"),
    "postgres:///d": (None, 5432, None, None, "d"),
    "postgres://%2Fvar%2Frun/d": ("/var/run", 5432, None, None, "d"),
    "postgres://u:p@/d?host=/var/run&port=7": ("/var/run", 7, "u", "p", "d"),
    "postgres://u:p,@a:1,[::1],c:3/d": (["a", "::1", "c"], [1, 5432, 3], "u", "p,", "d"),
    "postgres://u:p@h:5/d?host=x&port=7&user=y&password=q&database=e": ("h", 5, "u", "p", "d"),
    "postgres://": (None, 5432, None, None, None),
    "postgres://?host=/run/postgresql&user=u&database=d": ("/run/postgresql", 5432, "u", None, "d"),
    "mysql:///d?host=/run/mysqld.sock&user=u&password=p%26": ("/run/mysqld.sock", 3306, "u", "p&", "d"),
}


@pytest.mark.parametrize(("url", "parts"), SERVERS.items())
@pytest.mark.feature(46)
def test_servers(url: str, parts: tuple[object, ...]) -> None:
    parsed = parse_url(url)
    assert tuple(parsed.credentials.values()) == parts
    assert (parsed.host, parsed.port, parsed.user, parsed.password, parsed.database) == parts


@pytest.mark.feature(47)
def test_options_have_types() -> None:
    url = parse_url("postgres://h/d?minsize=5&ssl=true&timeout=1&command_timeout=2.5&application_name=5&unknown=1")
    assert dict(url.options) == {
        "minsize": 5, "ssl": True, "timeout": 1, "command_timeout": 2.5, "application_name": "5", "unknown": "1",
    }  # fmt: skip
    assert parse_url("postgres://h/d?ssl=require").options["ssl"] == "require"
    assert dict(parse_url("sqlite://x?foreign_keys=OFF&busy_timeout=5&journal_mode=DELETE").options) == {
        "foreign_keys": "OFF", "busy_timeout": 5, "journal_mode": "DELETE",
    }  # fmt: skip


REFUSED = {
    "sqlite://": "No path specified for DB_URL",
    "sqlite://?a=b": "No path specified for DB_URL",
    "postgres://u:secret@a:1,b:x/d": "Port is not an integer",
    "mysql://u:secret@a,b/d": "a database URL names several hosts for PostgreSQL only",
    "moo://host/secret": "Unknown DB scheme: moo",
    "no secret url at all": "Unknown DB scheme: ",
    "postgres://user:secret@host:port/d": "Port is not an integer",
    "postgres://user:secret@host:99999/d": "Port is not an integer",
    "postgres://user:secret@[::1/d": "the database URL has no readable host: write an IPv6 address as [::1]",
    "postgres://user:secret/x@host/d": ("the user name or password of the database URL holds a `/`: write it as %2F"),
    "postgres://u:secret@h/d?minsize=secret": "the option `minsize` of a postgres database cannot have this value",
    "postgres://user:secret@host/d?minsize=1&minsize=2": "the database URL gives the option `minsize` twice",
    "sqlite://x?mode=secret": "`mode` of an SQLite URL is one of ro, rw, rwc, memory",
    "sqlite://x?journal_mode=WAL;secret": "the option `journal_mode` of a sqlite database cannot have this value",
}


@pytest.mark.parametrize(("url", "message"), REFUSED.items())
@pytest.mark.feature(50)
def test_refused(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_url(url)
    assert str(caught.value) == message
    assert "secret" not in str(caught.value)


@pytest.mark.feature(19)
def test_passwords_are_not_shown() -> None:
    url = parse_url("postgres://user:hush@host/d?password=hush")
    assert url.password == "hush"
    assert "hush" not in f"{url!r} {url} {url.options}"
    assert str(url) == "postgres://user@host:5432/d"


def test_urls_are_values() -> None:
    assert parse_url("sqlite://a") == parse_url("sqlite://a") == DatabaseUrl("sqlite", "sqlite", path="a")
    with pytest.raises(AttributeError):
        parse_url("sqlite://a").path = "b"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.feature(37)
@pytest.mark.parametrize(("scheme", "name"), [("mssql", "SQL Server"), ("oracle", "Oracle")])
def test_databases_without_a_backend(scheme: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"Unknown DB scheme: {scheme}; ormgen runs on SQLite.*not on {name}"):
        parse_url(f"{scheme}://sa:secret@host/db?driver=x")
    for home in ("ormgen", "tortoise"):
        with pytest.raises(ConfigurationError, match=f'unknown engine "{home}.backends.{scheme}".*not on {name}'):
            ConnectionConfig.from_dict({"engine": f"{home}.backends.{scheme}", "credentials": {"host": "h"}})


@pytest.mark.feature(49)
def test_what_a_url_leaves_out_is_none() -> None:
    empty = dict.fromkeys(("host", "user", "password", "database"))
    assert expand_db_url("postgres://") == {"engine": "ormgen.backends.asyncpg", "credentials": {**empty, "port": 5432}}
    assert expand_db_url("mysql://root:@127.0.0.1") == {
        "engine": "ormgen.backends.mysql",
        "credentials": {**empty, "host": "127.0.0.1", "port": 3306, "user": "root"},
    }
    again = ConnectionConfig.from_dict(expand_db_url("postgres://"))
    assert dict(again.credentials) == {"port": 5432}


def _exists(socket: str) -> bool:
    return Path(socket).exists()


@pytest.mark.feature(49)
async def test_servers_are_reached_by_their_sockets(db_url: str) -> None:
    url = parse_url(db_url)
    if url.dialect == "sqlite":
        return
    question = "SHOW unix_socket_directories" if url.dialect == "postgres" else "SELECT @@socket"
    async with ORMContext() as context:
        await context.init(db_url=db_url, modules={"models": ["models.heroes"]})
        (row,) = await context.db().execute_query_dict(question)
    socket = str(next(iter(row.values()))).partition(",")[0].strip()
    if not _exists(socket):
        pytest.skip(f"the socket of the {url.dialect} server is not on this machine")
    login = url.user if url.password is None else f"{url.user}:{url.password}"
    for address in (
        f"{url.scheme}://{login}@{socket.replace('/', '%2F')}:{url.port}/{url.database}",
        f"{url.scheme}://{login}@/{url.database}?host={socket}&port={url.port}",
        f"{url.scheme}:///?host={socket}&user={url.user}&password={url.password or ''}&database={url.database}",
    ):
        async with ORMContext() as context:
            await context.init(db_url=address, modules={"models": ["models.heroes"]})
            assert await context.db().execute_query_dict("SELECT 1 AS one") == [{"one": 1}]
