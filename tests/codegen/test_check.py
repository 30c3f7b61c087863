"""`ormgen check` as a command: what it looks at, how it tells, and its exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import goldens
from check_project import make_project
from ormgen_codegen import check_types, cli
from ormgen_codegen.findings import as_workflow_commands
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position

WRONG = 'from app.models import Hero\nHero.filter(nmae="x")\n'


def outcome(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.cli, arguments, prog_name="ormgen")
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(autouse=True)
def no_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with fresh stubs in which nothing is wrong."""
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert outcome("stubs", "--quiet") == (0, "", "")
    return tmp_path


def test_all_is_well(project: Path) -> None:
    assert outcome("check") == (0, "", "8 models, no errors\n")
    assert outcome("check", "app.models", "--json") == (0, '{\n  "findings": []\n}\n', "")
    assert outcome("check", "--format", "github") == (0, "", "")


def test_wrong_names(project: Path) -> None:
    (project / "app" / "use.py").write_text(WRONG)
    told = 'app/use.py:2:13: error: Hero has no field "nmae"\nhint: did you mean "name"?\n8 models, 1 error\n'
    assert outcome("check") == (1, "", told)


def test_json(project: Path) -> None:
    (project / "app" / "use.py").write_text(WRONG)
    code, out, error = outcome("check", "--json")
    assert (code, error) == (1, "")
    assert json.loads(out) == {
        "findings": [
            {
                "path": "app/use.py",
                "line": 2,
                "column": 13,
                "severity": "error",
                "fact": 'Hero has no field "nmae"',
                "hint": 'did you mean "name"?',
            }
        ]
    }
    assert outcome("check", "--format", "json") == (code, out, "")


def test_github(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "app" / "use.py").write_text(WRONG)
    told = '::error file=app/use.py,line=2,col=13::Hero has no field "nmae"%0Ahint: did you mean "name"?\n'
    assert outcome("check", "--format", "github") == (1, told, "")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert outcome("check") == (1, told, "")
    assert outcome("check", "--format", "text")[1] == ""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    assert outcome("check")[1].startswith(f"::error file={project.name}/app/use.py,line=2,")


def test_workflow_commands_are_escaped() -> None:
    place = Position("a,b:c%d\n.py", 3, 4)
    told = as_workflow_commands([Finding(place, "warning", "100%\r\n::error::x,y:z", None)], {})
    assert told == "::warning file=a%2Cb%3Ac%25d%0A.py,line=3,col=4::100%25%0D%0A::error::x,y:z\n"


def test_stale_stubs(project: Path) -> None:
    stub = project / "app" / "models.pyi"
    stub.write_text(stub.read_text().replace("class Badge(", "class  Badge("))
    told = "app/models.pyi:1:1: error: the stub is out of date\nhint: run `ormgen stubs`\n8 models, 1 error\n"
    assert outcome("check") == (1, "", told)
    stub.unlink()
    assert "app/models.pyi:1:1: error: there is no such stub yet\n" in outcome("check")[2]
    assert not stub.exists()


def test_wrong_models(project: Path) -> None:
    """All that is wrong with the models is told; names wait until there is a graph."""
    models = project / "app" / "models.py"
    models.write_text(models.read_text().replace("game.Team", "game.Teem").replace("sunk=", "snuk="))
    (project / "app" / "use.py").write_text(WRONG)
    code, out, error = outcome("check")
    assert (code, out) == (1, "")
    assert 'Hero.team points at "game.Teem", which is not a model\nhint: did you mean "game.Team"?\n' in error
    assert "nmae" not in error
    found = json.loads(outcome("check", "--json")[1])["findings"]
    assert [each["fact"] for each in found] == ['Hero.team points at "game.Teem", which is not a model']
    assert outcome("check", "--format", "github")[1].startswith("::error file=app/models.py,line=")


def test_wrong_indexes(project: Path) -> None:
    models = project / "app" / "models.py"
    models.write_text(f"{models.read_text()}\n    class Meta:\n        indexes = [('ship', 'numbr')]\n")
    code, _, error = outcome("check")
    assert code == 1
    assert 'error: Cabin.Meta.indexes names "numbr", which is no field\nhint: did you mean "number"?\n' in error


