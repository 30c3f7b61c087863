"""Projects with migrations for tests: models as graphs, files in a folder, a database of any kind."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ormgen.database.connect import make_driver
from ormgen.database.connection_config import ConnectionConfig
from ormgen.drivers.driver import Driver
from ormgen.migrations.api import resolve_target
from ormgen.migrations.carrying import Carrier
from ormgen.migrations.history import History
from ormgen.migrations.progress import Progress
from ormgen.migrations.recorder import Recorder
from ormgen.migrations.runner import Done, Runner
from ormgen.migrations.state import State
from ormgen.migrations.units import units_of
from ormgen.schema.model_schema import ModelSchema
from ormgen.sql.ddl import create_statements, drop_statements
from ormgen.sql.introspect import LiveTable, live_tables
from ormgen_codegen.migrations.generate import Generation, generate
from ormgen_codegen.migrations.questions import Answers


class Project:
    """Migrations of the app "models" in a folder, and one database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.config = ConnectionConfig.from_dict(url)
        self.dialect = self.config.dialect
        self.folders = {"models": folder / "models"}

    @property
    def history(self) -> History:
        return History.read(self.folders)

    def generate(self, models: Iterable[ModelSchema], **answers: Any) -> Generation:
        """Migrations for what changed in the models; written."""
        generation = generate(self.history, State.of(models), Answers(**answers))
        generation.write()
        return generation

    async def upgrade(self, target: str | None = None) -> list[Done]:
        history = self.history
        async with Runner(history, self.config).opened() as runner:
            return await runner.upgrade(resolve_target(history, target, "models"))

    async def downgrade(self, target: str | None = None) -> list[Done]:
        history = self.history
        async with Runner(history, self.config).opened() as runner:
            return await runner.downgrade(resolve_target(history, target, "models"))

    async def evolve(self, models: Iterable[ModelSchema], **answers: Any) -> list[Done]:
        """Generate and apply."""
        self.generate(models, **answers)
        return await self.upgrade()

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[Driver]:
        made = make_driver(self.config)
        try:
            yield made
        finally:
            await made.close()

    async def run(self, *statements: str) -> None:
        async with self.driver() as driver:
            for statement in statements:
                await driver.script(self.spelled(statement))

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.driver() as driver:
            return [tuple(row) for row in await driver.fetch(self.spelled(sql), ())]

    def spelled(self, sql: str) -> str:
        """Names are in double quotes in tests."""
        return sql.replace('"', "`") if self.dialect == "mysql" else sql

    async def tables(self) -> dict[str, LiveTable]:
        async with self.driver() as driver:
            found = await live_tables(driver.fetch, self.dialect)
        found.pop("ormgen_migrations", None)
        return found

    async def fresh_tables(self, models: Iterable[ModelSchema]) -> dict[str, LiveTable]:
        """What the tables are where they are made at once; all there are go first."""
        return await self.fresh_tables_of(State.of(models))

    async def fresh_tables_of(self, state: State) -> dict[str, LiveTable]:
        """The same for the models of a state."""
        graph = state.graph
        names = list(await self.tables())
        async with self.driver() as driver:
            await self._clear(driver, names)
            for statement in create_statements(graph, self.dialect):
                await driver.script(statement)
        found = await self.tables()
        async with self.driver() as driver:
            for statement in drop_statements(graph, self.dialect):
                await driver.script(statement)
        return found

    async def _clear(self, driver: Driver, names: list[str]) -> None:
        if self.dialect == "postgres":
            for name in names:
                await driver.script(f'DROP TABLE "{name}" CASCADE')
            return
        quote = "`" if self.dialect == "mysql" else '"'
        drops = "; ".join(f"DROP TABLE {quote}{name}{quote}" for name in names)
        off, on = (
            ("SET FOREIGN_KEY_CHECKS=0", "SET FOREIGN_KEY_CHECKS=1")
            if self.dialect == "mysql"
            else ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        )
        await driver.script(f"{off}; {drops}; {on}")

    async def interrupted(self, at: int) -> int:
        """The newest migration, stopped after unit `at` and before the record of it; the number of its units."""
        history = self.history
        migration = history.order[-1]
        before = history.state(history.before(migration.key) - {migration.key})
        units = units_of(migration, before, self.dialect)
        recorder = Recorder(self.dialect)
        async with self.driver() as driver:
            carrier = Carrier(self.config, driver, "models", Progress(lambda text: None))
            await recorder.record(driver, migration, step=at)
            for unit in units[: at + 1]:
                await carrier.run(unit, driver)
        return len(units)

    def forget(self, generation: Generation) -> None:
        """Take files back, and the snapshot to what the others lead to."""
        for each in generation.migrations:
            each.path.unlink()
        history = self.history
        (self.folders["models"] / "state.json").write_text(history.state().to_json("models"))


def write(
    project: Project, name: str, operations: str, after: str | None = None, head: str = "", atomic: bool = True
) -> None:
    """A migration written by hand."""
    needs = f'("models", "{after}")' if after else ""
    text = f"""from ormgen import fields, migrations
{head}

class Migration(migrations.Migration):
    dependencies = [{needs}]
    operations = [{operations}]
    atomic = {atomic}
"""
    folder = project.folders["models"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(text)


def process(project: Project, *arguments: str) -> subprocess.Popen[str]:
    """`python -m ormgen.migrations` in a process of its own."""
    command = [sys.executable, "-m", "ormgen.migrations", *arguments, "-c", project.url]
    location = str(project.folders["models"].parent)
    return subprocess.Popen(
        [*command, "--location", location], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
