"""Models that are wrong: what is said of each folder of tests/golden with a stderr.txt; nothing is written."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

import goldens
from ormgen_codegen.cli import cli


@pytest.mark.parametrize("command", ["stubs", "describe"])
@pytest.mark.parametrize("folder", goldens.folders(failing=True), ids=lambda folder: folder.name)
def test_golden(folder: Path, command: str) -> None:
    expected = folder / "stderr.txt"
    with goldens.inside(folder):
        before = sorted(folder.rglob("*"))
        done = CliRunner().invoke(cli, [command, *goldens.modules_of(folder)])
        assert sorted(folder.rglob("*")) == before
    if os.environ.get("ORMGEN_REWRITE"):
        expected.write_text(done.stderr, "utf-8")
    assert done.stderr == expected.read_text("utf-8")
    assert (done.exit_code, done.stdout) == (1, "")
