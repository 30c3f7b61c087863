"""Field types that ormgen adds beside its own are read from their source, as those of a project are."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import ormgen
from ormgen_codegen.locate import Locator
from ormgen_codegen.parse import windows
from sources import HEAD, errors_of, read_files

ARRAYS = """
from typing import Any, TypeVar
from ormgen.schema.field import Field
from ormgen.schema.lookups import Family

T = TypeVar("T")


class ArrayField(Field[list[T]]):
    family = Family.JSON
    option_names = ("size",)

    def __init__(self, size: int = 3, **options: Any) -> None:
        self.size = size
        super().__init__(**options)
"""


@pytest.fixture(autouse=True)
def arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A copy of ormgen with one more module of field types, as the only one that the reader finds."""
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(ormgen.__path__[0]), tmp_path / "ormgen", ignore=skipped, dirs_exist_ok=True)
    (tmp_path / "ormgen" / "contrib").mkdir(exist_ok=True)
    (tmp_path / "ormgen" / "contrib" / "__init__.py").touch()
    (tmp_path / "ormgen" / "contrib" / "arrays.py").write_text(ARRAYS)
    locator = Locator([tmp_path])
    windows.window.cache_clear()
    monkeypatch.setattr(windows, "home", lambda: locator)
    yield
    windows.window.cache_clear()


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("from ormgen.contrib.arrays import ArrayField", "ArrayField[int](5, null=True)"),
        ("from ormgen.contrib import arrays", "arrays.ArrayField[int](size=5, null=True)"),
        ("import ormgen.contrib.arrays as a", "a.ArrayField[int](5, null=True)"),
        ("import ormgen.contrib.arrays", "ormgen.contrib.arrays.ArrayField[int](5, null=True)"),
        ("from ormgen.contrib.arrays import *", "ArrayField[int](5, null=True)"),
    ],
)
def test_they_are_typed(line: str, made: str) -> None:
    text = f"{HEAD}{line}\nclass A(Model):\n    x = {made}\n"
    run = read_files({"models.py": text})
    column = run.graph["models.A"].columns["x"]
    assert (column.type, column.python_type, column.null) == ("ArrayField", "list[int]", True)
    assert column.options == (("size", 5),)
    assert run.warnings == ()


def test_what_is_not_there() -> None:
    told = errors_of("from ormgen.contrib.arrays import ArayField\nimport ormgen.contrib.vectors\n")
    assert told == [
        "2:35 `ormgen.contrib.arrays` has no `ArayField`",
        "3:8 there is no module `ormgen.contrib.vectors`",
    ]
