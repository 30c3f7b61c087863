"""What every test can use: `async def` tests and fixtures, and empty databases on three servers."""

import asyncio
import functools
import inspect
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from databases import KINDS, Servers, Unavailable
from feature_table import FeatureReport

RUNNER = pytest.StashKey[asyncio.Runner]()
RAN_ON = pytest.StashKey[list[str]]()

# Each run of the tests tries the same examples; `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--feature-table", action="store_true", help="run the tests of features, write docs/features.md")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background: programs under test would too
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "feature(*rows, only=None): shows these rows of features.tsv")
    if config.getoption("--feature-table"):
        config.pluginmanager.register(FeatureReport())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """One event loop per test, shared with its asynchronous fixtures; a test that needs none starts none."""
    with asyncio.Runner(debug=False) as runner:
        item.config.stash[RUNNER] = runner
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs an `async def` test; anything else is left to pytest."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    pyfuncitem.config.stash[RUNNER].run(pyfuncitem.obj(**arguments))
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Lets a fixture be an `async def`, with or without a `yield`; pytest then calls it as any other."""
    function: Callable[..., Any] = fixturedef.func
    generates = inspect.isasyncgenfunction(function)
    if not generates and not inspect.iscoroutinefunction(function):
        return
    if fixturedef.scope != "function":
        pytest.fail(f"the asynchronous fixture `{fixturedef.argname}` outlives the event loop of its test")
    synchronous = finish_generator if generates else run_coroutine
    vars(fixturedef)["func"] = synchronous(function, request.config.stash)  # declared Final; pytest has no other way in


def run_coroutine(function: Callable[..., Coroutine[Any, Any, Any]], stash: pytest.Stash) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return stash[RUNNER].run(function(*args, **kwargs))

    return run


def finish_generator(function: Callable[..., AsyncIterator[Any]], stash: pytest.Stash) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Iterator[Any]:
        generator = function(*args, **kwargs)
        end = object()

        async def step() -> Any:
            return await anext(generator, end)

        yield stash[RUNNER].run(step())
        if stash[RUNNER].run(step()) is not end:
            pytest.fail("an asynchronous fixture yields once")

    return run


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Iterator[Servers]:
    """Every database server of this run; skips nothing by itself."""
    servers = Servers()
    yield servers
    pytestconfig.stash[RAN_ON] = [f"{kind} {server.description}" for kind, server in servers.found.items()]
    servers.close()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """With several processes (`-n`), each tells the one that reports on which servers it ran."""
    known = node.config.stash.get(RAN_ON, [])
    node.config.stash[RAN_ON] = sorted({*known, *getattr(node, "workeroutput", {}).get("ran_on", [])})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several hands over what it ran on."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["ran_on"] = session.config.stash.get(RAN_ON, [])


def empty_database(servers: Servers, kind: str, folder: Path) -> str:
    try:
        return servers.get(kind).empty_database(folder)
    except Unavailable as reason:
        pytest.skip(f"{kind} ({reason})")


@pytest.fixture(params=KINDS)
def db_url(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> str:
    """URL of an empty database; the test runs once for each of KINDS."""
    return empty_database(servers, request.param, tmp_path)


@pytest.fixture
def sqlite_url(servers: Servers, tmp_path: Path) -> str:
    """URL of an empty SQLite file."""
    return empty_database(servers, "sqlite", tmp_path)


@pytest.fixture
def postgres_url(servers: Servers, tmp_path: Path) -> str:
    """URL of an empty PostgreSQL database."""
    return empty_database(servers, "postgres", tmp_path)


@pytest.fixture
def mysql_url(servers: Servers, tmp_path: Path) -> str:
    """URL of an empty MariaDB or MySQL database."""
    return empty_database(servers, "mysql", tmp_path)


@pytest.fixture(params=["postgres", "mysql"])
def server_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of a server; the test runs once for each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says which servers answered, and loudly what did not run."""
    if ran_on := config.stash.get(RAN_ON, []):
        terminalreporter.write_line(f"databases: {', '.join(sorted(ran_on))}")
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
    )
    if not reasons:
        return
    terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(
            f"NOT RUN: {reason} - {count} test{'s' * (count != 1)} skipped", red=True, bold=True
        )
