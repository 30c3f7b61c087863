"""Holds the house to its rules, and tries each rule on a snippet that breaks it."""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import house
from house import FILE_LINES, PACKAGES, Source

Check = Callable[[Source], Iterator[str]]
ROOT = Path(__file__).parent.parent
EVERYWHERE = [house.sizes, house.missing_docstring]
IN_PACKAGES = [house.forbidden_rooms, house.homeless_libraries, house.dodging_imports, house.reach_ins, *EVERYWHERE]


def read(path: Path, root: Path) -> Source:
    parts = path.relative_to(root).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Source(".".join(parts[:-1] if is_package else parts), path.read_text("utf-8"), is_package)


def sources_in(folder: str, root: str) -> list[Source]:
    """Python files below a folder, without the inputs of the generator's and the type checkers' tests."""
    found = sorted((ROOT / folder).rglob("*.py"))
    return [read(path, ROOT / root) for path in found if not {"golden", "typing"} & set(path.relative_to(ROOT).parts)]


def expect_none(sentences: Iterable[str]) -> None:
    told = list(dict.fromkeys(sentences))
    assert not told, "\n".join(["", *told])


HOUSE = [source for package, root in PACKAGES.items() for source in sources_in(f"{root}/{package}", root)]
WINDOWS = [source for source in HOUSE if source.room == "ormgen"]


@pytest.mark.parametrize("check", IN_PACKAGES)
def test_packages(check: Check) -> None:
    expect_none(sentence for source in HOUSE for sentence in check(source))


@pytest.mark.parametrize("check", [house.rings, house.two_places])
def test_modules_together(check: Callable[[list[Source]], Iterator[str]]) -> None:
    expect_none(check(HOUSE))


@pytest.mark.parametrize("check", EVERYWHERE)
def test_tests_and_examples(check: Check) -> None:
    others = sources_in("tests", ".") + sources_in("examples", ".")
    expect_none(sentence for source in others for sentence in check(source))


def test_templates_are_small() -> None:
    templates = sorted((ROOT / "stubs").rglob("*.jinja"))
    assert [path.name for path in templates if len(path.read_text("utf-8").splitlines()) > FILE_LINES] == []


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.name)
def test_windows(window: Source) -> None:
    expect_none(house.window_faults(window))
    module = importlib.import_module(window.name)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_import_is_lean() -> None:
    program = "import sys, ormgen; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert house.NOT_AT_IMPORT.intersection(loaded) == set()


LONG_FUNCTION = "def f():\n  'one\\\n  two'\n" + "  1\n" * 40
BROKEN: list[tuple[Check, str, str, str]] = [
    (
        house.forbidden_rooms,
        "ormgen.query.a",
        "from ormgen.sql.ddl import create",
        "ormgen.query.a imports ormgen.sql.ddl.create, which is in ormgen.sql, not below ormgen.query",
    ),
    (
        house.forbidden_rooms,
        "ormgen.query.a",
        "from ..sql import ddl",
        "ormgen.query.a imports ormgen.sql.ddl, which is in ormgen.sql, not below ormgen.query",
    ),
    (
        house.forbidden_rooms,
        "ormgen.models.a",
        "def f():\n  import ormgen.drivers.sqlite",
        "ormgen.models.a imports ormgen.drivers.sqlite, which is in ormgen.drivers, not below ormgen.models",
    ),
    (
        house.forbidden_rooms,
        "ormgen.models.a",
        "from ormgen.fields import IntField",
        "ormgen.models.a imports ormgen.fields.IntField, which is a window, not below ormgen.models",
    ),
    (
        house.forbidden_rooms,
        "ormgen.fields",
        "import_module('ormgen_codegen.cli')",
        "ormgen.fields imports ormgen_codegen.cli, which is in ormgen_codegen, not below ormgen",
    ),
    (
        house.forbidden_rooms,
        "ormgen_codegen.a",
        "from ormgen.query import expressions",
        "ormgen_codegen.a imports ormgen.query.expressions, which is in ormgen.query, not below ormgen_codegen",
    ),
    (
        house.homeless_libraries,
        "ormgen.query.statements",
        "import pypika",
        "ormgen.query.statements imports pypika, which lives in ormgen.sql",
    ),
    (
        house.homeless_libraries,
        "ormgen.drivers.sqlite",
        "def f():\n  import asyncpg",
        "ormgen.drivers.sqlite imports asyncpg, which lives in ormgen.drivers.postgres",
    ),
    (
        house.homeless_libraries,
        "ormgen.schema.a",
        "import pypika",
        "ormgen.schema.a imports pypika, but ormgen.schema uses the standard library only",
    ),
    (
        house.homeless_libraries,
        "ormgen_codegen.a",
        "import numpy.linalg",
        "ormgen_codegen.a imports numpy, which has no home in this house",
    ),
    (
        house.dodging_imports,
        "ormgen.models.a",
        "def f():\n  from ormgen.models import b",
        "ormgen.models.a:2 imports ormgen.models.b inside a function",
    ),
    (
        house.dodging_imports,
        "ormgen.models.a",
        "from typing import TYPE_CHECKING",
        "ormgen.models.a:1 mentions TYPE_CHECKING: what needs it belongs to another room",
    ),
    (house.reach_ins, "ormgen.models.a", "other._x", "ormgen.models.a:1 reaches into other._x"),
    (
        house.reach_ins,
        "ormgen.models.a",
        "getattr(other, '_x', None)",
        "ormgen.models.a:1 reaches into getattr(other, '_x', None)",
    ),
    (
        house.reach_ins,
        "ormgen.models.a",
        "from ormgen.models.b import _x",
        "ormgen.models.a:1 imports the private name ormgen.models.b._x",
    ),
    (house.sizes, "ormgen.models.a", "\n" * 401, "ormgen.models.a has 401 lines, more than 400"),
    (house.sizes, "ormgen.models.a", LONG_FUNCTION, "ormgen.models.a:1 f has 41 lines, more than 40"),
    (
        house.missing_docstring,
        "ormgen.models.a",
        "x = 1",
        "ormgen.models.a does not open with a sentence saying what it is for",
    ),
    (house.window_faults, "ormgen.fields", "from a import b", "ormgen.fields has no __all__"),
    (
        house.window_faults,
        "ormgen.fields",
        "from a import b, c\n__all__ = ['b']",
        "ormgen.fields imports c but does not list it in __all__",
    ),
    (
        house.window_faults,
        "ormgen.fields",
        "__all__ = ['b']",
        "ormgen.fields lists b in __all__ but does not import it",
    ),
    (
        house.window_faults,
        "ormgen.fields",
        "from a import b, c\n__all__ = ['c', 'b']",
        "ormgen.fields lists its names in another order than sorted() would, or twice",
    ),
    (
        house.window_faults,
        "ormgen.fields",
        "def f(): ...\n__all__ = []",
        "ormgen.fields defines f; a window only lists what lives in a room",
    ),
]


