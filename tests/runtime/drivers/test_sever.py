"""A loop that ended in the middle of a transaction holds nobody up."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, sys
from models.heroes import Team
from ormgen import ORMContext

HEROES = {"models": ["models.heroes"]}

async def begin(context, url):
    await context.init(db_url=url, modules=HEROES)
    await context.generate_schemas()
    transaction = await context.connections.database("default").driver.begin()
    await transaction.execute(f"INSERT INTO {Team._meta.db_table} (name, size) VALUES ('a', 1)", ())
    return transaction

async def insert(url):
    async with ORMContext() as context:
        await context.init(db_url=url, modules=HEROES)
        async with asyncio.timeout(20):
            await Team.create(name="a")

context = ORMContext()
left = asyncio.run(begin(context, sys.argv[1]))
asyncio.run(context.close_connections())
asyncio.run(insert(sys.argv[1]))
print("inserted")
"""


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
def test_locks_of_a_loop_that_ended(kind: str, request: pytest.FixtureRequest) -> None:
    """In a process of its own: what it leaves open is told there."""
    url = request.getfixturevalue(f"{kind}_url")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, url]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert ran.stdout == "inserted\n", ran.stderr