def test_warnings_are_told_and_are_no_errors(project: Path) -> None:
    models = project / "app" / "models.py"
    models.write_text(f"{models.read_text()}\n    size = fields.IntField(default=compute())\n")
    assert outcome("stubs", "--quiet")[0] == 0
    code, _, error = outcome("check")
    assert code == 0
    assert "warning: Cabin.size: cannot read `compute(...)`\n8 models, no errors\n" in error


def test_wrong_commands(project: Path) -> None:
    assert outcome("check", "app.modles") == (
        2,
        "",
        "error: there is no module `app.modles`; did you mean `app.models`?\n",
    )
    assert outcome("check", "--format", "xml")[0] == 2
    (project / "app" / "models.pyi").write_text("x: int\n")
    told = "error: app/models.pyi was not generated by ormgen; move it away or delete it\n"
    assert outcome("check") == (2, "", told)
    (project / "pyproject.toml").write_text('[tool.ormgen]\nscan = ["nowhere"]\n')
    assert outcome("check", "app") == (2, "", "error: pyproject.toml: tool.ormgen.scan: there is no `nowhere`\n")


def test_only_what_the_project_names_is_searched(project: Path) -> None:
    (project / "app" / "use.py").write_text(WRONG)
    (project / "tools").mkdir()
    (project / "tools" / "script.py").write_text(WRONG)
    apps = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(f'[tool.ormgen]\nscan = ["tools"]\n{apps}')
    error = outcome("check")[2]
    assert "tools/script.py:2:13: error: " in error
    assert "app/use.py" not in error


@pytest.mark.parametrize("package", goldens.examples())
def test_examples(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(goldens.EXAMPLES)
    found = json.loads(outcome("check", package, "--json")[1])["findings"]
    assert [each for each in found if not each["path"].endswith(".pyi")] == []


# -- with mypy


def test_types(project: Path) -> None:
    """mypy's errors in a stub stand where they were written; what names tell already is not told twice."""
    models = project / "app" / "models.py"
    lines = models.read_text().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines, 1) if "async def comrades" in line)
    lines.insert(at, "        size: int = self.name\n        Team.filter(nmae=3)\n")
    models.write_text("".join(lines))
    (project / "app" / "use.py").write_text(
        "from app.models import Hero\n\nhero: int = Hero(name='x', power=1, team_id=1)\n"
    )
    assert outcome("stubs", "--quiet")[0] == 0
    code, _, error = outcome("check", "--types")
    told = [line for line in error.splitlines() if ": error: " in line]
    assert code == 1
    assert [line.split(": error: ")[0] for line in told] == [
        f"app/models.py:{at + 1}:21",
        f"app/models.py:{at + 2}:21",
        "app/use.py:3:13",
    ]
    assert 'Incompatible types in assignment (expression has type "str", variable has type "int")' in told[0]
    assert told[1].endswith('Team has no field "nmae"')
    assert "pyi" not in error


def test_without_mypy(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = project / "python"
    python.write_text('#!/bin/sh\necho "$0: No module named mypy" >&2\nexit 1\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(check_types, "MISSING", f"{python}: No module named mypy")
    told = 'error: mypy is not installed; pip install "ormgen-orm[codegen]"\n'
    assert outcome("check", "--types") == (2, "", told)
    python.write_text("#!/bin/sh\necho 'mypy: cannot do it' >&2\nexit 2\n")
    assert outcome("check", "--types") == (2, "", "error: mypy cannot check the project: mypy: cannot do it\n")


def test_mypy_is_told_folders(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a file by name, mypy would read models.py instead of its stub."""
    seen: list[list[str]] = []

    class Done:
        returncode, stdout, stderr = 0, "", ""

    def run(program: list[str], **options: object) -> Done:
        seen.append(program)
        return Done()

    monkeypatch.setattr(subprocess, "run", run)
    assert outcome("check", "--types")[0] == 0
    assert seen[0][1:3] == ["-m", "mypy"]
    assert seen[0][-1] == str((project / "app").resolve())
