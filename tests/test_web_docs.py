"""What docs/web.md shows is true: each application in it answers, and type checkers accept all of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "web.md"
BLOCK = re.compile(r"```python\n# (\S+)\n(.*?)```", re.S)

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


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files in a folder of their own, with their stubs."""
    folder = tmp_path_factory.mktemp("web")
    for name, text in BLOCK.findall(PAGE.read_text()):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(f"# {name}\n{text}")
    made = run(folder, "-m", "ormgen_codegen", "stubs", "heroes.models")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize("framework", sorted(PROGRAMS))
def test_it_answers(project: Path, framework: str) -> None:
    ran = run(project, "-W", "ignore", "-c", PROGRAMS[framework])
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-2:] == [
        "True {'name': 'ann'} {'name': 'ann'}",
        "(404, True) (422, True)",
    ], ran.stdout + ran.stderr


def test_the_script_runs(project: Path) -> None:
    ran = run(project, "-m", "heroes.script")
    assert (ran.returncode, ran.stdout) == (0, "1\n"), ran.stderr


def test_every_snippet_is_tested(project: Path) -> None:
    blocks = [name for name, _ in BLOCK.findall(PAGE.read_text())]
    assert PAGE.read_text().count("```python") == len(blocks)
    assert {name.removeprefix("heroes/with_").removesuffix(".py") for name in blocks if "with_" in name} == {*PROGRAMS}


@pytest.mark.parametrize("checker", [["mypy", "--strict", "."], ["pyright", "--pythonpath", sys.executable, "."]])
def test_type_checkers_accept_it(project: Path, checker: list[str]) -> None:
    told = run(project, "-m", *checker)
    assert told.returncode == 0, told.stdout
