"""examples/fastapi_shop as its README says: generated files, migrations, its tests, a real server, a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

SHOP = Path(__file__).parents[1] / "examples" / "fastapi_shop"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WITH_DOCS = """
import fastapi_offline
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles

from bookshop.api import app

app.mount("/static", StaticFiles(directory=fastapi_offline.__path__[0] + "/static"))

@app.get("/page", include_in_schema=False)
async def page():
    static = {"swagger_js_url": "/static/swagger-ui-bundle.js", "swagger_css_url": "/static/swagger-ui.css"}
    return get_swagger_ui_html(openapi_url="/openapi.json", title="Bookshop", **static)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The project in a folder of its own, as somebody has it who cloned it."""
    copy = tmp_path / "shop"
    shutil.copytree(SHOP, copy, ignore=shutil.ignore_patterns("__pycache__", ".*", "*.sqlite3*"))
    return copy


def run(folder: Path, *arguments: str, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "command",
    ["stubs --check --no-cache", "pydantic --check", "check --types", "migrate --check"],
)
def test_what_is_generated_is_fresh(shop: Path, command: str) -> None:
    run(shop, "ormgen_codegen", *command.split())


def test_type_checkers_accept_it(shop: Path) -> None:
    assert "Success" in run(shop, "mypy", ".")
    assert "0 errors" in run(shop, "pyright", "--pythonpath", sys.executable, ".")


def test_its_own_tests(shop: Path, db_url: str) -> None:
    place, slash, _ = db_url.rpartition("/")
    url = f"{place}{slash}" + ("shop.sqlite3" if "sqlite" in db_url else "ormgen_test_{}")
    told = run(shop, "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider", "-o", f"orm_db_url={url}")
    assert "3 passed" in told


@contextmanager
def serving(shop: Path, db_url: str, app: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "warning"]
    with open(shop / "log.txt", "w") as log:
        server = subprocess.Popen(
            command, cwd=shop, env={**os.environ, "DATABASE_URL": db_url}, stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            assert server.poll() is None, (shop / "log.txt").read_text()
            assert time.monotonic() < until, (shop / "log.txt").read_text()
            try:
                httpx2.get(f"{address}/openapi.json")
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)
    assert "Traceback" not in (shop / "log.txt").read_text()


def test_the_service(shop: Path, db_url: str) -> None:
    run(shop, "ormgen_codegen", "upgrade", DATABASE_URL=db_url)
    with serving(shop, db_url, "bookshop.api:app") as address, httpx2.Client(base_url=address) as client:
        author = client.put("/authors/Ursula").json()
        assert author == {"id": author["id"], "name": "Ursula", "books": []}
        new = {"title": "Lavinia", "price": "8.00", "stock": 2, "author_id": author["id"]}
        book = client.post("/books", json=new).json()
        assert (book["price"], book["author"]["name"]) == ("8.00", "Ursula")
        assert client.post("/books", json={**new, "title": None}).status_code == 422
        assert client.post("/books", json={**new, "author_id": 999}).status_code == 422
        assert client.patch(f"/books/{book['id']}", json={"price": "9.00"}).json()["price"] == "9.00"
        assert len(client.get("/books", params={"title__icontains": "LAV", "price__lte": "9"}).json()) == 1
        assert client.get("/books", params={"price__lt": "9"}).json() == []
        order = {"email": "a@example.com", "copies": {book["id"]: 2}}
        placed = client.post("/orders", json=order).json()
        assert [line["copies"] for line in placed["lines"]] == [2]
        refused = client.post("/orders", json=order)
        assert (refused.status_code, refused.json()["detail"]) == (409, "there are 0 copies of 'Lavinia'")
        assert client.get("/takings").json() == {"Ursula": "18.00"}
        assert client.delete(f"/orders/{placed['id']}").json()["state"] == "cancelled"
        gone = client.delete(f"/orders/{placed['id']}")
        assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
        assert client.get("/takings").json() == {}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_the_page_of_the_service_in_a_browser(shop: Path, sqlite_url: str) -> None:
    """What a person sees: each operation, and the classes with their fields."""
    assert BROWSER is not None
    (shop / "with_docs.py").write_text(WITH_DOCS)
    run(shop, "ormgen_codegen", "upgrade", DATABASE_URL=sqlite_url)
    with serving(shop, sqlite_url, "with_docs:app") as address:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"]
        profile = f"--user-data-dir={shop / 'profile'}"
        command = [BROWSER, *options, profile, "--virtual-time-budget=20000", f"{address}/page"]
        page = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    assert "opblock-summary-path" in page, page[:2000]
    for name in ("/books", "/orders/", "/takings", "BookCreate", "BookUpdate", "OrderRead"):
        assert name in page.replace("\u200b", "").replace("<wbr>", ""), name
