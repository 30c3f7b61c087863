"""The plugin for pytest: a database for the session, writes undone after each test, queries counted."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

CONFTEST = """
import pytest

pytest_plugins = ["ormgen.contrib.pytest"]

@pytest.fixture(scope="session")
def orm_settings():
    return {{"db_url": {url!r}, "modules": {{"models": ["shelf"]}}}}

{anyio}
"""
MODELS = """
from ormgen import Model, fields

class Shelf(Model):
    name = fields.CharField(max_length=20, unique=True)

class Book(Model):
    shelf = fields.ForeignKeyField("models.Shelf", related_name="books")
"""
TESTS = """
import asyncio
import pytest
from ormgen import connections, in_transaction, run_transaction
from ormgen.contrib.pytest import assert_num_queries, inject_retries, no_n_plus_one
from ormgen.exceptions import IntegrityError, NPlusOneError
from shelf import Book, Shelf

pytestmark = [{mark}]

@pytest.fixture
async def shelf(orm):
    return await Shelf.create(name="made by a fixture")

@pytest.mark.parametrize("turn", range(3))
async def test_starts_empty(orm, turn):
    assert await Shelf.all().count() == 0
    await Shelf.create(name="a")
    async with in_transaction():
        await Shelf.create(name="b")
    assert await Shelf.all().count() == 2

async def test_of_a_fixture(shelf):
    assert await Shelf.all() == [shelf]
    with pytest.raises(IntegrityError):
        await Shelf.create(name=shelf.name)
    assert await Shelf.all().count() == 1

async def test_rolled_back_inside(orm):
    with pytest.raises(KeyError):
        async with in_transaction():
            await Shelf.create(name="gone")
            raise KeyError
    assert not await Shelf.exists()

async def test_of_many_tasks(orm):
    async def work(number):
        async with in_transaction():
            await Shelf.create(name=f"t{{number}}")
            await asyncio.sleep(0)
            await Shelf.create(name=f"s{{number}}")
    await asyncio.gather(*(asyncio.create_task(work(number)) for number in range(10)))
    assert await Shelf.all().count() == 20

async def test_counting(orm):
    with assert_num_queries(2) as counted:
        await Shelf.all()
        await Shelf.all().count()
    assert [event.sql.split()[0] for event in counted.events] == ["SELECT", "SELECT"]
    with pytest.raises(AssertionError, match="1 queries ran instead of 0"):
        with assert_num_queries(0):
            await Shelf.all()

async def test_repeating(orm):
    tried = []
    async def work(connection):
        tried.append(await Shelf.all().count())
        await Shelf.create(name="once")
    with inject_retries(2):
        await run_transaction(work)
    assert tried == [0, 0, 0]
    assert await Shelf.all().count() == 1

@pytest.mark.xfail(strict=True)
async def test_that_fails(orm):
    await Shelf.create(name="left")
    assert False

async def test_after_it(orm):
    assert await Shelf.all().count() == 0

async def test_loading_in_a_loop(orm):
    shelves = [await Shelf.create(name=name) for name in "abc"]
    await Book.bulk_create([Book(shelf=shelf) for shelf in shelves])
    async def loop():
        for book in await Book.all():
            await book.shelf
    with pytest.raises(NPlusOneError, match="select_related"):
        with no_n_plus_one():
            await loop()
    with no_n_plus_one():
        for book in await Book.all().select_related("shelf"):
            assert book.shelf.name

def test_that_is_no_coroutine(orm):
    assert orm.inited
"""
MARKS = {"anyio": "pytest.mark.anyio", "pytest_asyncio": ""}


@pytest.mark.parametrize(("library", "workers"), [("anyio", 0), ("pytest_asyncio", 2)])
def test_a_project(db_url: str, tmp_path: Path, library: str, workers: int) -> None:
    for needed in (library, *(["xdist"] if workers else [])):
        if find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")
    anyio = '@pytest.fixture\ndef anyio_backend():\n    return "asyncio"' if library == "anyio" else ""
    path, mark, options = db_url.partition("?")
    file = Path(path)
    url = f"{path.removesuffix(file.suffix)}_{library}{file.suffix}{mark}{options}"
    (tmp_path / "conftest.py").write_text(CONFTEST.format(url=url, anyio=anyio))
    (tmp_path / "shelf.py").write_text(MODELS)
    (tmp_path / "test_shelves.py").write_text(TESTS.format(mark=MARKS[library]))
    settings = (
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        if library == "pytest_asyncio"
        else "[pytest]\n"
    )
    (tmp_path / "pytest.ini").write_text(settings)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), *filter(None, sys.path)))}
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command += ["-n", str(workers)] if workers else []
    command += [] if library == "pytest_asyncio" else ["-p", "no:asyncio"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False, timeout=120
    )
    assert "11 passed, 1 xfailed" in done.stdout, done.stdout + done.stderr
