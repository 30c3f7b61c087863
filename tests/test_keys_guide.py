"""The code of docs/keys.md runs on each database."""

from pathlib import Path

from pages import DOCS, Project

USE = """
import asyncio, os
from ormgen import ORM
from orders.main import main

async def run():
    await ORM.init(db_url=os.environ["DATABASE_URL"], modules={"models": ["orders.models"]})
    await ORM.generate_schemas()
    await main()
    await ORM.close_connections()

asyncio.run(run())
"""


def test_the_code_of_the_guide(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, {"DATABASE_URL": db_url})
    project.play(DOCS / "keys.md")
    project.ran("-c", USE)
