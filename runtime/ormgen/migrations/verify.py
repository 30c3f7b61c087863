"""Compares databases with what migrations say, on throw-away databases beside them."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.database.creating import create_database, drop_database
from ormgen.migrations.history import History
from ormgen.migrations.live import tables_in
from ormgen.migrations.places import LOCATION, Settings, places
from ormgen.migrations.runner import Runner, state_of
from ormgen.migrations.state import State
from ormgen.migrations.units import Here
from ormgen.sql.adoption import stores_alike
from ormgen.sql.ddl import create_statements
from ormgen.sql.introspect import LiveTable, differences


@asynccontextmanager
async def throw_away(config: ConnectionConfig) -> AsyncIterator[ConnectionConfig]:
    """An empty database on the same server, gone at the end.

    Raises:
        OperationalError: the user may not create databases.
    """
    if config.dialect == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield ConnectionConfig("sqlite", {"file_path": str(Path(folder) / "scratch.sqlite3")})
        return
    name = str(config.credentials.get("database") or config.credentials.get("db"))
    others = {key: value for key, value in config.credentials.items() if key not in ("database", "db")}
    made = ConnectionConfig(config.engine, {**others, "database": f"{name}_scratch_{secrets.token_hex(4)}"})
    await create_database(made)
    try:
        yield made
    finally:
        await drop_database(made)


async def tables_of_state(state: State, config: ConnectionConfig, here: Here) -> dict[str, LiveTable]:
    """The tables that models have where they are made at once."""
    async with throw_away(config) as scratch:
        driver = make_driver(scratch)
        try:
            for statement in create_statements(state.graph, config.dialect, models=here(state.graph)):
                await driver.script(statement)
        finally:
            await driver.close()
        return await tables_in(scratch)


async def drift(
    settings: Settings | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    alias: str | None = None,
) -> list[str]:
    """What the tables of a database have otherwise than the migrations that it has say; tables of others are no matter.

    Raises:
        OperationalError: a throw-away database cannot be made.
    """
    told: list[str] = []
    for runner in places(settings, location, search).runners(alias=alias):
        async with runner.opened():
            applied = await runner.applied()
        complete = {key for key, each in applied.items() if each.complete}
        state = state_of(runner.history.for_database(complete), applied)
        wanted = await tables_of_state(state, runner.config, runner.here)
        alike = stores_alike if runner.config.dialect == "sqlite" else None  # which looks only at words in types
        told += differences(wanted, await tables_in(runner.config), alike, named=True)
    return told


async def verify(
    settings: Settings | None = None,
    *,
    location: str | os.PathLike[str] = LOCATION,
    search: str | os.PathLike[str] | None = None,
    alias: str | None = None,
) -> list[str]:
    """What is wrong with the migrations themselves, tried on throw-away databases; nothing is done to the database.

    That is: applied one by one they do not lead to the tables that the models have where they are made at once, or to
    the snapshot; undone and applied again they lead elsewhere.
    """
    told: list[str] = []
    for runner in places(settings, location, search).runners(alias=alias):
        told += snapshot_faults(runner.history)
        fresh = await tables_of_state(runner.history.state(), runner.config, runner.here)
        async with throw_away(runner.config) as scratch:
            trial = Runner(runner.history, scratch, here=runner.here)
            async with trial.opened():
                await trial.upgrade()
            told += [f"applied one by one: {each}" for each in differences(fresh, await tables_in(scratch))]
            if all(each.reversible for each in runner.history.order) and runner.history.order:
                told += await _undone_and_again(trial, scratch, fresh)
    return told


async def _undone_and_again(trial: Runner, scratch: ConnectionConfig, fresh: dict[str, LiveTable]) -> list[str]:
    async with trial.opened():
        for _ in trial.history.order:
            await trial.downgrade()
    left = [f"undone: table {name} is still there" for name in await tables_in(scratch)]
    async with trial.opened():
        await trial.upgrade()
    return left + [f"applied again: {each}" for each in differences(fresh, await tables_in(scratch))]


def snapshot_faults(history: History) -> list[str]:
    """The apps whose snapshot is not what their migrations lead to."""
    state, snapshot = history.state(), history.snapshot()
    return [
        f'app "{app}": its snapshot is not what its migrations lead to'
        for app in history.folders
        if state.of_app(app) != snapshot.of_app(app)
    ]
