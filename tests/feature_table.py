"""The table docs/features.md: which test shows which feature, and on which databases it passed.

A test names the rows of features.tsv that it covers: `@pytest.mark.feature(83, 84)`. `only="postgres"` says that the
test shows a refusal on the other databases. `make features` runs these tests and writes the table.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from databases import KINDS

TESTS: Final = Path(__file__).parent
TABLE: Final = TESTS.parent / "docs" / "features.md"
PASSED: Final = pytest.StashKey[dict[str, set[str]]]()
COLUMNS: Final = {"sqlite": "SQLite", "postgres": "PostgreSQL", "mysql": "MariaDB"}
ANY: Final = "any"  # the database of a test that needs none
INTRODUCTION: Final = """# Features, and the tests that show them

What a user of ormgen can write, row by row, with the tests of each row and the databases on which they passed.
`make features` writes this page from a run of the tests; nothing in it is written by hand. "yes" means that every test
of the row that runs on this database passed there, "any" that its tests need no database, "no" that this
database has no such thing and ormgen says so before any SQL runs.
"""


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of features.tsv."""

    number: int
    area: str
    name: str
    spelling: str


@dataclass(slots=True)
class Shown:
    """The tests of one feature, by node id without parameters, and what became of them."""

    tests: dict[str, str | None] = field(default_factory=dict)  # to the only database it is about, None for all


def features() -> list[Feature]:
    """Every row of features.tsv, in order."""
    lines = (TESTS / "features.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines]
    return [Feature(int(number), area, name, spelling) for number, area, name, spelling in rows]


def marked() -> dict[int, Shown]:
    """The tests of each feature, read from the source of the tests."""
    found: defaultdict[int, Shown] = defaultdict(Shown)
    for file in sorted(TESTS.rglob("test_*.py")):
        path = file.relative_to(TESTS).as_posix()
        for name, numbers, only in _marks(ast.parse(file.read_text())):
            for number in numbers:
                found[number].tests[f"{path}::{name}"] = only
    return dict(found)


def _marks(module: ast.Module) -> Iterator[tuple[str, list[int], str | None]]:
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "feature":
                only = next((ast.literal_eval(each.value) for each in call.keywords if each.arg == "only"), None)
                yield node.name, [ast.literal_eval(argument) for argument in call.args], only


def database_of(item: pytest.Item) -> str:
    """The database that a test runs on, by its parameters."""
    callspec = getattr(item, "callspec", None)
    values = () if callspec is None else callspec.params.values()
    named = next((value for value in values if isinstance(value, str) and value in KINDS), None)
    if named is not None:
        return named
    fixtures = getattr(item, "fixturenames", ())
    return next((kind for kind in KINDS if f"{kind}_url" in fixtures), ANY)


def table(passed: dict[str, set[str]]) -> str:
    """The page, for the databases on which each test passed."""
    shown = marked()
    lines = [INTRODUCTION]
    area = ""
    for feature in features():
        if feature.area != area:
            area = feature.area
            lines += [f"\n## {area}\n", f"| # | Feature | Spelling | {' | '.join(COLUMNS.values())} | Tests |"]
            lines.append("|---|---|---|---|---|---|---|")
        tests = shown.get(feature.number, Shown()).tests
        cells = " | ".join(_cell(tests, passed, kind) for kind in KINDS)
        spelling = feature.spelling.replace("|", "\\|")
        lines.append(f"| {feature.number} | {feature.name} | {spelling} | {cells} | {_names(tests)} |")
    return "\n".join(lines) + "\n"


def _cell(tests: dict[str, str | None], passed: dict[str, set[str]], kind: str) -> str:
    if not tests:
        return "-"
    here = [test for test, only in tests.items() if only in (None, kind)]
    if not here:
        return "no"
    ran = [passed.get(test, set()) for test in here]
    if all(databases == {ANY} for databases in ran):
        return "any"
    return "yes" if any(kind in databases for databases in ran) else "-"


def _names(tests: Iterable[str]) -> str:
    names = [f"`{name(test)}`" for test in tests]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def name(test: str) -> str:
    """A test as the page calls it: its file without the folders."""
    return test.rpartition("/")[2]


class FeatureReport:
    """Remembers where each marked test passed; a failure anywhere leaves the table as it was."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[str, str]] = {}
        self.passed: defaultdict[str, set[str]] = defaultdict(set)
        self.failed = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.get_closest_marker("feature")]
        for item in items:
            path = Path(item.path).relative_to(TESTS).as_posix()
            name = item.originalname if isinstance(item, pytest.Function) else item.name
            self.places[item.nodeid] = (f"{path}::{name}", database_of(item))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed
        if report.when == "call" and report.passed:
            test, kind = self.places[report.nodeid]
            self.passed[test].add(kind)

    def pytest_sessionfinish(self) -> None:
        if not self.failed and self.passed:
            TABLE.write_text(table(self.passed))


def unknown_rows(shown: dict[int, Shown]) -> list[str]:
    """Tests that name a row which does not exist."""
    known = {feature.number for feature in features()}
    return [f"{test}: no row {number}" for number in shown.keys() - known for test in shown[number].tests]
