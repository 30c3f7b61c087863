"""FastAPI and Starlette, asked by a client as a browser would ask them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from models.heroes import Team
from ormgen import ORM
from ormgen.contrib import fastapi as contrib
from ormgen.contrib.starlette import lifespan as starlette_lifespan
from ormgen.contrib.starlette import orm_exception_handlers as starlette_handlers
from ormgen.exceptions import DoesNotExist
from ormgen.transactions import TransactionConnection

HEROES = {"models": ["models.heroes"]}


def routes(app: FastAPI) -> FastAPI:
    @app.get("/teams")
    async def teams() -> Any:
        return await Team.all().order_by("name").values("name")

    @app.post("/teams/{name}")
    async def create(name: str) -> Any:
        team = await Team.create(name=name)
        return {"id": team.id}

    @app.get("/teams/{name}")
    async def one(name: str) -> Any:
        return {"name": (await Team.get(name=name)).name}

    @app.post("/fail/{name}")
    async def fail(name: str, connection: Annotated[TransactionConnection, Depends(contrib.transaction)]) -> None:
        await Team.create(name=name)
        raise RuntimeError(connection.alias)

    @app.post("/both/{name}")
    async def both(name: str, connection: Annotated[TransactionConnection, Depends(contrib.transaction)]) -> Any:
        await Team.create(name=name)
        await Team.create(name=f"{name}2", using_db=connection)
        return await Team.all().count()

    return app


def check(client: TestClient) -> None:
    """What every way of registering has in common."""
    assert client.get("/teams").json() == []
    assert client.post("/teams/a").status_code == 200
    assert client.get("/teams").json() == [{"name": "a"}]
    assert client.get("/teams/a").json() == {"name": "a"}


def check_problems(client: TestClient) -> None:
    missing = client.get("/teams/nobody")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert missing.json()["detail"] == "Object does not exist"
    twice = client.post("/teams/a")
    assert (twice.status_code, twice.json()["status"]) == (422, 422)
    assert "team" not in twice.text.lower()
    long = client.post(f"/teams/{'x' * 60}")
    assert (long.status_code, long.json()["title"]) == (422, "Unprocessable Content")


@pytest.mark.feature(241)
@pytest.mark.parametrize("register", [contrib.RegisterORM, contrib.RegisterTortoise])
def test_in_a_lifespan(db_url: str, register: Any) -> None:
    """The lifespan runs in another task than the requests."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with register(app, db_url=db_url, modules=HEROES, generate_schemas=True, add_exception_handlers=True):
            yield

    app = routes(FastAPI(lifespan=lifespan))
    for round_ in range(2):
        with TestClient(app) as client:
            assert ORM.is_inited()
            if round_ == 0:
                check(client)
            check_problems(client)
            with pytest.raises(RuntimeError, match="default"):
                client.post("/fail/b")
            assert client.get("/teams").json() == [{"name": "a"}]
        assert not ORM.is_inited()


@pytest.mark.feature(241)
def test_a_request_is_one_transaction(db_url: str) -> None:
    app = routes(
        FastAPI(
            lifespan=contrib.lifespan(db_url=db_url, modules=HEROES, generate_schemas=True),
            exception_handlers=contrib.orm_exception_handlers(),
        )
    )
    with TestClient(app) as client:
        assert client.post("/both/a").json() == 2
        client.post("/teams/b2")
        assert client.post("/both/b").status_code == 422  # the second name is taken, and the first is undone
        assert client.get("/teams").json() == [{"name": "a"}, {"name": "a2"}, {"name": "b2"}]


@pytest.mark.feature(241)
def test_handlers_and_lifespan_as_arguments(sqlite_url: str) -> None:
    app = routes(
        FastAPI(
            lifespan=contrib.lifespan(db_url=sqlite_url, modules=HEROES, generate_schemas=True),
            exception_handlers=contrib.orm_exception_handlers(),
        )
    )
    with TestClient(app) as client:
        check(client)
        check_problems(client)


@pytest.mark.feature(241)
def test_register_keeps_the_lifespan_that_is_there(sqlite_url: str) -> None:
    told: list[str] = []

    @asynccontextmanager
    async def own(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        told.append(f"started, {ORM.is_inited()}")
        yield {"who": "own"}
        told.append(f"ended, {ORM.is_inited()}")

    app = routes(FastAPI(lifespan=own))

    @app.get("/state")
    async def state(request: Request) -> Any:
        return request.state.who

    contrib.register_orm(app, db_url=sqlite_url, modules=HEROES, generate_schemas=True, add_exception_handlers=True)
    with TestClient(app) as client:
        check(client)
        check_problems(client)
        assert client.get("/state").json() == "own"
    assert told == ["started, True", "ended, True"]
    assert not ORM.is_inited()


@pytest.mark.feature(241)
def test_own_handlers_stay(sqlite_url: str) -> None:
    async def gone(request: Request, error: Any) -> Response:
        return JSONResponse("mine", 410)

    app = routes(FastAPI(exception_handlers={DoesNotExist: gone}))
    contrib.register_orm(app, db_url=sqlite_url, modules=HEROES, generate_schemas=True, add_exception_handlers=True)
    with TestClient(app) as client:
        assert client.get("/teams/nobody").status_code == 410


@pytest.mark.feature(243)
def test_starlette(db_url: str) -> None:
    """Its lifespan runs in another task than the requests, too; what goes wrong is answered with problem details."""

    async def teams(request: Request) -> JSONResponse:
        if request.method == "POST":
            await Team.create(name="a")
        return JSONResponse(await Team.all().values_list("name", flat=True))

    async def one(request: Request) -> JSONResponse:
        return JSONResponse((await Team.get(name=request.path_params["name"])).name)

    app = Starlette(
        routes=[Route("/", teams, methods=["GET", "POST"]), Route("/{name}", one)],
        lifespan=starlette_lifespan(db_url=db_url, modules=HEROES, generate_schemas=True),
        exception_handlers=starlette_handlers(),
    )
    with TestClient(app) as client:
        assert client.get("/").json() == []
        assert client.post("/").json() == ["a"]
        assert client.get("/a").json() == "a"
        for answer, status in ((client.get("/nobody"), 404), (client.post("/"), 422)):
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert not ORM.is_inited()


@pytest.mark.feature(241)
def test_a_wrong_configuration_stops_the_application() -> None:
    app = FastAPI(lifespan=contrib.lifespan(db_url="moo://x", modules=HEROES))
    with pytest.raises(Exception, match="Unknown DB scheme: moo"), TestClient(app):
        pass
    assert not ORM.is_inited()


async def test_without_a_lifespan(sqlite_url: str) -> None:
    """A script that asks the application directly."""
    app = routes(FastAPI())
    async with (
        contrib.RegisterORM(app, db_url=sqlite_url, modules=HEROES, generate_schemas=True),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client,
    ):
        assert (await client.get("/teams")).json() == []
