"""Litestar, Sanic, Quart, aiohttp and BlackSheep: the same four requests, asked by each framework's own client."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from models.heroes import Team
from ormgen import ORM
from ormgen.contrib.register import Registered
from ormgen.transactions import TransactionConnection

HEROES = {"models": ["models.heroes"]}
PROBLEM = "application/problem+json"

Answer = tuple[int, str, Any]  # status, content type, body read as JSON
Ask = Callable[[str, str], Awaitable[Answer]]  # method and path


async def names() -> list[str]:
    return await Team.all().order_by("name").values_list("name", flat=True)


async def check(ask: Ask) -> None:
    """What every framework has in common."""
    assert ORM.is_inited()
    assert (await ask("GET", "/teams"))[2] == []
    assert (await ask("POST", "/teams/a"))[2] == "a"
    assert (await ask("GET", "/teams"))[2] == ["a"]
    status, kind, body = await ask("GET", "/teams/nobody")
    assert (status, kind.split(";")[0], body["detail"]) == (404, PROBLEM, "Object does not exist")
    status, kind, body = await ask("POST", "/teams/a")
    assert (status, kind.split(";")[0], body["status"]) == (422, PROBLEM, 422)
    assert "team" not in json.dumps(body).lower()
    assert (await ask("POST", f"/teams/{'x' * 60}"))[0] == 422


async def asked_at(port: int, method: str, path: str) -> Answer:
    """Ask a real server in another process."""
    async with httpx2.AsyncClient() as client:
        answer = await client.request(method, f"http://127.0.0.1:{port}{path}")
        return answer.status_code, answer.headers["content-type"], answer.json()


async def by_asgi(app: Any) -> None:
    """The lifespan in another task than the requests, as servers run it."""
    with TestClient(app) as client:

        async def ask(method: str, path: str) -> Answer:
            answer = client.request(method, path)
            return answer.status_code, answer.headers["content-type"], answer.json()

        await check(ask)
    assert not ORM.is_inited()


def litestar_app(db_url: str) -> Any:
    from litestar import Litestar, get, post
    from litestar.di import NamedDependency
    from litestar.params import FromPath

    from ormgen.contrib.litestar import ORMPlugin

    @get("/teams")
    async def teams() -> list[str]:
        return await names()

    @post("/teams/{name:str}", media_type="application/json")
    async def create(name: FromPath[str]) -> str:
        return json.dumps((await Team.create(name=name)).name)

    @get("/teams/{name:str}", media_type="application/json")
    async def one(name: FromPath[str]) -> str:
        return json.dumps((await Team.get(name=name)).name)

    @post("/fail/{name:str}")
    async def fail(name: FromPath[str], transaction: NamedDependency[TransactionConnection]) -> None:
        await Team.create(name=name)
        raise RuntimeError(transaction.alias)

    plugin = ORMPlugin(db_url=db_url, modules=HEROES, generate_schemas=True)
    return Litestar([teams, create, one, fail], plugins=[plugin])


@pytest.mark.feature(243)
async def test_litestar(db_url: str) -> None:
    from litestar.testing import AsyncTestClient

    async with AsyncTestClient(litestar_app(db_url)) as client:

        async def ask(method: str, path: str) -> Answer:
            answer = await client.request(method, path)
            return answer.status_code, answer.headers["content-type"], answer.json()

        await check(ask)
        assert (await client.post("/fail/b")).status_code == 500
        assert (await ask("GET", "/teams"))[2] == ["a"]
    assert not ORM.is_inited()


async def test_litestar_in_another_task(sqlite_url: str) -> None:
    await by_asgi(litestar_app(sqlite_url))


def quart_app(db_url: str) -> Any:
    from quart import Quart, jsonify

    from ormgen.contrib.quart import register_orm

    app = Quart(__name__)

    @app.get("/teams")
    async def teams() -> Any:
        return jsonify(await names())

    @app.post("/teams/<name>")
    async def create(name: str) -> Any:
        return jsonify((await Team.create(name=name)).name)

    @app.get("/teams/<name>")
    async def one(name: str) -> Any:
        return jsonify((await Team.get(name=name)).name)

    register_orm(app, db_url=db_url, modules=HEROES, generate_schemas=True, add_exception_handlers=True)
    return app


@pytest.mark.feature(243)
async def test_quart(db_url: str) -> None:
    app = quart_app(db_url)
    async with app.test_app() as running:
        client = running.test_client()

        async def ask(method: str, path: str) -> Answer:
            answer = await client.open(path, method=method)
            return answer.status_code, str(answer.content_type), await answer.get_json(force=True)

        await check(ask)
    assert not ORM.is_inited()


async def test_quart_in_another_task(sqlite_url: str) -> None:
    await by_asgi(quart_app(sqlite_url))


@pytest.mark.feature(243)
def test_quart_command(sqlite_url: str) -> None:
    app = quart_app(sqlite_url)
    for _ in range(2):  # what is there stays
        result = app.test_cli_runner().invoke(args=["generate-schemas"])
        assert (result.exit_code, result.output) == (0, "")
    assert Path(sqlite_url.removeprefix("sqlite://")).stat().st_size > 0


def aiohttp_app(db_url: str) -> Any:
    from aiohttp import web

    from ormgen.contrib.aiohttp import register_orm

    async def teams(request: web.Request) -> web.Response:
        return web.json_response(await names())

    async def create(request: web.Request) -> web.Response:
        return web.json_response((await Team.create(name=request.match_info["name"])).name)

    async def one(request: web.Request) -> web.Response:
        return web.json_response((await Team.get(name=request.match_info["name"])).name)

    app = web.Application()
    app.add_routes([web.get("/teams", teams), web.post("/teams/{name}", create), web.get("/teams/{name}", one)])
    register_orm(app, db_url=db_url, modules=HEROES, generate_schemas=True, add_exception_handlers=True)
    return app


@pytest.mark.feature(243)
@pytest.mark.parametrize("in_a_task", [False, True])
async def test_aiohttp(db_url: str, in_a_task: bool) -> None:
    """Each request is handled in a task of its own; here the application may be started and ended in others, too."""
    from aiohttp.test_utils import TestClient as Client
    from aiohttp.test_utils import TestServer

    from ormgen.contrib.aiohttp import ORM_KEY

    app = aiohttp_app(db_url)
    client = Client(TestServer(app))

    async def ask(method: str, path: str) -> Answer:
        async with client.request(method, path) as answer:
            return answer.status, answer.content_type, await answer.json()

    await (asyncio.create_task(client.start_server()) if in_a_task else client.start_server())
    await check(ask)
    assert isinstance(app[ORM_KEY], Registered)
    await (asyncio.create_task(client.close()) if in_a_task else client.close())
    assert not ORM.is_inited()


def blacksheep_app(db_url: str) -> Any:
    from blacksheep import Application, Router
    from blacksheep import json as answer

    from ormgen.contrib.blacksheep import register_orm

    app = Application(router=Router())

    @app.router.get("/teams")
    async def teams() -> Any:
        return answer(await names())

    @app.router.post("/teams/{name}")
    async def create(name: str) -> Any:
        return answer((await Team.create(name=name)).name)

    @app.router.get("/teams/{name}")
    async def one(name: str) -> Any:
        return answer((await Team.get(name=name)).name)

    register_orm(app, db_url=db_url, modules=HEROES, generate_schemas=True, add_exception_handlers=True)
    return app


@pytest.mark.feature(242)
async def test_blacksheep(db_url: str) -> None:
    from blacksheep.testing import TestClient as Client

    app = blacksheep_app(db_url)
    await app.start()
    client = Client(app)

    async def ask(method: str, path: str) -> Answer:
        answer = await (client.get(path) if method == "GET" else client.post(path))
        return answer.status, (answer.content_type() or b"").decode(), await answer.json()

    await check(ask)
    assert isinstance(app.services.resolve(Registered), Registered)
    await app.stop()
    assert not ORM.is_inited()


async def test_blacksheep_in_another_task(sqlite_url: str) -> None:
    await by_asgi(blacksheep_app(sqlite_url))


SANIC = """
import os, sys
from sanic import Sanic, response
from models.heroes import Team
from ormgen.contrib.sanic import register_orm