@pytest.mark.parametrize(("check", "module", "text", "sentence"), BROKEN)
def test_a_broken_rule_is_reported(check: Check, module: str, text: str, sentence: str) -> None:
    assert list(check(Source(module, text))) == [sentence]


ALLOWED: list[tuple[Check, str, str]] = [
    (house.forbidden_rooms, "ormgen.sql.a", "from . import b\nfrom ormgen.query.c import D\nfrom ormgen import schema"),
    (
        house.forbidden_rooms,
        "ormgen_codegen.a",
        "from ormgen.schema import b\nfrom ormgen.exceptions import FieldError",
    ),
    (house.homeless_libraries, "ormgen.sql.dialects.a", "import pypika.terms, typing_extensions, asyncio"),
    (house.homeless_libraries, "ormgen.drivers.mysql_connection", "import asyncmy"),
    (house.homeless_libraries, "ormgen.contrib.fastapi", "import fastapi"),
    (house.dodging_imports, "ormgen.database.a", "def f():\n  from ormgen.drivers.mysql import MySQLDriver"),
    (house.reach_ins, "ormgen.a", "class A:\n  _x = 1\n  def f(self, other): return other._x + self._y + super()._z"),
    (house.reach_ins, "ormgen.a", "class A:\n  __slots__ = ('_x',)\ndef f(a): return a._x, a._meta, a.__dict__"),
    (house.sizes, "ormgen.a", "def f():\n  '''one\n  two'''\n" + "  1\n" * 39),
    (
        house.window_faults,
        "ormgen.a",
        "'''Doc.'''\nfrom a import b as c\n__version__ = '1'\n__all__ = ['__version__', 'c']",
    ),
]


@pytest.mark.parametrize(("check", "module", "text"), ALLOWED)
def test_what_is_allowed_passes(check: Check, module: str, text: str) -> None:
    assert list(check(Source(module, text))) == []


def test_a_ring_is_reported_once() -> None:
    modules = [
        Source("ormgen.a", "from ormgen import b"),
        Source("ormgen.b", "def f():\n  from ormgen.c import name"),
        Source("ormgen.c", "if TYPE_CHECKING:\n  import ormgen.a"),
        Source("ormgen.d", "import ormgen.a"),
    ]
    assert list(house.rings(modules)) == [
        "ormgen.a waits for itself: ormgen.a -> ormgen.b -> ormgen.c -> ormgen.a",
    ]
    assert list(house.rings(modules[:2])) == []


def test_two_readers_of_settings_are_reported() -> None:
    modules = [Source("ormgen_codegen.a", "import tomllib"), Source("ormgen_codegen.b", "from tomlkit import parse")]
    assert list(house.two_places(modules)) == [
        "ormgen_codegen.a and ormgen_codegen.b import tomlkit or tomllib, which live in one place",
    ]
    assert list(house.two_places([*modules[:1], Source("ormgen.a", "import tomllib")])) == []
