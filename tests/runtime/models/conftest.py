"""An initialised ORM on each database; one schema for each test module, emptied before each test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from databases import KINDS, Servers, Unavailable
from ormgen import ORM, in_transaction

HEROES = {"models": ["models.heroes"]}


@dataclass
class Prepared:
    """What a test module has made already: URLs by kind of database, and the SQLite file with nothing but tables."""

    folder: Path
    urls: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    empty: bytes = b""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("models"))


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, servers: Servers, prepared: Prepared) -> str:
    """The kind of database for this test; emptied once for each test module."""
    kind: str = request.param
    if kind not in prepared.urls:
        try:
            prepared.urls[kind] = servers.get(kind).empty_database(prepared.folder)
        except Unavailable as reason:
            pytest.skip(f"{kind} ({reason})")
    return kind


@pytest.fixture
async def orm(request: pytest.FixtureRequest, home: str, prepared: Prepared) -> AsyncIterator[str]:
    """The dialect of an initialised ORM with empty tables of the modules that the test module names in MODELS."""
    modules = getattr(request.module, "MODELS", HEROES)
    if home == "sqlite" and prepared.empty:
        for file in prepared.folder.iterdir():
            file.unlink()
        (prepared.folder / "test.sqlite3").write_bytes(prepared.empty)
    await ORM.init(db_url=prepared.urls[home], modules=modules)
    if home not in prepared.made:
        await ORM.generate_schemas(safe=False)
        prepared.made.add(home)
        if home == "sqlite":
            await ORM.close_connections()
            prepared.empty = (prepared.folder / "test.sqlite3").read_bytes()
            await ORM.init(db_url=prepared.urls[home], modules=modules)
    elif home != "sqlite":
        await empty_tables(home)
    yield home
    await ORM.close_connections()


async def empty_tables(kind: str) -> None:
    """Delete all rows of the models that are initialised."""
    context = ORM.apps
    quote = "`" if kind == "mysql" else '"'
    tables: dict[str, None] = {}
    for model in context.get_models_iterable():
        linked = model._meta.need()
        tables[linked.table] = None
        tables |= {each.through.table: None for each in linked.relations.values() if each.through is not None}
    names = [f"{quote}{name.replace(quote, quote * 2)}{quote}" for name in tables]
    async with in_transaction() as connection:
        if kind == "postgres":
            deletes = "; ".join(f"DELETE FROM {name}" for name in names)
            await connection.execute_script(f"SET LOCAL session_replication_role = replica; {deletes}")
            return
        await connection.execute_script("SET FOREIGN_KEY_CHECKS=0")
        for name in names:
            await connection.execute_script(f"DELETE FROM {name}")
        await connection.execute_script("SET FOREIGN_KEY_CHECKS=1")