app = Sanic("heroes")
register_orm(app, db_url=sys.argv[1], modules={"models": ["models.heroes"]}, generate_schemas=True,
             add_exception_handlers=True)

@app.get("/teams")
async def teams(request):
    return response.json(await Team.all().order_by("name").values_list("name", flat=True))

@app.post("/teams/<name>")
async def create(request, name):
    return response.json((await Team.create(name=name)).name)

@app.get("/teams/<name>")
async def one(request, name):
    return response.json((await Team.get(name=name)).name)

@app.get("/worker")
async def worker(request):
    return response.json(os.getpid())

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[2]), workers=int(sys.argv[3]), motd=False, access_log=False)
"""


def started(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with open(log, "w") as file:  # a group of its own: Sanic signals its whole group
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=file, start_new_session=True)


@asynccontextmanager
async def sanic_server(folder: Path, db_url: str, workers: int) -> AsyncIterator[int]:
    """A Sanic server in another process; gives its port once every worker answers."""
    (folder / "server.py").write_text(SANIC)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "server.py", db_url, str(port), str(workers)]
    log = folder / "log.txt"
    server = started(command, folder, environment, log)
    try:
        seen: set[int] = set()
        until = time.monotonic() + 60
        while len(seen) < workers:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            try:
                seen.add((await asked_at(port, "GET", "/worker"))[2])
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
        yield port
        server.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(server.wait, 30) == 0, log.read_text()
    finally:
        server.kill()
        server.wait()


@pytest.mark.feature(243)
async def test_sanic(db_url: str, tmp_path: Path) -> None:
    """Two workers are two processes: each has a pool of its own, and both may create the tables at once."""
    async with sanic_server(tmp_path, db_url, workers=2) as port:
        assert (await asked_at(port, "GET", "/teams"))[2] == []
        assert (await asked_at(port, "POST", "/teams/a"))[2] == "a"
        for _ in range(10):
            assert (await asked_at(port, "GET", "/teams/a"))[2] == "a"
        status, kind, body = await asked_at(port, "GET", "/teams/nobody")
        assert (status, kind, body["detail"]) == (404, PROBLEM, "Object does not exist")
        status, kind, body = await asked_at(port, "POST", "/teams/a")
        assert (status, kind, body["status"]) == (422, PROBLEM, 422)
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
