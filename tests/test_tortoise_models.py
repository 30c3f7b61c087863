"""The largest public module of models: Tortoise's own test models become stubs that type checkers accept.

They are taken from the source archive of the package index and only ever lie in a temporary folder.
"""

import ast
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ARCHIVE = "tortoise-orm==1.1.9"
MEMBER = "tortoise_orm-1.1.9/tests/testmodels.py"
FILES = ("tests/testmodels.pyi", "tests/_ormgen_types.pyi", "probes.py")

PROBES = """\
from datetime import datetime
from decimal import Decimal
from typing import assert_type
from uuid import UUID

from tests.testmodels import (
    Address, Author, Book, Currency, DecimalFields, Employee, EnumFields, Event, IntFields, M2MOne, M2MTwo, Reporter,
    School, Service, SourceFields, Student, Team, Tournament, UUIDFields,
)


async def probes() -> None:
    event = await Event.get(name="x", tournament__name__icontains="y")
    assert_type(event, Event)
    assert_type(event.event_id, int)
    assert_type(event.pk, int)
    assert_type(event.modified, datetime)
    assert_type(event.alias, int | None)
    assert_type(event.tournament_id, int)
    assert_type(event.reporter_id, int | None)
    assert_type(await event.tournament, Tournament)
    assert_type(await event.reporter, Reporter | None)
    assert_type([team async for team in event.participants.filter(name="x")], list[Team])
    loaded = await Event.all().select_related("tournament").first()
    if loaded is not None:
        assert_type(loaded.tournament.name, str)

    tournament = await Tournament.get_or_none(id=1)
    assert_type(tournament, Tournament | None)
    if tournament is not None:
        assert_type(await tournament.events.order_by("-modified").first(), Event | None)
        assert_type(await tournament.minrelations.all().count(), int)

    author = await Author.create(name="x")
    book = await Book.create(name="a", author=author, rating=1.5)
    assert_type(book.rating, float)
    assert_type(book.subject, str | None)
    assert_type(await author.books.all(), list[Book])

    address = await Address.get(event__name="x")
    assert_type(address.event_id, int)
    assert_type(await address.event, Event)

    assert_type(await DecimalFields.all().values_list("decimal", flat=True), list[Decimal])
    assert_type(await IntFields.filter(intnum__gte=3).values_list("intnum_null", flat=True), list[int | None])

    key = await UUIDFields.first()
    if key is not None:
        assert_type(key.id, UUID)
        assert_type(key.data_null, UUID | None)

    enums = await EnumFields.get(currency=Currency.HUF, service__in=[Service.database_design])
    assert_type(enums.currency, Currency)
    assert_type(enums.service, Service)

    student = await Student.get(id=1)
    assert_type(student.school_id, int)
    assert_type(await student.school, School)

    source = await SourceFields.get(eyedee=1)
    assert_type(source.chars, str)
    assert_type(source.fk_id, int | None)
    assert_type(await source.rel_to.all(), list[SourceFields])

    employee = await Employee.get(id=1)
    assert_type(await employee.manager, Employee | None)
    assert_type(await employee.team_members.all(), list[Employee])
    assert_type(employee.name_length(), int)

    one = await M2MOne.get(id=1)
    assert_type(await one.two.all(), list[M2MTwo])


async def mistakes() -> None:
    await Event.get(nam="x")  # error
    await Event.filter(alias__icontains="x")  # error
    await Event.create(name=3)  # error
    await Event.all().order_by("nam")  # error
    await Event.all().prefetch_related("participant")  # error
    await EnumFields.filter(currency=Service.database_design)  # error
    event = await Event.get(event_id=1)
    event.tournament.name  # error
    await event.participants.add(event)  # error
"""
UNTYPED = 'parameter "model" of type "type[Unknown]"'
"""What pyright says of a body that makes one of Tortoise's query sets, in the source as well."""
MISTAKES = {number for number, line in enumerate(PROBES.splitlines(), 1) if line.endswith("  # error")}


@pytest.fixture(scope="session", params=["ormgen", "tortoise"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with those models in `tests.testmodels`, with stubs for either library, and with calls to check."""
    folder = tmp_path_factory.mktemp("tortoise")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", "--dest=archive"]
    download = subprocess.run([*command, ARCHIVE], cwd=folder, capture_output=True, text=True)
    archives = list(folder.glob("archive/*.tar.gz"))
    if download.returncode or not archives:
        pytest.skip(f"cannot download the source of {ARCHIVE}")
    (folder / "tests").mkdir()
    (folder / "tests" / "__init__.py").touch()
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        (folder / "tests" / "testmodels.py").write_bytes(member.read())
    (folder / "probes.py").write_text(PROBES)
    (folder / "pyproject.toml").write_text(f'[tool.ormgen]\nfor = "{request.param}"\n')
    made = run(folder, "ormgen_codegen", "stubs", "tests.testmodels")
    assert made.returncode == 0, made.stderr
    assert "Traceback" not in made.stderr
    return folder


def run(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=folder, capture_output=True, text=True)


def outline(path: Path) -> dict[str, int]:
    """The classes and functions of a module with the lines of their names."""
    tree = ast.parse(path.read_bytes())
    return {
        node.name: node.lineno
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_class_is_there_on_its_line(project: Path) -> None:
    source, stub = project / "tests" / "testmodels.py", project / "tests" / "testmodels.pyi"
    found = outline(stub)
    assert found == outline(source)
    assert len(found) > 100
    generated = outline(project / "tests" / "_ormgen_bases.pyi")
    for node in ast.parse(source.read_bytes()).body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Model" for base in node.bases):
            assert f"{node.name}Model" in generated


def test_nothing_is_stale(project: Path) -> None:
    check = run(project, "ormgen_codegen", "stubs", "--check", "tests.testmodels")
    assert (check.returncode, check.stdout) == (0, "")


def test_mypy_accepts_the_stub(project: Path) -> None:
    found = run(project, "mypy", "--strict", "--no-error-summary", "--config-file=", "--hide-error-context", *FILES)
    errors = [line for line in found.stdout.splitlines() if ": error: " in line]
    lines = {int(line.split(":")[1]) for line in errors if line.startswith("probes.py:")}
    assert [
        line for line in errors if not line.startswith("probes.py:") or int(line.split(":")[1]) not in MISTAKES
    ] == []
    assert lines == MISTAKES


def test_pyright_accepts_the_stub(project: Path) -> None:
    found = json.loads(run(project, "pyright", "--pythonpath", sys.executable, "--outputjson", *FILES).stdout)
    errors = [
        (Path(entry["file"]).name, entry["range"]["start"]["line"] + 1, entry["message"])
        for entry in found["generalDiagnostics"]
        if entry["severity"] == "error"
    ]
    errors = [entry for entry in errors if UNTYPED not in entry[2]]
    assert [entry for entry in errors if entry[0] != "probes.py" or entry[1] not in MISTAKES] == []
    assert {line for _, line, _ in errors} == MISTAKES
