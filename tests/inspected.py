"""Databases read back: the models of their tables, and what two databases must have in common."""

import re
import tempfile
from pathlib import Path

from migrating import Project
from ormgen.migrations.live import LiveTable
from ormgen.migrations.state import State
from ormgen.sql.introspect_details import LiveDetails, live_details
from ormgen_codegen.config import Config
from ormgen_codegen.migrations.inspect_models import models_source
from ormgen_codegen.migrations.source_state import state_of
from ormgen_codegen.run import read_run


def shapes(tables: dict[str, LiveTable]) -> object:
    """Tables without the order of columns."""
    return {
        name: (table.columns, table.uniques, table.foreign_keys, table.indexes, table.comment)
        for name, table in tables.items()
    }


async def written(project: Project) -> tuple[str, State]:
    """The models of the tables of a database, and what they say."""
    async with project.driver() as driver:
        details = await live_details(driver.fetch, project.dialect)
    source = models_source(await project.tables(), "models", details)
    folder = Path(tempfile.mkdtemp(dir=project.folders["models"].parent))
    (folder / "found.py").write_text(source)
    run = read_run(["found"], Config(folder, {"models": ("found",)}), folders=[folder])
    return source, state_of(run)


async def details_of(project: Project) -> LiveDetails:
    async with project.driver() as driver:
        return await live_details(driver.fetch, project.dialect)


def told(details: LiveDetails) -> object:
    special = {name: sorted(re.findall(r"[\w']+", text.lower())) for name, text in details.special.items()}
    return {name: [word for word in words if word not in ("if", "not", "exists")] for name, words in special.items()}, {
        table: dict(checks) for table, checks in details.checks.items()
    }
