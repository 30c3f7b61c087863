"""What docs/pydantic.md shows is true: its project is written, runs, and is accepted by type checkers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pages import DOCS, Project, blocks

PAGE = DOCS / "pydantic.md"
LIBRARIES = ("pydantic", "msgspec", "dataclasses")

ASK = """
from starlette.testclient import TestClient
from ormgen import ORM
from shop.api import app
from shop.models import Maker

@app.post("/makers/{name}")
async def make(name: str) -> int:
    return (await Maker.create(name=name)).id

with TestClient(app) as client:
    maker = client.post("/makers/ann").json()
    new = {"name": "chess", "price": "9.50", "maker_id": maker}
    made = client.post("/products", json=new)
    print(made.status_code, {k: v for k, v in made.json().items() if k not in ("added_at", "maker")})
    print(made.json().get("maker"))
    print(client.post("/products", json={**new, "price": "123456789.00"}).json()["detail"][0]["type"])
    print(client.post("/products", json={**new, "naem": "x"}).json()["detail"][0]["type"])
    print(client.post("/products", json={**new, "tags": None}).json()["detail"][0]["type"])
    changed = client.patch("/products/1", json={"note": "old", "kind": "game"}).json()
    print(changed["note"], changed["kind"], changed["name"])
    print(client.patch("/products/1", json={"note": None}).json()["note"])
    print(client.patch("/products/1", json={"price": None}).status_code)
    for query in ("name__icontains=CHE", "name__icontains=x", "price__gte=10", "id__in=1&id__in=7", "kind=game"):
        print(query, len(client.get(f"/products?{query}").json()))
    print(client.get("/products?naem=1").status_code)
    schema = client.get("/openapi.json").json()["components"]["schemas"]
    print(schema["ProductUpdate"]["properties"]["name"]["maxLength"], schema["ProductCreate"]["required"])
"""
WITHOUT = """
import asyncio
from ormgen import ORM
from shop.models import Kind, Maker, Product
from shop.schemas import MakerRead, ProductCreate, ProductFilter, ProductRead, ProductUpdate

async def main() -> None:
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["shop.models"]})
    await ORM.generate_schemas()
    maker = await Maker.create(name="ann")
    product = await Product.create(**ProductCreate(name="chess", price=9, maker_id=maker.id).given())
    await product.update_from_dict(ProductUpdate(note=None, kind=Kind.GAME).given()).save()
    asked = ProductFilter(name__icontains="CHE", price__gte=9, kind=Kind.GAME)
    (found,) = await Product.filter(**asked.conditions())
    read = ProductRead.from_orm(found)
    print(read.name, read.kind, read.note, read.tags, read.maker_id, MakerRead.from_orm(maker).name)
    await ORM.close_connections()

asyncio.run(main())
"""

EXPORT = """
import asyncio, json
from ormgen import ORM
from ormgen.contrib.pydantic import pydantic_model_creator
from shop.export import ProductLine, lines
from shop.models import Maker, Product

async def main() -> None:
    await ORM.init(db_url="sqlite://:memory:", modules={"models": ["shop.models"]})
    await ORM.generate_schemas()
    await Product.create(name="chess", price=9, maker=await Maker.create(name="ann"))
    print(await lines())
    print(json.dumps(pydantic_model_creator(Product).model_json_schema()))
    await ORM.close_connections()

asyncio.run(main())
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return Project(folder).run(*arguments)


def ormgen(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "ormgen_codegen", *arguments)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's modules in a folder of their own, with stubs and classes."""
    made = Project(tmp_path_factory.mktemp("documents"))
    for block in blocks(PAGE):
        if block.language == "python":
            made.write(block)
    for command in ("stubs", "pydantic"):
        made.ran("-m", "ormgen_codegen", command, "shop.models")
    return made.folder


@pytest.mark.parametrize("depth", [0, 1])
def test_it_answers(project: Path, depth: int) -> None:
    assert ormgen(project, "pydantic", "shop.models", "--depth", str(depth)).returncode == 0
    ran = run(project, "-W", "ignore", "-c", ASK)
    assert ran.returncode == 0, ran.stderr
    key = "'maker_id': 1, " if depth == 0 else ""
    assert ran.stdout.splitlines() == [
        "201 {'id': 1, 'name': 'chess', 'kind': 'book', 'price': '9.50', 'note': None, 'tags': []"
        + (f", {key.rstrip(', ')}" if key else "")
        + "}",
        "{'id': 1, 'name': 'ann'}" if depth else "None",
        "decimal_max_digits",
        "extra_forbidden",
        "list_type",
        "old game chess",
        "None",
        "422",
        "name__icontains=CHE 1",
        "name__icontains=x 0",
        "price__gte=10 0",
        "id__in=1&id__in=7 1",
        "kind=game 1",
        "422",
        "100 ['name', 'price', 'maker_id']",
    ]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("checker", [["mypy", "--strict", "."], ["pyright", "--pythonpath", sys.executable, "."]])
