"""Python syntax that the oldest Python does not know yet, read by those that do."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

import goldens
from ormgen.schema.describe import graph_json
from ormgen_codegen.generated import generated_files
from ormgen_codegen.parse.parsed import SourceErrors

HEAD = "from typing import Any\nfrom ormgen import Model, fields\nclass Money: ...\n"
SINCE_3_12 = {
    "type parameters": (
        """
        class Stored[T](fields.Field[T]): ...
        class Pairs[K, V](fields.JSONField[dict[K, list[V]]]): ...
        class Box[*Ts, **P]:
            def one[X: (int, str)](self, x: X) -> X:
                return x
        class A(Model):
            a = Stored[Money]()
            b = Pairs[str, Money](null=True)
            def all[X](self, x: X) -> list[X]:
                return [x]
        """,
        {"a": "models:Money", "b": "dict[str, list[models:Money]]"},
    ),
    "type aliases": (
        """
        type Number = int | float
        type Deep = dict[str, Number]
        type Pair[T] = tuple[T, T]
        class A(Model):
            a = fields.JSONField[Number]()
            b = fields.JSONField[Deep]()
        """,
        {"a": "int | float", "b": "dict[str, int | float]"},
    ),
    "formatted texts": (
        """
        PART = "p"
        class A(Model):
            a = fields.CharField(max_length=9, default=f"{"a"}{f"{PART}"}")
            b = fields.CharField(max_length=9, description=f'{
                PART  # a comment
            }')
            def __str__(self) -> str:
                return f"{self.a!r:>{10}} {f"{self.b}" + "}"}"
        """,
        {"a": "str", "b": "str"},
    ),
}
SINCE_3_13 = {
    "defaults of type parameters": (
        """
        class Pairs[K, V = int](fields.JSONField[dict[K, V]]): ...
        class A(Model):
            a = Pairs[str, Money]()
        """,
        {"a": "dict[str, models:Money]"},
    ),
}


def types(folder: Path, text: str) -> dict[str, str]:
    """The Python types of the fields of A, the same from source and from the running class; its stub is Python."""
    (folder / "models.py").write_text(HEAD + dedent(text), "utf-8")
    run, running = goldens.both_graphs(folder, ["models"])
    assert graph_json(run.graph) == running
    assert run.warnings == ()
    with goldens.inside(folder):
        assert folder / "models.pyi" in generated_files(run)
    return {name: column.python_type for name, column in run.graph["models.A"].columns.items() if name != "id"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize("name", SINCE_3_12)
def test_python_3_12(tmp_path: Path, name: str) -> None:
    text, expected = SINCE_3_12[name]
    assert types(tmp_path, text) == expected


@pytest.mark.skipif(sys.version_info < (3, 13), reason="syntax of Python 3.13")
@pytest.mark.parametrize("name", SINCE_3_13)
def test_python_3_13(tmp_path: Path, name: str) -> None:
    text, expected = SINCE_3_13[name]
    assert types(tmp_path, text) == expected


def test_python_3_11(tmp_path: Path) -> None:
    text = """
        import re
        from typing_extensions import TypeAliasType, TypeVar
        T = TypeVar("T", default=int)
        Number = TypeAliasType("Number", int | float)
        class Stored(fields.Field[T]): ...
        class A(Model):
            a = Stored[Number]()
            b = Stored[Money | None](null=True)
            def positional(self, x: Any, /, y: int = (z := 3), *, key: int) -> int:
                match x:
                    case {"a": [int(), *rest], **others} if (found := re.match("a", "b")):
                        return len(rest) + len(others) + found.start()
                    case Money() | None | -1 as each:
                        return bool(each)
                count = 0
                try:
                    count += y
                except* (ValueError, TypeError) as group:
                    count = len(group.exceptions)
                return count
        """
    assert types(tmp_path, text) == {"a": "int | float", "b": "models:Money | None"}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python can read it")
@pytest.mark.parametrize("text", ["type X = int", "class A[T]: ...", 'x = f"{"a"}"'])
def test_syntax_that_python_does_not_know_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceErrors):
        types(tmp_path, text)
