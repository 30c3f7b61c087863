"""docs/errors.md tells of every error class, and its examples raise what they stand under, on each database."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from databases import KINDS
from ormgen import exceptions
from pages import DOCS, Project, blocks

PAGE = DOCS / "errors.md"
ERRORS = {
    name: kind
    for name, kind in vars(exceptions).items()
    if inspect.isclass(kind)
    and issubclass(kind, Exception)
    and (kind.__module__, kind.__name__) == (exceptions.__name__, name)
}
BASES = {"BaseORMException", "NotExistOrMultiple"}  # never raised themselves
RAISE = """
import asyncio, importlib, json, os, sys, warnings
from ormgen import ORM
from shop.models import Hero, Team

async def prepare():
    await ORM.init(db_url=os.environ["DATABASE_URL"], modules={"models": ["shop.models"]})
    await ORM.generate_schemas()
    await Hero.all().delete()
    await Team.all().delete()
    team = await Team.create(name="Avengers")
    for name in ("Thor", "Hulk"):
        await Hero.create(name=name, team=team)

async def raised(name):
    await prepare()
    try:
        with warnings.catch_warnings(action="error"):
            await importlib.import_module(f"failing.{name}").example()
    except Exception as error:
        return [each.__name__ for each in type(error).mro()], str(error)
    finally:
        with warnings.catch_warnings(action="ignore"):
            await ORM.close_connections()
    return [], "nothing was raised"

told = {name: asyncio.run(raised(name)) for name in sys.argv[2:]}
open(sys.argv[1], "w").write(json.dumps(told))
"""


def file_of(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def sections() -> dict[str, str]:
    parts = re.split(r"^## (\w+)\n", PAGE.read_text("utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def quoted(section: str) -> str:
    """The message that a section shows, as a pattern."""
    lines = re.findall(r"^> (.*)$", section, flags=re.M)
    return ".*".join(re.escape(part) for part in "\n".join(lines or ["…"]).split("…"))


def test_every_class_has_its_section() -> None:
    assert {*ERRORS} - {*sections()} == set()
    files = {block.file for block in blocks(PAGE)}
    for name in ERRORS:
        assert re.search(r"\*\*Cause\.\*\* .+\*\*Cure\.\*\* ", sections()[name], re.S), name
        assert f"failing/{file_of(name)}.py" in files


def test_examples_raise_what_they_stand_under(db_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    kind = request.node.callspec.params["db_url"]
    only = {block.file: block.note.split()[1:] for block in blocks(PAGE) if block.note.startswith("on ")}
    names = [name for name in ERRORS if kind in only.get(f"failing/{file_of(name)}.py", KINDS)]
    project = Project(tmp_path, {"DATABASE_URL": db_url})
    project.play(PAGE)
    project.ran("-c", RAISE, "told.json", *map(file_of, names))
    told = json.loads((tmp_path / "told.json").read_text())
    for name in names:
        classes, message = told[file_of(name)]
        assert (name in classes) if name in BASES else classes[:1] == [name], f"{name}: {classes[:1]} {message}"
        assert re.fullmatch(quoted(sections()[name]), message, re.S), f"{name} says: {message}"


def test_what_mypy_refuses_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.play(PAGE)
    project.ran("-m", "ormgen_codegen", "stubs", "shop.models")
    told = project.run("-m", "mypy", "--strict", "failing").stdout
    refused = {*re.findall(r"^failing/(\w+)\.py:\d+: error", told, flags=re.M)}
    said = {file_of(name) for name, text in sections().items() if "**Before it runs.** mypy refuses" in text}
    assert refused == said, told
