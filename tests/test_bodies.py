"""Methods are checked in the stub: mypy and pyright report each planted mistake there, and nothing that is right."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

MODELS = """
from __future__ import annotations

from collections.abc import Iterable

from ormgen import fields
from ormgen.models import Model
from ormgen.transactions import in_transaction


class Shelf(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=20)
    note = fields.TextField(null=True)
    total = fields.IntField(null=True)

    async def oldest(self) -> Book | None:
        book = await self.books.order_by("id").first()
        if book is None:
            return None
        print(book.title.upper())
        return book

    async def titles(self, more: str | None = None) -> list[str]:
        found: list[str] = []
        for book in await self.books.filter(title__icontains="x"):
            found.append(book.title)
        async for other in self.books:
            found.append(other.title)
        if more:
            found.append(more.upper())
        text = more or "x"
        return [*found, text.upper()]

    def described(self) -> str:
        if self.note is not None:
            return self.note.upper()
        return self.name + (f"{self.total + 1}" if self.total else "")

    @classmethod
    async def make(cls, name: str, *titles: str) -> Shelf:
        async with in_transaction() as connection:
            shelf = await cls.create(name=name, using_db=connection)
            for title in titles:
                await Book.create(title=title, shelf=shelf, using_db=connection)
        return shelf

    def pick(self, other: object) -> str:
        match other:
            case Shelf(name=name):
                return name.upper()
            case str() as text:
                return text.upper()
        if isinstance(other, int):
            return str(other.bit_length())
        return "a" if not isinstance(other, Shelf) else other.name

    def total_of(self, numbers: Iterable[int | None]) -> int:
        result = 0
        for number in numbers:
            if number is None:
                continue
            result += number
        return result + sum(each for each in numbers if each is not None) + (self.total or 0)

    async def loaded(self) -> int:
        await self.fetch_related("books")
        return len(self.books)

    async def mistakes(self) -> None:
        print(self.nope)  # wrong
        print(self.note.upper())  # wrong
        await self.books.filter(titel="x")  # wrong
        await Book.create(title=1, shelf=self)  # wrong
        print(self.total + 1)  # wrong
        wrong: Book = self  # wrong
        for each in self.books:  # wrong
            print(each, wrong)
        book = await Book.get(id=1)
        print(book.shelf.name)  # wrong
        print(book.titel)  # wrong
        await Shelf.all().order_by("nmae")  # wrong


class Book(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=20)
    shelf = fields.ForeignKeyField("models.Shelf", related_name="books")

    def same(self, other: Book) -> bool:
        return self.shelf_id == other.shelf_id and other.title == self.title

    async def shelf_name(self) -> str:
        shelf = await self.shelf
        return shelf.name

    def __str__(self) -> str:
        return self.nmae  # wrong
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bodies")
    (root / "library.py").write_text(MODELS)
    (root / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["library"] }\n')
    for path, text in generated_files(read_run([], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(
    "command",
    [("mypy", "--strict", "library.pyi"), ("pyright", "--pythonpath", sys.executable, "library.pyi")],
    ids=lambda command: command[0],
)
def test_mistakes_in_bodies(project: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False)
    told = {int(found) for found in re.findall(r"library\.pyi:(\d+)\S* (?:- )?error", done.stdout)}
    assert told == {number for number, line in enumerate(MODELS.split("\n"), 1) if line.endswith("# wrong")}


def test_pyright_says_nothing_of_the_source_but_what_is_wrong(project: Path) -> None:
    """Fields with `null=True` may be None there too."""
    settings = "# pyright: strict\n"
    (project / "library.py").write_text(settings + MODELS.partition("    async def mistakes")[0])
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "library.py"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert "reportUnnecessaryComparison" not in done.stdout
    assert "reportOptionalMemberAccess" not in done.stdout
