"""The command line: what it prints where, and its exit codes."""

import builtins
import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import ormgen_codegen
from ormgen_codegen import cli, cli_stubs
from ormgen_codegen.run import Run
from ormgen_codegen.write import MARK

MODELS = "from ormgen import Model, fields\n\n\nclass Team(Model):\n    name = fields.TextField(null=True)\n"
STUB = f"# {MARK}\nx: int\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen.apps]\nsport = ["app"]\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "app" / "main.py").write_text("class NoModel: ...\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stubbed(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose stubs are known."""

    def files(run: Run, *_: object) -> Mapping[Path, str]:
        return {module.source.path.with_suffix(".pyi"): STUB for module in run.asked_modules}

    monkeypatch.setattr(cli_stubs, "generated_files", files)
    return project / "app" / "models.pyi"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, arguments, prog_name="ormgen")


def outcome(*arguments: str) -> tuple[int, str, str]:
    done = run(*arguments)
    return done.exit_code, done.stdout, done.stderr


def test_version() -> None:
    assert outcome("--version") == (0, f"ormgen {version('ormgen-orm')}\n", "")


def test_help_says_what_the_exit_codes_mean() -> None:
    for arguments in (["--help"], *([name, "--help"] for name in ("stubs", "check", "graph")), ["describe", "-h"]):
        assert "Exit codes: 0" in " ".join(run(*arguments).stdout.split())


def test_describe(project: Path) -> None:
    expected = (
        "sport.Team  table team  from app.models\n  id    IntField int primary_key unique\n  name  TextField str null\n"
    )
    for arguments in ([], ["app"], ["app.models"], ["app/models.py"], ["./app"]):
        assert outcome("describe", *arguments) == (0, expected, "")
    assert list(json.loads(run("describe", "--json").stdout)["models"]) == ["sport.Team"]


def test_describe_imports_when_told_to(project: Path) -> None:
    program = [sys.executable, "-m", "ormgen_codegen", "describe", "--json", "app"]
    outputs = [
        subprocess.run([*program, *more], cwd=project, capture_output=True, text=True, check=True).stdout
        for more in ([], ["--import"])
    ]
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["stubs", "app.modles"], "error: there is no module `app.modles`; did you mean `app.models`?\n"),
        (["stubs", "nothing"], "error: there is no module `nothing`\n"),
        (["stubs", "app/nothing.py"], "error: there is no file `app/nothing.py`\n"),
        (["describe", "a b"], "error: there is no module `a b`\n"),
    ],
)
def test_wrong_modules(project: Path, arguments: list[str], error: str) -> None:
    assert outcome(*arguments) == (2, "", error)


def test_wrong_options(project: Path) -> None:
    assert run("stubs", "--chekc").exit_code == 2
    (project / "pyproject.toml").write_text("[tool.ormgen]\napp = {}\n")
    assert outcome("stubs") == (2, "", 'error: pyproject.toml: tool.ormgen has no key "app"; did you mean "apps"?\n')
    (project / "pyproject.toml").write_text("")
    assert outcome("stubs") == (2, "", "error: no module is named, and pyproject.toml has no [tool.ormgen] apps\n")


def test_stubs_are_written_once(stubbed: Path) -> None:
    assert outcome("stubs") == (0, "", "wrote app/models.pyi\n")
    assert stubbed.read_text() == STUB
    assert outcome("stubs") == (0, "", "stubs are up to date\n")
    stubbed.unlink()
    assert outcome("stubs", "--quiet", "app.models") == (0, "", "")
    assert stubbed.exists()


def test_check_and_diff_write_nothing(stubbed: Path) -> None:
    assert outcome("stubs", "--check") == (1, "app/models.pyi\n", "")
    assert outcome("stubs", "--diff") == (
        1,
        f"--- /dev/null\n+++ app/models.pyi\n@@ -0,0 +1,2 @@\n+# {MARK}\n+x: int\n",
        "",
    )
    assert not stubbed.exists()
    run("stubs")
    assert outcome("stubs", "--check") == (0, "", "")
    assert outcome("stubs", "--diff") == (0, "", "")


def test_stubs_as_json(stubbed: Path) -> None:
    stubbed.with_suffix(".py").write_text(f"{MODELS}    size = fields.IntField(default=compute())\n")
    warning = {
        "path": "app/models.py",
        "line": 6,
        "column": 28,
        "severity": "warning",
        "fact": "Team.size: cannot read `compute(...)`",
        "hint": None,
    }
    for arguments, code, status in (["--check"], 1, "stale"), ([], 0, "written"):
        done = run("stubs", "--json", *arguments)
        assert (done.exit_code, done.stderr) == (code, "")
        expected = {"files": [{"path": "app/models.pyi", "status": status}], "findings": [warning]}
        assert json.loads(done.stdout) == expected
    done = run("stubs", "--json", "--strict")
    assert (done.exit_code, json.loads(done.stdout)["findings"][0]["severity"]) == (1, "error")
    assert outcome("stubs", "--json", "--diff")[0] == 2
    stubbed.with_suffix(".py").write_text(f"{MODELS}    size = fields.IntField(nul=True)\n")
    done = run("stubs", "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    assert [each["fact"] for each in json.loads(done.stdout)["findings"]] == [
        "IntField has no option 'nul'; did you mean 'null'?"
    ]


def test_errors_keep_everything_as_it_was(stubbed: Path) -> None:
    models = stubbed.with_suffix(".py")
    models.write_text(f"{MODELS}    size = fields.IntField(nul=True)\n    team = fields.ForeignKeyField('sport.Tam')\n")
    expected = (
        "app/models.py:6:28: error: IntField has no option 'nul'; did you mean 'null'?\n"
        'app/models.py:7:5: error: Team.team points at "sport.Tam", which is not a model\n'
        'hint: did you mean "sport.Team"?\n'
    )
    assert outcome("stubs") == (1, "", expected)
    code, told, rest = outcome("describe", "--json")
    lines = ""
    for each in json.loads(told)["findings"]:
        lines += f"{each['path']}:{each['line']}:{each['column']}: {each['severity']}: {each['fact']}\n"
        lines += f"hint: {each['hint']}\n" if each["hint"] else ""
    assert (code, lines, rest) == (1, expected, "")
    assert not stubbed.exists()


def test_warnings(stubbed: Path) -> None:
    stubbed.with_suffix(".py").write_text(f"{MODELS}    size = fields.IntField(default=compute())\n")
    place = "app/models.py:6:28:"
    assert outcome("stubs") == (
        0,
        "",
        f"{place} warning: Team.size: cannot read `compute(...)`\nwrote app/models.pyi\n",
    )
    assert outcome("stubs", "--quiet") == (0, "", "")
    assert outcome("stubs", "--strict") == (1, "", f"{place} error: Team.size: cannot read `compute(...)`\n")


def test_a_foreign_stub_is_left_alone(stubbed: Path) -> None:
    stubbed.write_text("x: int\n")
    assert outcome("stubs") == (
        2,
        "",
        "error: app/models.pyi was not generated by ormgen; move it away or delete it\n",
    )


def test_import_that_fails(project: Path) -> None:
    (project / "app" / "models.py").write_text(f"{MODELS}raise ValueError('no')\n")
    done = subprocess.run(
        [sys.executable, "-m", "ormgen_codegen", "describe", "--import"], cwd=project, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("app/models.py:6: ValueError: no\n")


def test_missing_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = builtins.__import__

    def importing(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("ormgen_codegen.cli"):
            raise ModuleNotFoundError("No module named 'jinja2'", name="jinja2")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(SystemExit) as ended:
        ormgen_codegen.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == 'error: `jinja2` is not installed\nhint: pip install "ormgen-orm[codegen]"\n'


def test_errors_of_configured_modules_are_told_once(project: Path) -> None:
    (project / "app" / "models.py").write_text(f"{MODELS}    size = fields.IntField(nul=True)\n")
    told = "app/models.py:6:28: error: IntField has no option 'nul'; did you mean 'null'?\n"
    for arguments in ([], ["app"], ["app.models", "app"]):
        assert outcome("stubs", *arguments) == (1, "", told)
