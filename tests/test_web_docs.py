"""What docs/web.md shows is true: each application in it answers."""

from __future__ import annotations

import pytest

from pages import DOCS, Project, blocks

PAGE = DOCS / "web.md"

BY_ASGI = """
from starlette.testclient import TestClient
from heroes.with_{name} import app
with TestClient(app) as client:
    made, read = client.post("/heroes/ann"), client.get("/heroes/ann")
    gone, twice = client.get("/heroes/bob"), client.post("/heroes/ann")
    problem = "application/problem+json"
    print(made.status_code in (200, 201), made.json(), read.json())
    print(*[(each.status_code, each.headers["content-type"].startswith(problem)) for each in (gone, twice)])
"""
ASK_AIOHTTP = """
import asyncio
from aiohttp.test_utils import TestClient, TestServer
from heroes.with_aiohttp import app
async def main():
    async with TestClient(TestServer(app)) as client:
        made, read = await client.post("/heroes/ann"), await client.get("/heroes/ann")
        gone, twice = await client.get("/heroes/bob"), await client.post("/heroes/ann")
        problem = "application/problem+json"
        print(made.status in (200, 201), await made.json(), await read.json())
        print(*[(each.status, each.content_type == problem) for each in (gone, twice)])
asyncio.run(main())
"""
ASK_SANIC = """
from heroes.with_sanic import app
from sanic_testing.reusable import ReusableClient
client = ReusableClient(app, port=0)
with client:
    made, read = client.post("/heroes/ann")[1], client.get("/heroes/ann")[1]
    gone, twice = client.get("/heroes/bob")[1], client.post("/heroes/ann")[1]
    problem = "application/problem+json"
    print(made.status in (200, 201), made.json, read.json)
    print(*[(each.status, each.content_type == problem) for each in (gone, twice)])
"""
PROGRAMS = {
    "aiohttp": ASK_AIOHTTP,
    "sanic": ASK_SANIC,
    **{name: BY_ASGI.replace("{name}", name) for name in ("fastapi", "starlette", "litestar", "quart", "blacksheep")},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The page's files in a folder of their own."""
    project = Project(tmp_path_factory.mktemp("web"))
    project.play(PAGE)
    return project


@pytest.mark.parametrize("framework", sorted(PROGRAMS))
def test_it_answers(project: Project, framework: str) -> None:
    told = project.ran("-W", "ignore", "-c", PROGRAMS[framework])
    assert told.splitlines()[-2:] == ["True {'name': 'ann'} {'name': 'ann'}", "(404, True) (422, True)"], told


def test_the_script_runs(project: Project) -> None:
    assert project.ran("-m", "heroes.script") == "1\n"


def test_every_framework_is_tested() -> None:
    files = [block.file for block in blocks(PAGE) if block.file is not None and "with_" in block.file]
    assert {file.removeprefix("heroes/with_").removesuffix(".py") for file in files} == {*PROGRAMS}
