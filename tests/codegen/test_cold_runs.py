"""Cold runs give the same whichever processes do them, and runs that are killed leave nothing that does harm."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from kept_project import FILES, HEROES, LINKS, QUERIES, TEAMS, cold, present, run, settle, write
from ormgen_codegen import kept_sections, read_ahead
from ormgen_codegen.cli import cli


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    write(tmp_path, FILES)
    settle(tmp_path, "used")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_cold_run_in_several_processes_is_the_same(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", 1)
    expected = cold(project)
    for jobs in ("2", "4", "64"):
        shutil.rmtree(project / ".ormgen_cache", ignore_errors=True)
        assert run("--jobs", jobs) == 0
        assert present(project) == expected
    write(project, {"queries": QUERIES + "# nothing new"})
    assert run("--jobs", "4") == 0
    assert present(project) == expected


def test_errors_are_told_whichever_process_reads_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    write(project, {"teams": TEAMS.replace("TextField", "TextFeld"), "links": LINKS.replace('"a.Badge"', '"a.Bage"')})
    told = [CliRunner().invoke(cli, ["stubs", "--jobs", jobs]).stderr for jobs in ("1", "2", "4")]
    assert told[0].count("error: ") > 0
    assert told[1:] == [told[0], told[0]]


@pytest.mark.parametrize("after", [0.1, 0.3, 0.5, 0.8, 1.2])
def test_a_run_that_is_killed_does_no_harm(project: Path, after: float) -> None:
    command = [sys.executable, "-m", "ormgen_codegen", "stubs", "--quiet"]
    assert run() == 0
    write(project, {"heroes": HEROES.replace("IntField()", "FloatField()")})
    running = subprocess.Popen(command, cwd=project)
    time.sleep(after)
    running.kill()
    running.wait()
    assert subprocess.run(command, cwd=project, check=False).returncode == 0
    assert present(project) == cold(project)
