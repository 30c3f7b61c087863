"""docs/promises.md: each promise names tests that there are, on databases that these tests ask."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from pages import DOCS, ROOT

ROW = re.compile(r"^\| (?P<promise>.+?) \| (?P<tests>.+?) \| (?P<databases>.+?) \|$", re.M)
NAME = re.compile(r"`([^`]+)`")
# those of tests/runtime/models/conftest.py, and of tests in which each example asks for a database
EVERYWHERE = {"db_url", "orm: ", "world: World", "servers: Servers"}
FIXTURES = {
    "S": {"sqlite_url", *EVERYWHERE},
    "P": {"postgres_url", "server_url", "OwnPostgres", *EVERYWHERE},
    "M": {"mysql_url", "server_url", "OwnMariadb", *EVERYWHERE},
}
ROWS = [
    (row["promise"], NAME.findall(row["tests"]), row["databases"].split())
    for row in ROW.finditer((DOCS / "promises.md").read_text("utf-8"))
    if row["tests"] not in ("Shown by", "---")
]


@cache
def functions(path: Path) -> dict[str, str]:
    """The tests of a file, with their source; those of classes by `Class::test`."""
    text = path.read_text("utf-8")
    found: dict[str, str] = {}
    for node in ast.parse(text).body:
        inner = [(f"{node.name}::", part) for part in node.body] if isinstance(node, ast.ClassDef) else [("", node)]
        for prefix, part in inner:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test_"):
                found[prefix + part.name] = ast.get_source_segment(text, part) or ""
    return found


@pytest.mark.parametrize(("promise", "tests", "databases"), ROWS, ids=[promise[:60] for promise, _, _ in ROWS])
def test_the_tests_of_a_promise_exist(promise: str, tests: list[str], databases: list[str]) -> None:
    assert tests, f"nothing shows: {promise}"
    assert databases == ["-"] or (databases and set(databases) <= set(FIXTURES)), databases
    files: set[Path] = set()
    for test in tests:
        name, _, function = test.partition("::")
        path = ROOT / name
        assert path.is_file(), test
        assert not function or function in functions(path), test
        files.add(path)
    text = "\n".join(path.read_text("utf-8") for path in files)
    for database in databases:
        if database != "-":
            assert any(fixture in text for fixture in FIXTURES[database]), f"no test of {promise} asks {database}"


def test_no_promise_stands_twice() -> None:
    promises = [promise for promise, _, _ in ROWS]
    assert len(promises) == len(set(promises)) > 0