def test_type_checkers_accept_it(project: Path, library: str, checker: list[str]) -> None:
    depth = "1" if library == "pydantic" else "0"
    (project / "other").mkdir(exist_ok=True)
    output = "shop/schemas.py" if library == "pydantic" else f"other/{library}_classes.py"
    made = ormgen(project, "pydantic", "shop.models", "--library", library, "--depth", depth, "-o", output)
    assert made.returncode == 0, made.stderr
    told = run(project, "-m", *checker)
    assert told.returncode == 0, told.stdout


def test_the_creator_does_not_depend_on_generated_classes(project: Path, tmp_path: Path) -> None:
    """And its class, made before the models are linked, reads what it needs."""
    shutil.copytree(project, tmp_path / "copy", ignore=shutil.ignore_patterns("api.py"))
    with_them = Project(tmp_path / "copy").ran("-W", "ignore", "-c", EXPORT)
    (tmp_path / "copy" / "shop" / "schemas.py").unlink()
    assert Project(tmp_path / "copy").ran("-W", "ignore", "-c", EXPORT) == with_them
    assert with_them.startswith("['chess by ann: 9.00']\n")
    assert '"maker"' in with_them


@pytest.mark.parametrize("library", LIBRARIES[1:])
def test_without_pydantic(project: Path, tmp_path: Path, library: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text((project / "shop" / "models.py").read_text())
    assert ormgen(tmp_path, "pydantic", "shop.models", "--library", library).returncode == 0
    ran = run(tmp_path, "-c", WITHOUT)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "chess Kind.GAME None [] 1 ann\n"


def test_what_is_stale_is_told(project: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    models = (project / "shop" / "models.py").read_text()
    (shop / "models.py").write_text(models)
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen.pydantic]\nvariants = ["Read"]\n')
    told = ormgen(tmp_path, "pydantic", "shop.models", "--check")
    assert (told.returncode, (shop / "schemas.py").exists()) == (1, False)
    assert ormgen(tmp_path, "pydantic", "shop.models").returncode == 0
    assert ormgen(tmp_path, "pydantic", "shop.models", "--check").returncode == 0
    assert ormgen(tmp_path, "stubs", "shop.models").returncode == 0
    assert ormgen(tmp_path, "check", "shop.models").returncode == 0
    assert "ProductCreate" not in (shop / "schemas.py").read_text()
    (shop / "models.py").write_text(models.replace("max_length=50", "max_length=60").replace("note", "remark"))
    assert ormgen(tmp_path, "stubs", "shop.models").returncode == 0
    told = ormgen(tmp_path, "check", "shop.models")
    assert told.returncode == 1
    assert "shop/schemas.py:1:1: error: the data classes are out of date" in told.stderr + told.stdout
    told = ormgen(tmp_path, "pydantic", "shop.models", "--diff")
    assert (told.returncode, "+    remark: str | None" in told.stdout) == (1, True)


def test_a_file_of_somebody_else_stays(project: Path, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text((project / "shop" / "models.py").read_text())
    (tmp_path / "shop" / "schemas.py").write_text("mine = 1\n")
    told = ormgen(tmp_path, "pydantic", "shop.models")
    assert (told.returncode, (tmp_path / "shop" / "schemas.py").read_text()) == (2, "mine = 1\n")
    assert "was not generated by ormgen" in told.stderr


@pytest.mark.parametrize(
    ("table", "fact"),
    [
        ('variants = ["Raed"]', "there is no variant 'Raed'; did you mean \"Read\"?"),
        ('outptu = "x.py"', 'tool.ormgen.pydantic has no key "outptu"; did you mean "output"?'),
        ('depth = "1"', "tool.ormgen.pydantic.depth cannot be '1'; int is needed"),
        ('library = "attrs"', "there is no library 'attrs'"),
        ('library = "msgspec"\ndepth = 1', "relations are nested with pydantic only"),
        ('output = "schemas.txt"', "its name has to end in .py"),
    ],
)
def test_wrong_settings(project: Path, tmp_path: Path, table: str, fact: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text((project / "shop" / "models.py").read_text())
    (tmp_path / "pyproject.toml").write_text(f"[tool.ormgen.pydantic]\n{table}\n")
    told = ormgen(tmp_path, "pydantic", "shop.models")
    assert (told.returncode, fact in told.stderr) == (2, True), told.stderr
