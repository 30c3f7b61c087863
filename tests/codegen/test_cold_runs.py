"""Cold runs give the same whichever processes do them, and runs that are killed leave nothing that does harm."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from kept_project import EDITS, FILES, HEROES, LINKS, QUERIES, TEAMS, cold, present, run, settle, write
from ormgen_codegen import kept_sections, read_ahead
from ormgen_codegen.cli import cli
from ormgen_codegen.kept_sections import Memory


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


@pytest.mark.parametrize("seed", range(5))
def test_a_check_says_the_same_with_and_without_what_is_kept(project: Path, seed: int) -> None:
    random, files = Random(seed), dict(FILES)
    assert run() == 0
    for _ in range(4):
        name, old, new = random.choice(EDITS)
        files[name] = files[name].replace(old, new, 1) if old else files[name] + new
        write(project, files)
        with_kept = CliRunner().invoke(cli, ["check", "--json"])
        (project / ".ormgen_cache").rename(project / "aside")
        without = CliRunner().invoke(cli, ["check", "--json"])
        assert not (project / ".ormgen_cache").exists()
        (project / "aside").rename(project / ".ormgen_cache")
        assert (with_kept.exit_code, with_kept.stdout) == (without.exit_code, without.stdout)
        if random.random() < 0.5 and run() != 0:
            files = dict(FILES)


def test_a_process_that_is_killed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = cold(project)
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    monkeypatch.setattr(read_ahead, "_read", lambda *part: os._exit(9))
    assert run("--jobs", "3") == 0
    assert present(project) == expected
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", 1)
    monkeypatch.setattr(Memory, "_part", lambda *part: os._exit(9))
    shutil.rmtree(project / ".ormgen_cache")
    told = CliRunner().invoke(cli, ["stubs", "--jobs", "3"])
    assert (told.exit_code, told.stderr) == (2, "error: a process that makes stubs ended early; try --jobs 1\n")
    assert "Traceback" not in capfd.readouterr().err
