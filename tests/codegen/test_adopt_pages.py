"""Every block of Python in pages for Tortoise ORM runs after `ormgen adopt`, on each database.

`ORMGEN_TEST_PAGES` names a folder of pages (.rst, .md, .txt) beside those of our own and of public packages.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from archives import unpacked
from ormgen.exceptions import OperationalError
from ormgen_codegen.cli import cli
from page_blocks import PYTHON, Block, blocks_of, indented
from page_project import Page
from page_running import Running
from tortoise_pages import KINDS, PAGES

GIVEN = sorted(
    path
    for path in Path(os.environ.get("ORMGEN_TEST_PAGES", os.devnull)).glob("*")
    if path.suffix in (".md", ".rst", ".txt")
)
PUBLIC = {  # where the pages of public packages are, and how many blocks of Python they have
    "tortoise-orm==1.1.9": ("tortoise_orm-1.1.9/README.rst", 3),
    "aerich==0.9.2": ("aerich-0.9.2/README.md", 5),
}
REFUSED = {  # PostgreSQL has nothing to order distinct rows by, neither from Tortoise ORM nor from ormgen
    ("tortoise-orm==1.1.9", 2, "postgres"): "SELECT DISTINCT, ORDER BY",
}
TOLD = {("aerich==0.9.2", 3): 2, ("aerich==0.9.2", 4): 1}  # aerich as a library, and its option of `class Meta`
THEIRS = re.compile(r"\btortoise\b|Tortoise(?!_orm)|\baerich\b|TORTOISE_ORM")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")


def python(page: str) -> list[Block]:
    return [block for block in blocks_of(page) if block.kind == PYTHON]


@dataclass
class Adopted:
    """The projects of a page's blocks after `ormgen adopt`, and what it has told of each."""

    folder: Path
    left: list[list[int]]

    def left_over(self, at: int) -> list[int]:
        """The lines of a block, comments aside, that still name Tortoise ORM or aerich."""
        tokens = tokenize.generate_tokens(io.StringIO((self.folder / str(at) / "block.py").read_text()).readline)
        return [each.start[0] for each in tokens if each.type != tokenize.COMMENT and THEIRS.search(each.string)]

    async def run(self, at: int, place: Path, db_url: str) -> str | None:
        """Run a block in a copy of its project; the error that it is there to show."""
        shutil.copytree(self.folder / str(at), place, dirs_exist_ok=True)
        own = {"block", *(name.removesuffix(".py") for name in os.listdir(place))}
        others = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in own}
        try:
            return await Running(place, db_url).run()
        finally:
            for name in [name for name in sys.modules if name.partition(".")[0] in own]:
                del sys.modules[name]
            sys.modules.update(others)


def adopt(page: str, folder: Path) -> Adopted:
    """Each block of a page in a project of its own, and all of them adopted."""
    blocks = Page([block.text for block in python(page)])
    for at in range(len(blocks.texts)):
        for name, text in blocks.files(at).items():
            (folder / str(at) / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / str(at) / name).write_text(text)
    done = CliRunner().invoke(cli, ["adopt", str(folder), "--json"])
    left: list[list[int]] = [[] for _ in blocks.texts]
    for each in json.loads(done.stdout)["left"]:
        place = Path(each["path"])
        left[int(place.parent.name)].append(each["line"])
    return Adopted(folder, left)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Adopted]:
    """Pages of our own, and of the folder that the environment names."""
    pages = {**PAGES, **{path.name: path.read_text("utf-8") for path in GIVEN}}
    return {name: adopt(page, tmp_path_factory.mktemp("page")) for name, page in pages.items()}


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Adopted]:
    """Pages of public packages."""
    folder = unpacked(tmp_path_factory.mktemp("public"), PUBLIC)
    pages = {name: (folder / path).read_text("utf-8") for name, (path, _) in PUBLIC.items()}
    return {name: adopt(page, tmp_path_factory.mktemp("page")) for name, page in pages.items()}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a block runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


BLOCKS = [
    pytest.param(name, at, id=f"{name}:{block.line}")
    for name, page in {**PAGES, **{path.name: path.read_text("utf-8") for path in GIVEN}}.items()
    for at, block in enumerate(python(page))
]
PUBLIC_BLOCKS = [(name, at) for name, (_, count) in PUBLIC.items() for at in range(count)]


@pytest.mark.parametrize(("name", "at"), BLOCKS)
async def test_a_block(name: str, at: int, given: dict[str, Adopted], place: Path, db_url: str) -> None:
    page = given[name]
    assert (page.left[at], page.left_over(at)) == ([], [])
    await page.run(at, place, db_url)


@pytest.mark.parametrize(("name", "at"), PUBLIC_BLOCKS)
async def test_a_block_of_a_public_page(
    name: str, at: int, public: dict[str, Adopted], place: Path, db_url: str
) -> None:
    page, refused = public[name], REFUSED.get((name, at, db_url.partition(":")[0].partition("+")[0]))
    assert len(page.left) == PUBLIC[name][1]
    assert len(page.left[at]) == TOLD.get((name, at), 0)
    assert set(page.left_over(at)) <= set(page.left[at])
    if refused:
        with pytest.raises(OperationalError, match=refused):
            await page.run(at, place, db_url)
    elif not page.left[at]:
        await page.run(at, place, db_url)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_no_python_is_known(name: str) -> None:
    assert [block.kind for block in blocks_of(PAGES[name])] == KINDS[name]


def test_indentation_that_was_lost() -> None:
    text = (
        "class A(Model):\n    x = 1\n    class Meta:\n        y = 2\n    def f(self):\n        if x:\n"
        "            return 1\n        else:\n            pass\nasync def g(a):\n    await a\nclass B: ...\n"
    )
    assert indented([line.strip() for line in text.splitlines()]) == text
